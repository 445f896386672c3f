using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Measurements;

/// <summary>Checks and computes measurements, in the lanes for work that takes long and within whoever's budget asks.</summary>
public sealed class Measurer(RegionMeasurer regions, LineProfiler lines, ComputeLanes lanes, Budgets budgets)
{
    // What one measurement costs of a budget of megapixels, for each million voxels of the region's box, and at least and at most.
    private const double MegapixelsAMegavoxel = 0.05, LeastMegapixels = 1 / 16.0, MostMegapixels = 20;
    private const double LargeMegavoxels = 50;

    // A surface has many heights, and lists ask for the tag of each of their rows whenever they are drawn.
    private static readonly ConditionalWeakTable<DepthFrame, string> s_depths = [];

    /// <summary>
    /// The data that results rest on: which scan it is, where its voxels lie, and what depths are measured from, where that is known.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="volume">A volume of it.</param>
    public static string TagOf(Dataset dataset, VolumeInfo volume)
    {
        var depth = dataset.HasInterface ? s_depths.GetValue(dataset.Depth, d => d.Fingerprint) + "\n" : "";
        var text = Encoding.UTF8.GetBytes($"{volume.CacheKey}\n{volume.MetadataSha256}\n{depth}");
        return Convert.ToHexStringLower(SHA256.HashData([.. text, .. MemoryMarshal.AsBytes(volume.Transform.Rows)]))[..16];
    }

    /// <summary>The measurement with its result. Its name, colour and note are for the caller to check.</summary>
    /// <param name="dataset">What it was drawn in.</param>
    /// <param name="wanted">The measurement as it was sent.</param>
    /// <param name="client">Whose budget it costs.</param>
    /// <param name="progress">Told the share that is done, 0 to 1.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">It cannot be measured; the sentence says why.</exception>
    /// <exception cref="BudgetSpentException">The budget is spent.</exception>
    public async Task<Measurement> MeasureAsync(
        Dataset dataset, Measurement wanted, ClientKeys client, Action<double>? progress, CancellationToken ct)
    {
        var (m, volume) = MeasurementRules.CheckShape(dataset, wanted);
        var points = m.PointsUm.Select(MeasurementRules.PointOf).ToArray();
        var (result, isWhole) = GeometryOf(dataset, m, volume);
        if (isWhole)
        {
            return m with { Result = result };
        }

        var region = MeasurementRules.RegionOf(m);
        var megavoxels = region is null ? 1 : BoxVolume(region.For(volume.Transform)) / VoxelVolume(volume) / 1e6;
        using var spent = await budgets.SpendAsync(
            client, Math.Clamp(MegapixelsAMegavoxel * megavoxels, LeastMegapixels, MostMegapixels), ct, "measurements");
        var lane = lanes[megavoxels > LargeMegavoxels ? Urgency.Large : Urgency.Resting];
        if (region is not null)
        {
            var statistics = await lane.RunAsync(() => regions.MeasureAsync(volume, region, progress, ct), ct);
            return m with { Result = result with { Region = statistics } };
        }

        var line = new ProfileLine(
            points[0], points[1], m.WidthUm, m.Right is null ? null : MeasurementRules.FrameOf(m, points[0]).Normal, m.ThicknessUm);
        return m with { Result = result with { Profile = Shortened(await lane.RunAsync(
            () => lines.MeasureAsync(volume, line, progress, ct), ct)) } };
    }

    /// <summary>
    /// The measurement with its result where that needs no voxels: length, angle, depth. Others are without a result until they are
    /// measured.
    /// </summary>
    /// <exception cref="ArgumentException">It cannot be measured; the sentence says why.</exception>
    public Measurement WithGeometry(Dataset dataset, Measurement wanted)
    {
        var (m, volume) = MeasurementRules.Check(dataset, wanted);
        var (result, isWhole) = GeometryOf(dataset, m, volume);
        return m with { Result = isWhole ? result : null };
    }

    // What points alone give, and whether that is all that there is of the kind.
    private static (MeasuredResult Result, bool IsWhole) GeometryOf(Dataset dataset, Measurement m, VolumeInfo volume)
    {
        var points = m.PointsUm.Select(MeasurementRules.PointOf).ToArray();
        var result = new MeasuredResult
        {
            Data = TagOf(dataset, volume),
            DepthsUm = dataset.HasInterface ? [.. points.Select(p => Math.Round(dataset.Depth.DepthOf(p).Um, 6))] : [],
        };
        switch (m.Kind)
        {
            case MeasurementKind.Angle:
                return (result with { AngleDeg = PointGeometry.Angle(points[0], points[1], points[2], volume.Transform) }, true);
            case MeasurementKind.Point or MeasurementKind.Note:
                return (result with { DepthsUm = [.. result.DepthsUm.Take(1)] }, true);
            case MeasurementKind.Ruler or MeasurementKind.Polyline:
                var length = PointGeometry.Length(points, volume.Transform);
                return length.Value > 0 ? (result with { LengthUm = length }, true)
                    : throw new ArgumentException(m.Kind == MeasurementKind.Ruler
                    ? "The ruler has no length; draw it from one place to another."
                    : "The polyline has no length; place its points apart.");
            case MeasurementKind.Rectangle or MeasurementKind.Polygon or MeasurementKind.Box:
                return (result, false);
            default:
                return (result with { LengthUm = PointGeometry.Length(points[0], points[1], volume.Transform) }, false);
        }
    }

    private static double BoxVolume(Region region) => region.Shape.HalfExtent is var (u, v, w) ? 8 * u * v * w : 0;

    private static double VoxelVolume(VolumeInfo volume) => volume.VoxelSize is var s ? s.Z * s.Y * s.X : 1;

    // Thousands of values are kept with each version, so without digits that say nothing.
    private static LineProfile Shortened(LineProfile p) =>
        p with { Values = [.. p.Values.Select(Digits)], Deviations = p.Deviations is { } d ? [.. d.Select(Digits)] : null };

    // Seven significant digits.
    private static double? Digits(double? value)
    {
        if (value is not { } v || v == 0)
        {
            return value;
        }

        var unit = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(v))) - 6);
        var rounded = unit >= 1 ? Math.Round(v / unit) * unit : Math.Round(v / unit) / (1 / unit);
        return double.IsFinite(rounded) ? rounded : v;
    }
}
