using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>Finds the names of columns in the lines above a table.</summary>
internal static partial class ColumnLabels
{
    private const int LinesAbove = 6, MostLength = 40, MostWords = 4;

    /// <summary>The names, as many as there are columns; empty where no line has as many.</summary>
    /// <param name="head">The lines above the table.</param>
    /// <param name="count">How many columns the table has.</param>
    public static IReadOnlyList<string> Find(IReadOnlyList<string> head, int count)
    {
        var above = head.Where(l => l.Any(char.IsLetterOrDigit)).Reverse().Take(LinesAbove);
        var found = above.Select(l => Of(l, count)).FirstOrDefault(l => l is not null) ?? [];
        return found.All(n => ShortName().IsMatch(n)) ? Spelled(head, found) : found;
    }

    // "D1 = {I0}": the head spells out short names of columns.
    private static IReadOnlyList<string> Spelled(IReadOnlyList<string> head, IReadOnlyList<string> names)
    {
        var spelled = head.Select(l => SpelledName().Match(l)).Where(m => m.Success).GroupBy(m => m.Groups[1].Value)
            .ToDictionary(g => g.Key, g => g.First().Groups[2].Value, StringComparer.Ordinal);
        return [.. names.Select(n => spelled.GetValueOrDefault(n, n))];
    }

    /// <summary>The names that one line gives, or null where it does not give as many.</summary>
    public static IReadOnlyList<string>? Of(string line, int count)
    {
        var text = line.Trim().TrimStart('#', '%', ';', '!', ' ', '\t').Trim();
        var found = Ways(text).FirstOrDefault(names => names.Length == count && !names.All(IsNumber) && names.All(IsShort));
        return found is null ? null : Plain(found);
    }

    // From what can hardly be read otherwise to single blanks, which names may hold.
    private static IEnumerable<string[]> Ways(string text)
    {
        yield return [.. Numbered().Matches(text).Where((m, i) => m.Groups[1].Value == $"{i + 1}").Select(m => m.Groups[2].Value.Trim())];
        yield return [.. Quoted().Matches(text).Select(m => m.Groups[1].Value)];
        yield return Split(text, "\t");
        yield return Split(text, ",");
        yield return Split(text, ";");
        yield return Clean(WideGaps().Split(text));
        yield return Clean(text.Split(' ', '\t'));
    }

    private static string[] Split(string text, string separator) =>
        text.Contains(separator, StringComparison.Ordinal) ? Clean(text.Split(separator)) : [];

    private static string[] Clean(IEnumerable<string> names) => [.. names.Select(n => n.Trim().Trim('"').Trim()).Where(n => n.Length > 0)];

    // PHOENIX numbers its names at their ends: Energy_c1, I0_KEITHLEY1_c4.
    private static string[] Plain(string[] names) =>
        names.Select((n, i) => n.EndsWith($"_c{i + 1}", StringComparison.Ordinal)).All(ends => ends)
            ? [.. names.Select((n, i) => n[..^$"_c{i + 1}".Length])] : names;

    // A sentence that happens to have as many parts names no columns.
    private static bool IsShort(string name) => name.Length <= MostLength && name.Count(c => c == ' ') < MostWords;

    private static bool IsNumber(string text) => double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out _);

    [GeneratedRegex(@"(?:^|\s)(\d+)_(\S+(?:\s\([^)]*\))?)")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^[PD]\d{1,3}$", RegexOptions.CultureInvariant)]
    private static partial Regex ShortName();

    [GeneratedRegex(@"^[;#]\s*([PD]\d{1,3})\s*=\s*\{([^}]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex SpelledName();

    [GeneratedRegex("\"([^\"]*)\"")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\s{2,}|\t|\*")]
    private static partial Regex WideGaps();
}
