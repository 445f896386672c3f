using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// Least squares with weights that are not negative and sum to one: minimises |Xw − y|² over the simplex. An active-set method in the
/// manner of Lawson and Hanson's NNLS: weights in the passive set are free but for their sum, the others are zero; the column whose
/// gradient falls most below that of the passive ones comes in, and a step that would make a weight negative stops where it is zero.
/// </summary>
internal sealed class SimplexLeastSquares
{
    private const double Tiny = 1e-10;

    // X and y after one QR of both together: k + 1 rows that have the same inner products.
    private readonly double[][] _columns;
    private readonly double[] _target;

    /// <param name="columns">The columns of X, each as long as y.</param>
    /// <param name="target">y.</param>
    public SimplexLeastSquares(IReadOnlyList<double[]> columns, double[] target)
    {
        (Points, TargetSquares) = (target.Length, target.Sum(v => v * v));
        if (target.Length <= columns.Count + 1)
        {
            (_columns, _target) = ([.. columns], target);
            return;
        }

        var r = Matrix<double>.Build.DenseOfColumnArrays([.. columns, target]).QR(QRMethod.Thin).R;
        _columns = [.. Enumerable.Range(0, columns.Count).Select(i => r.Column(i).ToArray())];
        _target = r.Column(columns.Count).ToArray();
    }

    /// <summary>Points of y.</summary>
    public int Points { get; }

    /// <summary>Σy².</summary>
    public double TargetSquares { get; }

    /// <summary>The weights, and the sum of squared residuals.</summary>
    /// <param name="among">Which columns may have weight.</param>
    public (double[] Weights, double Squares) Solve(IReadOnlyList<int> among)
    {
        var weights = new double[_columns.Length];
        var start = among.MinBy(j => Squares(Residual(Only(j))));
        weights[start] = 1;
        List<int> passive = [start];
        var refused = new HashSet<int>();
        for (var round = 0; round < 10 * among.Count + 10; round++)
        {
            var residual = Residual(weights);
            var gradients = Array.ConvertAll(_columns, c => Dot(c, residual));
            var level = passive.Average(j => gradients[j]);
            var slack = Tiny * Math.Max(Math.Sqrt(Squares(residual)) * _columns.Max(c => Math.Sqrt(Squares(c))), 1e-300);
            var next = among.Where(j => !passive.Contains(j) && !refused.Contains(j) && gradients[j] < level - slack)
                .OrderBy(j => gradients[j]).Cast<int?>().FirstOrDefault();
            if (next is not { } coming)
            {
                break;
            }

            passive.Add(coming);
            if (Free(passive) is null)
            {
                // The column depends on the others; with it the weights would not be determined.
                passive.Remove(coming);
                refused.Add(coming);
                continue;
            }

            StepToOptimum(weights, passive);
            if (weights[coming] > 0)
            {
                refused.Clear();
            }
            else
            {
                refused.Add(coming);
            }
        }

        return (weights, Squares(Residual(weights)));
    }

    // Moves to the optimum of the passive set; where a weight would fall below zero, goes as far as it is zero and takes it out.
    private void StepToOptimum(double[] weights, List<int> passive)
    {
        while (true)
        {
            var optimum = Free(passive)!;
            var share = 1.0;
            for (var i = 0; i < passive.Count; i++)
            {
                if (optimum[i] < 0)
                {
                    share = Math.Min(share, weights[passive[i]] / (weights[passive[i]] - optimum[i]));
                }
            }

            for (var i = 0; i < passive.Count; i++)
            {
                weights[passive[i]] += share * (optimum[i] - weights[passive[i]]);
            }

            if (share >= 1)
            {
                return;
            }

            foreach (var j in passive.Where(j => weights[j] <= 1e-15).ToArray())
            {
                weights[j] = 0;
                passive.Remove(j);
            }
        }
    }

    // Weights of the passive columns that sum to one; null where they are not determined.
    private double[]? Free(List<int> passive)
    {
        if (passive.Count == 1)
        {
            return [1];
        }

        var last = _columns[passive[^1]];
        if (passive.Count - 1 > last.Length)
        {
            return null;
        }

        var differences = Matrix<double>.Build.Dense(last.Length, passive.Count - 1, (i, j) => _columns[passive[j]][i] - last[i]);
        var qr = differences.QR(QRMethod.Thin);
        var diagonal = qr.R.Diagonal().PointwiseAbs();
        if (diagonal.Minimum() <= Tiny * passive.Max(j => Math.Sqrt(Squares(_columns[j]))))
        {
            return null;
        }

        var solved = qr.Solve(Vector<double>.Build.Dense(last.Length, i => _target[i] - last[i]));
        return [.. solved, 1 - solved.Sum()];
    }

    private double[] Only(int column)
    {
        var weights = new double[_columns.Length];
        weights[column] = 1;
        return weights;
    }

    // Xw − y.
    private double[] Residual(double[] weights)
    {
        var residual = Array.ConvertAll(_target, t => -t);
        for (var j = 0; j < weights.Length; j++)
        {
            for (var i = 0; weights[j] != 0 && i < residual.Length; i++)
            {
                residual[i] += weights[j] * _columns[j][i];
            }
        }

        return residual;
    }

    private static double Squares(double[] values) => Dot(values, values);

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
