using System.Globalization;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>Dates that instruments write by the habits of their computer: month or day first.</summary>
internal static class InstrumentClock
{
    /// <summary>The time, or null where the text is none or could be two different days.</summary>
    public static DateTime? Parse(string? text)
    {
        var (byMonth, byDay) = (Exact(text, 'M', 'd'), Exact(text, 'd', 'M'));
        return byMonth is null || byDay is null ? byMonth ?? byDay : byMonth == byDay ? byMonth : null;
    }

    private static DateTime? Exact(string? text, char first, char second)
    {
        foreach (var separator in "/-.")
        {
            foreach (var end in new[] { "", ".FFFFFFF" })
            {
                var format = $"{first}'{separator}'{second}'{separator}'yyyy H:m:s{end}";
                if (DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.AllowWhiteSpaces, out var at))
                {
                    return at;
                }
            }
        }

        return null;
    }
}
