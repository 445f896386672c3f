using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// Where fits begin that nobody gave a start: peaks of the distribution of relaxation times put to the circuit's processes in every order,
/// and a Latin hypercube in the logarithms of resistances and time constants. The numbers are the same at every run.
/// </summary>
internal sealed class StartValues
{
    private const int MostOrders = 24, Seed = 20;

    private readonly FitProblem _problem;
    private readonly SweepPoints _points;
    private readonly List<ArcSlot> _slots;
    private readonly HashSet<int> _alone;

    public StartValues(FitProblem problem, SweepPoints points)
    {
        (_problem, _points, _slots) = (problem, points, ArcSlot.Of(problem.Circuit));
        // Resistances that stand in series with everything: they are what the highest frequencies see.
        _alone = [.. problem.Circuit.Parts.OfType<CircuitNode.Leaf>().Where(l => l.Element.Kind == ElementKind.Resistor)
            .Select(l => l.First)];
    }

    /// <summary>Starts as values of all parameters; those that the settings give are in them.</summary>
    /// <param name="peaks">Peaks of the sweep's distribution of relaxation times.</param>
    /// <param name="hypercube">How many of the Latin hypercube.</param>
    public IEnumerable<double[]> All(IReadOnlyList<DrtPeak> peaks, int hypercube) =>
        FromPeaks(peaks).Concat(Hypercube(hypercube)).Select(Given);

    private IEnumerable<double[]> FromPeaks(IReadOnlyList<DrtPeak> peaks)
    {
        if (_slots.Count == 0 || peaks.Count == 0)
        {
            yield break;
        }

        var chosen = peaks.OrderByDescending(p => p.AreaOhm).Take(_slots.Count).ToList();
        while (chosen.Count < _slots.Count)
        {
            // Too few peaks: the widest gap of the covered times gets a small one.
            var times = chosen.Select(p => p.TauS).Append(1 / _problem.Span.MostOmega).Append(1 / _problem.Span.LeastOmega).Order()
                .ToList();
            var gap = Enumerable.Range(0, times.Count - 1).MaxBy(i => times[i + 1] / times[i]);
            chosen.Add(new DrtPeak(Math.Sqrt(times[gap] * times[gap + 1]), chosen.Min(p => p.AreaOhm) / 2, false));
        }

        chosen.Sort((a, b) => a.TauS.CompareTo(b.TauS));
        foreach (var exponent in new[] { 0.9, 0.75 })
        {
            foreach (var order in Orders(_slots.Count).Take(MostOrders))
            {
                var p = Middle(exponent);
                for (var s = 0; s < _slots.Count; s++)
                {
                    p[_slots[s].Resistance] = Math.Max(chosen[order[s]].AreaOhm, _problem.Span.LeastOhm * 1e-3);
                    _slots[s].SetTau(p, chosen[order[s]].TauS);
                }

                yield return p;
            }
        }
    }

    private IEnumerable<double[]> Hypercube(int count)
    {
        var random = new Random(Seed);
        var parameters = _problem.Circuit.Parameters;
        var strata = parameters.Select(_ => Shuffled(count, random)).ToArray();
        for (var s = 0; s < count; s++)
        {
            var p = new double[parameters.Count];
            double Unit(int i) => (strata[i][s] + random.NextDouble()) / count;
            for (var i = 0; i < p.Length; i++)
            {
                p[i] = At(i, Unit(i), 0.55 + 0.45 * Unit(i));
            }

            foreach (var slot in _slots)
            {
                slot.SetTau(p, Log(0.3 / _problem.Span.MostOmega, (slot.IsTime ? 100 : 3) / _problem.Span.LeastOmega, Unit(slot.Storage)));
            }

            yield return p;
        }
    }

    private double[] Middle(double exponent) =>
        [.. Enumerable.Range(0, _problem.Circuit.Parameters.Count).Select(i => At(i, 0.5, exponent))];

    // A value of a parameter at a place between 0 and 1 of the range that a sweep makes likely.
    private double At(int i, double place, double exponent)
    {
        var span = _problem.Span;
        var rise = Math.Max(_points.Re.Max() - _points.Re.Min(), 0.05 * span.MostOhm);
        return _problem.Circuit.Parameters[i].Role switch
        {
            ParameterRole.Resistance when _alone.Contains(i) => Log(0.1 * span.LeastOhm, 1.2 * span.LeastOhm, place),
            ParameterRole.Resistance => Log(0.02 * rise, 1.5 * rise, place),
            ParameterRole.Exponent => exponent,
            ParameterRole.Time => Log(0.3 / span.MostOmega, 100 / span.LeastOmega, place),
            ParameterRole.Inductance => Log(1e-3 * span.LeastOhm / span.MostOmega, span.MostOhm / span.MostOmega, place),
            ParameterRole.WarburgCoefficient => Math.Sqrt(span.LeastOmega) * Log(0.02 * span.MostOhm, span.MostOhm, place),
            _ => Log(1 / (span.MostOmega * span.MostOhm), 1 / (span.LeastOmega * span.LeastOhm), place),
        };
    }

    private double[] Given(double[] p)
    {
        foreach (var (name, value) in _problem.Settings.Start)
        {
            p[_problem.Circuit.IndexOf(name)] = value;
        }

        return p;
    }

    private static double Log(double least, double most, double place) => least * Math.Pow(most / least, place);

    private static int[] Shuffled(int count, Random random)
    {
        var order = Enumerable.Range(0, count).ToArray();
        random.Shuffle(order);
        return order;
    }

    // Every order of n things, the rising one first.
    private static IEnumerable<int[]> Orders(int n)
    {
        var order = Enumerable.Range(0, n).ToArray();
        while (true)
        {
            yield return [.. order];
            var i = n - 2;
            while (i >= 0 && order[i] > order[i + 1])
            {
                i--;
            }

            if (i < 0)
            {
                yield break;
            }

            var k = Array.FindLastIndex(order, v => v > order[i]);
            (order[i], order[k]) = (order[k], order[i]);
            Array.Reverse(order, i + 1, n - i - 1);
        }
    }
}
