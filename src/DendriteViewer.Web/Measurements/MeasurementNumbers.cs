using System.Globalization;
using DendriteViewer.Imaging.Measuring;

namespace DendriteViewer.Web.Measurements;

/// <summary>A number of a measurement for people.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">The number with its unit.</param>
/// <param name="Meaning">How it is defined, as docs/measuring.md has it.</param>
public sealed record MeasurementNumber(string Name, string Value, string Meaning = "");

/// <summary>The numbers of a measurement, in the order in which people read them.</summary>
public static class MeasurementNumbers
{
    /// <summary>All that there are of a measurement.</summary>
    public static IEnumerable<MeasurementNumber> Of(Measurement m) => m.Result is { } r
        ? [.. Places(m, r), .. r.Region is { } region ? OfRegion(region) : [], .. r.Profile is { } p ? OfProfile(p) : []]
        : [];

    private static IEnumerable<MeasurementNumber> Places(Measurement m, MeasuredResult r)
    {
        if (r.AngleDeg is { } angle)
        {
            yield return new("Angle", MeasurementText.Degrees(angle), "Between the two arms, in the plane that they span");
        }

        if (r.LengthUm is { } length)
        {
            var isRadius = m.Kind is MeasurementKind.Circle or MeasurementKind.Sphere;
            yield return new(isRadius ? "Radius" : "Length", MeasurementText.Length(length),
                m.Kind == MeasurementKind.Polyline ? "Sum of its segments; each point is placed to half a voxel"
                    : "Distance of the two points; each is placed to half a voxel in that direction");
            if (m.Kind == MeasurementKind.Polyline)
            {
                yield return new("Points", m.PointsUm.Length.ToString(CultureInfo.InvariantCulture));
            }

            var d = m.PointsUm[1].Zip(m.PointsUm[0], (b, a) => b - a).ToArray();
            if (!isRadius && m.Kind != MeasurementKind.Polyline)
            {
                var n = MeasurementText.Decimals(length.Error);
                string F(double v) => v.ToString("F" + n, CultureInfo.InvariantCulture);
                yield return new("Δz, Δy, Δx", $"{F(d[0])}, {F(d[1])}, {F(d[2])} µm", "From the first point to the second");
            }
        }

        if (m.Kind is MeasurementKind.Point or MeasurementKind.Note)
        {
            var place = m.PointsUm[0].Select(c => c.ToString("F1", CultureInfo.InvariantCulture));
            yield return new("z, y, x", $"{string.Join(", ", place)} µm");
        }

        if (r.DepthsUm.Length == 0)
        {
            yield break;
        }

        var decimals = MeasurementText.Decimals(r.LengthUm?.Error ?? 0.5);
        var depths = r.DepthsUm.Select(d => d.ToString("F" + decimals, CultureInfo.InvariantCulture)).ToArray();
        yield return new(
            depths.Length == 1 ? "Depth" : "Depths",
            depths.Length <= 3 ? $"{string.Join(", ", depths)} µm" : $"{F1(r.DepthsUm.Min())} to {F1(r.DepthsUm.Max())} µm",
            "Of the points, from the interface into the electrolyte");

        static string F1(double v) => v.ToString("F1", CultureInfo.InvariantCulture);
    }

    private static IEnumerable<MeasurementNumber> OfRegion(RegionStatistics r)
    {
        var size = r.IsFlat ? "Area" : "Volume";
        yield return new(size, MeasurementText.Size(r), $"Of the shape as it was drawn; off by its border times half a voxel");
        yield return new($"{size} of voxels", MeasurementText.SizeAlone(r.SampledSize, r.SizeError, r.IsFlat),
            $"Number of voxels in the volume whose centres lie in it, times the {size.ToLowerInvariant()} of one");
        yield return new("Voxels", Count(r.Voxels), "Voxels of the finest level whose centres lie in it");
        if (r.ThicknessUm is { } thickness)
        {
            yield return new("Thickness", $"{thickness.ToString("0.###", CultureInfo.InvariantCulture)} µm",
                "Along the plane's normal: one voxel's extent, or that of the thick slice");
        }

        if (r.NoData > 0)
        {
            yield return new("Without data", Count(r.NoData), "Voxels without a finite number; they are in no statistic of values");
        }

        if (r.Values is not { } v)
        {
            yield return new("Values", "none", "No voxel holds a finite number");
            yield break;
        }

        yield return new("Mean", MeasurementText.Value(v.Mean), "Arithmetic mean of the stored values");
        yield return new("Standard deviation", MeasurementText.Value(v.Deviation), "Of the voxels' values, divided by n − 1");
        yield return new("Median", MeasurementText.Value(v.Median), "Half of the voxels are below");
        yield return new("Minimum, maximum", $"{MeasurementText.Value(v.Least)}, {MeasurementText.Value(v.Most)}");
        yield return new("5 %, 95 %", $"{MeasurementText.Value(v.Percentiles[1])}, {MeasurementText.Value(v.Percentiles[5])}",
            v.PercentileBinWidth == 0 ? "Percentiles, exact" : $"Percentiles, from bins of {MeasurementText.Value(v.PercentileBinWidth)}");
        yield return new("Quartiles", $"{MeasurementText.Value(v.Percentiles[2])}, {MeasurementText.Value(v.Percentiles[4])}",
            "A quarter and three quarters of the voxels are below");
    }

    private static IEnumerable<MeasurementNumber> OfProfile(LineProfile p)
    {
        if (p.Mean is { } mean)
        {
            yield return new("Mean along it", MeasurementText.Value(mean), "Of the values at equal steps from end to end");
            var (least, most) = (p.Values.Min()!.Value, p.Values.Max()!.Value);
            yield return new("Minimum, maximum", $"{MeasurementText.Value(least)}, {MeasurementText.Value(most)}");
        }

        yield return new("Step", $"{p.StepUm.ToString("0.####", CultureInfo.InvariantCulture)} µm",
            "Between two values; half a voxel along the line, longer where there would be more than 4096 steps");
        if (p.NoData > 0)
        {
            yield return new("Without data", Count(p.NoData), "Samples beside a voxel without a finite number; they are left out");
        }
    }

    private static string Count(long n) => n.ToString("N0", CultureInfo.InvariantCulture).Replace(",", "\u202f", StringComparison.Ordinal);
}
