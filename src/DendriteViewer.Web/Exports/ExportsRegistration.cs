using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Exports;

/// <summary>Voxels out again, and whether they are what was written.</summary>
public static class ExportsRegistration
{
    /// <summary>Adds exports and checks.</summary>
    public static WebApplicationBuilder AddExports(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ExportFiles>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<ExportFiles>());
        builder.Services.AddSingleton<ExportHandler>();
        builder.Services.AddSingleton<VerifyHandler>();
        builder.Services.AddSingleton<IJobHandler>(s => s.GetRequiredService<ExportHandler>());
        builder.Services.AddSingleton<IJobHandler>(s => s.GetRequiredService<VerifyHandler>());
        return builder;
    }

    /// <summary>Maps files to be fetched, in ranges where a download goes on; for who may annotate the dataset.</summary>
    public static void MapExports(this WebApplication app) =>
        app.MapGet("/api/datasets/{dataset}/exports/{name}",
            async (string dataset, string name, HttpContext c, DatasetCatalog catalog, ExportFiles files, CancellationToken ct) =>
            await catalog.TryOpenAsync(c.User, dataset, DatasetRole.Annotate, ct) is { } opened
                && files.Find(opened.Identity, name) is { } path
                ? Results.File(path, "application/octet-stream", name, enableRangeProcessing: true)
                : Results.NotFound()).WithTags("datasets");
}
