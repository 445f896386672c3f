using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>A placement by pairs of points, and how far it leaves them apart.</summary>
/// <param name="Matrix">From the moving volume's own µm to the dataset's frame.</param>
/// <param name="ResidualsUm">Distance that is left of each pair.</param>
/// <param name="LeftOutUm">Distance of each pair where it alone is left out of the fit; NaN where the others do not decide.</param>
public sealed record LandmarkFit(AffineTransform Matrix, IReadOnlyList<double> ResidualsUm, IReadOnlyList<double> LeftOutUm)
{
    /// <summary>Root mean square of <see cref="ResidualsUm"/>.</summary>
    public double ResidualUm => Math.Sqrt(ResidualsUm.Average(r => r * r));

    /// <summary>Root mean square of <see cref="LeftOutUm"/>; null where there are no pairs to spare.</summary>
    public double? LeaveOneOutUm => LeftOutUm.Any(double.IsNaN) ? null : Math.Sqrt(LeftOutUm.Average(r => r * r));

    /// <summary>Pairs that a model needs.</summary>
    public static int LeastOf(PlacementModel model) => model == PlacementModel.Affine ? 4 : 3;

    /// <summary>
    /// The least-squares placement: rotation and scale by the singular value decomposition of S. Umeyama (IEEE Trans. Pattern Anal. 13,
    /// 376,
    /// 1991), an affine map by linear equations.
    /// </summary>
    /// <exception cref="VolumeFormatException">There are too few pairs, or they lie on a line (an affine map: in a plane).</exception>
    public static LandmarkFit Of(IReadOnlyList<PointPair> pairs, PlacementModel model)
    {
        if (pairs.Count < LeastOf(model))
        {
            throw new VolumeFormatException(
                $"{pairs.Count} landmarks do not decide a {model.ToString().ToLowerInvariant()} placement; give {LeastOf(model)} pairs "
                    + $"or more.");
        }

        var all = PairMoments.Of(pairs);
        var matrix = all.Fit(model) ?? throw new VolumeFormatException(model == PlacementModel.Affine
            ? "The landmarks lie in one plane, so that they do not decide an affine placement; add one away from it, or choose similarity."
            : "The landmarks lie on one line, so that they do not decide a turn; add one away from it.");
        double Off(AffineTransform t, PointPair p) => (t.ToWorld(new VoxelPoint(p.Moving.Z, p.Moving.Y, p.Moving.X)) - p.Dataset).Length;
        var leftOut = pairs.Select(p =>
            pairs.Count > LeastOf(model) && all.Without(p).Fit(model) is { } without ? Off(without, p) : double.NaN);
        return new LandmarkFit(matrix, [.. pairs.Select(p => Off(matrix, p))], [.. leftOut]);
    }
}
