using System.Globalization;

namespace DendriteViewer.Analysis.Uncertainties;

/// <summary>
/// Numbers at the digits that their uncertainty justifies: half of the interval's width is given to two digits where they are below 30,
/// else to one, and the number and both ends to the same place.
/// </summary>
public static class Rounded
{
    /// <summary>A number.</summary>
    public static string Value(double value, double low, double high) => At(value, Place(value, low, high));

    /// <summary>Its interval, as in 0.85–0.95.</summary>
    public static string Interval(double value, double low, double high) =>
        Place(value, low, high) is var place ? $"{At(low, place)}–{At(high, place)}" : "";

    /// <summary>Both, as in 0.90 (0.85–0.95).</summary>
    public static string Both(double value, double low, double high) => $"{Value(value, low, high)} ({Interval(value, low, high)})";

    /// <summary>A count with its interval, which holds the whole numbers around it.</summary>
    public static string Count(int count, (double Low, double High) interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} ({CountInterval(interval)})");

    /// <summary>The whole numbers around an interval of a count.</summary>
    public static string CountInterval((double Low, double High) interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(interval.Low):0}–{Math.Ceiling(interval.High):0}");

    /// <summary>
    /// A value and its standard deviation, as in 238.4 ± 0.6: to the decimals that two digits of the deviation have, or to six digits
    /// without one. Very small and very large values have an exponent, as (1.02 ± 0.03)e-8.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="sigma">One standard deviation; null where there is none.</param>
    public static string WithSigma(double value, double? sigma)
    {
        var invariant = CultureInfo.InvariantCulture;
        if (sigma is not { } s || !(s > 0) || value == 0)
        {
            return value.ToString("G6", invariant);
        }

        var (size, error) = (Exponent(value), Exponent(s));
        if (size is >= -3 and <= 5 && error is >= -8 and <= 5)
        {
            var decimals = "F" + Math.Max(0, 1 - error).ToString(invariant);
            return $"{value.ToString(decimals, invariant)} ± {s.ToString(decimals, invariant)}";
        }

        var power = Math.Pow(10, size);
        var digits = "F" + Math.Clamp(size - error + 1, 0, 9).ToString(invariant);
        return $"({(value / power).ToString(digits, invariant)} ± {(s / power).ToString(digits, invariant)})e{size.ToString(invariant)}";
    }

    private static int Exponent(double v) => (int)Math.Floor(Math.Log10(Math.Abs(v)));

    // Power of ten of the last digit that is given.
    private static int Place(double value, double low, double high)
    {
        var half = (high - low) / 2;
        if (!(half > 0) || !double.IsFinite(half))
        {
            return value == 0 || !double.IsFinite(value) ? 0 : (int)Math.Floor(Math.Log10(Math.Abs(value))) - 3;
        }

        var first = (int)Math.Floor(Math.Log10(half));
        return half / Math.Pow(10, first) < 2.95 ? first - 1 : first;
    }

    private static string At(double value, int place)
    {
        if (place < 0)
        {
            return value.ToString("F" + Math.Min(12, -place), CultureInfo.InvariantCulture);
        }

        var unit = Math.Pow(10, place);
        return (Math.Round(value / unit, MidpointRounding.AwayFromZero) * unit).ToString("F0", CultureInfo.InvariantCulture);
    }
}
