using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Tours;

/// <summary>
/// Plays a tour: by its buttons, by Space and Escape, or by itself, each view as long as it says. Whoever changes the view by hand stays
/// where they are until they go on; who leaves stays where the tour was.
/// </summary>
public sealed partial class TourPlayer
{
    private TourItem? _tour;
    private IReadOnlyList<LinkRemark> _remarks = [];
    private string? _problem, _missing;
    private Guid? _wanted;
    private int _at;

    // Counts what was asked for: a view that was read is shown where nothing else was asked for meanwhile.
    private int _asked;
    private bool _isRunning, _isFolded;
    private CancellationTokenSource _waiting = new();
    private PageScript _script = null!;
    private DotNetObjectReference<TourPlayer>? _reference;

    /// <summary>The session whose view is moved.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Which tour is played.</summary>
    [Parameter, EditorRequired]
    public TourStage Stage { get; set; } = null!;

    [Inject]
    private TourDesk Desk { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private IReadOnlyList<TourStep> Steps => _tour?.Content.Steps ?? [];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Stage.Changed -= OnStageAsync;
        _asked++;
        await _waiting.CancelAsync();
        _waiting.Dispose();
        await _script.DisposeAsync();
        _reference?.Dispose();
    }

    /// <summary>The view after this one, or before it.</summary>
    [JSInvokable]
    public Task StepAsync(int by) => InvokeAsync(async () =>
    {
        if (_tour is not null && _at + by is var to && to >= 0 && to < Steps.Count)
        {
            await ShowAsync(to);
            StateHasChanged();
        }
    });

    /// <summary>Somebody changed the view by hand: it stays.</summary>
    [JSInvokable]
    public Task PauseAsync() => InvokeAsync(() =>
    {
        if (_isRunning)
        {
            _isRunning = false;
            _waiting.Cancel();
            StateHasChanged();
        }
    });

    /// <summary>Ends the tour; the view stays.</summary>
    [JSInvokable]
    public Task LeaveAsync() => InvokeAsync(() => Stage.PlayAsync(null));

    /// <inheritdoc/>
    protected override void OnInitialized() => _script = new PageScript(Script, "lib/viewer/viewer.js");

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender)
        {
            return;
        }

        Stage.Changed += OnStageAsync;
        if (TourDesk.IdIn(new Uri(Navigation.Uri).Query) is { } id && Authentication is not null)
        {
            await OpenAsync(id);
        }
    }

    // The tour that the address names. One that is not there stays so; a database that does not answer may the next time.
    private async Task OpenAsync(Guid id)
    {
        string? problem = null, missing = null;
        var tour = new TourItem(id, new TourContent("Tour", "", []), 0, null, 0);
        try
        {
            tour = await Desk.Store.FindAsync((await Authentication!).User, Session.Dataset.Identity, id);
        }
        catch (TourException e)
        {
            missing = e.Message;
        }
        catch (Exception e) when (e is not JSDisconnectedException)
        {
            problem = Failures.Tell(e);
        }

        await Stage.PlayAsync(tour);
        if (missing is not null || problem is not null)
        {
            (_missing, _problem, _wanted, _isFolded) = (missing, problem, problem is null ? null : id, false);
            StateHasChanged();
        }
    }

    private Task TryAgainAsync() => _wanted is { } id ? OpenAsync(id) : ShowAsync(_at);

    private Task OnStageAsync() => InvokeAsync(async () =>
    {
        (_tour, _at, _remarks, _problem, _isRunning) = (Stage.Tour, 0, [], null, false);
        (_missing, _wanted, _isFolded) = (null, null, false);
        var asked = ++_asked;
        await _waiting.CancelAsync();
        _reference ??= DotNetObjectReference.Create(this);
        if (await _script.CallAsync("others", "playing", _tour is null ? null : _reference) && asked == _asked && Steps.Count > 0)
        {
            await ShowAsync(0);
        }

        StateHasChanged();
    });

    private async Task ShowAsync(int at)
    {
        var (asked, ask) = (++_asked, Session.Asks.Whole());
        _at = at;
        try
        {
            var view = await Desk.ViewOfAsync(Session, Steps[at]);
            if (asked != _asked)
            {
                return;
            }

            (_remarks, _problem) = (view.Remarks, null);
            _isFolded &= _remarks.Count == 0;
            if (ask.IsLast)
            {
                await _script.CallAsync("others", "go", view.View);
            }
        }
        catch (Exception e) when (e is not JSDisconnectedException)
        {
            if (asked == _asked)
            {
                (_problem, _isRunning, _isFolded) = (Failures.Tell(e), false, false);
            }
        }

        if (asked == _asked)
        {
            Await();
        }
    }

    private void ToggleAsync()
    {
        _isRunning = !_isRunning;
        Await();
    }

    // Waits as long as the view says, where the tour goes on by itself.
    private void Await()
    {
        _waiting.Cancel();
        _waiting.Dispose();
        _waiting = new CancellationTokenSource();
        if (_isRunning)
        {
            _ = GoOnAsync(TimeSpan.FromSeconds(Steps[_at].Seconds), _waiting.Token);
        }
    }

    private async Task GoOnAsync(TimeSpan after, CancellationToken ct)
    {
        try
        {
            await Task.Delay(after, Time, ct);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (_at + 1 < Steps.Count)
        {
            await StepAsync(1);
        }
        else
        {
            await PauseAsync();
        }
    }
}
