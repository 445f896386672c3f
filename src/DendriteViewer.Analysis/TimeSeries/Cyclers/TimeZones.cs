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

    /// <summary>
    /// Seconds since 1970 in UTC of rows that a wall clock dated. Of an hour that the clock shows twice, rows are of the second time from
    /// where dates fall on, or where the rows begin in that hour and leave it without falling; otherwise of the first. What the clock
    /// skips counts on.
    /// </summary>
    /// <param name="local">Seconds since 1970 on the wall clock, in the order of rows; NaN where there is none.</param>
    /// <param name="zone">The zone of the clock.</param>
    /// <returns>The seconds in UTC, and whether an hour that is shown twice was told by nothing but this rule.</returns>
    internal static (double[] Utc, bool IsGuessed) ToUtc(IReadOnlyList<double> local, TimeZoneInfo zone)
    {
        var utc = new double[local.Count];
        var (guessed, any, start) = (false, false, -1);
        bool fallen = false, leading = false;
        var previous = double.NaN;
        for (var i = 0; i < utc.Length; i++)
        {
            if (double.IsNaN(utc[i] = local[i]))
            {
                continue;
            }

            var date = DateTime.UnixEpoch.AddSeconds(local[i]);
            date = DateTime.SpecifyKind(date, DateTimeKind.Unspecified);
            if (zone.IsAmbiguousTime(date))
            {
                (start, fallen, leading) = start < 0 ? (i, false, !any) : (start, fallen || local[i] < previous, leading);
                var offsets = zone.GetAmbiguousTimeOffsets(date);
                utc[i] -= (fallen ? offsets.Min() : offsets.Max()).TotalSeconds;
            }
            else
            {
                // Rows that began in the hour and left it: what follows is a step away from the second time, not an hour more.
                for (var k = start; start >= 0 && leading && !fallen && k < i; k++)
                {
                    var at = DateTime.SpecifyKind(DateTime.UnixEpoch.AddSeconds(local[k]), DateTimeKind.Unspecified);
                    utc[k] = local[k] - zone.GetAmbiguousTimeOffsets(at).Min().TotalSeconds;
                }

                (guessed, start) = (guessed || (start >= 0 && !fallen), -1);
                utc[i] -= zone.GetUtcOffset(date).TotalSeconds;
            }

            (any, previous) = (true, local[i]);
        }

        return (utc, guessed || (start >= 0 && !fallen));
    }
}
