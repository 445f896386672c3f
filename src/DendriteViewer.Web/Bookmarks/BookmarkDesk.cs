using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
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

    /// <summary>The view of a session as a link has it.</summary>
    public Task<string> ViewOfAsync(ViewSession session, CancellationToken ct = default) => sessions.LinkOfAsync(session, ct);

    /// <summary>Shows a bookmark in a session, as one change of the view.</summary>
    /// <returns>What of it could not be restored, a sentence each.</returns>
    /// <exception cref="ArgumentException">The dataset is not open to them any more.</exception>
    public async Task<IReadOnlyList<LinkRemark>> OpenAsync(
        ClaimsPrincipal user, ViewSession session, Bookmark bookmark, object by, CancellationToken ct = default)
    {
        // What stands in the list may be shared no longer, or deleted.
        var now = (await store.ListAsync(user, session.Dataset.Identity, ct)).Items.FirstOrDefault(i => i.Bookmark.Id == bookmark.Id)
            ?? throw new ArgumentException("The bookmark is not there any more.");
        var remarks = await sessions.ShowAsync(session, now.Bookmark.View, by, ct);
        var missing = await targets.MissingAsync(session.Dataset.Identity, session.Current.View.Selected, ct);
        return missing is null ? remarks : [.. remarks, missing];
    }

    /// <summary>The address of a bookmark's view.</summary>
    public static string AddressOf(Dataset dataset, Bookmark bookmark) => $"/d/{dataset.Id}?{bookmark.View}";

    /// <summary>The address of a small picture of a bookmark's view: the slice that fills it, else 3D.</summary>
    public async Task<string> PictureOfAsync(Dataset dataset, Bookmark bookmark, CancellationToken ct = default)
    {
        // Read and written again, since addresses of pictures refuse what cannot be read.
        var view = (await sessions.ReadAsync(dataset, bookmark.View, ct)).View;
        var pane = view.Maximized ?? Pane.Volume;
        var text = await sessions.FormatAsync(dataset, view with { UmPerPixel = PaneToPicture * view.UmPerPixel }, ct);
        return pane == Pane.Volume
            ? $"/api/datasets/{dataset.Id}/thumbnail.jpg?size={PictureWidth}x{PictureHeight}&{text}"
            : $"/api/datasets/{dataset.Id}/slice.png?axis={pane.ToString().ToLowerInvariant()}&size={PictureWidth}x{PictureHeight}&{text}";
    }
}
