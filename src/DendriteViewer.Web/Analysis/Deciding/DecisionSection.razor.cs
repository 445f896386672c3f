using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;

namespace DendriteViewer.Web.Analysis.Deciding;

/// <summary>Runs and shows the decision of the nano scans nearest to the time that is shown.</summary>
public sealed partial class DecisionSection
{
    private double? _hours;
    private bool _isLaidOn;
    private string? _problem;
    private KeptDecision? _kept;
    private Job? _job;
    private string? _refusal;
    private (double Hours, string Modality, string Revision) _shown;

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>By what recipe new dark volume is found.</summary>
    [Parameter, EditorRequired]
    public AnalysisRecipe Recipe { get; set; } = null!;

    /// <summary>Whether the person may decide.</summary>
    [Parameter]
    public bool MayRun { get; set; }

    /// <summary>Asks again whether the person may, and says so where not.</summary>
    [Parameter, EditorRequired]
    public Func<Task<bool>> MayRunNow { get; set; } = null!;

    /// <summary>Who decides.</summary>
    [Parameter]
    public Person By { get; set; } = null!;

    [Inject]
    private Decisions Decisions { get; set; } = null!;

    [Inject]
    private JobBoard Jobs { get; set; } = null!;

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Changed -= OnView;
        Decisions.Changed -= OnDecision;
        Jobs.Changed -= OnJobs;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Session.Changed += OnView;
        Decisions.Changed += OnDecision;
        Jobs.Changed += OnJobs;
        _job = Decisions.Newest(Session.Dataset.Identity);
        _shown = Shown();
        await LoadAsync();
    }

    private async Task LoadAsync()
    {
        var (dataset, view) = (Session.Dataset, Session.Current.View);
        var phase = dataset.Volumes.Where(v => v.Key.Modality == view.Modality).SelectMany(v => NestedFields.In(dataset, v))
            .Where(v => v.Key.Modality == FieldDecision.Phase).MinBy(v => Math.Abs(v.Key.Hours - view.Hours));
        _hours = phase?.Key.Hours;
        _problem = phase is null ? null : StageTrust.ProblemOf(dataset, phase.Key);
        var scan = phase is null ? null : dataset.Nearest(view.Modality, phase.Key.Hours);
        _isLaidOn = scan is null || dataset.HoursOf(view.Modality)[0] == scan.Key.Hours || scan.Transform != scan.ScannedTransform;
        try
        {
            _refusal = null;
            _kept = phase is null ? null : await Decisions.TryLoadAsync(dataset, view.Modality, phase.Key.Hours, default);
        }
        catch (VolumeFormatException e)
        {
            (_kept, _refusal) = (null, e.Message);
        }
    }

    private async Task DecideAsync()
    {
        if (_hours is { } hours && await MayRunNow())
        {
            _job = await Decisions.StartAsync(Session.Dataset, Recipe with { Modality = Session.Current.View.Modality }, hours, By);
        }
    }

    private async Task CancelAsync()
    {
        if (_job is { } job && await MayRunNow())
        {
            await Jobs.CancelAsync(job.Id);
        }
    }

    // Verdicts are drawn at their own time.
    private void GoToHours(double hours) => Session.Update(v => v with { Hours = hours }, this);

    private void GoTo(DecidedPiece piece) => Session.Update(
        v => v with { Hours = _hours ?? v.Hours, Focus = piece.Center, Center = piece.Center }, this);

    private (double, string, string) Shown() => (Session.Current.View.Hours, Session.Current.View.Modality, Session.Dataset.Revision);

    private void OnView(ViewRevision revision, object? by)
    {
        if (Shown() != _shown)
        {
            _shown = Shown();
            Reload();
        }
    }

    private void OnDecision(DatasetIdentity dataset)
    {
        if (dataset == Session.Dataset.Identity)
        {
            Reload();
        }
    }

    private void Reload() => _ = InvokeAsync(async () =>
    {
        await LoadAsync();
        StateHasChanged();
    });

    private void OnJobs() => _ = InvokeAsync(() =>
    {
        if (Decisions.Newest(Session.Dataset.Identity) is var job && job != _job)
        {
            _job = job;
            StateHasChanged();
        }
    });
}
