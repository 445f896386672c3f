using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// Fits a circuit to a sweep by complex nonlinear least squares. From a start that the user gave it goes to that start's minimum. Else it
/// tries starts of its own (<see cref="StartValues"/>) with few steps each, takes the best minima that differ, and goes to the
/// bottom of these.
/// </summary>
public static class CircuitFit
{
    // Starts get so many steps; the best that differ are followed to their end.
    private const int ShortSteps = 40, LongSteps = 1000, Followed = 6;
    private const double Coarse = 1e-5, Fine = 1e-11, SameCost = 1e-3;

    // A fit whose χ² lies this part above the minimum was ended before it.
    private const double Stopped = 1e-6;

    /// <summary>Fits.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="points">The points that are fitted.</param>
    /// <param name="settings">What is asked of the fit.</param>
    /// <param name="peaks">Peaks of the sweep's distribution of relaxation times, where they are known already.</param>
    /// <param name="neighbours">Values of all parameters that are tried as starts too, such as those of the sweep before.</param>
    /// <param name="more">Values of all parameters that are tried beside the search's own starts, with few steps each.</param>
    /// <param name="ct">Gives up between two steps.</param>
    /// <exception cref="ArgumentException">The settings do not suit the circuit, or there are too few points.</exception>
    public static FitResult Run(
        Circuit circuit, SweepPoints points, FitSettings settings, IReadOnlyList<DrtPeak>? peaks = null,
        IEnumerable<double[]>? neighbours = null, IEnumerable<double[]>? more = null, CancellationToken ct = default)
    {
        var problem = new FitProblem(circuit, points, settings);
        var search = new LevenbergMarquardt(problem, ct);
        if (problem.Variables > 0 && problem.ParameterOf.All(p => settings.Start.ContainsKey(circuit.Parameters[p].Name)))
        {
            return FromStart(problem, points, search);
        }

        var starts = new StartValues(problem, points).All(peaks ?? Drt.Of(points).Peaks, settings.Starts).Concat(more ?? []);
        var minima = Search(problem, search, starts);
        foreach (var neighbour in neighbours ?? [])
        {
            minima.Add(Follow(search, problem.VariablesAt(neighbour)));
        }

        minima.Sort((a, b) => a.Cost.CompareTo(b.Cost));
        return Describe(problem, points, minima);
    }

    /// <summary>The fit that begins at some values and seeks no other minimum.</summary>
    public static FitResult From(
        Circuit circuit, SweepPoints points, FitSettings settings, double[] values, CancellationToken ct = default)
    {
        var problem = new FitProblem(circuit, points, settings);
        return Describe(problem, points, [Follow(new LevenbergMarquardt(problem, ct), problem.VariablesAt(values))]);
    }

    private static FitResult FromStart(FitProblem problem, SweepPoints points, LevenbergMarquardt search)
    {
        var start = problem.Circuit.Parameters.Select(p => problem.Settings.Start.GetValueOrDefault(p.Name, 1)).ToArray();
        var stopped = new TrustRegionReflective(problem).Minimize(problem.VariablesAt(start));
        var cost = problem.Cost(stopped);
        var minimum = Follow(search, [.. stopped]);
        return problem.Settings.Tight || !(minimum.Cost < cost * (1 - Stopped))
            ? Describe(problem, points, [problem.Settings.Tight ? minimum : new(stopped, cost)])
            : Describe(problem, points, [new(stopped, cost)]) with { Minimum = new(minimum.Cost, problem.ParametersAt(minimum.At)) };
    }

    private readonly record struct Minimum(double[] At, double Cost);

    private static Minimum Follow(LevenbergMarquardt search, double[] from) => new(from, search.Minimize(from, LongSteps, Fine));

    private static List<Minimum> Search(
        FitProblem problem, LevenbergMarquardt search, IEnumerable<double[]> starts)
    {
        var found = new List<Minimum>();
        foreach (var start in starts)
        {
            var x = problem.VariablesAt(start);
            var cost = search.Minimize(x, ShortSteps, Coarse);
            found.Add(new(Sorted(problem, x), cost));
        }

        found.Sort((a, b) => a.Cost.CompareTo(b.Cost));
        var distinct = new List<Minimum>();
        foreach (var minimum in found)
        {
            if (distinct.Count < Followed
                && distinct.All(d => Math.Abs(d.Cost - minimum.Cost) > SameCost * d.Cost || Differ(d.At, minimum.At)))
            {
                distinct.Add(minimum);
            }
        }

        return [.. distinct.Select(m => Follow(search, m.At))];
    }

    private static bool Differ(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max() > 0.1;

    private static double[] Sorted(FitProblem problem, double[] x) => problem.Settings.ArcsAreOrdered
        ? problem.VariablesAt(ArcOrder.Sort(problem.Circuit, problem.ParametersAt(x))) : x;

    private static FitResult Describe(FitProblem problem, SweepPoints points, List<Minimum> minima)
    {
        var (x, cost) = (Sorted(problem, minima[0].At), minima[0].Cost);
        var circuit = problem.Circuit;
        var values = problem.ParametersAt(x);
        var covariance = new Covariance(problem, x);
        var parameters = circuit.Parameters.Select((p, i) =>
        {
            var v = problem.VariableOf(i);
            var tied = problem.Settings.Tied.GetValueOrDefault(p.Name);
            var fitted = v < 0
                ? new FittedParameter(p.Name, p.Unit, values[i], null, false, true, tied)
                : new FittedParameter(p.Name, p.Unit, values[i], SigmaOf(covariance.Deviation(v), p, values[i]),
                    covariance.AtLimit[v], false, tied);
            return fitted with { Range = problem.RangeOf(i) };
        }).ToList();
        var z = points.FrequencyHz.Select(f => circuit.Impedance(f, values)).ToArray();
        return new FitResult
        {
            Circuit = circuit,
            Weight = problem.Settings.Weight,
            Parameters = parameters,
            PseudoChiSquare = cost,
            Aicc = InformationCriterion.Aicc(cost, problem.Rows, problem.Variables),
            WorstPercent = 100 * Enumerable.Range(0, z.Length)
                .Max(i => double.Hypot(z[i].Real - points.Re[i], z[i].Imaginary - points.Im[i]) / points.Modulus[i]),
            Points = points.Count,
            Correlations = covariance.Strong(),
            Re = [.. z.Select(v => v.Real)],
            Im = [.. z.Select(v => v.Imaginary)],
            Minima = [.. minima.Select(m => problem.ParametersAt(m.At))],
            OtherMinima = [.. minima.Select(m => m.Cost).Where(c => c > cost * (1 + SameCost)).Distinct()],
        };
    }

    private static double? SigmaOf(double? deviation, CircuitParameter parameter, double value) =>
        parameter.Role == ParameterRole.Exponent ? deviation : deviation * value;
}
