using DendriteViewer.Analysis.Impedance.Fitting;

namespace DendriteViewer.Analysis.Impedance.Processes;

/// <summary>How the resistance of one arc grew over a series.</summary>
/// <param name="Name">The name of the resistance.</param>
/// <param name="Laws">Both laws, the one with the lesser AICc first.</param>
public sealed record ResistanceGrowth(string Name, IReadOnlyList<GrowthFit> Laws)
{
    /// <summary>
    /// The growth of every arc's resistance against the sweeps' hours, of the sweeps that obey Kramers and Kronig; empty where too few
    /// sweeps do or have hours.
    /// </summary>
    /// <param name="series">A fitted series; one circuit throughout.</param>
    public static IReadOnlyList<ResistanceGrowth> Of(IReadOnlyList<FittedSweep> series)
    {
        var used = series.Where(f => f.Sweep.Hours is >= 0 && f.Verdict.IsConsistent)
            .Select(f => (Hours: f.Sweep.Hours!.Value, Arcs: ArcProcess.Of(f.Fit))).ToList();
        return used.Count == 0 ? [] : [.. used[0].Arcs.Select((arc, k) => new ResistanceGrowth(arc.Name, GrowthLaw.Of(
            [.. used.Select(u => u.Hours)], [.. used.Select(u => u.Arcs[k].ResistanceOhm)], [.. used.Select(u => u.Arcs[k].SigmaOhm)])))
            .Where(g => g.Laws.Count == 2)];
    }
}
