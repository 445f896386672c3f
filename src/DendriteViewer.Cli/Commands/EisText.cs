using System.Globalization;

namespace DendriteViewer.Cli.Commands;

/// <summary>Values with their uncertainty, as text.</summary>
internal static class EisText
{
    /// <summary>
    /// A value to the decimals that two digits of its deviation have, or to six digits without one. Very small and very large values have
    /// an exponent.
    /// </summary>
    public static string Value(double value, double? sigma)
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
}
