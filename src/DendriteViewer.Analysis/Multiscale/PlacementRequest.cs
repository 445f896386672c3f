using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What is to be placed, and from what.</summary>
/// <param name="Key">The volume.</param>
public sealed record PlacementRequest(VolumeKey Key)
{
    /// <summary>What may be done to it.</summary>
    public PlacementModel Model { get; init; } = PlacementModel.Similarity;

    /// <summary>A point in the volume's own µm and the same in the dataset's frame, to within 15 µm; null for the stage's
    /// coordinates.</summary>
    public (WorldPoint Moving, WorldPoint Dataset)? Common { get; init; }

    /// <summary>Pairs of points; empty for none.</summary>
    public IReadOnlyList<PointPair> Landmarks { get; init; } = [];

    /// <summary>Whether images refine what landmarks give.</summary>
    public bool Refine { get; init; } = true;

    /// <summary>What images refine the placement by, once it was found.</summary>
    public PlacementMetric RefinedBy { get; init; }

    /// <summary>Modality of the scan that it is placed in; null for the dataset's first.</summary>
    public string? Fixed { get; init; }

    /// <summary>Samples are drawn by it: the same seed, the same result.</summary>
    public int Seed { get; init; } = 1;
}
