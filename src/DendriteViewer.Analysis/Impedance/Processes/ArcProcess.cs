using DendriteViewer.Analysis.Impedance.Fitting;

namespace DendriteViewer.Analysis.Impedance.Processes;

/// <summary>What an arc is likely to be, by the decade of its capacitance (Irvine, Sinclair, West 1990).</summary>
public enum ProcessKind
{
    /// <summary>Below 1e-11 F: the electrolyte's bulk.</summary>
    Bulk,

    /// <summary>1e-11 to 1e-9 F: grain boundaries.</summary>
    GrainBoundary,

    /// <summary>1e-9 to 1e-7 F: a layer at a surface; of a lithium cell with a solid electrolyte, R_int of the interphase.</summary>
    SurfaceLayer,

    /// <summary>1e-7 to 1e-4 F: an interface with an electrode; R_ct, charge transfer.</summary>
    Interface,

    /// <summary>Above 1e-4 F: an electrochemical reaction.</summary>
    Reaction,
}

/// <summary>An arc of a fit: a resistance with a capacitance or constant phase element beside it.</summary>
/// <param name="Name">The name of its resistance.</param>
/// <param name="ResistanceOhm">R in Ω.</param>
/// <param name="SigmaOhm">One standard deviation of R in Ω; null where it has none.</param>
/// <param name="TauS">τ = (RQ)^(1/n) in s.</param>
/// <param name="CapacitanceF">C = τ/R in F.</param>
/// <param name="Kind">What it is likely to be.</param>
public sealed record ArcProcess(string Name, double ResistanceOhm, double? SigmaOhm, double TauS, double CapacitanceF, ProcessKind Kind)
{
    /// <summary>The arcs of a fit in the order of the circuit.</summary>
    public static IReadOnlyList<ArcProcess> Of(FitResult fit)
    {
        var values = fit.Values;
        return [.. ArcSlot.Of(fit.Circuit).Where(s => !s.IsTime).Select(s =>
        {
            var r = fit.Parameters[s.Resistance];
            var tau = s.TauOf(values);
            return new ArcProcess(r.Name, r.Value, r.Sigma, tau, tau / r.Value, KindOf(tau / r.Value));
        })];
    }

    /// <summary>What it is likely to be, in words.</summary>
    public string Words => Kind switch
    {
        ProcessKind.Bulk => "bulk",
        ProcessKind.GrainBoundary => "grain boundary",
        ProcessKind.SurfaceLayer => "surface layer (R_int)",
        ProcessKind.Interface => "interface (R_ct)",
        _ => "reaction",
    };

    /// <summary>What a capacitance points to.</summary>
    /// <param name="farad">C in F.</param>
    public static ProcessKind KindOf(double farad) => farad switch
    {
        < 1e-11 => ProcessKind.Bulk,
        < 1e-9 => ProcessKind.GrainBoundary,
        < 1e-7 => ProcessKind.SurfaceLayer,
        < 1e-4 => ProcessKind.Interface,
        _ => ProcessKind.Reaction,
    };
}
