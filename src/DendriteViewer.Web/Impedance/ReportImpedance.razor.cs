using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Impedance.Processes;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Limits;
using Microsoft.AspNetCore.Components;
using static DendriteViewer.Web.Analysis.AnalysisText;

namespace DendriteViewer.Web.Impedance;

/// <summary>The impedance part of a report, which is written once.</summary>
public sealed partial class ReportImpedance
{
    private ImpedanceReport _report = new([], []);

    /// <summary>What the cell holds.</summary>
    [Parameter, EditorRequired]
    public CellState State { get; set; } = null!;

    /// <summary>Reads a file of the cell.</summary>
    [Parameter, EditorRequired]
    public Func<CellFile, CancellationToken, Task<byte[]>> Content { get; set; } = null!;

    [CascadingParameter]
    private HttpContext? Context { get; set; }

    [Inject]
    private ImpedanceReports Reports { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (State.Files.Any(f => f.Kind == CellFileKind.Impedance))
        {
            _report = await Reports.MakeAsync(
                State, Content, Context is null ? null : ClientKeys.Of(Context), Context?.User.KeyOf() ?? "",
                Context?.RequestAborted ?? default);
        }
    }

    private static string Caption(ImpedanceState chapter, PreparedSweep last) => "Measured and fitted"
        + (chapter.Sweeps.FirstOrDefault(s => s.Sweep == last.Sweep) is { } s
            ? $": {s.File.File.Name}, sweep {s.Place.Sweep}" + (s.Hours is { } h ? $" at {H(h)} h." : ".") : ".");

    private static string Words(ResistanceGrowth growth, ImpedanceSettings settings)
    {
        var (better, other) = (growth.Laws[0], growth.Laws[1]);
        if (better.Rate <= 0)
        {
            return $"{growth.Name} does not grow: its rate is "
                + $"{Rounded.WithSigma(better.Rate * settings.Scale, better.RateSigma * settings.Scale)} "
                + $"{ImpedanceText.RateUnit(better.Kind, settings.Unit)}, so no growth law is said of it.";
        }

        return $"{growth.Name} follows {ImpedanceText.Law(better.Kind)} better: "
            + $"{ImpedanceText.G(better.StartOhm * settings.Scale)} {settings.Unit} + "
            + $"{Rounded.WithSigma(better.Rate * settings.Scale, better.RateSigma * settings.Scale)} "
            + $"{ImpedanceText.RateUnit(better.Kind, settings.Unit)}, AICc {F(other.Aicc - better.Aicc, "0.0")} below "
            + $"{ImpedanceText.Law(other.Kind)}.";
    }
}
