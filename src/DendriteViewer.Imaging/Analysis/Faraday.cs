using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Analysis;

/// <summary>What a charge plates: V = Q·M/(F·ρ) (M. Faraday, 1834).</summary>
public static partial class Faraday
{
    /// <summary>Molar mass of lithium, g/mol.</summary>
    public const double MolarMass = 6.94;

    /// <summary>Density of lithium, g/cm³.</summary>
    public const double Density = 0.534;

    /// <summary>Faraday's constant, C/mol (CODATA 2018).</summary>
    public const double Constant = 96485.33212;

    /// <summary>Volume of lithium of a charge, µm³.</summary>
    /// <param name="coulombs">Charge passed.</param>
    public static double VolumeUm3(double coulombs) => coulombs * MolarMass / (Constant * Density) * 1e12;

    /// <summary>
    /// Charge passed at a time: the current series integrated by trapezoids where there is one (unit A, mA or µA, or one of these per cm²),
    /// else constant current density times area. Null where the dataset gives neither.
    /// </summary>
    /// <exception cref="VolumeFormatException">The current series has another unit.</exception>
    public static double? Coulombs(CellManifest? cell, Series? current, double hours)
    {
        var areaCm2 = cell?.ElectrodeAreaMm2 / 100;
        if (current is null)
        {
            return cell?.CurrentDensityMaCm2 is { } density && areaCm2 is { } area ? density * area * 1e-3 * hours * 3600 : null;
        }

        var unit = CurrentUnit().Match(current.Unit);
        var perArea = unit.Groups["per"].Success;
        var ampere = unit.Groups["unit"].Value switch
        {
            "A" => 1.0,
            "mA" => 1e-3,
            "uA" or "µA" => 1e-6,
            _ => throw new VolumeFormatException($"The current series is in '{current.Unit}'; use A, mA or µA, or one of these per cm2."),
        };
        if (perArea && areaCm2 is null)
        {
            return null;
        }

        double charge = 0, last = current.Hours.Count > 0 ? Math.Max(0, current.Hours[0]) : 0;
        for (var i = 1; i < current.Hours.Count && last < hours; i++)
        {
            double a = current.Hours[i - 1], b = current.Hours[i], to = Math.Min(b, hours);
            if (to <= last || b <= a)
            {
                continue;
            }

            double At(double h) => current.Values[i - 1] + (current.Values[i] - current.Values[i - 1]) * (h - a) / (b - a);
            charge += (At(last) + At(to)) / 2 * (to - last) * 3600;
            last = to;
        }

        // Which way cyclers count as positive differs; plated is what passed in all.
        return Math.Abs(charge) * ampere * (perArea ? areaCm2!.Value : 1);
    }

    // As in current_mA, I/mA, current (mA/cm2), j_mA_cm-2.
    [GeneratedRegex(@"(?<![A-Za-z])(?<unit>A|mA|uA|µA)(?<per>\s*(/|_|\s|·|\*)?\s*cm(\^?-?2|²|⁻²))?\s*[\)\]]?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex CurrentUnit();
}
