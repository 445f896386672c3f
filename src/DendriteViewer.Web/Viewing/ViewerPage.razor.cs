using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Presence;
using DendriteViewer.Web.Tours;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Viewing;

/// <summary>
/// The viewer: a frame around four panes that the browser's script and the frame hub fill. Panels set the same view through
/// the session; no pixel passes through here.
/// </summary>
public sealed partial class ViewerPage
{
    private Dataset? _dataset;
    private ViewSession? _session;
    private DatasetRole? _role;
    private bool _seesLog;
    private Person _person = new("", "");
    private string? _panel;
    private string? _problem;
    private readonly OthersHere _others = new();
    private readonly TourStage _stage = new();
    private bool _refused, _deleted;
    private bool _started;
    private PageScript _script = null!;

    /// <summary>The dataset's id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Which dataset of that id is meant, where the address says so: a job's does.</summary>
    [SupplyParameterFromQuery]
    public string? Identity { get; set; }

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private ViewSessions Sessions { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private OpenedSession? Opened { get; set; }

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    // A frozen state is looked at, whatever one may do with the dataset.
    private DatasetRole? Working => _dataset?.Kept is null ? _role : DatasetRole.View;

    // A timeline is shown where there is something to choose or to read along it.
    private string TimeClass => _session!.Dataset.Manifest.Series.Any(s => s.Kind == "voltage") ? ""
        : _session.Dataset.Volumes.Select(v => v.Key.Hours).Distinct().Count() > 1 ? "plain" : "single";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            Sessions.Release(_session);
        }

        // First: it tells the others' component until it has stopped.
        await _script.EndAsync("stop");
        await _others.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _script = new PageScript(Script, "lib/viewer/viewer.js");
        var user = (await Authentication).User;
        try
        {
            _dataset = await Catalog.TryOpenAsync(user, Id, DatasetRole.View, default, new Uri(Navigation.Uri).Query);
            var grant = _dataset is null ? null : await Access.GrantAsync(user, _dataset.Identity);
            (_role, _seesLog) = (grant?.Role, grant?.SeesLog == true);
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
            return;
        }

        var isAnother = Identity is not null && _dataset is not null && _dataset.Identity.Value != Identity;
        if (_dataset is null || isAnother)
        {
            _refused = true;
            _deleted = isAnother || (DatasetId.TryParse(Id, out var id) && await Access.WasDeletedAsync(user, id));
            return;
        }

        _person = user.PersonOf();
        var query = new Uri(Navigation.Uri).Query;
        try
        {
            // The page's own connection may have begun it; somebody else's it is not.
            var session = Opened?.Take() ?? ViewSessions.NewId();
            _session = await Sessions.HoldAsync(session, _person.Key, _dataset, query, default)
                ?? await Sessions.HoldAsync(ViewSessions.NewId(), _person.Key, _dataset, query, default);
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_session is not null && !_started)
        {
            _started = true;
            _panel = await _script.AskAsync<string>("start");
            StateHasChanged();
        }
    }
}
