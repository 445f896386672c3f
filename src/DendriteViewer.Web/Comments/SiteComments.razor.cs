using System.Security.Claims;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Comments;

/// <summary>
/// Tells on the page of a site how many comments it has, and opens its thread: the one with something new, or that was answered last. Of a
/// site without comments it opens the panel, where one can be begun.
/// </summary>
public sealed partial class SiteComments
{
    private CommentsView? _view;
    private CommentThread[] _threads = [];
    private string _shown = "";
    private LatestReading _reading = null!;
    private IDisposable? _watch;
    private ClaimsPrincipal _user = new();
    private int _count, _new;

    /// <summary>The session of the page.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>Id of the site.</summary>
    [Parameter, EditorRequired]
    public string Site { get; set; } = "";

    /// <summary>Opens a thread in its panel; the panel alone where the id is empty.</summary>
    [Parameter, EditorRequired]
    public Func<string, Task> Open { get; set; } = null!;

    [Inject]
    private CommentDesk Desk { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private CommentThread? Thread => _threads.FirstOrDefault(t => t.Unread > 0) ?? _threads.FirstOrDefault(t => !t.First.IsResolved)
        ?? _threads.FirstOrDefault();

    private string Text => _count == 0 ? "Comment" : (_count == 1 ? "1 comment" : $"{_count} comments")
        + (_threads.Any(t => t.MentionsReader) ? ", names you" : _new > 0 ? $", {_new} new" : "");

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _reading = new LatestReading(ReadOnceAsync);
        _user = Authentication is null ? _user : (await Authentication).User;
        _watch = Desk.Watch(Session, () => _ = InvokeAsync(ReadAsync));
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => Count();

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync()
    {
        _view = await Desk.ReadAsync(Session, _user);
        _shown = "";
        Count();
        StateHasChanged();
    }

    private void Count()
    {
        if (_view is null || _shown == Site)
        {
            return;
        }

        _shown = Site;
        _threads = [.. _view.Threads.Where(t => t.First.Site == Site)];
        (_count, _new) = (_threads.Sum(t => t.All.Count()), _threads.Sum(t => t.Unread));
    }

    private Task OpenAsync() => Open(Thread?.First.Id ?? "");
}
