using System.Text;
using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Viewing;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DendriteViewer.Web.Measurements;

/// <summary>Measurements over HTTP. What somebody may not see is not found.</summary>
public static class MeasurementsRegistration
{
    private const int MostBytes = 256 << 10;

    /// <summary>Adds the log and what computes.</summary>
    public static WebApplicationBuilder AddMeasurements(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<MeasurementLog>();
        builder.Services.AddSingleton<IEditedKind>(s => s.GetRequiredService<MeasurementLog>());
        builder.Services.AddSingleton<IToldKind>(s => s.GetRequiredService<MeasurementLog>());
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<MeasurementLog>());
        builder.Services.TryAddSingleton<RegionMeasurer>();
        builder.Services.TryAddSingleton<LineProfiler>();
        builder.Services.AddSingleton<Measurer>();
        builder.Services.AddSingleton<MeasurementDesk>();
        return builder;
    }

    /// <summary>Maps measurements: list, table, values of one, compute, save, delete.</summary>
    public static void MapMeasurements(this WebApplication app)
    {
        var group = app.MapGroup("/api/datasets/{dataset}/measurements").WithTags("measurements");
        group.MapGet("/", async (string dataset, HttpContext c, CancellationToken ct) =>
            await ListAsync(dataset, c, ct) is var (_, list) ? Results.Json(list, MeasurementLog.Json) : Results.NotFound());
        group.MapGet("/csv", async (string dataset, HttpContext c, CancellationToken ct) =>
            await ListAsync(dataset, c, ct) is var (opened, list)
                ? Csv(MeasurementFiles.ToCsv(list, opened, await SchemaAsync(c, opened, ct)), $"{opened.Id}-measurements.csv")
                    : Results.NotFound()).RecordsExport("measurements, a table");
        group.MapGet("/{id}/csv", async (string dataset, string id, HttpContext c, CancellationToken ct) =>
            await ListAsync(dataset, c, ct) is var (opened, list) && list.FirstOrDefault(m => m.Id == id) is { } m
                && MeasurementFiles.SeriesToCsv(m) is { } csv
                ? Csv(csv, $"{opened.Id}-{DatasetId.FromName(m.Label)}.csv")
                    : Results.NotFound()).RecordsExport("values of a measurement, a table");
        group.MapPost("/", (string dataset, string? session, HttpContext c, CancellationToken ct) =>
            MeasureAsync(dataset, session, save: true, c, ct));
        group.MapPost("/compute", (string dataset, string? session, HttpContext c, CancellationToken ct) =>
            MeasureAsync(dataset, session, save: false, c, ct));
        group.MapDelete("/{id}", DeleteAsync);
    }

    private static Task<AnnotationSchema> SchemaAsync(HttpContext c, Dataset opened, CancellationToken ct) =>
        c.RequestServices.GetRequiredService<SchemaLog>().OfAsync(opened, ct);

    private static IResult Csv(string text, string name) =>
        Results.File([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)], "text/csv", name);

    // What is saved, and of a page's visitor what the page has.
    private static async Task<(Dataset Dataset, IReadOnlyList<Measurement> List)?> ListAsync(
        string dataset, HttpContext c, CancellationToken ct)
    {
        var services = c.RequestServices;
        if (await services.GetRequiredService<DatasetCatalog>().TryOpenAsync(
            c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is not { } opened)
        {
            return null;
        }

        // Somebody whose right ended between the two questions sees no names.
        var grant = await services.GetRequiredService<DatasetAccess>().GrantAsync(c.User, opened.Identity, ct)
            ?? new DatasetGrant(DatasetRole.View, IsMember: false);
        var saved = MeasurementRules.For(grant, await services.GetRequiredService<MeasurementLog>().ListAsync(opened, ct));
        var own = Page(c, c.Request.Query["session"], opened)?.Measurements.Kept ?? [];
        return (opened, [.. saved, .. own]);
    }

    private static async Task<IResult> MeasureAsync(string dataset, string? session, bool save, HttpContext c, CancellationToken ct)
    {
        var services = c.RequestServices;
        var role = save ? DatasetRole.Annotate : DatasetRole.View;
        if (await services.GetRequiredService<DatasetCatalog>().TryOpenAsync(c.User, dataset, role, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        if (c.Request.ContentLength is null or > MostBytes)
        {
            return Results.Problem("Send at most 256 KiB with a Content-Length.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        Measurement wanted;
        try
        {
            wanted = await JsonSerializer.DeserializeAsync<Measurement>(c.Request.Body, MeasurementLog.Json, ct)
                ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new ArgumentException(
                "A measurement is a JSON object with kind, pointsUm, hours and modality, as docs/measuring.md has it.", e);
        }

        var order = Order(c, session, opened, save);
        return Results.Json(await services.GetRequiredService<MeasurementDesk>().MeasureAsync(order, wanted, ct), MeasurementLog.Json);
    }

    private static async Task<IResult> DeleteAsync(string dataset, string id, string? session, HttpContext c, CancellationToken ct)
    {
        var services = c.RequestServices;
        if (await services.GetRequiredService<DatasetCatalog>().TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        var order = Order(c, session, opened, maySave: true);
        if (order.Page?.IsKept(id) != true
            && !(await services.GetRequiredService<DatasetAccess>().RoleAsync(c.User, opened.Identity, ct) >= DatasetRole.Annotate))
        {
            return Results.NotFound();
        }

        await services.GetRequiredService<MeasurementDesk>().DeleteAsync(order, id, ct);
        return Results.NoContent();
    }

    private static MeasurementOrder Order(HttpContext c, string? session, Dataset opened, bool maySave)
    {
        var page = Page(c, session, opened);
        return new MeasurementOrder(opened, new Editor(c.User.PersonOf(), page?.Edits), maySave, ClientKeys.Of(c), page?.Measurements);
    }

    private static ViewSession? Page(HttpContext c, string? session, Dataset opened) =>
        c.RequestServices.GetRequiredService<ViewSessions>().Find(session, c.User.KeyOf(), opened.Identity);
}
