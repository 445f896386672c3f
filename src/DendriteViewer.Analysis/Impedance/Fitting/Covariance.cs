namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// The covariance of a fit's variables: (JᵀJ)⁻¹·χ²/(N − p), where J are the derivatives of the weighted residuals, N their number and p
/// that of the variables. Variables at a limit are held: they have no deviation, and the others' are those with them held.
/// </summary>
internal sealed class Covariance
{
    private const double StrongCorrelation = 0.95;

    // Directions in which the scaled derivatives are smaller than this part of the largest are not determined by the data.
    private const double Undetermined = 1e-9;

    private readonly FitProblem _problem;
    private readonly double?[] _deviations;
    private readonly double[,] _covariance;

    public Covariance(FitProblem problem, double[] x)
    {
        _problem = problem;
        var n = problem.Variables;
        AtLimit = [.. Enumerable.Range(0, n).Select(i => IsAtLimit(problem, x, i))];
        _deviations = new double?[n];
        _covariance = new double[n, n];
        var free = Enumerable.Range(0, n).Where(i => !AtLimit[i]).ToArray();
        if (free.Length == 0)
        {
            return;
        }

        var (residuals, jacobian) = (new double[problem.Rows], new double[problem.Rows * n]);
        var cost = problem.Linearize(x, residuals, jacobian);
        var variance = cost / Math.Max(1, problem.Rows - free.Length);
        var lengths = free.Select(i => Math.Sqrt(Enumerable.Range(0, problem.Rows).Sum(r => jacobian[r * n + i] * jacobian[r * n + i])))
            .ToArray();
        var svd = new SingularValues([.. free.Select((i, c) => Enumerable.Range(0, problem.Rows)
            .Select(r => lengths[c] > 0 ? jacobian[r * n + i] / lengths[c] : 0).ToArray())]);
        for (var a = 0; a < free.Length; a++)
        {
            var known = lengths[a] > 0;
            for (var b = 0; b < free.Length; b++)
            {
                var sum = 0d;
                for (var k = 0; k < svd.S.Length; k++)
                {
                    var small = svd.S[k] <= Undetermined * svd.S[0];
                    known &= !small || Math.Abs(svd.V[k][a]) < 1e-3;
                    sum += small ? 0 : svd.V[k][a] * svd.V[k][b] / (svd.S[k] * svd.S[k]);
                }

                _covariance[free[a], free[b]] = known ? variance * sum / (lengths[a] * lengths[b]) : 0;
            }

            _deviations[free[a]] = known ? Math.Sqrt(_covariance[free[a], free[a]]) : null;
        }
    }

    /// <summary>Whether each variable lies at an end of its range.</summary>
    public bool[] AtLimit { get; }

    /// <summary>The standard deviation of a variable; null where it has none.</summary>
    public double? Deviation(int variable) => _deviations[variable];

    /// <summary>The pairs that are strongly correlated.</summary>
    public List<ParameterCorrelation> Strong()
    {
        var pairs = new List<ParameterCorrelation>();
        string Name(int v) => _problem.Circuit.Parameters[_problem.ParameterOf[v]].Name;
        for (var i = 0; i < _deviations.Length; i++)
        {
            for (var k = i + 1; k < _deviations.Length; k++)
            {
                if (_deviations[i] is > 0 and var a && _deviations[k] is > 0 and var b
                    && _covariance[i, k] / (a * b) is var r && Math.Abs(r) > StrongCorrelation)
                {
                    pairs.Add(new(Name(i), Name(k), Math.Clamp(r, -1, 1)));
                }
            }
        }

        return pairs;
    }

    private static bool IsAtLimit(FitProblem problem, double[] x, int i)
    {
        var near = 1e-9 * Math.Max(1, problem.Most[i] - problem.Least[i]);
        return x[i] - problem.Least[i] <= near || problem.Most[i] - x[i] <= near;
    }
}
