using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>A sweep of a series, fitted.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Points">The points that were fitted.</param>
/// <param name="Fit">The fit.</param>
/// <param name="Verdict">Whether it obeys Kramers and Kronig.</param>
/// <param name="Jumps">Parameters that jumped since the sweep before.</param>
/// <param name="Relaxation">Its distribution of relaxation times.</param>
public sealed record FittedSweep(
    ImpedanceSweep Sweep, SweepPoints Points, FitResult Fit, KkVerdict Verdict, IReadOnlyList<string> Jumps, DrtResult Relaxation);

/// <summary>
/// Fits one circuit to a series of sweeps. Each sweep has its own starts; then the series is gone through forwards and backwards, each
/// sweep beginning at its neighbour's solution too, and the better minimum stays. So a sweep keeps no minimum that its neighbours know a
/// better one for, and names mean the same process throughout.
/// </summary>
public static class SeriesFit
{
    private const double Better = 1e-7, JumpSigma = 5, LeastJump = 0.05, OverNeighbours = 4;

    /// <summary>Fits.</summary>
    /// <param name="sweeps">The sweeps in the order of time.</param>
    /// <param name="circuit">The circuit; null for one to four arcs, the same for all sweeps: the least sum of their AICc, of which
    /// sweeps that do not obey Kramers and Kronig are no part while others do.</param>
    /// <param name="settings">What is asked of the fits.</param>
    /// <param name="mask">Which points are left out.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="progress">Told the part that is done, 0 to 1, from several threads.</param>
    /// <exception cref="ArgumentException">The settings do not suit the circuit, or a sweep has too few points.</exception>
    public static IReadOnlyList<FittedSweep> Run(
        IReadOnlyList<ImpedanceSweep> sweeps, Circuit? circuit, FitSettings settings, PointMask? mask = null,
        CancellationToken ct = default, IProgress<double>? progress = null) =>
        Run([.. sweeps.Select(s => (s, mask))], circuit, settings, ct, progress);

    /// <summary>Fits sweeps of several files, each with the mask of its own file.</summary>
    /// <param name="series">The sweeps in the order of time, and which points of each are left out.</param>
    /// <param name="circuit">As above.</param>
    /// <param name="settings">As above.</param>
    /// <param name="ct">As above.</param>
    /// <param name="progress">As above.</param>
    /// <exception cref="ArgumentException">As above.</exception>
    public static IReadOnlyList<FittedSweep> Run(
        IReadOnlyList<(ImpedanceSweep Sweep, PointMask? Mask)> series, Circuit? circuit, FitSettings settings,
        CancellationToken ct = default, IProgress<double>? progress = null)
    {
        var sweeps = series.Select(s => s.Sweep).ToList();
        var done = 0;
        void Tell() => progress?.Report(Interlocked.Increment(ref done) / (2d * sweeps.Count));
        var prepared = InParallel(sweeps.Count, ct, i =>
        {
            var points = SweepPoints.Of(sweeps[i], series[i].Mask);
            var verdict = KkVerdict.Of(points, ct);
            var relaxation = new Drt(points).Solve(verdict.NoisePercent / 100, ct);
            Tell();
            return (Points: points, Verdict: verdict, Relaxation: relaxation, relaxation.Peaks);
        });
        FitResult[] fits;
        if (circuit is not null)
        {
            fits = InParallel(sweeps.Count, ct, i =>
            {
                var fit = ConstrainedFit.Run(circuit, prepared[i].Points, settings, prepared[i].Peaks, ct: ct);
                Tell();
                return fit;
            });
        }
        else
        {
            var all = InParallel(sweeps.Count, ct, i =>
            {
                var models = ModelChoice.All(prepared[i].Points, settings, prepared[i].Peaks, ct);
                Tell();
                return models;
            });
            var chosen = ModelChoice.BestOfSeries(all, [.. prepared.Select(p => p.Verdict.IsConsistent)]);
            fits = [.. all.Select(f => f[chosen])];
        }

        if (fits.Length > 1)
        {
            PassOn(fits, prepared.Select(p => p.Points).ToArray(), settings, ct);
        }

        return [.. sweeps.Select((s, i) => new FittedSweep(
            s, prepared[i].Points, fits[i], prepared[i].Verdict, Jumps(fits, i), prepared[i].Relaxation))];
    }

    private static void PassOn(FitResult[] fits, SweepPoints[] points, FitSettings settings, CancellationToken ct)
    {
        foreach (var (from, to) in Enumerable.Range(1, fits.Length - 1).Select(i => (i - 1, i))
            .Concat(Enumerable.Range(1, fits.Length - 1).Reverse().Select(i => (i, i - 1))))
        {
            ct.ThrowIfCancellationRequested();
            var carried = CircuitFit.From(fits[to].Circuit, points[to], settings, fits[from].Values, ct);
            if (carried.PseudoChiSquare < fits[to].PseudoChiSquare * (1 - Better))
            {
                fits[to] = carried;
            }
        }
    }

    // A step that is far beyond the usual steps of the series, its own uncertainty and the steps before and after it: growth as √t begins
    // steeply, but not with a jump.
    private static List<string> Jumps(FitResult[] fits, int at)
    {
        var jumps = new List<string>();
        if (at == 0 || fits.Length < 4)
        {
            return jumps;
        }

        for (var p = 0; p < fits[0].Parameters.Count; p++)
        {
            double Step(int i) => LogOf(fits[i].Parameters[p]) - LogOf(fits[i - 1].Parameters[p]);
            double Spread(int i) => fits[i].Parameters[p] is { Sigma: { } s } q ? q.Unit.Length == 0 ? s : s / q.Value : 0;
            var steps = Enumerable.Range(1, fits.Length - 1).Select(Step).ToArray();
            var middle = Median([.. steps]);
            var usual = 1.4826 * Median([.. steps.Select(s => Math.Abs(s - middle))]);
            var allowed = JumpSigma * Math.Sqrt(usual * usual + Spread(at) * Spread(at) + Spread(at - 1) * Spread(at - 1));
            var beside = Math.Max(at > 1 ? Math.Abs(steps[at - 2]) : 0, at < steps.Length ? Math.Abs(steps[at]) : 0);
            if (Math.Abs(Step(at) - middle) > Math.Max(allowed, LeastJump) && Math.Abs(Step(at)) > OverNeighbours * beside)
            {
                jumps.Add(fits[0].Parameters[p].Name);
            }
        }

        return jumps;
    }

    private static double LogOf(FittedParameter p) => p.Unit.Length == 0 ? p.Value : Math.Log(p.Value);

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private static T[] InParallel<T>(int count, CancellationToken ct, Func<int, T> work)
    {
        var results = new T[count];
        try
        {
            Parallel.For(0, count, ComputeLane.Options(ct), i => results[i] = work(i));
        }
        catch (AggregateException e) when (e.InnerExceptions.Count > 0)
        {
            // The sentence of the first that failed is what the person can use.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return results;
    }
}
