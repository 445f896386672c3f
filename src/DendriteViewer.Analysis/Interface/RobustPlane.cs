using MathNet.Numerics.LinearAlgebra;

namespace DendriteViewer.Analysis.Interface;

/// <summary>A plane through most of the columns' steps, outliers not counted; in columns and voxels.</summary>
/// <param name="Middle">Height in the middle of the grid.</param>
/// <param name="SlopeU">Rise from column to column.</param>
/// <param name="SlopeV">Rise from column to column the other way.</param>
/// <param name="Scale">Spread of the steps about it: 1.4826 times the median of what they are off.</param>
/// <param name="Nodes">Columns.</param>
internal sealed record RobustPlane(double Middle, double SlopeU, double SlopeV, double Scale, (int U, int V) Nodes)
{
    public double At(int u, int v) => Middle + SlopeU * (u - (Nodes.U - 1) / 2.0) + SlopeV * (v - (Nodes.V - 1) / 2.0);

    /// <summary>The plane, or null where fewer than a twentieth of the columns step.</summary>
    public static RobustPlane? Fit(double[] steps, ColumnGrid grid)
    {
        var (n, m) = grid.Nodes;
        var seen = Enumerable.Range(0, steps.Length).Where(i => !double.IsNaN(steps[i])).ToArray();
        if (seen.Length < Math.Max(6, steps.Length / 20))
        {
            return null;
        }

        var plane = new RobustPlane(Median(seen.Select(i => steps[i])), 0, 0, double.MaxValue, (n, m));
        for (var round = 0; round < 30; round++)
        {
            // Least absolute differences first, which any start leads to; then Tukey's biweight, which forgets outliers.
            var (p, first) = (plane, round < 15);
            var off = seen.Select(i => steps[i] - p.At(i / m, i % m)).ToArray();
            var scale = Math.Max(0.05, 1.4826 * Median(off.Select(Math.Abs)));
            var matrix = Matrix<double>.Build.Dense(3, 3);
            var right = Vector<double>.Build.Dense(3);
            for (var k = 0; k < seen.Length; k++)
            {
                var ratio = off[k] / (4.685 * scale);
                var w = first ? 1 / Math.Max(0.05, Math.Abs(off[k])) : Math.Abs(ratio) < 1 ? Math.Pow(1 - ratio * ratio, 2) : 0;
                double u = seen[k] / m - (n - 1) / 2.0, v = seen[k] % m - (m - 1) / 2.0, s = steps[seen[k]];
                ReadOnlySpan<double> row = [1, u, v];
                for (var i = 0; i < 3; i++)
                {
                    right[i] += w * row[i] * s;
                    for (var j = 0; j < 3; j++)
                    {
                        matrix[i, j] += w * row[i] * row[j];
                    }
                }
            }

            var x = matrix.Solve(right);
            if (!x.All(double.IsFinite))
            {
                return null;
            }

            plane = new RobustPlane(x[0], x[1], x[2], scale, (n, m));
        }

        return plane;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
