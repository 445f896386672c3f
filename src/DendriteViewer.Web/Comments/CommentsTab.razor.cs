using System.Security.Claims;
using System.Text.Json;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Comments;

/// <summary>What the page shows of comments whichever panel is open: how many threads have something new, and pins in the panes.</summary>
public sealed partial class CommentsTab
{
    private const int LongestWords = 160;

    private int _unread;
    private bool _namesMe, _isOver;
    private string _shown = "[]";
    private LatestReading _reading = null!;
    private IDisposable? _watch;
    private PageScript _script = null!;
    private DotNetObjectReference<CommentsTab>? _self;
    private ClaimsPrincipal _user = new();

    /// <summary>The session of the page.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>A thread is to be opened, since its pin was clicked.</summary>
    [Parameter]
    public EventCallback<string> OnOpen { get; set; }

    [Inject]
    private CommentDesk Desk { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private string Unread => _unread == 1 ? "One thread with something new" : $"{_unread} threads with something new";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isOver = true;
        _watch?.Dispose();
        await _script.EndAsync("end");
        _self?.Dispose();
    }

    /// <summary>Opens a thread; called by its pin.</summary>
    [JSInvokable]
    public Task Open(string thread) => OnOpen.InvokeAsync(thread);

    /// <inheritdoc/>
    protected override void OnInitialized() => _script = new PageScript(Script, "viewer/commentmarks.js");

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            _reading = new LatestReading(ReadOnceAsync);
            _user = Authentication is null ? _user : (await Authentication).User;
            _self = DotNetObjectReference.Create(this);
            _watch = Desk.Watch(Session, () => _ = InvokeAsync(ReadAsync));
            await ReadAsync();
        }
    }

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync()
    {
        if (_isOver)
        {
            return;
        }

        var view = await Desk.ReadAsync(Session, _user);
        (_unread, _namesMe) = (view.Unread, view.Threads.Any(t => t.MentionsReader));
        StateHasChanged();
        try
        {
            await ShowPinsAsync(view);
        }
        catch (JSException)
        {
            // The tab lists what has no pin.
        }
    }

    // Of threads that are not resolved. The script is loaded with the first of them.
    private async Task ShowPinsAsync(CommentsView view)
    {
        var json = JsonSerializer.Serialize(view.Threads.Where(t => !t.First.IsResolved && t.First.AtUm.Length == 3).Select(t => new
        {
            id = t.First.Id, site = t.First.Site, at = t.First.AtUm, count = t.All.Count(), isNew = t.Unread > 0,
            words = Short($"{t.First.Author}: {t.First.Text}"),
        }));
        if (json == _shown || _isOver)
        {
            return;
        }

        _shown = json;
        await _script.CallAsync("show", json, _self);
    }

    private static string Short(string text) => text.Length <= LongestWords ? text : text[..LongestWords] + "…";
}
