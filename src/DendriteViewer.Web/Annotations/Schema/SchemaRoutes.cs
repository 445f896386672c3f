using System.Text.Json;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Schema;

/// <summary>A dataset's labels and fields over HTTP.</summary>
internal static class SchemaRoutes
{
    private const int MostBytes = 256 << 10;

    /// <summary>Maps them out and in.</summary>
    public static void MapSchema(this WebApplication app)
    {
        var group = app.MapGroup("/api/datasets/{dataset}/annotations/schema").WithTags("annotations");
        group.MapGet("/", async (string dataset, HttpContext c, DatasetCatalog catalog, SchemaLog log, CancellationToken ct) =>
            await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is { } opened
                ? Results.Json(await log.OfAsync(opened, ct), MeasurementLog.Json) : Results.NotFound());
        group.MapPut("/", PutAsync).WithSummary("Replaces the labels and fields; version is the one that they were changed from.");
    }

    private static async Task<IResult> PutAsync(
        string dataset, HttpContext c, DatasetCatalog catalog, SchemaDesk desk, Budgets budgets, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.Curate, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        if (c.Request.ContentLength is null or > MostBytes)
        {
            return Results.Problem("Send at most 256 KiB with a Content-Length.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        AnnotationSchema wanted;
        try
        {
            wanted = await JsonSerializer.DeserializeAsync<AnnotationSchema>(c.Request.Body, MeasurementLog.Json, ct)
                ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new ArgumentException(
                "Labels and fields are a JSON object with version, labels and fields, as docs/measuring.md has it.", e);
        }

        budgets.Edit(ClientKeys.Of(c), 1);
        return Results.Json(await desk.SaveAsync(opened, wanted, c.User.PersonOf(), ct), MeasurementLog.Json);
    }
}
