using DendriteViewer.Analysis.Impedance.Fitting;

namespace DendriteViewer.Analysis.Impedance.Relaxation;

/// <summary>
/// Minimises ½xᵀHx − gᵀx over x ≥ 0 for a symmetric positive definite H, by block principal pivoting (Portugal, Júdice, Vicente 1994):
/// guess which unknowns are above 0, solve for them, exchange all that contradict. Where the number of contradictions does not fall
/// three times running, only the last one is exchanged, which always ends.
/// </summary>
internal sealed class NonNegative(int unknowns)
{
    private const int Patience = 3;

    private readonly double[] _matrix = new double[unknowns * unknowns], _solution = new double[unknowns], _slope = new double[unknowns];
    private readonly int[] _free = new int[unknowns];

    /// <summary>Solves.</summary>
    /// <param name="h">H, row by row.</param>
    /// <param name="g">g.</param>
    /// <param name="above">The guess of which unknowns are above 0; those that are, afterwards.</param>
    /// <returns>x, valid until the next call; null where H is not positive definite.</returns>
    public double[]? Solve(double[] h, double[] g, bool[] above)
    {
        var (fewest, patience) = (int.MaxValue, Patience);
        for (var round = 0; round < 50 * unknowns; round++)
        {
            if (!SolveFree(h, g, above))
            {
                return null;
            }

            var (wrong, last) = (0, -1);
            for (var i = 0; i < unknowns; i++)
            {
                if (Contradicts(i, above))
                {
                    (wrong, last) = (wrong + 1, i);
                }
            }

            if (wrong == 0)
            {
                break;
            }

            if (wrong < fewest)
            {
                (fewest, patience) = (wrong, Patience);
            }
            else
            {
                patience--;
            }

            for (var i = 0; i < unknowns; i++)
            {
                if (patience >= 0 ? Contradicts(i, above) : i == last)
                {
                    above[i] = !above[i];
                }
            }
        }

        return _solution;
    }

    private bool Contradicts(int i, bool[] above) => above[i] ? _solution[i] < 0 : _slope[i] < -1e-12;

    private bool SolveFree(double[] h, double[] g, bool[] above)
    {
        var n = 0;
        for (var i = 0; i < unknowns; i++)
        {
            _solution[i] = 0;
            if (above[i])
            {
                _free[n++] = i;
            }
        }

        Span<double> x = _slope;
        for (var a = 0; a < n; a++)
        {
            x[a] = g[_free[a]];
            for (var b = 0; b <= a; b++)
            {
                _matrix[a * n + b] = h[_free[a] * unknowns + _free[b]];
            }
        }

        if (!Cholesky.Solve(_matrix, x, n))
        {
            return false;
        }

        for (var a = 0; a < n; a++)
        {
            _solution[_free[a]] = x[a];
        }

        for (var i = 0; i < unknowns; i++)
        {
            _slope[i] = 0;
            if (!above[i])
            {
                var sum = -g[i];
                for (var a = 0; a < n; a++)
                {
                    sum += h[i * unknowns + _free[a]] * _solution[_free[a]];
                }

                _slope[i] = sum;
            }
        }

        return true;
    }
}
