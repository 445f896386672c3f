using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Comments;

/// <summary>Comments on sites and views.</summary>
public static class CommentsRegistration
{
    /// <summary>Adds the log and what pages ask.</summary>
    public static WebApplicationBuilder AddComments(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CommentLog>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<CommentLog>());
        builder.Services.AddSingleton<IRecalledKind>(s => s.GetRequiredService<CommentLog>());
        builder.Services.AddSingleton<IToldKind>(s => s.GetRequiredService<CommentLog>());
        builder.Services.AddSingleton<CommentReadings>();
        builder.Services.AddSingleton<MentionMails>();
        builder.Services.AddSingleton<CommentDesk>();
        return builder;
    }

    /// <summary>Maps the list of a dataset's comments, for who sees names.</summary>
    public static void MapComments(this WebApplication app) => app.MapGet("/api/datasets/{dataset}/comments", async (
        string dataset, HttpContext c, DatasetCatalog catalog, DatasetAccess access, CommentLog log, CancellationToken ct) =>
        await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is { } opened
            && await access.GrantAsync(c.User, opened.Identity, ct) is { SeesNames: true }
            ? Results.Json(await log.ListAsync(opened.Identity, ct), CommentLog.Json) : Results.NotFound()).WithTags("comments");
}
