using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Impedance;

/// <summary>A point that somebody left out, or took in, by hand.</summary>
/// <param name="Sweep">The sweep's number in its file.</param>
/// <param name="Point">Which of its points, from 0, in the order of the file.</param>
/// <param name="IsOut">
/// Whether it is left out, whatever the condition says; null, as older settings have it, for the opposite of the condition.
/// </param>
public readonly record struct TurnedPoint(int Sweep, int Point, bool? IsOut = null);

/// <summary>
/// Which points of a sweep are left out: a condition on re, im (Ω), f (Hz) or |z| (Ω), such as <c>im&gt;0</c> or
/// <c>f&lt;0.1 or f&gt;=1e5</c>. "and" binds before "or"; a comma is an "or". Single points can be left out or taken in by hand, whatever
/// the condition says: so a point that one person left out stays out where another person's condition leaves it out too.
/// </summary>
public sealed partial class PointMask
{
    private readonly (string Variable, string Comparison, double Value)[][] _alternatives;

    private readonly Dictionary<(int Sweep, int Point), bool?> _turned = [];

    private PointMask(string text, (string, string, double)[][] alternatives, IEnumerable<TurnedPoint>? turned = null)
    {
        (Text, _alternatives) = (text, alternatives);
        foreach (var point in turned ?? [])
        {
            _turned[(point.Sweep, point.Point)] = point.IsOut;
        }
    }

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

    /// <summary>A mask of a condition and of points that were turned by hand; null where it leaves nothing out.</summary>
    /// <param name="condition">The condition; null or empty for none.</param>
    /// <param name="turned">Points that were left out or taken in by hand.</param>
    /// <exception cref="ArgumentException">As above.</exception>
    public static PointMask? Of(string? condition, IReadOnlyCollection<TurnedPoint> turned)
    {
        var mask = string.IsNullOrWhiteSpace(condition) ? new PointMask("", []) : Parse(condition);
        return mask._alternatives.Length == 0 && turned.Count == 0 ? null : new(mask.Text, mask._alternatives, turned);
    }

    /// <summary>Whether a point of a sweep is left out.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="point">Which point, from 0, in the order of the file.</param>
    public bool LeavesOut(ImpedanceSweep sweep, int point)
    {
        var byCondition = LeavesOut(sweep.FrequencyHz[point], sweep.Re[point], sweep.Im[point]);
        return _turned.TryGetValue((sweep.Index, point), out var isOut) ? isOut ?? !byCondition : byCondition;
    }

    /// <summary>Whether the condition leaves out a point.</summary>
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
