using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Registry;

/// <summary>Which datasets exist: follows the store, deletes, and gives out what is kept of those that were deleted.</summary>
public static class RegistryRegistration
{
    /// <summary>Adds the registry and the watch.</summary>
    public static WebApplicationBuilder AddRegistry(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DatasetRegistry>();
        builder.Services.AddSingleton<DatasetOpenings>();
        builder.Services.AddSingleton<DatasetArchive>();
        builder.Services.AddSingleton<DatasetEdits>();
        builder.Services.AddSingleton<DatasetLosses>();
        builder.Services.AddSingleton<DatasetWatch>();
        builder.Services.AddHostedService(s => s.GetRequiredService<DatasetWatch>());
        return builder;
    }

    /// <summary>Maps deletion, for who owns a dataset, and the archive, for who had a role by an account.</summary>
    public static void MapRegistry(this WebApplication app)
    {
        app.MapDelete("/api/datasets/{dataset}", DeleteAsync).WithTags("datasets");
        app.MapGet("/api/datasets/{dataset}/deletion", LossAsync).WithTags("datasets");
        app.MapPatch("/api/datasets/{dataset}", DescriptionApi.ChangeAsync).WithTags("datasets");
        var archive = app.MapGroup("/api/archive").WithTags("archive");
        archive.MapGet("/", async (HttpContext c, DatasetArchive kept, CancellationToken ct) =>
            Results.Json((await kept.ListAsync(c.User, ct)).Select(d => new
            {
                identity = d.Record.Identity, id = d.Record.DatasetId, name = d.Record.Name,
                deleted = DateTimeOffset.FromUnixTimeMilliseconds(d.Record.DeletedAt!.Value)
                    .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                deletedBy = d.Record.DeletedBy, sites = d.Sites, measurements = d.Measurements,
            })));
        archive.MapGet("/{identity}/sites",
            async (string identity, HttpContext c, DatasetArchive kept, SiteLog sites, CancellationToken ct) =>
            await kept.FindAsync(c.User, identity, ct) is { } d ? Results.Json(await sites.ListAsync(d, ct), SiteLog.Json)
                : Results.NotFound());
        archive.MapGet("/{identity}/sites/csv",
            async (string identity, HttpContext c, DatasetArchive kept, SiteLog sites, SchemaLog schemas, CancellationToken ct) =>
            await kept.FindAsync(c.User, identity, ct) is { } d
                ? Results.File(Encoding.UTF8.GetBytes(SiteFiles.ToCsv(await sites.ListAsync(d, ct), await schemas.OfAsync(d, ct))),
                    "text/csv", $"{identity}-sites.csv")
                : Results.NotFound()).RecordsExport("sites of a deleted dataset, a table");
        archive.MapGet("/{identity}/measurements",
            async (string identity, HttpContext c, DatasetArchive kept, MeasurementLog log, CancellationToken ct) =>
            await kept.FindAsync(c.User, identity, ct) is { } d ? Results.Json(await log.ListAsync(d, ct), MeasurementLog.Json)
                : Results.NotFound());
        archive.MapGet("/{identity}/measurements/csv",
            async (string identity, HttpContext c, DatasetArchive kept, MeasurementLog log, SchemaLog schemas, CancellationToken ct) =>
            await kept.FindAsync(c.User, identity, ct) is { } d
                ? Results.File(
                    Encoding.UTF8.GetBytes(MeasurementFiles.ToCsv(await log.ListAsync(d, ct), dataset: null, await schemas.OfAsync(d, ct))),
                    "text/csv", $"{identity}-measurements.csv")
                : Results.NotFound()).RecordsExport("measurements of a deleted dataset, a table");
    }

    // What a deletion would take along, for who may delete.
    private static async Task<IResult> LossAsync(
        string dataset, HttpContext c, DatasetCatalog catalog, DatasetLosses losses, CancellationToken ct) =>
        await catalog.TryOpenAsync(c.User, dataset, DatasetRole.Own, ct) is { } opened
            ? Results.Json(await losses.OfAsync(opened, ct)) : Results.NotFound();

    private static async Task<IResult> DeleteAsync(string dataset, HttpContext c, DatasetCatalog catalog, DatasetAccess access,
        DatasetWatch watch, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        if (!(await access.RoleAsync(c.User, opened.Identity, ct) >= DatasetRole.Own))
        {
            return Results.Problem("Only an owner of the dataset or an administrator may delete it.",
                statusCode: StatusCodes.Status403Forbidden);
        }

        var tags = c.Request.GetTypedHeaders().IfMatch;
        if (tags.Count == 0)
        {
            return Results.Problem(
                $"Send If-Match with the ETag of GET /api/datasets/{opened.Id}, so that no other dataset than you looked at is deleted.",
                    statusCode: StatusCodes.Status428PreconditionRequired);
        }

        if (!DatasetTags.Match(tags, opened))
        {
            return Results.Problem(
                $"{opened.Id} is not what you looked at: it was changed, or deleted and imported again; look at it again.",
                statusCode: StatusCodes.Status412PreconditionFailed);
        }

        try
        {
            await watch.DeleteAsync(opened, c.User.PersonOf(), ct);
            return Results.NoContent();
        }
        catch (Exception e) when (e is BlobStoreException or VolumeFormatException)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }
}
