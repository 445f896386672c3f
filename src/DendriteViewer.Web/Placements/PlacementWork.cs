using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Placements;

/// <summary>What a registration is asked for, as its job carries it. Points are z, y, x in µm.</summary>
public sealed record PlacementWork
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Modality of the volume.</summary>
    public required string Modality { get; init; }

    /// <summary>Its hours.</summary>
    public double Hours { get; init; }

    /// <summary>What may be done to it.</summary>
    public PlacementModel Model { get; init; } = PlacementModel.Similarity;

    /// <summary>What images refine it by.</summary>
    public PlacementMetric RefinedBy { get; init; }

    /// <summary>Modalities of the same hour that move along.</summary>
    public string[] With { get; init; } = [];

    /// <summary>A point of the volume in its own µm, or null for the stage's coordinates.</summary>
    public double[]? CommonMovingUm { get; init; }

    /// <summary>The same point in the dataset, where there is one.</summary>
    public double[]? CommonDatasetUm { get; init; }

    /// <summary>Landmarks to begin with: own z, y, x, then those of the dataset; empty for none.</summary>
    public double[][] LandmarksUm { get; init; } = [];

    /// <summary>Names of the landmarks.</summary>
    public string[] LandmarkNames { get; init; } = [];

    /// <summary>
    /// Modality of the scan in whose frame, as that was handed over, its points are; null of jobs that an earlier version asked for, whose
    /// points are in the dataset's frame.
    /// </summary>
    public string? ScanModality { get; init; }

    /// <summary>Hours of that scan.</summary>
    public double? ScanHours { get; init; }

    /// <summary>The version that held when it was asked for; 0 for as handed over, null where that was not kept.</summary>
    public int? Since { get; init; }

    /// <summary>The volume.</summary>
    [JsonIgnore]
    public VolumeKey Key => new(Modality, Hours);

    /// <summary>What moves along.</summary>
    [JsonIgnore]
    public IReadOnlyList<VolumeKey> Others => [.. With.Select(m => new VolumeKey(m, Hours))];

    /// <summary>As a job's arguments.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads a job's arguments.</summary>
    public static PlacementWork Parse(string json) => JsonSerializer.Deserialize<PlacementWork>(json, s_json)!;

    /// <summary>With landmarks to begin with.</summary>
    public PlacementWork From(IReadOnlyList<PointPair> pairs) => this with
    {
        LandmarksUm = [.. pairs.Select(p => new[]
        {
            p.Moving.Z, p.Moving.Y, p.Moving.X, p.Dataset.Z, p.Dataset.Y, p.Dataset.X,
        })],
        LandmarkNames = [.. pairs.Select(p => p.Name)],
    };

    /// <summary>With one point that both show.</summary>
    public PlacementWork About(PointPair common) => this with
    {
        CommonMovingUm = [common.Moving.Z, common.Moving.Y, common.Moving.X],
        CommonDatasetUm = [common.Dataset.Z, common.Dataset.Y, common.Dataset.X],
    };

    /// <summary>With its points in the frame of the scan that the volume is placed in, so that they move with it.</summary>
    /// <param name="dataset">The dataset in whose frame they are now.</param>
    public PlacementWork InScan(Dataset dataset)
    {
        if (ScanModality is not null || (LandmarksUm.Length == 0 && CommonDatasetUm is null))
        {
            return this;
        }

        Array.ForEach(LandmarksUm, p => Ranges.Um.Of("A landmark").Check(p, 6));
        var scan = VolumePlacer.FixedOf(dataset, Key, null);
        var back = VolumePlacer.DriftOf(scan).Inverse();
        return this with
        {
            ScanModality = scan.Key.Modality, ScanHours = scan.Key.Hours,
            LandmarksUm = [.. LandmarksUm.Select(p => (double[])[.. p[..3], .. Through(back, p[3..], "A landmark")])],
            CommonDatasetUm = CommonDatasetUm is { } at ? Through(back, at, "The point in the scan") : null,
        };
    }

    /// <summary>What the volume is placed by.</summary>
    /// <param name="dataset">The dataset, in whose frame points are then.</param>
    /// <exception cref="OutOfRangeException">A coordinate is missing or out of its range.</exception>
    /// <exception cref="VolumeFormatException">The scan that its points are of is gone.</exception>
    public PlacementRequest ToRequest(Dataset dataset)
    {
        var drift = ScanModality is not { } modality || ScanHours is not { } hours ? null
            : dataset.Find(modality, hours) is { } scan ? VolumePlacer.DriftOf(scan)
            : throw new VolumeFormatException($"{new VolumeKey(modality, hours)}, in which landmarks were placed, was deleted since.");
        WorldPoint InDataset(double[] um, string name) => Point(drift is null ? um : Through(drift, um, name), name);
        return new PlacementRequest(Key)
        {
            Model = Model, RefinedBy = RefinedBy,
            Common = CommonMovingUm is { } moving && CommonDatasetUm is { } at
                ? (Point(moving, "The point in the volume"), InDataset(at, "The point in the scan")) : null,
            Landmarks = [.. LandmarksUm.Select((p, i) => new PointPair(i < LandmarkNames.Length ? LandmarkNames[i] : $"Pt-{i}",
                Point(p[..3], "A landmark"), InDataset(p[3..], "A landmark")))],
        };
    }

    private static double[] Through(AffineTransform map, double[] um, string name)
    {
        var at = Point(um, name);
        var there = map.ToWorld(new VoxelPoint(at.Z, at.Y, at.X));
        return [there.Z, there.Y, there.X];
    }

    private static WorldPoint Point(double[] um, string name)
    {
        Ranges.Um.Of(name).Check(um, 3);
        return new WorldPoint(um[0], um[1], um[2]);
    }
}
