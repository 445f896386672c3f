using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Registry;
using Microsoft.Net.Http.Headers;

namespace DendriteViewer.Web.Exports;

/// <summary>Voxels, surfaces and movies out again, and whether the voxels are what was written.</summary>
public static class ExportsRegistration
{
    /// <summary>Adds exports and checks.</summary>
    public static WebApplicationBuilder AddExports(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ExportFiles>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<ExportFiles>());
        builder.Services.AddSingleton<MovieTools>();
        AddHandler<ExportHandler>(builder.Services);
        AddHandler<VerifyHandler>(builder.Services);
        AddHandler<MovieHandler>(builder.Services);
        builder.Services.AddSingleton(MovieHandler.Limit);
        AddHandler<SurfaceHandler>(builder.Services);
        builder.Services.AddSingleton(SurfaceHandler.Limit);
        return builder;
    }

    /// <summary>
    /// Maps files to be fetched, in ranges where a download goes on, and what makes them; for who may annotate the dataset, since each
    /// costs the server's time and disk.
    /// </summary>
    public static void MapExports(this WebApplication app)
    {
        var api = app.MapGroup("/api/datasets/{dataset}").WithTags("exports");
        api.MapGet("/exports", (string dataset, HttpContext c, DatasetCatalog catalog, ExportFiles files, CancellationToken ct) =>
            WithAsync(c, catalog, dataset, async d => Results.Json(await files.ListAsync(d.Identity, ct)), ct));
        api.MapGet("/exports/{name}",
            (string dataset, string name, HttpContext c, DatasetCatalog catalog, ExportFiles files, CancellationToken ct) =>
            WithAsync(c, catalog, dataset, async d => await files.OpenAsync(d.Identity, name, ct) is (var content, var id, var made)
                ? Download(content, name, id, made) : Results.NotFound(), ct)).RecordsExport("files that jobs made");
        api.MapPost("/movies",
            (string dataset, MovieRequest movie, HttpContext c, DatasetCatalog catalog, MovieHandler movies, CancellationToken ct) =>
            WithAsync(c, catalog, dataset, async d => Accepted(await movies.StartAsync(d, movie, c.User.PersonOf(), ct)), ct));
        api.MapPost("/surfaces",
            (string dataset, SurfaceRequest surface, HttpContext c, DatasetCatalog catalog, SurfaceHandler surfaces,
                CancellationToken ct) =>
            WithAsync(c, catalog, dataset, async d => Accepted(await surfaces.StartAsync(d, surface, c.User.PersonOf(), ct)), ct));
    }

    /// <summary>Gives a file out; the tag keeps a download that goes on from going on with another file of the name.</summary>
    internal static IResult Download(Stream content, string name, string id, DateTimeOffset made) => Results.Stream(
        content, "application/octet-stream", name, made, new EntityTagHeaderValue($"\"{id}\""), enableRangeProcessing: true);

    private static void AddHandler<T>(IServiceCollection services)
        where T : class, IJobHandler => services.AddSingleton<T>().AddSingleton<IJobHandler>(s => s.GetRequiredService<T>());

    private static async Task<IResult> WithAsync(
        HttpContext context, DatasetCatalog catalog, string dataset, Func<Dataset, Task<IResult>> answer, CancellationToken ct) =>
        await catalog.TryOpenAsync(context.User, dataset, DatasetRole.Annotate, ct) is { } opened ? await answer(opened)
            : Results.NotFound();

    private static IResult Accepted(Job job) =>
        Results.Json(new { job = job.Id, kind = job.Kind, title = job.Title }, statusCode: StatusCodes.Status202Accepted);
}
