using System.Security.Claims;
using DendriteViewer.Web.Bookmarks;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Tours;

/// <summary>Changes a tour: its words, its views and their order.</summary>
public sealed partial class TourEditor
{
    private string? _problem;
    private IReadOnlyList<BookmarkItem> _bookmarks = [];

    /// <summary>The session whose view is taken and shown.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>The tour as it is kept now.</summary>
    [Parameter, EditorRequired]
    public TourItem Tour { get; set; } = null!;

    /// <summary>Changes the tour; the answer is why it could not be, or null.</summary>
    [Parameter, EditorRequired]
    public Func<Guid, Func<TourContent, TourContent>, Task<string?>> Change { get; set; } = null!;

    /// <summary>Back to all tours.</summary>
    [Parameter]
    public EventCallback OnBack { get; set; }

    /// <summary>The tour is to be played.</summary>
    [Parameter]
    public EventCallback OnPlay { get; set; }

    [Inject]
    private BookmarkDesk Bookmarks { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    private string Key(string field) => $"{Session.Dataset.Identity.Value}/tour/{Tour.Id}/{field}";

    private async Task<ClaimsPrincipal> UserAsync() => Authentication is null ? new ClaimsPrincipal() : (await Authentication).User;

    private async Task ChangeAsync(Func<TourContent, TourContent> change) => _problem = await Change(Tour.Id, change);

    // A text that somebody else changed since it was begun is not written over.
    private async Task<DraftOutcome> SaveAsync(
        Func<TourContent, string> read, Func<TourContent, string, TourContent> write, string was, string now)
    {
        string? theirs = null;
        var problem = await Change(Tour.Id, c =>
        {
            theirs = read(c) == was || read(c) == now ? null : read(c);
            return theirs is null ? write(c, now) : c;
        });
        return problem is not null ? DraftOutcome.Refused(problem)
            : theirs is not null ? DraftOutcome.Conflict(theirs) : DraftOutcome.Kept(now.Trim());
    }

    private Task<DraftOutcome> SaveAsync(
        Guid step, Func<TourStep, string> read, Func<TourStep, string, TourStep> write, string was, string now) => SaveAsync(
            c => c.Steps.FirstOrDefault(s => s.Id == step) is { } found ? read(found) : was,
            (c, text) => c.With(step, s => write(s, text)), was, now);

    private Task AddAsync(string title, string text, string view) => ChangeAsync(
        c => c.With(new TourStep(Guid.NewGuid(), title, text, view, TourRules.UsualSeconds)));

    private async Task OpenedAsync(bool isOpen)
    {
        if (isOpen)
        {
            await TryAsync(async user => _bookmarks = (await Bookmarks.Store.ListAsync(user, Session.Dataset.Identity)).Items);
        }
    }

    private Task AddBookmarkAsync(BookmarkFacts bookmark) => TryAsync(async user =>
    {
        var kept = await Bookmarks.Store.FindAsync(user, Session.Dataset.Identity, bookmark.Id);
        await AddAsync(kept.Name, kept.Note, kept.View);
    });

    private Task ShowAsync(TourStep step) => TryAsync(async _ =>
    {
        if (await Bookmarks.ShowAsync(Session, step.View, this) is { } remarks)
        {
            _problem = remarks.Count > 0 ? string.Join(' ', remarks.Select(r => r.Text)) : null;
        }
    });

    private async Task TakeOutAsync(TourStep step, int at)
    {
        await ChangeAsync(c => c.Without(step.Id));
        if (_problem is null)
        {
            Snackbar.Add($"View {at + 1} is out of the tour.", Severity.Normal, o =>
            {
                o.Action = "Undo";
                o.VisibleStateDuration = 10_000;
                o.OnClick = _ => InvokeAsync(() => ChangeAsync(c => c.With(step).Moved(step.Id, at - c.Steps.Count)));
            });
        }
    }

    private async Task TryAsync(Func<ClaimsPrincipal, Task> work)
    {
        try
        {
            await work(await UserAsync());
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }
    }
}
