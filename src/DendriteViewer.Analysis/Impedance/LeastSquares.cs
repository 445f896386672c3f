namespace DendriteViewer.Analysis.Impedance;

/// <summary>
/// Linear least squares by Householder's QR with column pivoting: the squares of the singular values, which normal equations would have,
/// are avoided. Columns beyond the numerical rank get 0.
/// </summary>
internal static class LeastSquares
{
    private const double RankTolerance = 1e-14;

    /// <summary>The x that minimises |A x − b|.</summary>
    /// <param name="columns">The columns of A; they are changed.</param>
    /// <param name="b">b; it is changed.</param>
    public static double[] Solve(double[][] columns, double[] b)
    {
        var (n, m) = (columns.Length, b.Length);
        var order = Enumerable.Range(0, n).ToArray();
        // Columns are brought to length 1, so that the rank does not depend on units.
        var lengths = columns.Select(c => Norm(c, 0)).ToArray();
        for (var k = 0; k < n; k++)
        {
            Scale(columns[k], lengths[k] > 0 ? 1 / lengths[k] : 0);
        }

        var diagonal = new double[n];
        var rank = 0;
        for (var k = 0; k < Math.Min(n, m); k++)
        {
            var best = k;
            var most = -1d;
            for (var i = k; i < n; i++)
            {
                if (Norm(columns[i], k) is var length && length > most)
                {
                    (best, most) = (i, length);
                }
            }

            if (most <= RankTolerance)
            {
                break;
            }

            (columns[k], columns[best]) = (columns[best], columns[k]);
            (order[k], order[best]) = (order[best], order[k]);
            var v = columns[k];
            diagonal[k] = v[k] > 0 ? -most : most;
            v[k] -= diagonal[k];
            var square = most * (most + Math.Abs(v[k] + diagonal[k]));
            for (var i = k + 1; i < n; i++)
            {
                Reflect(v, columns[i], k, square);
            }

            Reflect(v, b, k, square);
            rank = k + 1;
        }

        var x = new double[n];
        for (var k = rank - 1; k >= 0; k--)
        {
            var sum = b[k];
            for (var i = k + 1; i < rank; i++)
            {
                sum -= columns[i][k] * x[order[i]];
            }

            x[order[k]] = sum / diagonal[k];
        }

        for (var k = 0; k < n; k++)
        {
            x[k] = lengths[k] > 0 ? x[k] / lengths[k] : 0;
        }

        return x;
    }

    private static void Reflect(double[] v, double[] y, int from, double square)
    {
        var dot = 0d;
        for (var i = from; i < v.Length; i++)
        {
            dot += v[i] * y[i];
        }

        dot /= square;
        for (var i = from; i < v.Length; i++)
        {
            y[i] -= dot * v[i];
        }
    }

    private static double Norm(double[] v, int from)
    {
        var sum = 0d;
        for (var i = from; i < v.Length; i++)
        {
            sum += v[i] * v[i];
        }

        return Math.Sqrt(sum);
    }

    private static void Scale(double[] v, double factor)
    {
        for (var i = 0; i < v.Length; i++)
        {
            v[i] *= factor;
        }
    }
}
