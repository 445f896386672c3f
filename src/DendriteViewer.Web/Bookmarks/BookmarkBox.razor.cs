using System.Security.Claims;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Bookmarks;

/// <summary>The bookmarks of the dataset that a session shows.</summary>
public sealed partial class BookmarkBox
{
    private BookmarkList? _list;
    private IReadOnlyList<LinkRemark> _remarks = [];
    private string _opened = "";
    private string? _problem, _error;
    private bool _byName;
    private LatestReading _reading = null!;
    private int _shown = BookmarkRules.MostShown;

    // Counts what was saved, so that the form begins anew after each.
    private int _saved;

    /// <summary>The session whose view is kept and changed.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    /// <summary>A bookmark was opened, all of it.</summary>
    [Parameter]
    public EventCallback OnOpened { get; set; }

    [Inject]
    private BookmarkDesk Desk { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync()
    {
        _reading = new LatestReading(ReadOnceAsync);
        return ReadAsync();
    }

    private Task ReadAsync() => _reading.RunAsync();

    private async Task ReadOnceAsync()
    {
        try
        {
            (_list, _problem) = (await Desk.Store.ListAsync(await UserAsync(), Session.Dataset.Identity), null);
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }
    }

    private async Task<ClaimsPrincipal> UserAsync() => Authentication is null ? new ClaimsPrincipal() : (await Authentication).User;

    private IEnumerable<BookmarkItem> Sorted() => _byName
        ? _list!.Items.OrderBy(i => i.Bookmark.Name, StringComparer.CurrentCultureIgnoreCase).ThenByDescending(i => i.Bookmark.CreatedAt)
        : _list!.Items;

    private string Count()
    {
        var (mine, others) = (_list!.Items.Count(i => i.IsMine), _list.Items.Count(i => !i.IsMine));
        return others == 0 ? $"{mine} of at most {BookmarkRules.MostOfOne}" : $"{mine} of yours, {others} shared by others";
    }

    private string Suggestion()
    {
        var view = Session.Current.View;
        return FormattableString.Invariant($"{view.Hours:0.###} h, z {view.Focus.Z:0.#}, y {view.Focus.Y:0.#}, x {view.Focus.X:0.#} µm");
    }

    private Task SaveAsync(BookmarkText text) => TryAsync(async user =>
    {
        var saved = await Desk.Store.SaveAsync(user, Session.Dataset.Identity, text, Session.LinkOfNow);
        _saved++;
        Snackbar.Add($"“{saved.Name}” is saved.", Severity.Success);
    });

    // Nothing of the list changes, unless it turns out that the bookmark is gone.
    private async Task OpenAsync(BookmarkFacts bookmark)
    {
        await TryAsync(async user =>
        {
            if (await Desk.OpenAsync(user, Session, bookmark.Id, this) is not { } remarks)
            {
                return;
            }

            _remarks = remarks;
            _opened = bookmark.Name;
            if (_remarks.Count == 0)
            {
                Snackbar.Add($"“{bookmark.Name}” is shown. Ctrl+Z goes back to the view before.", Severity.Info);
                await OnOpened.InvokeAsync();
            }
        }, changes: false);
        StateHasChanged();
    }

    private async Task<string?> AddressAsync(BookmarkFacts bookmark)
    {
        string? address = null;
        await TryAsync(async user => address = await Desk.AddressOfAsync(user, Session.Dataset, bookmark.Id), changes: false);
        StateHasChanged();
        return address;
    }

    private async Task<bool> DescribeAsync(BookmarkFacts bookmark, BookmarkText text)
    {
        var isDone = await TryAsync(user =>
            Desk.Store.DescribeAsync(user, Session.Dataset.Identity, bookmark.Id, bookmark.ChangedAt, text));
        StateHasChanged();
        return isDone;
    }

    private Task ReplaceAsync(BookmarkFacts bookmark) => TryAsync(async user =>
    {
        var before = await Desk.Store.FindAsync(user, Session.Dataset.Identity, bookmark.Id);
        var after = await Desk.Store.ReplaceAsync(user, Session.Dataset.Identity, bookmark.Id, bookmark.ChangedAt, Session.LinkOfNow);
        OfferUndo($"“{bookmark.Name}” keeps the present view now.", back =>
            Desk.Store.ReplaceAsync(back, Session.Dataset.Identity, bookmark.Id, after.ChangedAt, before.View));
    });

    private Task DeleteAsync(BookmarkFacts bookmark) => TryAsync(async user =>
    {
        var deleted = await Desk.Store.DeleteAsync(user, Session.Dataset.Identity, bookmark.Id, bookmark.ChangedAt);
        OfferUndo($"“{deleted.Name}” is deleted.", back => Desk.Store.RestoreAsync(back, Session.Dataset.Identity, deleted));
    });

    private void OfferUndo(string said, Func<ClaimsPrincipal, Task> undo) => Snackbar.Add(said, Severity.Normal, o =>
    {
        o.Action = "Undo";
        o.VisibleStateDuration = 10_000;
        o.OnClick = _ => InvokeAsync(async () =>
        {
            await TryAsync(undo);
            if (_error is not null)
            {
                // The dialog may have been closed meanwhile.
                Snackbar.Add(_error, Severity.Error);
            }

            StateHasChanged();
        });
    });

    // Where it fails, what is said of it stays in the box, and what was typed in its field.
    private async Task<bool> TryAsync(Func<ClaimsPrincipal, Task> change, bool changes = true)
    {
        _error = null;
        _remarks = [];
        try
        {
            await change(await UserAsync());
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }

        if (changes || _error is not null)
        {
            await ReadAsync();
        }

        return _error is null;
    }
}
