using System.Globalization;

namespace DendriteViewer.Imaging.Bounds;

/// <summary>A number that came from outside is no number, or out of its range. The message names it, its range and its value.</summary>
public sealed class OutOfRangeException(string message) : ArgumentException(message);

/// <summary>What a number from outside may be, both ends included. The ranges themselves are in <see cref="Ranges"/>.</summary>
/// <param name="Name">The parameter, as whoever sent it knows it.</param>
/// <param name="Least">The least value.</param>
/// <param name="Most">The largest value.</param>
/// <param name="Unit">Its unit, or empty.</param>
public sealed record NumberRange(string Name, double Least, double Most, string Unit = "")
{
    /// <summary>The same range of a parameter of another name.</summary>
    public NumberRange Of(string name) => this with { Name = name };

    /// <summary>Whether a value is in the range; NaN is not.</summary>
    public bool Contains(double value) => value >= Least && value <= Most;

    /// <summary>The value, if it is in the range.</summary>
    /// <exception cref="OutOfRangeException">It is not.</exception>
    public double Check(double value) => Contains(value) ? value : throw Refused(value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The values, if all are in the range and there are as many as expected.</summary>
    /// <exception cref="OutOfRangeException">One is not, or there are more or fewer.</exception>
    public double[] Check(double[]? values, int count)
    {
        if (values?.Length != count)
        {
            throw new OutOfRangeException($"{Name} has {values?.Length ?? 0} numbers; give {count}.");
        }

        Array.ForEach(values, v => Check(v));
        return values;
    }

    /// <summary>The number that a text is, with a point as decimal sign.</summary>
    /// <exception cref="OutOfRangeException">It is none, or out of the range.</exception>
    public double Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? Check(value) : throw Refused(Short(text));

    /// <summary>The whole number that a text is.</summary>
    /// <exception cref="OutOfRangeException">It is none, or out of the range.</exception>
    public int ParseWhole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && Contains(value)
            ? value : throw Refused(Short(text));

    private OutOfRangeException Refused(string value) =>
        new($"{Name} is {value}; give {Plain(Least)} to {Plain(Most)}{(Unit.Length > 0 ? " " + Unit : "")}.");

    private static string Plain(double v) => v.ToString(Math.Abs(v) < 1e15 ? "0.######" : "0.#E0", CultureInfo.InvariantCulture);

    // What was sent is said again, but not a page of it.
    private static string Short(string text) => $"'{(text.Length > 40 ? text[..40] + "…" : text)}'";
}
