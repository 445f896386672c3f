using DendriteViewer.Imaging.Geometry;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// How well a placement is known. The scores of samples add up to nothing at the maximum; how far the sums of single blocks are from
/// nothing says how much the maximum would move with other noise, other materials and other artefacts (the sandwich of P. Huber, Proc. 5th
/// Berkeley Symp. 1, 221, 1967, with blocks as K.-Y. Liang and S. Zeger, Biometrika 73, 13, 1986, have them).
/// </summary>
internal static class PlacementSpread
{
    private const int Draws = 2000;

    // Chebyshev's nodes of equal weights: means over an edge are exact of polynomials to the third degree.
    private static readonly double[] s_nodes = [0.5 - 0.25 * Math.Sqrt(2), 0.5, 0.5 + 0.25 * Math.Sqrt(2)];

    /// <summary>Covariance of the numbers of a motion, µm²; row major.</summary>
    /// <param name="end">Where the climb ended.</param>
    /// <param name="metric">The images that it was climbed by.</param>
    /// <param name="voxelUm">Voxel of the level; steps of differences are a part of it.</param>
    public static double[,] CovarianceOf(Climbed end, IAgreementMetric metric, double voxelUm)
    {
        var n = end.Motion.Count;
        var curvature = CurvatureOf(end, metric, 0.25 * voxelUm, n);
        var blocks = end.Agreement.Blocks;
        var used = Enumerable.Range(0, blocks.Length / n).Where(b => Enumerable.Range(0, n).Any(k => blocks[b * n + k] != 0)).ToArray();
        var middle = Matrix<double>.Build.Dense(n, n);
        foreach (var b in used)
        {
            for (var i = 0; i < n; i++)
            {
                for (var j = 0; j < n; j++)
                {
                    middle[i, j] += blocks[b * n + i] * blocks[b * n + j];
                }
            }
        }

        // Few blocks: as for few residuals of a fit.
        middle *= used.Length > n + 1 ? (double)used.Length / (used.Length - n) : used.Length;
        var inverse = curvature.Inverse();
        return (inverse * middle * inverse).ToArray();
    }

    /// <summary>95 % bound of the mean error over a volume, µm, of a placement that is normally distributed about the truth.</summary>
    /// <param name="covariance">Of the motion's numbers.</param>
    /// <param name="motion">The motion.</param>
    /// <param name="placement">To the fixed frame.</param>
    /// <param name="sizeUm">Edges of the volume in its own µm.</param>
    /// <param name="freedom">
    /// Degrees of freedom that the covariance's scale was estimated by, as Student's t has them; null where it counts as known.
    /// </param>
    public static double MeanErrorBound(
        double[,] covariance, LocalMotion motion, AffineTransform placement, (double Z, double Y, double X) sizeUm, int? freedom = null)
    {
        var n = motion.Count;
        var nodes = from z in s_nodes from y in s_nodes from x in s_nodes select (Z: z, Y: y, X: x);
        var jacobians = nodes.Select(at =>
        {
            var j = new double[3 * n];
            motion.Jacobian(placement.ToWorld(new VoxelPoint(at.Z * sizeUm.Z, at.Y * sizeUm.Y, at.X * sizeUm.X)), j);
            return j;
        }).ToArray();
        var root = RootOf(covariance, n).ToArray();
        var random = new Random(20260101);
        var (means, draw, step) = (new double[Draws], new double[n], new double[n]);
        for (var d = 0; d < Draws; d++)
        {
            for (var k = 0; k < n; k++)
            {
                draw[k] = Normal.Sample(random, 0, 1);
            }

            for (var k = 0; k < n; k++)
            {
                step[k] = 0;
                for (var l = 0; l < n; l++)
                {
                    step[k] += root[k, l] * draw[l];
                }
            }

            var sum = 0.0;
            foreach (var j in jacobians)
            {
                double z = 0, y = 0, x = 0;
                for (var k = 0; k < n; k++)
                {
                    z += j[k] * step[k];
                    y += j[n + k] * step[k];
                    x += j[2 * n + k] * step[k];
                }

                sum += Math.Sqrt(z * z + y * y + x * x);
            }

            // What the scale was estimated by varies along with the estimate, independently of the error.
            var scale = freedom is { } free ? Math.Sqrt(Gamma.Sample(random, free / 2.0, 0.5) / free) : 1;
            means[d] = sum / jacobians.Length / scale;
        }

        Array.Sort(means);
        return means[(int)(0.95 * Draws)];
    }

    /// <summary>Root mean square of the shift that each block would still take for itself, µm, and how many blocks could tell.</summary>
    public static (double Um, int Blocks) ResidualOf(Agreement at)
    {
        var squares = new List<double>();
        for (var b = 0; b < at.BlockInformation.Length / 12; b++)
        {
            var s = at.BlockInformation.AsSpan(12 * b, 12).ToArray();
            var a = Matrix<double>.Build.Dense(3, 3, (i, j) => s[3 * i + j]);
            if (s[0] > 0 && s[4] > 0 && s[8] > 0 && a.ConditionNumber() < 1e4)
            {
                var shift = a.Solve(Vector<double>.Build.Dense([s[9], s[10], s[11]]));
                squares.Add(shift.DotProduct(shift));
            }
        }

        return (squares.Count == 0 ? 0 : Math.Sqrt(squares.Average()), squares.Count);
    }

    // Differences of the slope; where they are no curvature of a maximum, the Fisher information stands in.
    private static Matrix<double> CurvatureOf(Climbed end, IAgreementMetric metric, double step, int n)
    {
        var h = Matrix<double>.Build.Dense(n, n);
        for (var k = 0; k < n; k++)
        {
            double[] Slope(double by)
            {
                var to = new double[n];
                to[k] = by;
                return metric.At(end.Motion.Apply(end.Placement, to), end.Motion).Gradient;
            }

            var (more, less) = (Slope(step), Slope(-step));
            for (var i = 0; i < n; i++)
            {
                h[k, i] = -(more[i] - less[i]) / (2 * step);
            }
        }

        h = (h + h.Transpose()) / 2;
        var fisher = Matrix<double>.Build.Dense(n, n, (i, j) => end.Agreement.Information[i * n + j]);
        return h.Evd(Symmetricity.Symmetric).EigenValues.All(v => v.Real > 0) ? h : fisher;
    }

    private static Matrix<double> RootOf(double[,] covariance, int n)
    {
        var evd = Matrix<double>.Build.DenseOfArray(covariance).Evd(Symmetricity.Symmetric);
        return evd.EigenVectors * Matrix<double>.Build.Diagonal(n, n, i => Math.Sqrt(Math.Max(0, evd.EigenValues[i].Real)));
    }
}
