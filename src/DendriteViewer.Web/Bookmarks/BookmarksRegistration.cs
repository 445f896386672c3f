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
}
