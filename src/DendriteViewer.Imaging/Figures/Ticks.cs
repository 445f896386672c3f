using System.Globalization;

namespace DendriteViewer.Imaging.Figures;

/// <summary>Round numbers for scales, and how lengths are written.</summary>
internal static class Ticks
{
    // Thousands apart, as the viewer's readout has them.
    private static readonly NumberFormatInfo s_thin = new() { NumberGroupSeparator = "\u2009", NegativeSign = "\u2212" };

    /// <summary>The largest of 1, 2 or 5 times a power of ten that is not above a length.</summary>
    public static double RoundBelow(double most)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return most >= 5 * power ? 5 * power : most >= 2 * power ? 2 * power : power;
    }

    /// <summary>Round numbers from one value to another, some <paramref name="count"/> of them, ascending.</summary>
    public static IReadOnlyList<double> Between(double low, double high, int count)
    {
        if (!(high > low) || !double.IsFinite(high - low))
        {
            return [low];
        }

        // The next larger round step, so that there are not more than asked for.
        var step = RoundBelow((high - low) / Math.Max(1, count));
        while ((high - low) / step > count)
        {
            step = RoundBelow(step * 2.5);
        }

        var first = Math.Ceiling(low / step - 1e-9);
        return [.. Enumerable.Range(0, (int)(Math.Floor(high / step + 1e-9) - first) + 1).Select(i => (first + i) * step)];
    }

    /// <summary>A number with as many digits as a step of the scale needs.</summary>
    public static string Number(double value, double step)
    {
        var magnitude = Math.Max(Math.Abs(value), Math.Abs(step));
        if (magnitude >= 1e7 || (step > 0 && step < 1e-4))
        {
            return value.ToString("0.###e+0", CultureInfo.InvariantCulture);
        }

        var digits = step > 0 ? Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 6) : 0;
        return value.ToString((Math.Abs(value) >= 10_000 ? "N" : "F") + digits, s_thin);
    }

    /// <summary>A length with its unit.</summary>
    public static string Length(double um) => um switch
    {
        >= 1000 => string.Create(CultureInfo.InvariantCulture, $"{um / 1000:0.####} mm"),
        >= 1 => string.Create(CultureInfo.InvariantCulture, $"{um:0.####} µm"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{um * 1000:0.####} nm"),
    };

    /// <summary>A coordinate with the digits that a voxel's size justifies, without a unit.</summary>
    public static string Coordinate(double um, double voxelUm) =>
        um.ToString("F" + Math.Clamp((int)Math.Ceiling(-Math.Log10(voxelUm) + 0.3), 0, 3), CultureInfo.InvariantCulture);

    /// <summary>A time.</summary>
    public static string Hours(double hours) => string.Create(CultureInfo.InvariantCulture, $"{hours:0.###} h");
}
