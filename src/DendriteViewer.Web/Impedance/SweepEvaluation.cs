using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Analysis.Impedance.Processes;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Web.Impedance;

/// <summary>What is known of a sweep before any circuit: the points that are used, the Kramers–Kronig test, the relaxation times.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Points">The points that the mask leaves.</param>
/// <param name="LeftOut">For each point of the sweep whether the mask leaves it out.</param>
/// <param name="Verdict">The Kramers–Kronig test of the points.</param>
/// <param name="Drt">The distribution of relaxation times with the λ that the noise allows.</param>
public sealed record PreparedSweep(
    ImpedanceSweep Sweep, SweepPoints Points, IReadOnlyList<bool> LeftOut, KkVerdict Verdict, DrtResult Drt);

/// <summary>A sweep, tested and fitted.</summary>
/// <param name="Prepared">What is known before the fit.</param>
/// <param name="Models">Fits of one to four arcs, without constraints, to compare by AICc.</param>
/// <param name="Best">Which of them AICc takes, among those that are determined.</param>
/// <param name="Free">The fit of the circuit that is shown without bounds, fixed and tied parameters; null where there is none.</param>
/// <param name="Fit">The fit of the circuit that is shown; null where there is none.</param>
/// <param name="Problem">Why there is no fit: a sentence; else null.</param>
/// <param name="Remarks">What must be said beside the fit.</param>
/// <param name="Milliseconds">How long the fit with bounds, fixed and tied parameters took; 0 where there are none.</param>
public sealed record SweepEvaluation(
    PreparedSweep Prepared, IReadOnlyList<FitResult> Models, FitResult? Best, FitResult? Free, FitResult? Fit, string? Problem,
    IReadOnlyList<string> Remarks, double Milliseconds)
{
    /// <summary>The arcs of the fit.</summary>
    public IReadOnlyList<ArcProcess> Arcs => Fit is null ? [] : ArcProcess.Of(Fit);
}

/// <summary>A fitted series.</summary>
/// <param name="Sweeps">Where each sweep is from, in the order of the fits.</param>
/// <param name="Fitted">The sweeps in the order of time.</param>
/// <param name="Growth">How resistances grew.</param>
public sealed record SeriesEvaluation(
    IReadOnlyList<SweepPlace> Sweeps, IReadOnlyList<FittedSweep> Fitted, IReadOnlyList<ResistanceGrowth> Growth);

/// <summary>Which sweep of which file.</summary>
/// <param name="File">The file.</param>
/// <param name="Sweep">Its number in the file.</param>
public readonly record struct SweepPlace(Guid File, int Sweep);
