using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// Fits with bounds, fixed and tied parameters whose names stay with their processes. A search of its own may end with two arcs exchanged
/// where they are of one shape: the same minimum under other names, so that R1 would be another process after a bound was moved. So the
/// fit without constraints is made first, whose arcs are in order of τ, and carried on into the constraints; the search stays where it
/// finds a lower minimum than that with the arcs in the same order. What comes out depends on the settings alone, not on the fits before.
/// Who means the other order says so by a start.
/// </summary>
public static class ConstrainedFit
{
    // A bound that is dragged is fitted anew at each step. The minima of the fit without constraints are starts too, so that few others
    // nearly always do.
    private const int FewStarts = 12;

    // Above this, a lower χ² is another minimum and not the same one under other names.
    private const double SameMinimum = 1e-6;

    /// <summary>Fits.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="points">The points that are fitted.</param>
    /// <param name="settings">What is asked of the fit.</param>
    /// <param name="peaks">Peaks of the sweep's distribution of relaxation times.</param>
    /// <param name="free">
    /// The fit of the same circuit and points without constraints, where it is known already; it is made where it is needed.
    /// </param>
    /// <param name="isTried">Whether the settings are only being tried, so that few starts do; else all of the settings are.</param>
    /// <param name="ct">Gives up between two steps.</param>
    /// <exception cref="ArgumentException">The settings do not suit the circuit, or there are too few points.</exception>
    public static FitResult Run(
        Circuit circuit, SweepPoints points, FitSettings settings, IReadOnlyList<DrtPeak> peaks, FitResult? free = null,
        bool isTried = false, CancellationToken ct = default)
    {
        // A start is the user's word where each name belongs; without any name there is nothing to keep.
        if (settings.Start.Count > 0 || settings.ArcsAreOrdered)
        {
            return CircuitFit.Run(circuit, points, settings, peaks, ct: ct);
        }

        free ??= CircuitFit.Run(circuit, points, new FitSettings { Weight = settings.Weight, Starts = settings.Starts }, peaks, ct: ct);
        var carried = CircuitFit.From(circuit, points, settings, free.Values, ct);
        var searched = isTried ? settings with { Starts = Math.Min(settings.Starts, FewStarts) } : settings;
        var found = CircuitFit.Run(circuit, points, searched, peaks, [carried.Values], free.Minima.Skip(1), ct);
        return found.PseudoChiSquare < carried.PseudoChiSquare * (1 - SameMinimum)
            && found.Values.SequenceEqual(ArcOrder.Sort(circuit, found.Values))
            ? found : carried with { OtherMinima = found.OtherMinima };
    }
}
