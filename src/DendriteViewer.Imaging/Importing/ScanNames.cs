using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Imaging.Importing;

/// <summary>What a name was taken to say, and where in it.</summary>
/// <param name="Hours">Hours of plating.</param>
/// <param name="From">The part of the name and how it was read, for people.</param>
public readonly record struct HoursGuess(double Hours, string From);

/// <summary>
/// Guesses times and modalities from names of scans. All names of a folder are read by one rule, the one that most of them follow, and a
/// rule that gives two of them the same time is not taken. Plain counters (scan_001) say nothing of hours, so that nothing is made of them.
/// </summary>
public static partial class ScanNames
{
    private static readonly (Regex Pattern, Func<Match, double?> Hours, string Words)[] s_rules =
    [
        (HoursAndMinutes(), m => Number(m, 1) + Number(m, 2) / 60, "hours and minutes"),
        (Hours(), m => Number(m, 1), "hours"),
        (Minutes(), m => Number(m, 1) / 60, "minutes"),
        (Seconds(), m => Number(m, 1) / 3600, "seconds"),
        (Decimal(), m => Number(m, 1), "hours, as a time with decimals"),
    ];

    /// <summary>The time of each name, or null where nothing in it tells.</summary>
    /// <param name="names">Names of files or folders, one of each scan.</param>
    public static IReadOnlyList<HoursGuess?> HoursOf(IReadOnlyList<string> names)
    {
        var best = s_rules.Select(rule => Read(names, rule.Pattern, rule.Hours, rule.Words)).Append(Dates(names))
            .Where(guesses => AreDistinct(guesses)).MaxBy(guesses => guesses.Count(g => g is not null));
        return best is not null && best.Any(g => g is not null) ? best : new HoursGuess?[names.Count];
    }

    /// <summary>The modality that a name tells of, and the word that does; else projection.</summary>
    public static (string Modality, string? From) ModalityOf(string name)
    {
        if (!name.Contains("nano", StringComparison.OrdinalIgnoreCase))
        {
            return ("projection", null);
        }

        return Phase().Match(name) is { Success: true } phase ? ("nano-phase", $"nano and {phase.Value} in its name")
            : Absorption().Match(name) is { Success: true } absorption ? ("nano-absorption", $"nano and {absorption.Value} in its name")
            : ("projection", null);
    }

    private static HoursGuess?[] Read(IReadOnlyList<string> names, Regex pattern, Func<Match, double?> hours, string words) =>
        [.. names.Select(name => pattern.Match(name) is { Success: true } m && hours(m) is { } h && double.IsFinite(h)
            ? new HoursGuess(Math.Round(h, 4), $"'{m.Value.Trim('_', '-', ' ')}' in its name, read as {words}") : (HoursGuess?)null)];

    // Hours since the earliest.
    private static HoursGuess?[] Dates(IReadOnlyList<string> names)
    {
        var times = names.Select(name => Date().Match(name) is { Success: true } m && DateTime.TryParseExact(
            string.Concat(m.Groups.Values.Skip(1).Select(g => g.Value)).PadRight(14, '0'), "yyyyMMddHHmmss", CultureInfo.InvariantCulture,
            DateTimeStyles.None, out var time) ? (DateTime?)time : null).ToArray();
        var first = times.Min();
        return [.. times.Select(time => time is { } t
            ? new HoursGuess(Math.Round((t - first!.Value).TotalHours, 4), "the date in its name; the earliest is 0 h")
            : (HoursGuess?)null)];
    }

    // Several modalities may share a time, so only names of one kind are held against each other.
    private static bool AreDistinct(HoursGuess?[] guesses)
    {
        var hours = guesses.OfType<HoursGuess>().Select(g => g.Hours).ToArray();
        return hours.Length < 2 || hours.Distinct().Count() > 1;
    }

    private static double? Number(Match match, int group) =>
        double.TryParse(match.Groups[group].Value.Replace(',', '.').Replace('p', '.'), NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var value) ? value : null;

    [GeneratedRegex(@"(?<![0-9.,])(\d{1,5})h(\d{2})(?:min|m)?(?![0-9A-Za-z.])", RegexOptions.IgnoreCase)]
    private static partial Regex HoursAndMinutes();

    [GeneratedRegex(@"(?<![0-9.,])(\d{1,6}(?:[.,p]\d{1,4})?)[-_ ]?(?:hours|hour|hrs|hr|h)(?![0-9A-Za-z])", RegexOptions.IgnoreCase)]
    private static partial Regex Hours();

    [GeneratedRegex(@"(?<![0-9.,])(\d{1,7}(?:[.,]\d{1,4})?)[-_ ]?(?:minutes|minute|mins|min)(?![A-Za-z])", RegexOptions.IgnoreCase)]
    private static partial Regex Minutes();

    [GeneratedRegex(@"(?<![0-9.,])(\d{1,9}(?:[.,]\d{1,4})?)[-_ ]?(?:seconds|second|secs|sec)(?![A-Za-z])", RegexOptions.IgnoreCase)]
    private static partial Regex Seconds();

    // t0.5, as this program names scans itself; t001 is a counter.
    [GeneratedRegex(@"(?<![A-Za-z])t[-_=]?(\d{1,5}[.,]\d{1,4})(?![0-9])", RegexOptions.IgnoreCase)]
    private static partial Regex Decimal();

    [GeneratedRegex(@"(?<!\d)(20\d{2})[-_.]?(0[1-9]|1[0-2])[-_.]?([0-2]\d|3[01])[-_T .]?"
        + @"([01]\d|2[0-3])[-_:h.]?([0-5]\d)(?:[-_:m.]?([0-5]\d))?(?!\d)")]
    private static partial Regex Date();

    [GeneratedRegex("phase|zernike", RegexOptions.IgnoreCase)]
    private static partial Regex Phase();

    [GeneratedRegex("absorption|abs", RegexOptions.IgnoreCase)]
    private static partial Regex Absorption();
}
