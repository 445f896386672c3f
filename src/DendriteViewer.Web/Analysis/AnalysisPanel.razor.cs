using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Analysis;

/// <summary>
/// The analysis beside the pictures: what is clicked here is seen there. A threshold that is tried moves the profile and the pictures at
/// once and keeps nothing; running the analysis keeps it. Each section is a component over the same <see cref="AnalysisDesk"/>.
/// </summary>
public sealed partial class AnalysisPanel
{
    private AnalysisDesk _desk = null!;
    private (double Hours, Band Band, string Modality, string Revision) _shown;

    /// <summary>The session whose view is set.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Whether the person may run an analysis.</summary>
    [Parameter]
    public bool MayRun { get; set; }

    /// <summary>Whether the person may correct masks.</summary>
    [Parameter]
    public bool MayCorrect { get; set; }

    /// <summary>Who runs it.</summary>
    [Parameter]
    public Person By { get; set; } = null!;

    [Inject]
    private Analyses Analyses { get; set; } = null!;

    [Inject]
    private JobBoard Jobs { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private AnalysisState State => _desk.State;

    // The last analysis' own, so that both speak of the same pieces: on the same scans it finds the same threshold, and corrections of
    // masks count only under the recipe whose masks were corrected.
    private AnalysisRecipe DecisionRecipe => State.Result?.Recipe ?? State.Recipe;

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Changed -= OnView;
        Analyses.Changed -= OnResult;
        Jobs.Changed -= OnJobs;
        _desk.Changed -= StateHasChanged;
        _desk.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _desk = new AnalysisDesk(Session, Analyses);
        _shown = Shown(Session.Current.View);
        _desk.Changed += StateHasChanged;
        Session.Changed += OnView;
        Analyses.Changed += OnResult;
        Jobs.Changed += OnJobs;
        _desk.Set(s => s with { Job = Analyses.Newest(Session.Dataset.Identity) });
        await _desk.LoadAsync();
    }

    // The right to change the dataset may have ended since the page was opened, so it is asked for each time.
    private async Task<bool> MayRunNowAsync()
    {
        var may = Authentication is not null
            && await Access.RoleAsync((await Authentication).User, Session.Dataset.Identity) >= DatasetRole.Curate;
        _desk.Set(s => s with { Refusal = may ? null : "Analysing this dataset is not open to you any more." });
        return may;
    }

    private async Task RunAsync()
    {
        if (await MayRunNowAsync())
        {
            var view = Session.Current.View;
            var recipe = State.Recipe with { Modality = view.Modality, Band = view.Band, BinUm = State.BinUm };
            recipe = State.TriedThreshold is { } t ? recipe with { Rule = ThresholdRule.Manual, Threshold = t } : recipe;
            var job = await Analyses.StartAsync(Session.Dataset, recipe, By);
            _desk.Set(s => s with { Job = job });
        }
    }

    private async Task CompareAsync((double From, double To) hours)
    {
        if (await MayRunNowAsync())
        {
            await Analyses.StartChangeAsync(Session.Dataset, State.Result!, hours.From, hours.To, By);
        }
    }

    private async Task CancelAsync(Guid job)
    {
        if (await MayRunNowAsync())
        {
            await Jobs.CancelAsync(job);
        }
    }

    private void OnJobs() => _ = InvokeAsync(() =>
    {
        var job = Analyses.Newest(Session.Dataset.Identity);
        if (job != State.Job)
        {
            _desk.Set(s => s with { Job = job });
        }
    });

    private void OnResult(DatasetIdentity dataset)
    {
        if (dataset == Session.Dataset.Identity)
        {
            _ = InvokeAsync(_desk.LoadAsync);
        }
    }

    // The row of the timestep and the band's share follow the view; an orbit changes neither. Where a volume was
    // moved, numbers may be stale. Another modality has another result.
    private void OnView(ViewRevision revision, object? by) => _ = InvokeAsync(async () =>
    {
        var shown = Shown(Session.Current.View);
        if (shown == _shown)
        {
            return;
        }

        var isSameModality = shown.Modality == _shown.Modality;
        _shown = shown;
        if (isSameModality)
        {
            StateHasChanged();
        }
        else
        {
            await _desk.LoadAsync();
        }
    });

    private (double Hours, Band Band, string Modality, string Revision) Shown(ViewState view) =>
        (view.Hours, view.Band, view.Modality, Session.Dataset.Revision);
}
