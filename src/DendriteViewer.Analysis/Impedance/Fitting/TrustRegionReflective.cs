namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// Least squares in the values themselves by the trust region reflective method (Branch, Coleman, Li 1999), with the scaling and the
/// limits that scipy's curve_fit and with it impedance.py use: f_tol 1e-13, x_tol and g_tol 1e-8. Those are absolute for the gradient and
/// common to all parameters, so that it can stop before the minimum. It is there to reproduce published fits from their starts;
/// everything else uses
/// <see cref="LevenbergMarquardt"/>.
///
/// A step in x is d·s, where d = √v and v is the distance to the bound that the gradient points to (1 where there is none). In s the
/// model is ½|J d s + r|² + ½ sᵀC s, C from the derivatives of v, within a ball of radius Δ. Where the step leaves the bounds, the best
/// is taken of the step cut off before the bound, the step reflected at it, and steepest descent.
/// </summary>
internal sealed class TrustRegionReflective
{
    private const double CostTolerance = 1e-13, StepTolerance = 1e-8, GradientTolerance = 1e-8, StartDistance = 1e-10, BackOff = 0.995;
    private const int MostEvaluations = 3000;

    private readonly FitProblem _problem;
    private readonly int _n;
    private readonly double[] _least, _most, _jacobian, _residuals, _variables;
    private readonly bool[] _isValue;

    public TrustRegionReflective(FitProblem problem)
    {
        _problem = problem;
        _n = problem.Variables;
        _isValue = [.. problem.ParameterOf.Select(p => problem.Circuit.Parameters[p].Role == Circuits.ParameterRole.Exponent)];
        _least = [.. Enumerable.Range(0, _n).Select(i => problem.IsBounded(i) ? ToValue(i, problem.Least[i]) : 0)];
        _most = [.. Enumerable.Range(0, _n).Select(i => problem.IsBounded(i) ? ToValue(i, problem.Most[i])
            : _isValue[i] ? 1 : double.PositiveInfinity)];
        (_jacobian, _residuals, _variables) = (new double[problem.Rows * _n], new double[problem.Rows], new double[_n]);
    }

    /// <summary>Goes from a start to where the limits end it.</summary>
    /// <param name="start">Variables of the problem.</param>
    /// <returns>Variables of the problem.</returns>
    public double[] Minimize(double[] start)
    {
        var x = new double[_n];
        for (var i = 0; i < _n; i++)
        {
            x[i] = Inside(ToValue(i, start[i]), _least[i], _most[i]);
        }

        var cost = Linearize(x, out var gradient);
        var radius = Norm(x.Select((v, i) => v / Math.Sqrt(Scaling(x, gradient, i).V)));
        radius = radius == 0 ? 1 : radius;
        var multiplier = 0d;
        for (var evaluations = 1; evaluations < MostEvaluations;)
        {
            var scaling = Enumerable.Range(0, _n).Select(i => Scaling(x, gradient, i)).ToArray();
            var steepness = Enumerable.Range(0, _n).Max(i => Math.Abs(gradient[i] * scaling[i].V));
            if (steepness < GradientTolerance)
            {
                break;
            }

            var model = new ReflectiveModel(_jacobian, _residuals, _least, _most, x, gradient, scaling,
                Math.Max(BackOff, 1 - steepness));
            var reduction = -1d;
            var isDone = false;
            while (reduction <= 0 && evaluations < MostEvaluations && !isDone)
            {
                var (step, scaled, predicted) = model.Step(radius, ref multiplier);
                var next = x.Select((v, i) => Clear(v + step[i], _least[i], _most[i])).ToArray();
                var length = Norm(scaled);
                var reached = Cost(next);
                evaluations++;
                if (!double.IsFinite(reached) || reached == double.MaxValue)
                {
                    radius = 0.25 * length;
                    continue;
                }

                reduction = cost - reached;
                var ratio = predicted > 0 ? reduction / predicted : predicted == 0 && reduction == 0 ? 1 : 0;
                var before = radius;
                radius = ratio < 0.25 ? 0.25 * length : ratio > 0.75 && length > 0.95 * radius ? 2 * radius : radius;
                isDone = (reduction < CostTolerance * cost && ratio > 0.25) || Norm(step) < StepTolerance * (StepTolerance + Norm(x));
                if (!isDone)
                {
                    multiplier *= before / radius;
                }

                if (reduction > 0)
                {
                    (x, cost) = (next, reached);
                }
            }

            cost = Linearize(x, out gradient);
            if (isDone)
            {
                break;
            }
        }

        return [.. x.Select(ToVariable)];
    }

    private double ToValue(int i, double variable) => _isValue[i] ? variable : Math.Exp(variable);

    private double ToVariable(double value, int i) => _isValue[i] ? value : Math.Log(value);

    // A start at a bound, or beyond it, is put beside it.
    private static double Inside(double v, double least, double most)
    {
        var (low, high) = (least + StartDistance * Math.Max(1, Math.Abs(least)), most - StartDistance * Math.Max(1, Math.Abs(most)));
        return v <= low ? low : double.IsFinite(most) && v >= high ? high : v;
    }

    private static double Clear(double v, double least, double most) =>
        v <= least ? Math.BitIncrement(least) : v >= most ? Math.BitDecrement(most) : v;

    private (double V, int Slope) Scaling(double[] x, double[] gradient, int i) =>
        gradient[i] < 0 && double.IsFinite(_most[i]) ? (_most[i] - x[i], -1) : gradient[i] > 0 ? (x[i] - _least[i], 1) : (1, 0);

    private double Cost(double[] x)
    {
        SetVariables(x);
        return _problem.Cost(_variables) / 2;
    }

    // ½χ², and its gradient by the values; _jacobian holds the derivatives by the values.
    private double Linearize(double[] x, out double[] gradient)
    {
        SetVariables(x);
        var cost = _problem.Linearize(_variables, _residuals, _jacobian) / 2;
        gradient = new double[_n];
        for (var row = 0; row < _residuals.Length; row++)
        {
            for (var i = 0; i < _n; i++)
            {
                ref var entry = ref _jacobian[row * _n + i];
                entry = _isValue[i] ? entry : entry / x[i];
                gradient[i] += entry * _residuals[row];
            }
        }

        return cost;
    }

    private void SetVariables(double[] x)
    {
        for (var i = 0; i < _n; i++)
        {
            _variables[i] = ToVariable(x[i], i);
        }
    }

    internal static double Norm(IEnumerable<double> v) => Math.Sqrt(v.Sum(a => a * a));
}
