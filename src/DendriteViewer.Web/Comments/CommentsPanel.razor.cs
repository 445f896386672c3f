using System.Security.Claims;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Comments;

/// <summary>Which threads are listed.</summary>
public enum CommentFilter
{
    /// <summary>Those that are not resolved.</summary>
    Open,

    /// <summary>Those with something unread.</summary>
    Unread,

    /// <summary>Those that name the reader, or that they take part in.</summary>
    Mine,

    /// <summary>Those that are resolved.</summary>
    Resolved,
}

/// <summary>The threads of a dataset. Others' comments appear by themselves.</summary>
public sealed partial class CommentsPanel
{
    private const int MostAtFirst = 30;

    private CommentsView? _view;
    private IReadOnlyList<Site> _sites = [];
    private IReadOnlyList<LinkRemark> _remarks = [];
    private Site? _site;
    private CommentFilter _filter;
    private bool _aboutSite = true;
    private string _open = "";
    private LatestReading _reading = null!, _readingSites = null!;
    private string? _error;
    private int _asked;
    private int _most = MostAtFirst;
    private IDisposable? _watch;
    private ClaimsPrincipal _user = new();

    /// <summary>The session whose view is kept and shown.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>A thread that was asked for by its pin, and when it was last asked for; it is opened.</summary>
    [Parameter]
    public (string Thread, int Round) Asked { get; set; }

    [Inject]
    private CommentDesk Desk { get; set; } = null!;

    [Inject]
    private SiteLog Sites { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private string Draft => $"{Session.Dataset.Identity.Value}/comment";

    private bool IsAboutSite => _aboutSite && _site is not null;

    private string NewLabel => IsAboutSite ? $"New comment on {_site!.Label}" : "New comment on this view";

    private CommentThread[] Shown => [.. _view!.Threads.Where(t => t.First.Id == _open || _filter switch
    {
        CommentFilter.Open => !t.First.IsResolved,
        CommentFilter.Unread => t.Unread > 0,
        CommentFilter.Mine => t.All.Any(c => c.AuthorKey == _view.Reader || c.Mentions.Any(m => m.Key == _view.Reader)),
        _ => t.First.IsResolved,
    })];

    private string Nothing => _view!.Threads.Count == 0
        ? "No comments yet. " + (_view.MayWrite ? "Say what you see, and others find the same view." : "Who may annotate can begin one.")
        : _filter switch
        {
            CommentFilter.Open => "No open threads; the resolved ones are kept.",
            CommentFilter.Unread => "Nothing new.",
            CommentFilter.Mine => "Nobody named you, and you have not commented.",
            _ => "No thread was resolved yet.",
        };

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch?.Dispose();
        Session.Changed -= OnView;
        Sites.Changed -= OnSites;
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        (_reading, _readingSites) = (new LatestReading(ReadOnceAsync), new LatestReading(ReadSitesOnceAsync));
        _user = Authentication is null ? _user : (await Authentication).User;
        _watch = Desk.Watch(Session, () => _ = InvokeAsync(ReadAsync));
        Session.Changed += OnView;
        Sites.Changed += OnSites;
        await ReadSitesAsync();
        await ReadAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (Asked.Round != _asked && _view?.Threads.FirstOrDefault(t => t.First.Id == Asked.Thread) is { } thread)
        {
            (_asked, _open) = (Asked.Round, "");
            await ToggleAsync(thread);
        }
    }

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync()
    {
        _view = await Desk.ReadAsync(Session, _user);

        // What comes into a thread that is open is seen.
        if (_view.Threads.FirstOrDefault(t => t.First.Id == _open) is { Unread: > 0 } open)
        {
            await Desk.NoteReadAsync(Session, _user, [open]);
        }

        StateHasChanged();
    }

    private Task ReadSitesAsync() => _readingSites.RunAsync();

    private async Task ReadSitesOnceAsync()
    {
        _sites = await Sites.ListAsync(Session.Dataset.Identity);
        _site = _sites.FirstOrDefault(s => s.Id == Session.Current.View.Selected);
    }

    private void OnSites(Imaging.Volumes.DatasetIdentity dataset)
    {
        if (dataset == Session.Dataset.Identity)
        {
            _ = InvokeAsync(async () =>
            {
                await ReadSitesAsync();
                StateHasChanged();
            });
        }
    }

    private void OnView(ViewRevision revision, object? by)
    {
        if (revision.View.Selected != (_site?.Id ?? ""))
        {
            _ = InvokeAsync(() =>
            {
                _site = _sites.FirstOrDefault(s => s.Id == Session.Current.View.Selected);
                StateHasChanged();
            });
        }
    }

    private string? SiteOf(CommentThread thread) => _sites.FirstOrDefault(s => s.Id == thread.First.Site)?.Label;

    private async Task ToggleAsync(CommentThread thread)
    {
        _open = thread.First.Id == _open ? "" : thread.First.Id;
        if (_open.Length > 0)
        {
            await ShowAsync(thread.First);
            await Desk.NoteReadAsync(Session, _user, [thread]);
        }
    }

    private async Task ShowAsync(Comment comment)
    {
        if (await Desk.ShowAsync(Session, comment, this) is not { } remarks)
        {
            return;
        }

        _remarks = remarks;
        if (_remarks.Count == 0)
        {
            Snackbar.Add(comment.AuthorKey == _view?.Reader ? "The view that you had is shown. Ctrl+Z goes back."
                : $"The view of {comment.Author} is shown. Undo (Ctrl+Z) goes back to yours.", Severity.Info);
        }
    }

    private Task ReadAllAsync() => Desk.NoteReadAsync(Session, _user, _view!.Threads);

    private Task<string?> BeginAsync(string text, string? draft) =>
        Desk.BeginAsync(Session, _user, text, IsAboutSite ? _site : null, draft, Warn);

    private Task<string?> AnswerAsync(CommentThread thread, string text, string? draft) =>
        Desk.AnswerAsync(Session, _user, text, thread.First.Id, draft, Warn);

    private Task<string?> RewriteAsync(Comment comment, string text) => Desk.RewriteAsync(Session, _user, comment.Id, text, Warn);

    private void Warn(string what) => Snackbar.Add(what, Severity.Warning);

    private async Task ResolveAsync(CommentThread thread)
    {
        _error = await Desk.ResolveAsync(Session, _user, thread.First.Id, !thread.First.IsResolved);
        if (_error is null)
        {
            _open = "";
            Tell(thread.First.IsResolved ? "The thread is open again." : "The thread is resolved.");
        }
    }

    private async Task DeleteAsync(Comment comment)
    {
        _error = await Desk.DeleteAsync(Session, _user, comment.Id);
        if (_error is null)
        {
            Tell(comment.IsFirst ? "The thread is deleted." : "The comment is deleted.");
        }
    }

    // Says what was done, with the way back for as long as nothing else was done in this page.
    private void Tell(string done)
    {
        var made = Session.Edits.Counts.Made;
        Snackbar.Add(done, Severity.Normal, o =>
        {
            o.Action = "Undo";
            o.VisibleStateDuration = 10_000;
            o.OnClick = _ => InvokeAsync(async () =>
            {
                _error = Session.Edits.Counts.Made == made ? await Desk.UndoAsync(Session, _user)
                    : "Other edits came after it: undo those first (Ctrl+Z).";
                StateHasChanged();
            });
        });
    }
}
