using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// Least squares by Levenberg and Marquardt within bounds. Each step solves (JᵀJ + λD)δ = −Jᵀr, where D is the largest diagonal of JᵀJ that
/// was met (Moré 1978), for the variables that are free: one at its bound whose gradient points outwards is held. The damping λ follows
/// the ratio of the achieved to the predicted decrease (Nielsen 1999). Steps are cut off at the bounds and at <see cref="LongestStep"/>.
/// The buffers are kept, so that many starts of one problem allocate nothing.
/// </summary>
internal sealed class LevenbergMarquardt
{
    // A variable is ln p: a step of 2 is a factor of 7.
    private const double LongestStep = 2;
    private const double FirstDamping = 1e-3, MostDamping = 1e14;

    // So often it looks whether it is given up, and whether more urgent work waits: a step of 60 points takes some 20 µs.
    private const int StepsAlone = 8;

    private readonly FitProblem _problem;
    private readonly CancellationToken _ct;
    private readonly double[] _residuals, _jacobian, _normal, _damped, _gradient, _scale, _step, _trial;

    /// <param name="problem">What is fitted.</param>
    /// <param name="ct">Gives up between two steps.</param>
    public LevenbergMarquardt(FitProblem problem, CancellationToken ct = default)
    {
        (_problem, _ct) = (problem, ct);
        var n = problem.Variables;
        _residuals = new double[problem.Rows];
        _jacobian = new double[problem.Rows * n];
        (_normal, _damped) = (new double[n * n], new double[n * n]);
        (_gradient, _scale, _step, _trial) = (new double[n], new double[n], new double[n], new double[n]);
    }

    /// <summary>Goes from a point to the minimum that it leads to.</summary>
    /// <param name="x">Where it begins, within the bounds; where it ended, afterwards.</param>
    /// <param name="iterations">The most steps.</param>
    /// <param name="tolerance">It ends where a step changes χ² by less than this part, or no variable by more than it.</param>
    /// <returns>χ² at the end.</returns>
    public double Minimize(double[] x, int iterations, double tolerance)
    {
        var n = x.Length;
        Array.Clear(_scale);
        var cost = Linearize(x);
        var (damping, growth) = (FirstDamping, 2d);
        for (var i = 0; i < iterations && n > 0; i++)
        {
            if (i % StepsAlone == 0)
            {
                _ct.ThrowIfCancellationRequested();
                ComputeLane.GiveWay();
            }

            var (moved, predicted) = Step(x, damping);
            if (moved < tolerance)
            {
                break;
            }

            var next = moved < double.MaxValue ? _problem.Cost(_trial) : double.MaxValue;
            if (next < cost)
            {
                var gained = cost - next;
                var ratio = gained / Math.Max(predicted, double.Epsilon);
                Array.Copy(_trial, x, n);
                cost = Linearize(x);
                damping *= Math.Max(1d / 3, 1 - Math.Pow(2 * Math.Min(ratio, 2) - 1, 3));
                damping = Math.Max(damping, 1e-15);
                growth = 2;
                if (gained <= tolerance * tolerance * cost || (gained <= tolerance * cost && moved < Math.Sqrt(tolerance)))
                {
                    break;
                }
            }
            else
            {
                damping *= growth;
                growth *= 2;
                if (damping > MostDamping)
                {
                    break;
                }
            }
        }

        return cost;
    }

    // The step and what it should gain, into _trial; the longest change of a variable, or MaxValue where none can be solved for.
    private (double Moved, double Predicted) Step(double[] x, double damping)
    {
        var n = x.Length;
        for (var i = 0; i < n; i++)
        {
            var held = IsHeld(x, i);
            for (var k = 0; k < n; k++)
            {
                _damped[i * n + k] = held || IsHeld(x, k) ? 0 : _normal[i * n + k];
            }

            _damped[i * n + i] = held ? 1 : _normal[i * n + i] + damping * _scale[i];
            _step[i] = held ? 0 : -_gradient[i];
        }

        if (!Cholesky.Solve(_damped, _step, n))
        {
            return (double.MaxValue, 0);
        }

        var longest = _step.Max(Math.Abs);
        var shorten = longest > LongestStep ? LongestStep / longest : 1;
        var (moved, predicted) = (0d, 0d);
        for (var i = 0; i < n; i++)
        {
            _trial[i] = Math.Clamp(x[i] + _step[i] * shorten, _problem.Least[i], _problem.Most[i]);
            _step[i] = _trial[i] - x[i];
            moved = Math.Max(moved, Math.Abs(_step[i]));
        }

        // |r|² − |r + Jδ|² = −2δᵀg − δᵀJᵀJδ
        for (var i = 0; i < n; i++)
        {
            var product = 0d;
            for (var k = 0; k < n; k++)
            {
                product += _normal[i * n + k] * _step[k];
            }

            predicted -= _step[i] * (2 * _gradient[i] + product);
        }

        return (moved, predicted);
    }

    private bool IsHeld(double[] x, int i) =>
        (x[i] <= _problem.Least[i] && _gradient[i] > 0) || (x[i] >= _problem.Most[i] && _gradient[i] < 0);

    private double Linearize(double[] x)
    {
        var n = x.Length;
        var cost = _problem.Linearize(x, _residuals, _jacobian);
        Array.Clear(_normal);
        Array.Clear(_gradient);
        for (var row = 0; row < _residuals.Length; row++)
        {
            var j = _jacobian.AsSpan(row * n, n);
            var r = _residuals[row];
            for (var i = 0; i < n; i++)
            {
                var a = j[i];
                _gradient[i] += a * r;
                var normal = _normal.AsSpan(i * n, i + 1);
                for (var k = 0; k < normal.Length; k++)
                {
                    normal[k] += a * j[k];
                }
            }
        }

        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < i; k++)
            {
                _normal[k * n + i] = _normal[i * n + k];
            }

            _scale[i] = Math.Max(Math.Max(_scale[i], _normal[i * n + i]), 1e-300);
        }

        return cost;
    }
}
