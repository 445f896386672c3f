using System.Globalization;
using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Placements;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Bookmarks;

/// <summary>What a viewer does with bookmarks: keeps the view that a session shows, and shows a view that is kept.</summary>
public sealed class BookmarkDesk(BookmarkStore store, ViewSessions sessions, LinkTargets targets)
{
    private const int PictureWidth = 192, PictureHeight = 128;

    // A pane that fills the view is some so many times wider than the small picture of it.
    private const double PaneToPicture = 6;

    /// <summary>The bookmarks.</summary>
    public BookmarkStore Store => store;

    /// <summary>Shows a bookmark in a session, as one change of the view.</summary>
    /// <returns>
    /// What of it could not be restored, a sentence each; null where another view was asked for meanwhile, which is shown.
    /// </returns>
    /// <exception cref="BookmarkException">It is there no longer, or not open to them any more.</exception>
    public async Task<IReadOnlyList<LinkRemark>?> OpenAsync(
        ClaimsPrincipal user, ViewSession session, Guid bookmark, object by, CancellationToken ct = default)
    {
        var ask = session.Asks.Whole();
        var now = await store.FindAsync(user, session.Dataset.Identity, bookmark, ct);
        return await ShowAsync(session, ask, now.View, by, ct);
    }

    /// <summary>Shows a view that is kept, as one change of the view.</summary>
    /// <returns>
    /// What of it could not be restored, a sentence each; null where another view was asked for meanwhile, which is shown.
    /// </returns>
    public Task<IReadOnlyList<LinkRemark>?> ShowAsync(ViewSession session, string view, object by, CancellationToken ct = default) =>
        ShowAsync(session, session.Asks.Whole(), view, by, ct);

    private async Task<IReadOnlyList<LinkRemark>?> ShowAsync(
        ViewSession session, ViewAsk ask, string view, object by, CancellationToken ct)
    {
        if (await sessions.ShowAsync(session, ask, view, by, ct) is not { } remarks)
        {
            return null;
        }

        var missing = await targets.MissingAsync(session.Dataset, session.Current.View.Selected, ct);
        return !ask.IsLast ? null : missing is null ? remarks : [.. remarks, missing];
    }

    /// <summary>The address of a bookmark's view, which opens the same when the bookmark is gone.</summary>
    /// <exception cref="BookmarkException">It is there no longer, or not open to them any more.</exception>
    public async Task<string> AddressOfAsync(ClaimsPrincipal user, Dataset dataset, Guid bookmark, CancellationToken ct = default) =>
        $"/d/{dataset.Id}?{(await store.FindAsync(user, dataset.Identity, bookmark, ct)).View}";

    /// <summary>
    /// The address by which a browser asks for the small picture of a bookmark, when the bookmark is in sight. It is another one after each
    /// change.
    /// </summary>
    public static string PictureOf(Dataset dataset, BookmarkFacts bookmark) =>
        string.Create(CultureInfo.InvariantCulture, $"/api/datasets/{dataset.Id}/bookmarks/{bookmark.Id}/picture?{bookmark.ChangedAt}");

    /// <summary>The address of the picture of a bookmark's view: the slice that fills it, else 3D.</summary>
    /// <exception cref="BookmarkException">It is there no longer, or not open to them any more.</exception>
    public async Task<string> DrawingOfAsync(ClaimsPrincipal user, Dataset dataset, Guid bookmark, CancellationToken ct = default)
    {
        // Read and written again, since addresses of pictures refuse what cannot be read.
        var kept = await store.FindAsync(user, dataset.Identity, bookmark, ct);
        var view = (await sessions.ReadAsync(dataset, kept.View, ct)).View;
        var pane = view.Maximized ?? Pane.Volume;
        var text = ViewLink.Whole(view with
        {
            UmPerPixel = PaneToPicture * view.UmPerPixel, FollowsInterface = view.FollowsInterface && dataset.HasInterface,
        });
        if (PlacementLink.TextOf(kept.View) is { Length: > 0 } placed)
        {
            text += $"&{PlacementLink.Field}={Uri.EscapeDataString(placed)}";
        }

        return pane == Pane.Volume
            ? $"/api/datasets/{dataset.Id}/thumbnail.jpg?size={PictureWidth}x{PictureHeight}&{text}"
            : $"/api/datasets/{dataset.Id}/slice.png?axis={pane.ToString().ToLowerInvariant()}&size={PictureWidth}x{PictureHeight}&{text}";
    }
}
