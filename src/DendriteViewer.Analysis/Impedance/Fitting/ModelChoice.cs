using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>How many arcs the data support: one to four, by the least AICc.</summary>
public static class ModelChoice
{
    /// <summary>The most arcs that are tried.</summary>
    public const int MostArcs = 4;

    // AICc alone gave three of six sweeps of a phantom an arc of noise, each within three deviations of none.
    private const double Determined = 3;

    /// <summary>The fits of one to four arcs; those that have too few points are left out.</summary>
    public static IReadOnlyList<FitResult> All(
        SweepPoints points, FitSettings settings, IReadOnlyList<DrtPeak>? peaks = null, CancellationToken ct = default)
    {
        peaks ??= Drt.Of(points).Peaks;
        var fits = new List<FitResult>();
        for (var arcs = 1; arcs <= MostArcs; arcs++)
        {
            var circuit = Circuit.OfArcs(arcs);
            if (2 * points.Count > circuit.Parameters.Count + 1 && Names(settings).All(n => circuit.IndexOf(n) >= 0))
            {
                fits.Add(CircuitFit.Run(circuit, points, settings, peaks, ct: ct));
            }
        }

        return fits.Count > 0 ? fits : throw new ArgumentException(
            $"No circuit of one to {MostArcs} arcs has the parameters {string.Join(", ", Names(settings))}; "
            + "give the circuit that they belong to.");
    }

    /// <summary>
    /// The place of the circuit that suits a series: the least sum of AICc over its sweeps, among the circuits that are determined in
    /// more than half of them.
    /// </summary>
    /// <param name="fits">For each sweep the fits of the same circuits.</param>
    /// <param name="counts">Which sweeps count; all where none does.</param>
    public static int BestOfSeries(IReadOnlyList<IReadOnlyList<FitResult>> fits, IReadOnlyList<bool> counts)
    {
        var used = Enumerable.Range(0, fits.Count).Where(i => counts[i]).DefaultIfEmpty(-1).ToArray();
        var chosen = used is [-1] ? fits : [.. used.Select(i => fits[i])];
        var models = Enumerable.Range(0, fits.Min(f => f.Count)).ToArray();
        var determined = models.Where(m => 2 * chosen.Count(f => IsDetermined(f[m])) > chosen.Count).ToArray();
        return (determined.Length > 0 ? determined : models).MinBy(m => chosen.Sum(f => f[m].Aicc));
    }

    /// <summary>
    /// The one with the least AICc among those whose parameters are all determined, and among all where none is: an arc at the limits of
    /// its range, or with a resistance within three deviations of 0, describes nothing.
    /// </summary>
    public static FitResult Best(IReadOnlyList<FitResult> fits) =>
        fits.Where(IsDetermined).DefaultIfEmpty(fits.MinBy(f => f.Aicc)!).MinBy(f => f.Aicc)!;

    private static IEnumerable<string> Names(FitSettings s) =>
        s.Start.Keys.Concat(s.Fixed.Keys).Concat(s.Bounds.Keys).Concat(s.Tied.Keys).Concat(s.Tied.Values).Distinct();

    /// <summary>Whether every resistance but the first exceeds three deviations, and none lies at a limit.</summary>
    public static bool IsDetermined(FitResult fit) => fit.Parameters.Where(p => p.Unit == "Ω" && p.Name != "R0")
        .All(p => !p.AtLimit && p.Sigma is { } sigma && Determined * sigma < p.Value);
}
