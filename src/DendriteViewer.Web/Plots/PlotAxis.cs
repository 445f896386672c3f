using System.Globalization;

namespace DendriteViewer.Web.Plots;

/// <summary>How values are laid along an axis.</summary>
public enum PlotScale
{
    /// <summary>Equal differences are equal lengths.</summary>
    Linear,

    /// <summary>Equal ratios are equal lengths; values that are not positive cannot be shown.</summary>
    Logarithmic,
}

/// <summary>An axis of a plot.</summary>
/// <param name="Name">What it shows, as "depth".</param>
/// <param name="Unit">The unit of its values, as "µm"; empty for numbers without one.</param>
/// <param name="Scale">How values are laid along it.</param>
/// <param name="Decimals">
/// Digits after the point that values on it justify, from 0 to 15; null writes four significant digits. It holds for pointers and tables,
/// not for files, which have the values as they are.
/// </param>
public sealed record PlotAxis(string Name, string Unit = "", PlotScale Scale = PlotScale.Linear, int? Decimals = null)
{
    /// <summary>The least value shown, or null for the data's.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value shown, or null for the data's.</summary>
    public double? Max { get; init; }

    /// <summary>Name and unit as they stand at the axis and over columns.</summary>
    public string Label => Unit.Length == 0 ? Name : $"{Name}, {Unit}";

    /// <summary>Whether a value has a place on the axis.</summary>
    public bool CanShow(double value) => double.IsFinite(value) && (Scale == PlotScale.Linear || value > 0);

    /// <summary>A value with the digits that it justifies, without its unit.</summary>
    public string Format(double value)
    {
        if (!double.IsFinite(value))
        {
            return "–";
        }

        if (Decimals is { } decimals)
        {
            return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }

        var rounded = double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var isPlain = rounded == 0 || Math.Abs(rounded) is >= 1e-4 and < 1e7;
        return rounded.ToString(isPlain ? "0.#######" : "0.###e0", CultureInfo.InvariantCulture);
    }
}
