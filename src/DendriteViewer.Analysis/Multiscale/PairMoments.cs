using DendriteViewer.Imaging.Geometry;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// What a least-squares placement needs of pairs of points: their number, means, and sums of products about the means. One pair can be
/// taken out again, so that leaving out each of n pairs takes n small fits and no memory that grows with n.
/// </summary>
internal sealed class PairMoments
{
    // Least over largest variance of points that do not lie on a line (in a plane): spreads of a millionth.
    private const double LeastVariance = 1e-12;
    private readonly int _count;
    private readonly Vector<double> _meanMoving, _meanDataset;
    private readonly Matrix<double> _moving, _both;

    private PairMoments(int count, Vector<double> meanMoving, Vector<double> meanDataset, Matrix<double> moving, Matrix<double> both) =>
        (_count, _meanMoving, _meanDataset, _moving, _both) = (count, meanMoving, meanDataset, moving, both);

    /// <summary>Sums up pairs, of which there is at least one.</summary>
    public static PairMoments Of(IReadOnlyList<PointPair> pairs)
    {
        var (a, b) = (Vector<double>.Build.Dense(3), Vector<double>.Build.Dense(3));
        foreach (var p in pairs)
        {
            a += Of(p.Moving) / pairs.Count;
            b += Of(p.Dataset) / pairs.Count;
        }

        var (moving, both) = (Matrix<double>.Build.Dense(3, 3), Matrix<double>.Build.Dense(3, 3));
        foreach (var p in pairs)
        {
            moving += (Of(p.Moving) - a).OuterProduct(Of(p.Moving) - a);
            both += (Of(p.Dataset) - b).OuterProduct(Of(p.Moving) - a);
        }

        return new PairMoments(pairs.Count, a, b, moving, both);
    }

    /// <summary>The sums without one of the pairs.</summary>
    public PairMoments Without(PointPair pair)
    {
        var (a, b) = (Of(pair.Moving) - _meanMoving, Of(pair.Dataset) - _meanDataset);
        var (left, share) = (_count - 1, _count / (_count - 1.0));
        return new PairMoments(
            left, _meanMoving - a / left, _meanDataset - b / left, _moving - share * a.OuterProduct(a), _both - share * b.OuterProduct(a));
    }

    /// <summary>The least-squares placement, or null where the points lie on a line (of an affine map: in a plane).</summary>
    public AffineTransform? Fit(PlacementModel model)
    {
        var variances = _moving.Evd(Symmetricity.Symmetric).EigenValues.Select(v => v.Real).ToArray();
        var least = model == PlacementModel.Affine ? variances[0] : variances[1];
        if (!(least > LeastVariance * variances[2]))
        {
            return null;
        }

        Matrix<double> linear;
        if (model == PlacementModel.Affine)
        {
            linear = _both * _moving.Inverse();
        }
        else
        {
            var svd = _both.Svd();
            var signs = Matrix<double>.Build.DenseIdentity(3);
            signs[2, 2] = svd.U.Determinant() * svd.VT.Determinant() < 0 ? -1 : 1;
            var scale = model == PlacementModel.Rigid ? 1 : (svd.S[0] + svd.S[1] + signs[2, 2] * svd.S[2]) / _moving.Trace();
            linear = scale * (svd.U * signs * svd.VT);
        }

        var t = _meanDataset - linear * _meanMoving;
        var rows = Enumerable.Range(0, 3).SelectMany(r => new[] { linear[r, 0], linear[r, 1], linear[r, 2], t[r] }).ToArray();
        return rows.All(double.IsFinite) && Math.Abs(linear.Determinant()) > 1e-9 ? new AffineTransform(rows) : null;
    }

    private static Vector<double> Of(WorldPoint p) => Vector<double>.Build.Dense([p.Z, p.Y, p.X]);
}
