using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Cell;

/// <summary>The cell's tab: it reads what belongs to the cell, and gives it to the section that is open.</summary>
public sealed partial class CellPanel
{
    private CellActions _actions = null!;
    private CellState? _state;
    private string? _problem;
    private bool _showsNames;
    private LatestReading _reading = null!;
    private IDisposable? _watch;

    /// <summary>The session of the page.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Whether the person may add files and change what is there.</summary>
    [Parameter]
    public bool MayEdit { get; set; }

    /// <summary>Who looks.</summary>
    [Parameter]
    public Person By { get; set; } = null!;

    [Inject]
    private CellDesk Desk { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        Session.Cell.Changed -= Refresh;
        Session.Cell.ScanChosen -= OnScan;
        Session.Cell.IsShown = false;
        _actions.Changed -= Refresh;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _reading = new LatestReading(async () =>
        {
            await ReadOnceAsync();
            StateHasChanged();
        });
        _actions = new CellActions(Session, Desk, Access, Failures, Authentication);
        _actions.Changed += Refresh;
        Session.Cell.IsShown = true;
        Session.Cell.Changed += Refresh;
        Session.Cell.ScanChosen += OnScan;
        _watch = Desk.Watch(Session.Dataset.Identity, () => _ = InvokeAsync(ReadAsync));
        await ReadAsync();
    }

    // What was opened and is not there: removed since, or by a link to another dataset's.
    private bool IsMissing => _state is { } state && Session.Cell.Open.File is { } file && state.Find(file) is null;

    private void OnScan(double hours) => _ = InvokeAsync(() => FollowAsync(hours));

    // The sweep or spectrum nearest to the scan that somebody chose, of the section that is open.
    private async Task FollowAsync(double hours)
    {
        try
        {
            if (Session.Cell.Open.Section != CellSection.Series && _state is { } state
                && CellNearest.Of(state, await Desk.ReportAsync(Session.Dataset, default), Session.Cell.Open, hours) is { } nearest
                && Session.Cell.Hours == hours)
            {
                Session.Cell.Show(nearest);
            }
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
            StateHasChanged();
        }
    }

    private void Refresh() => _ = InvokeAsync(StateHasChanged);

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync()
    {
        try
        {
            var grant = Authentication is null ? null : await Access.GrantAsync((await Authentication).User, Session.Dataset.Identity);
            _showsNames = grant?.SeesNames == true;
            (_state, _problem) = grant is null
                ? ((CellState?)null, (string?)"This dataset is not open to you any more.")
                : (await Desk.StateAsync(Session.Dataset, default), null);
        }
        catch (Exception e)
        {
            // What was read last stays, with what is typed and computed in it; a store that is away for a moment must not end that.
            _problem = Failures.Tell(e);
        }
    }
}
