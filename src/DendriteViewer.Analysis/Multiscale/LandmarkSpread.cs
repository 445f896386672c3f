using DendriteViewer.Imaging.Geometry;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// How well landmarks place a volume, where each is off by the same normal distribution along each axis. Its variance is estimated from
/// what the fit leaves of the pairs, by 3n − p degrees of freedom: with three pairs and a similarity two are left, so that the bound is
/// wide, as Student's t has it.
/// </summary>
internal static class LandmarkSpread
{
    /// <summary>Covariance of the motion's numbers and the 95 % bound of the mean error over a volume.</summary>
    /// <param name="pairs">The landmarks.</param>
    /// <param name="fit">What they gave.</param>
    /// <param name="motion">The numbers, about the middle of the volume where it was placed.</param>
    /// <param name="sizeUm">Edges of the volume in its own µm.</param>
    /// <returns>Covariance in µm², row major, and the bound in µm; null where as many numbers are fitted as the pairs give.</returns>
    public static (double[] Covariance, double BoundUm)? Of(
        IReadOnlyList<PointPair> pairs, LandmarkFit fit, LocalMotion motion, (double Z, double Y, double X) sizeUm)
    {
        var n = motion.Count;
        var free = 3 * pairs.Count - n;
        if (free <= 0)
        {
            return null;
        }

        var normal = Matrix<double>.Build.Dense(n, n);
        var j = new double[3 * n];
        foreach (var p in pairs)
        {
            motion.Jacobian(fit.Matrix.ToWorld(new VoxelPoint(p.Moving.Z, p.Moving.Y, p.Moving.X)), j);
            for (var r = 0; r < 3; r++)
            {
                for (var k = 0; k < n; k++)
                {
                    for (var l = 0; l < n; l++)
                    {
                        normal[k, l] += j[r * n + k] * j[r * n + l];
                    }
                }
            }
        }

        var variance = fit.ResidualsUm.Sum(r => r * r) / free;
        var covariance = (variance * normal.Inverse()).ToArray();
        return covariance.Cast<double>().All(double.IsFinite)
            ? ([.. covariance.Cast<double>()], PlacementSpread.MeanErrorBound(covariance, motion, fit.Matrix, sizeUm, free))
            : null;
    }
}
