using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using MathNet.Numerics.LinearAlgebra;

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

        var matrix = Fit(pairs, model) ?? throw new VolumeFormatException(model == PlacementModel.Affine
            ? "The landmarks lie in one plane, so that they do not decide an affine placement; add one away from it, or choose similarity."
            : "The landmarks lie on one line, so that they do not decide a turn; add one away from it.");
        double Off(AffineTransform t, PointPair p) => (t.ToWorld(new VoxelPoint(p.Moving.Z, p.Moving.Y, p.Moving.X)) - p.Dataset).Length;
        var leftOut = pairs.Select((p, i) =>
            pairs.Count > LeastOf(model) && Fit([.. pairs.Where((_, k) => k != i)], model) is { } without ? Off(without, p) : double.NaN);
        return new LandmarkFit(matrix, [.. pairs.Select(p => Off(matrix, p))], [.. leftOut]);
    }

    private static AffineTransform? Fit(IReadOnlyList<PointPair> pairs, PlacementModel model)
    {
        var n = pairs.Count;
        static double[] Of(WorldPoint p) => [p.Z, p.Y, p.X];
        var a = Matrix<double>.Build.Dense(n, 3, (i, j) => Of(pairs[i].Moving)[j]);
        var b = Matrix<double>.Build.Dense(n, 3, (i, j) => Of(pairs[i].Dataset)[j]);
        var (ma, mb) = (a.ColumnSums() / n, b.ColumnSums() / n);
        var (ca, cb) = (a - Matrix<double>.Build.Dense(n, 3, (_, j) => ma[j]), b - Matrix<double>.Build.Dense(n, 3, (_, j) => mb[j]));
        var spread = ca.Svd(computeVectors: false).S;
        if (!(spread[1] > 1e-6 * spread[0]) || (model == PlacementModel.Affine && !(spread[2] > 1e-6 * spread[0])))
        {
            return null;
        }

        Matrix<double> linear;
        if (model == PlacementModel.Affine)
        {
            linear = ca.QR().Solve(cb).Transpose();
        }
        else
        {
            var svd = (cb.Transpose() * ca).Svd();
            var signs = Matrix<double>.Build.DenseIdentity(3);
            signs[2, 2] = svd.U.Determinant() * svd.VT.Determinant() < 0 ? -1 : 1;
            var scale = model == PlacementModel.Rigid ? 1
                : (svd.S[0] + svd.S[1] + signs[2, 2] * svd.S[2]) / ca.Enumerate().Sum(v => v * v);
            linear = scale * (svd.U * signs * svd.VT);
        }

        var t = mb - linear * ma;
        var rows = Enumerable.Range(0, 3).SelectMany(r => new[] { linear[r, 0], linear[r, 1], linear[r, 2], t[r] }).ToArray();
        return rows.All(double.IsFinite) && Math.Abs(linear.Determinant()) > 1e-9 ? new AffineTransform(rows) : null;
    }
}
