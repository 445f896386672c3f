using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Streaming;

/// <summary>What the viewer must know of a dataset once.</summary>
public sealed record SceneDto(
    string Dataset, string Name, string Role, IReadOnlyList<SceneVolume> Volumes, IReadOnlyList<SceneNested> Nested,
    SceneDepth Depth, SceneHistogram Histogram,
    IReadOnlyDictionary<string, double[][]> Presets, IReadOnlyDictionary<string, SceneClass[]> Legends,
    IReadOnlyList<SceneClass> Labels, IReadOnlyDictionary<string, int[]> ColorMaps, SceneSeries? Voltage, ViewDto View, long Revision)
{
    // Colour maps are straight between few anchors; so many nodes are as good as all 256 in a bar.
    private const int ColorNodes = 33;

    internal static async Task<SceneDto> OfAsync(ViewSession session, DatasetRole role, ValueHistogram h, DatasetCatalog catalog, CancellationToken ct)
    {
        var d = session.Dataset;
        var current = session.Current;
        var voltage = await catalog.VoltageAsync(d, ct);
        return new SceneDto(
            d.Id.Value, d.Name, role.ToString().ToLowerInvariant(),
            d.Volumes.Select(SceneVolume.Of).ToArray(),
            SceneNested.Of(d),
            SceneDepth.Of(d),
            new SceneHistogram(h.Least, h.Most, h.Bins, h.Threshold, h.Outliers),
            TransferPresets.NamesOf(d, h).ToDictionary(
                n => n, n => TransferPresets.Find(n, d, h)!.Points.Select(p => new[] { p.Value, p.Color, p.Opacity }).ToArray()),
            TransferPresets.NamesOf(d, h).ToDictionary(
                n => n, n => TransferPresets.LegendOf(n, d, h).Select(c => new SceneClass(c.Color, c.Meaning)).ToArray()),
            h.Labels?.Legend.Select(c => new SceneClass(c.Color, c.Meaning)).ToArray() ?? [],
            ColorMap.All.SelectMany(m => new[] { m, m.Inverted }).ToDictionary(m => m.Name, NodesOf),
            voltage is null ? null : new SceneSeries(voltage.Unit, voltage.Hours, voltage.Values, voltage.HolesAfter),
            ViewDto.Of(current.View), current.Number);
    }

    private static int[] NodesOf(ColorMap map) => Enumerable.Range(0, ColorNodes)
        .Select(i => map.Colors[i * (map.Colors.Length - 1) / (ColorNodes - 1)]).Select(c => c.R << 16 | c.G << 8 | c.B).ToArray();
}

/// <summary>A volume for the viewer: where it lies and how fine it is.</summary>
public sealed record SceneVolume(string Modality, double Hours, double? DurationHours, int[] Shape, string Dtype, double[] VoxelUm, double[] Low, double[] High, double[] Range)
{
    internal static SceneVolume Of(VolumeInfo v)
    {
        var (low, high) = v.Bounds;
        return new SceneVolume(
            v.Key.Modality, v.Key.Hours, v.DurationHours, [v.Shape.Z, v.Shape.Y, v.Shape.X], v.Type.ToString().ToLowerInvariant(),
            [v.VoxelSize.Z, v.VoxelSize.Y, v.VoxelSize.X], [low.Z, low.Y, low.X], [high.Z, high.Y, high.X], [v.Least, v.Most]);
    }
}

/// <summary>A finer scan inside another: the scan around it, where it lies, and how well that is known.</summary>
/// <param name="Around">Modality of the scan around it.</param>
/// <param name="AroundHours">Hours of the scan around it.</param>
/// <param name="Modality">Its modality.</param>
/// <param name="Hours">Its hours.</param>
/// <param name="Matrix">Voxel to world, 3×4, row major, µm.</param>
/// <param name="Shape">Voxels along z, y, x.</param>
/// <param name="VoxelUm">Size of a voxel.</param>
/// <param name="IsPlaced">Whether it was registered, or declared exact at the import; else it lies where the stage says.</param>
/// <param name="UncertaintyUm">95 % bound of the mean error of where it lies; null where it is not known.</param>
public sealed record SceneNested(
    string Around, double AroundHours, string Modality, double Hours, double[] Matrix, int[] Shape, double VoxelUm, bool IsPlaced,
    double? UncertaintyUm)
{
    internal static SceneNested[] Of(Dataset dataset) =>
        [.. dataset.Volumes.SelectMany(around => NestedFields.In(dataset, around).Select(v => Of(dataset, around, v)))];

    private static SceneNested Of(Dataset dataset, VolumeInfo around, VolumeInfo v)
    {
        return new SceneNested(
            around.Key.Modality, around.Key.Hours, v.Key.Modality, v.Key.Hours, v.Transform.Rows.ToArray(),
            [v.Shape.Z, v.Shape.Y, v.Shape.X], v.VoxelSize.Least, NestedFields.IsPlaced(dataset, v.Key),
            NestedFields.PlacementOf(dataset, v.Key)?.UncertaintyUm);
    }
}

/// <summary>A colour of a preset and what it means.</summary>
public sealed record SceneClass(int Color, string Meaning);

/// <summary>
/// How depth is measured; whether the dataset says where the interface is; where it is a surface, its grid; the cell's outline across it,
/// [] for none; and the points that correct both.
/// </summary>
public sealed record SceneDepth(
    string Axis, int Direction, double InterfaceUm, bool IsKnown, SceneSurface? Surface, double[][] PointsUm, double[][] OutlineUm,
    double[][] OutlinePointsUm)
{
    internal static SceneDepth Of(Dataset dataset)
    {
        var d = dataset.Depth;
        var surface = d.Surface is { } s
            ? new SceneSurface(
                [s.OriginUm.U, s.OriginUm.V], s.StepUm, [s.Shape.U, s.Shape.V],
                s.HeightsUm.ToArray().Select(h => Math.Round(h, 2)).ToArray(), s.Cosine, s.Filled)
            : null;
        return new SceneDepth(
            d.Axis.ToString().ToLowerInvariant(), d.Direction, d.InterfaceUm, dataset.HasInterface, surface,
            dataset.Manifest.Depth?.Surface?.PointsUm ?? [],
            dataset.Outline?.Corners.Select(c => new[] { c.U, c.V }).ToArray() ?? [], dataset.Manifest.Cell?.OutlinePointsUm ?? []);
    }
}

/// <summary>
/// A height field over the two axes across the depth axis, bilinear between nodes; and which nodes were filled in where no interface was
/// seen, null where that was not recorded.
/// </summary>
public sealed record SceneSurface(
    double[] OriginUm, double StepUm, int[] Shape, double[] HeightsUm, double Cosine, IReadOnlyList<int>? Filled);

/// <summary>Counts by value, without padding; <paramref name="Outliers"/> voxels lie beyond the bins.</summary>
public sealed record SceneHistogram(double Least, double Most, IReadOnlyList<long> Bins, double Threshold, long Outliers);

/// <summary>A measured curve.</summary>
public sealed record SceneSeries(
    string Unit, IReadOnlyList<double> Hours, IReadOnlyList<double> Values, IReadOnlyList<int> HolesAfter);
