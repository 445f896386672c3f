using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>A column's name and the unit that stands with it.</summary>
/// <param name="Name">The name without the unit.</param>
/// <param name="Unit">The unit as it is written, known or not; empty where there is none.</param>
internal readonly partial record struct ColumnHead(string Name, string Unit)
{
    /// <summary>Parts a head: <c>Freq(Hz)</c>, <c>Re(Z)/Ohm</c>, <c>Re(Z) in Ohm</c>, <c>Re_Z_ohm</c>, <c>Zre ohm</c>.</summary>
    public static ColumnHead Of(string text)
    {
        text = text.Trim();
        if (Bracketed().Match(text) is { Success: true } bracket)
        {
            var (name, unit) = (bracket.Groups["name"].Value.TrimEnd('/', ' '), bracket.Groups["unit"].Value.Trim());

            // ZPlot's Z'(a) and Z''(b) have no unit; in Re(Z) and Phase(Y) the brackets hold the quantity.
            if (unit is "a" or "b" or "")
            {
                return new(name, "");
            }

            return Part().IsMatch(name) && !LooksLikeUnit().IsMatch(unit) ? new(text, "") : new(name, unit);
        }

        if (text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
        {
            return new(text[..slash].Trim(), text[(slash + 1)..].Trim());
        }

        if (In().Match(text) is { Success: true } words)
        {
            return new(words.Groups["name"].Value, words.Groups["unit"].Value);
        }

        // After a blank or an underscore may stand a unit or more of the name.
        for (var at = text.IndexOfAny(['_', ' ']); at > 0; at = text.IndexOfAny(['_', ' '], at + 1))
        {
            if (ImpedanceUnits.IsKnown(text[(at + 1)..]))
            {
                return new(text[..at].Trim(), text[(at + 1)..]);
            }
        }

        var last = text.LastIndexOfAny(['_', ' ']);
        return last > 0 && LooksLikeUnit().IsMatch(text[(last + 1)..]) ? new(text[..last].Trim(), text[(last + 1)..])
            : Glued().Match(text) is { Success: true } glued ? new(glued.Groups["name"].Value, glued.Groups["unit"].Value)
            : new(text, "");
    }

    [GeneratedRegex(@"^(?<name>.*?\S)\s*[\(\[\{](?<unit>[^\(\)\[\]\{\}]*)[\)\]\}]$", RegexOptions.CultureInvariant)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"^(re|real|im|imag|imaginary|phase|arg|abs|mod|modulus)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    [GeneratedRegex("ohm|[Ω\u2126]|hz|hertz|rad|deg|[°\uFFFD]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LooksLikeUnit();

    [GeneratedRegex(@"^(?<name>.*\S)\s+in\s+(?<unit>\S.*)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex In();

    [GeneratedRegex("^(?<name>.+?)(?<unit>[kKMmGµun]?(?i:ohms?|[Ω\u2126]|hz))$", RegexOptions.CultureInvariant)]
    private static partial Regex Glued();
}
