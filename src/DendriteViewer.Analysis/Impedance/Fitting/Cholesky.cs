using System.Numerics;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>Solves small symmetric systems.</summary>
internal static class Cholesky
{
    /// <summary>Solves A x = b for a symmetric positive definite A.</summary>
    /// <param name="a">A, row by row; its lower triangle becomes the factor.</param>
    /// <param name="b">b; becomes x.</param>
    /// <param name="n">The number of unknowns.</param>
    /// <returns>False where A is not positive definite.</returns>
    public static bool Solve(Span<double> a, Span<double> b, int n)
    {
        for (var i = 0; i < n; i++)
        {
            var rowI = a.Slice(i * n, i + 1);
            for (var k = 0; k <= i; k++)
            {
                var rowK = a.Slice(k * n, k + 1);
                var sum = rowI[k] - Dot(rowI[..k], rowK[..k]);
                if (k < i)
                {
                    rowI[k] = sum / rowK[k];
                }
                else if (sum > 0 && double.IsFinite(sum))
                {
                    rowI[i] = Math.Sqrt(sum);
                }
                else
                {
                    return false;
                }
            }

            b[i] = (b[i] - Dot(rowI[..i], b[..i])) / rowI[i];
        }

        for (var i = n - 1; i >= 0; i--)
        {
            b[i] /= a[i * n + i];
            for (var k = 0; k < i; k++)
            {
                b[k] -= a[i * n + k] * b[i];
            }
        }

        return true;
    }

    private static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (i, sum) = (0, 0d);
        if (x.Length >= 2 * Vector<double>.Count)
        {
            var sums = Vector<double>.Zero;
            for (; i <= x.Length - Vector<double>.Count; i += Vector<double>.Count)
            {
                sums += new Vector<double>(x[i..]) * new Vector<double>(y[i..]);
            }

            sum = Vector.Sum(sums);
        }

        for (; i < x.Length; i++)
        {
            sum += x[i] * y[i];
        }

        return sum;
    }
}
