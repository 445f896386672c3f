using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Bounds;
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

    /// <summary>What the volume is placed by.</summary>
    /// <exception cref="OutOfRangeException">A coordinate is missing or out of its range.</exception>
    public PlacementRequest ToRequest() => new(Key)
    {
        Model = Model, RefinedBy = RefinedBy,
        Common = CommonMovingUm is { } moving && CommonDatasetUm is { } dataset
            ? (Point(moving, "The point in the volume"), Point(dataset, "The point in the scan")) : null,
        Landmarks = [.. LandmarksUm.Select((p, i) => new PointPair(
            i < LandmarkNames.Length ? LandmarkNames[i] : $"Pt-{i}", Point(p[..3], "A landmark"), Point(p[3..], "A landmark")))],
    };

    private static WorldPoint Point(double[] um, string name)
    {
        Ranges.Um.Of(name).Check(um, 3);
        return new WorldPoint(um[0], um[1], um[2]);
    }
}
