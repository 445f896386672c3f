using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Lithium;

/// <summary>What a charge plates: V = Q·M/(F·ρ) (M. Faraday, 1834).</summary>
public static class Faraday
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

    /// <summary>Charge passed at a time, its best value; see <see cref="Charge"/>.</summary>
    /// <exception cref="VolumeFormatException">The current series has another unit.</exception>
    public static double? Coulombs(CellManifest? cell, Series? current, double hours) => Charge(cell, current, hours)?.Coulombs;

    /// <summary>
    /// Charge passed at a time: the current series integrated by trapezoids where there is one (unit A, mA, µA or nA, or one of these per
    /// cm²), else constant current density times area. Null where the dataset gives neither. Over a hole of the series, where a trapezoid
    /// would be an invention, the smaller of the currents at its two ends is taken (0 where their signs differ), and the larger is the
    /// upper
    /// end of the interval.
    /// </summary>
    /// <exception cref="VolumeFormatException">The current series has another unit.</exception>
    public static PassedCharge? Charge(CellManifest? cell, Series? current, double hours)
    {
        var areaCm2 = cell?.ElectrodeAreaMm2 / 100;
        if (current is null)
        {
            return cell?.CurrentDensityMaCm2 is { } density && areaCm2 is { } area && density * area * 1e-3 * hours * 3600 is var constant
                ? new PassedCharge(constant, constant, constant)
                : null;
        }

        var (ampere, perCm2) = SeriesColumns.UnitOf("current", current.Unit, "The current series");
        if (perCm2 && areaCm2 is null)
        {
            return null;
        }

        var holes = current.Holes.Select(h => h.From).ToHashSet();
        double charge = 0, missing = 0, last = current.Hours.Count > 0 ? Math.Max(0, current.Hours[0]) : 0;
        for (var i = 1; i < current.Hours.Count && last < hours; i++)
        {
            double a = current.Hours[i - 1], b = current.Hours[i], to = Math.Min(b, hours);
            if (to <= last || b <= a)
            {
                continue;
            }

            var (from, until) = (current.Values[i - 1], current.Values[i]);
            double At(double h) => from + (until - from) * (h - a) / (b - a);
            if (holes.Contains(a))
            {
                var (least, most) = Math.Abs(from) < Math.Abs(until) ? (from, until) : (until, from);
                least = from * until < 0 ? 0 : least;
                charge += least * (to - last) * 3600;
                missing += (most - least) * (to - last) * 3600;
            }
            else
            {
                charge += (At(last) + At(to)) / 2 * (to - last) * 3600;
            }

            last = to;
        }

        // Which way cyclers count as positive differs; plated is what passed in all.
        var unit = ampere * (perCm2 ? areaCm2!.Value : 1);
        var (best, other) = (Math.Abs(charge) * unit, Math.Abs(charge + missing) * unit);
        return new PassedCharge(best, Math.Min(best, other), Math.Max(best, other));
    }
}

/// <summary>A charge with what it may be, C.</summary>
/// <param name="Coulombs">Its best value.</param>
/// <param name="Low">The least that it may be.</param>
/// <param name="High">The most that it may be.</param>
public readonly record struct PassedCharge(double Coulombs, double Low, double High);
