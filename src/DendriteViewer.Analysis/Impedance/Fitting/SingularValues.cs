namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// A = U S Vᵀ of a matrix with few columns, by one-sided Jacobi rotations (Hestenes 1958): columns are rotated in pairs until all are
/// orthogonal. It always converges, and small singular values are as accurate as large ones.
/// </summary>
internal sealed class SingularValues
{
    private const int MostSweeps = 60;
    private const double Orthogonal = 1e-15;

    /// <summary>Decomposes.</summary>
    /// <param name="columns">The columns of A; they become those of U·S, in no order.</param>
    public SingularValues(double[][] columns)
    {
        var n = columns.Length;
        var v = Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(k => i == k ? 1d : 0).ToArray()).ToArray();
        var isDone = false;
        for (var sweep = 0; sweep < MostSweeps && !isDone; sweep++)
        {
            isDone = true;
            for (var i = 0; i < n; i++)
            {
                for (var k = i + 1; k < n; k++)
                {
                    var (a, b, c) = (Dot(columns[i], columns[i]), Dot(columns[k], columns[k]), Dot(columns[i], columns[k]));
                    if (Math.Abs(c) <= Orthogonal * Math.Sqrt(a * b) || !double.IsFinite(c))
                    {
                        continue;
                    }

                    isDone = false;
                    var zeta = (b - a) / (2 * c);
                    var t = Math.CopySign(1, zeta) / (Math.Abs(zeta) + Math.Sqrt(1 + zeta * zeta));
                    var cosine = 1 / Math.Sqrt(1 + t * t);
                    Rotate(columns[i], columns[k], cosine, cosine * t);
                    Rotate(v[i], v[k], cosine, cosine * t);
                }
            }
        }

        var order = Enumerable.Range(0, n).OrderByDescending(i => Dot(columns[i], columns[i])).ToArray();
        S = [.. order.Select(i => Math.Sqrt(Dot(columns[i], columns[i])))];
        V = [.. order.Select(i => v[i])];
        _scaled = [.. order.Select(i => columns[i])];
    }

    private readonly double[][] _scaled;

    /// <summary>The singular values, falling.</summary>
    public double[] S { get; }

    /// <summary>The right singular vectors, in the order of <see cref="S"/>.</summary>
    public double[][] V { get; }

    /// <summary>Uᵀ b; 0 where a singular value is 0.</summary>
    public double[] Project(double[] b) => [.. _scaled.Select((u, k) => S[k] > 0 ? Dot(u, b) / S[k] : 0)];

    private static void Rotate(double[] x, double[] y, double cosine, double sine)
    {
        for (var i = 0; i < x.Length; i++)
        {
            (x[i], y[i]) = (cosine * x[i] - sine * y[i], sine * x[i] + cosine * y[i]);
        }
    }

    private static double Dot(double[] x, double[] y)
    {
        var sum = 0d;
        for (var i = 0; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }
}
