using System.Globalization;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Time zones as people name them.</summary>
public static class TimeZones
{
    /// <summary>A zone by its name (Europe/Berlin, UTC) or offset (+09:00); null where there is none.</summary>
    /// <param name="text">The name or offset.</param>
    public static TimeZoneInfo? Find(string text)
    {
        if (text.Length > 1 && text[0] is '+' or '-'
            && TimeSpan.TryParseExact(text[1..], [@"hh\:mm", "hh", @"h\:mm", "%h"], CultureInfo.InvariantCulture, out var offset)
            && offset <= TimeSpan.FromHours(14))
        {
            return TimeZoneInfo.CreateCustomTimeZone(text, text[0] == '-' ? -offset : offset, text, text);
        }

        return text.Length is > 0 and <= 100 && TimeZoneInfo.TryFindSystemTimeZoneById(text, out var zone) ? zone : null;
    }
}
