using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Placements;

/// <summary>Reads where a volume lies and what registers it, and gives that to its parts.</summary>
public sealed partial class PlacementPanel
{
    private PlacementActions _actions = null!;
    private PlacementReport? _report;
    private PlacementChoices? _choices;
    private VolumeKey _key;
    private Job? _job;
    private string? _problem;
    private bool _showsNames;
    private LatestReading _reading = null!;
    private string _revision = "";
    private bool _wasPlacing;

    /// <summary>The session of the page.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Whether the person may change the dataset, and so where volumes lie.</summary>
    [Parameter]
    public bool MayChange { get; set; }

    [Inject]
    private PlacementDesk Desk { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private bool IsBusy => _job is { IsActive: true };

    private bool IsFrozen => Session.Dataset.Revision != Session.Live.Revision;

    // Where the page shows another version than the one that holds, a change would not be of what is seen.
    private bool MayPlace => MayChange && !IsFrozen;

    private bool IsPlacing => Session.Current.View.Landmarks is not null;

    private IReadOnlyList<VolumeInfo> Volumes => PlacementDesk.MovableOf(Session.Dataset);

    /// <inheritdoc/>
    public void Dispose()
    {
        Session.Changed -= OnSession;
        Desk.Changed -= OnPlaced;
        Desk.JobsChanged -= OnJobs;
        _actions.Changed -= Refresh;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _reading = new LatestReading(async () =>
        {
            await ReadOnceAsync(_key);
            StateHasChanged();
        });
        _actions = new PlacementActions(Session, Access, Failures, Authentication);
        _actions.Changed += Refresh;
        Session.Changed += OnSession;
        Desk.Changed += OnPlaced;
        Desk.JobsChanged += OnJobs;
        if (Volumes.Count > 0)
        {
            // The one that is shown, else that of the hour that is shown.
            var view = Session.Current.View;
            _key = (Volumes.FirstOrDefault(v => v.Key == new VolumeKey(view.Modality, view.Hours))
                ?? Volumes.MinBy(v => Math.Abs(v.Key.Hours - view.Hours))!).Key;
            (_job, _choices) = (Desk.Newest(Session.Dataset, _key), new PlacementChoices(Session.Dataset, _key));
            await ReadAsync();
        }
    }

    private async Task ChooseAsync(VolumeKey key)
    {
        (_key, _report, _problem, _job) = (key, null, null, Desk.Newest(Session.Dataset, key));
        _choices = new PlacementChoices(Session.Dataset, key);
        _actions.Clear();
        await ReadAsync();
    }

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync(VolumeKey key)
    {
        var (report, problem) = ((PlacementReport?)null, (string?)null);
        _revision = Session.Dataset.Revision;
        try
        {
            if (await _actions.GrantAsync() is { } grant)
            {
                _showsNames = grant.SeesNames;
                report = await Desk.ReadAsync(Session.Live, key, default);
            }
            else
            {
                problem = "This dataset is not open to you any more.";
            }
        }
        catch (Exception e)
        {
            // What was read last stays, with what is typed in it.
            (report, problem) = (_report, Failures.Tell(e));
        }

        // Another volume was chosen meanwhile, and is read next.
        if (key == _key)
        {
            (_report, _problem) = (report, problem);
        }
    }

    private Task CancelAsync(Guid job) => _actions.RunAsync(_ => Desk.CancelAsync(job));

    private Task RestoreAsync(int version) =>
        _actions.RunAsync(by => Desk.RestoreAsync(Session.Dataset, _key, version, by, default));

    // A failure is told until a version came after it.
    private bool IsNews(Job failed) => _report is not { History: [.., var newest] } || failed.Ended is not { } ended || ended > newest.Time;

    private void Refresh() => _ = InvokeAsync(StateHasChanged);

    private void OnPlaced(DatasetIdentity dataset)
    {
        if (dataset == Session.Dataset.Identity)
        {
            _ = InvokeAsync(ReadAsync);
        }
    }

    // Of the view only the mode is shown here; of the dataset, where the volume lies.
    private void OnSession(ViewRevision revision, object? by)
    {
        if (Session.Dataset.Revision != _revision)
        {
            _ = InvokeAsync(ReadAsync);
        }
        else if (IsPlacing != _wasPlacing)
        {
            _wasPlacing = IsPlacing;
            Refresh();
        }
    }

    private void OnJobs() => _ = InvokeAsync(() =>
    {
        var job = Desk.Newest(Session.Dataset, _key);
        if (job != _job)
        {
            _job = job;
            StateHasChanged();
        }
    });
}
