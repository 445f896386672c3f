using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Bookmarks;

/// <summary>Registers bookmarks.</summary>
public static class BookmarksRegistration
{
    /// <summary>Adds the bookmarks.</summary>
    public static WebApplicationBuilder AddBookmarks(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LinkTargets>();
        builder.Services.AddSingleton<BookmarkStore>();
        builder.Services.AddSingleton<BookmarkDesk>();
        return builder;
    }

    /// <summary>Maps the small pictures of bookmarks: each leads to the picture of the bookmark's view.</summary>
    public static void MapBookmarks(this WebApplication app) => app.MapGet(
        "/api/datasets/{dataset}/bookmarks/{bookmark:guid}/picture",
        async (string dataset, Guid bookmark, HttpContext c, DatasetCatalog catalog, BookmarkDesk desk, CancellationToken ct) =>
        {
            if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened)
            {
                return Results.NotFound();
            }

            try
            {
                return Results.Redirect(await desk.DrawingOfAsync(c.User, opened, bookmark, ct));
            }
            catch (BookmarkException)
            {
                return Results.NotFound();
            }
        }).ExcludeFromDescription();
}
