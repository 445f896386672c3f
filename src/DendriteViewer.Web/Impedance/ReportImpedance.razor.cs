using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Processes;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Limits;
using Microsoft.AspNetCore.Components;
using static DendriteViewer.Web.Analysis.AnalysisText;

namespace DendriteViewer.Web.Impedance;

/// <summary>The impedance part of a report, which is written once: every series is fitted as its kept settings say.</summary>
public sealed partial class ReportImpedance
{
    private readonly Dictionary<ImpedanceState, (PreparedSweep Prepared, FitResult Fit)> _sweeps = new(ReferenceEqualityComparer.Instance);
    private readonly List<ImpedanceState> _chapters = [];
    private readonly List<string> _problems = [];

    /// <summary>What the cell holds.</summary>
    [Parameter, EditorRequired]
    public CellState State { get; set; } = null!;

    /// <summary>Reads a file of the cell.</summary>
    [Parameter, EditorRequired]
    public Func<CellFile, CancellationToken, Task<byte[]>> Content { get; set; } = null!;

    [CascadingParameter]
    private HttpContext? Context { get; set; }

    [Inject]
    private Budgets Budgets { get; set; } = null!;

    [Inject]
    private ImpedanceFits Fits { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        if (State.Files.All(f => f.Kind != CellFileKind.Impedance))
        {
            return;
        }

        var gone = Context?.RequestAborted ?? default;
        using var desk = new ImpedanceDesk(Fits, Content, Failures.Tell, gone)
        {
            TestsAll = false, Spend = Context is null ? null : SpendAsync,
        };
        await desk.TakeAsync(State);
        gone.ThrowIfCancellationRequested();
        _problems.AddRange(desk.State.Files!.Where(f => f.Problem is not null).Select(f => f.Problem!));
        var done = new HashSet<SweepPlace>();
        foreach (var sweep in desk.State.Sweeps)
        {
            if (done.Contains(sweep.Place))
            {
                continue;
            }

            await desk.ShowAsync(sweep);
            done.UnionWith(desk.State.SeriesSweeps.Select(s => s.Place));
            await desk.FitSeriesAsync(a =>
            {
                a();
                return Task.CompletedTask;
            });
            gone.ThrowIfCancellationRequested();
            if (desk.State.Series is not { } series)
            {
                _problems.Add($"{sweep.File.File.Name}: the impedance was not fitted. {desk.State.SeriesProblem}");
                continue;
            }

            // The last consistent sweep stands for the series in the plot, with the fit that stands in the table.
            var chapter = desk.State;
            var at = Math.Max(0, series.Fitted.ToList().FindLastIndex(f => f.Verdict.IsConsistent));
            var last = chapter.Sweeps.First(s => s.Place == series.Sweeps[at]);
            _chapters.Add(chapter);
            _sweeps[chapter] = (await Fits.PrepareAsync(last.File.Source, last.Sweep, desk.SettingsOf(last), gone), series.Fitted[at].Fit);
        }
    }

    private Task<IDisposable> SpendAsync(double megapixels, CancellationToken ct) =>
        Budgets.SpendAsync(ClientKeys.Of(Context!), megapixels, ct, "fits");

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
