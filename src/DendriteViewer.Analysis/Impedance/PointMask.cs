using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Impedance;

/// <summary>
/// Which points of a sweep are left out: a condition on re, im (Ω), f (Hz) or |z| (Ω), such as <c>im&gt;0</c> or
/// <c>f&lt;0.1 or f&gt;=1e5</c>. "and" binds before "or"; a comma is an "or".
/// </summary>
public sealed partial class PointMask
{
    private readonly (string Variable, string Comparison, double Value)[][] _alternatives;

    private PointMask(string text, (string, string, double)[][] alternatives) => (Text, _alternatives) = (text, alternatives);

    /// <summary>The condition as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="ArgumentException">It is none; the message says how one is written.</exception>
    public static PointMask Parse(string text)
    {
        if (text.Length > 200)
        {
            throw new ArgumentException("A mask has 200 characters at most.");
        }

        return new(text, [.. Or().Split(text.Trim()).Select(part => And().Split(part).Select(One).ToArray())]);

        (string, string, double) One(string part)
        {
            var match = Condition().Match(part);
            return match.Success && double.TryParse(match.Groups[3].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? (match.Groups[1].Value.ToLowerInvariant(), match.Groups[2].Value, value)
                : throw new ArgumentException($"'{part.Trim()}' is no condition of a mask; "
                    + "write one on re, im, f or |z|, such as im>0 or f<0.1.");
        }
    }

    /// <summary>Whether a point is left out.</summary>
    public bool LeavesOut(double frequencyHz, double re, double im) => _alternatives.Any(all => all.All(c =>
    {
        var x = c.Variable switch { "re" => re, "im" => im, "f" => frequencyHz, _ => double.Hypot(re, im) };
        return c.Comparison switch
        {
            "<" => x < c.Value,
            "<=" => x <= c.Value,
            ">" => x > c.Value,
            ">=" => x >= c.Value,
            _ => x == c.Value,
        };
    }));

    [GeneratedRegex(@"\s+or\s+|\|\||,", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Or();

    [GeneratedRegex(@"\s+and\s+|&&", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex And();

    [GeneratedRegex(@"^\s*(re|im|f|\|z\|)\s*(<=|>=|<|>|==?)\s*(\S+)\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Condition();
}
