using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>What a placement was found from.</summary>
public enum PlacementStart
{
    /// <summary>The volume's originUm or transform, as the stage had it.</summary>
    Stage,

    /// <summary>One point that both volumes show.</summary>
    Common,

    /// <summary>Pairs of points.</summary>
    Landmarks,

    /// <summary>A file.</summary>
    Import,
}

/// <summary>A point of the moving volume and the same in the dataset.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Moving">In the moving volume's own µm: the outer corner of voxel 0 is 0.</param>
/// <param name="Dataset">In the dataset's frame.</param>
public sealed record PointPair(string Name, WorldPoint Moving, WorldPoint Dataset);

/// <summary>Where a volume lies in the dataset's frame, and how well that is known.</summary>
public sealed record Placement
{
    /// <summary>The volume.</summary>
    public required VolumeKey Key { get; init; }

    /// <summary>The scan that it was placed in.</summary>
    public required VolumeKey Fixed { get; init; }

    /// <summary>What it was found from.</summary>
    public required PlacementStart Start { get; init; }

    /// <summary>What it may do to the volume.</summary>
    public required PlacementModel Model { get; init; }

    /// <summary>From the volume's own µm (the outer corner of voxel 0 is 0) to the dataset's frame.</summary>
    public required AffineTransform Matrix { get; init; }

    /// <summary>From the volume's own µm to the frame of the scan that it was placed in, as that scan was handed over.</summary>
    public required AffineTransform ToScan { get; init; }

    /// <summary>Dataset µm for each µm along the volume's axes z, y, x.</summary>
    public double[] Scale => [Matrix.Column(0).Length, Matrix.Column(1).Length, Matrix.Column(2).Length];

    /// <summary>Angle of its turn, degrees.</summary>
    public double RotationDeg => TurnOf(Matrix);

    /// <summary>
    /// Of landmarks the root mean square distance of the pairs, µm; else that of the shifts which 27 parts of the volume would still take
    /// for
    /// themselves; null where nothing was compared.
    /// </summary>
    public double? ResidualUm { get; init; }

    /// <summary>95 % bound of the mean error over the volume, µm; null of what was imported.</summary>
    public double? UncertaintyUm { get; init; }

    /// <summary>Root mean square distance of each landmark from where the others put it, µm; null without landmarks to spare.</summary>
    public double? LeaveOneOutUm { get; init; }

    /// <summary>Agreement at the end, nats a sample; null where images were not compared.</summary>
    public double? Metric { get; init; }

    /// <summary>What <see cref="Metric"/> is: what images refined the placement by.</summary>
    public PlacementMetric RefinedBy { get; init; }

    /// <summary>
    /// Covariance, µm², row major, of the numbers of the motion about <see cref="CenterUm"/>: shift z, y, x, then what turns about z, y, x
    /// and
    /// scale (or the nine numbers of a linear map) move at the distance <see cref="RhoUm"/>. Empty where nothing is known.
    /// </summary>
    public double[] Covariance { get; init; } = [];

    /// <summary>Middle of the volume in the scan's frame, µm.</summary>
    public double[] CenterUm { get; init; } = [];

    /// <summary>Distance that turns and scale are counted at, µm.</summary>
    public double RhoUm { get; init; }

    /// <summary>The landmarks.</summary>
    public IReadOnlyList<PointPair> Landmarks { get; init; } = [];

    /// <summary>What somebody must see with it.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The angle of a linear map's rotation: of the orthogonal matrix nearest to it.</summary>
    internal static double TurnOf(AffineTransform map)
    {
        var svd = Matrix<double>.Build.Dense(3, 3, (i, j) => map.Rows[4 * i + j]).Svd();
        var r = svd.U * svd.VT;
        return Math.Acos(Math.Clamp((r.Trace() - 1) / 2, -1, 1)) * 180 / Math.PI;
    }
}
