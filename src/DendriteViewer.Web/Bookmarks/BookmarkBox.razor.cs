using System.Security.Claims;
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
    private Dictionary<Guid, string> _pictures = [];
    private IReadOnlyList<LinkRemark> _remarks = [];
    private string _opened = "";
    private string? _problem, _error;
    private bool _byName;

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
    protected override Task OnInitializedAsync() => ReadAsync();

    private async Task ReadAsync()
    {
        try
        {
            var list = await Desk.Store.ListAsync(await UserAsync(), Session.Dataset.Identity);
            var pictures = new Dictionary<Guid, string>();
            foreach (var item in list.Items)
            {
                pictures[item.Bookmark.Id] = await Desk.PictureOfAsync(Session.Dataset, item.Bookmark);
            }

            (_list, _pictures, _problem) = (list, pictures, null);
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
        var saved = await Desk.Store.SaveAsync(user, Session.Dataset.Identity, text, await Desk.ViewOfAsync(Session));
        _saved++;
        Snackbar.Add($"“{saved.Name}” is saved.", Severity.Success);
    });

    private Task OpenAsync(Bookmark bookmark) => TryAsync(async user =>
    {
        _remarks = await Desk.OpenAsync(user, Session, bookmark, this);
        _opened = bookmark.Name;
        if (_remarks.Count == 0)
        {
            Snackbar.Add($"“{bookmark.Name}” is shown. Ctrl+Z goes back to the view before.", Severity.Info);
            await OnOpened.InvokeAsync();
        }
    });

    private Task DescribeAsync((Bookmark Bookmark, BookmarkText Text) change) => TryAsync(user =>
        Desk.Store.DescribeAsync(user, Session.Dataset.Identity, change.Bookmark.Id, change.Text));

    private Task ReplaceAsync(Bookmark bookmark) => TryAsync(async user =>
    {
        var before = bookmark.View;
        await Desk.Store.ReplaceAsync(user, Session.Dataset.Identity, bookmark.Id, await Desk.ViewOfAsync(Session));
        OfferUndo($"“{bookmark.Name}” keeps the present view now.", back =>
            Desk.Store.ReplaceAsync(back, Session.Dataset.Identity, bookmark.Id, before));
    });

    private Task DeleteAsync(Bookmark bookmark) => TryAsync(async user =>
    {
        var deleted = await Desk.Store.DeleteAsync(user, Session.Dataset.Identity, bookmark.Id);
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

    private async Task TryAsync(Func<ClaimsPrincipal, Task> change)
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

        await ReadAsync();
    }
}
