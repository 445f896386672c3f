using System.Text;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>Sites and annotations in files of every format, over HTTP.</summary>
internal static class ExchangeRoutes
{
    /// <summary>Maps files out and in, and the link to neuroglancer.</summary>
    public static void MapExchange(this WebApplication app)
    {
        var group = app.MapGroup("/api/datasets/{dataset}/annotations").WithTags("annotations");
        group.MapGet("/export", ExportAsync).WithSummary("Everything as a file: format=json, geojson or neuroglancer.")
            .RecordsExport("all annotations");
        group.MapGet("/neuroglancer",
            LinkAsync).WithSummary("A link that opens a scan and its annotations in neuroglancer, or why there is none.");
        group.MapPost("/import", ImportAsync).WithSummary("Takes a file of any of the formats in.").WithDescription(
            "dryRun: says what it would do, and writes nothing. skipWrong: takes the good lines where others are wrong; else a wrong line "
            + "refuses the file (400). overwriteNewer: changes too what was changed after the file was written. byPlace: "
            + "what has no known id "
            + "is matched by its place. hours and modality: the scan of what does not say its own. define=false: labels and fields that "
            + "the file has and the dataset lacks are left out, as they are for who may not curate. The answer counts and lists by line.");
    }

    private static async Task<IResult> ExportAsync(
        string dataset, string? format, HttpContext c, DatasetCatalog catalog, DatasetAccess access, ExchangeDesk desk,
            CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is not { } opened)
        {
            return Results.NotFound();
        }

        if (!Enum.TryParse<ExchangeFormat>(format ?? "json", ignoreCase: true, out var wanted) || !Enum.IsDefined(wanted))
        {
            throw new ArgumentException($"format is '{SiteRules.Short(format ?? "")}'; it is json, geojson or neuroglancer.");
        }

        var set = await desk.SetAsync(opened, await GrantAsync(c, access, opened, ct), ct);
        var name = wanted switch
        {
            ExchangeFormat.GeoJson => "annotations.geojson", ExchangeFormat.Neuroglancer => "neuroglancer-layer.json", _ =>
                "annotations.json",
        };
        return Results.File(Encoding.UTF8.GetBytes(AnnotationFiles.Write(wanted, set)), "application/json", $"{opened.Id}-{name}");
    }

    private static async Task<IResult> LinkAsync(
        string dataset, double hours, string modality, HttpContext c, DatasetCatalog catalog, DatasetAccess access, ExchangeDesk desk,
        DendriteOptions options, CancellationToken ct)
    {
        Ranges.Hours.Check(hours);
        return await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is { } opened
            ? Results.Json(NeuroglancerLink.Of(
                await desk.SetAsync(opened, await GrantAsync(c, access, opened, ct), ct), new DefaultScan(hours, modality),
                options.PublicStore, await access.IsPublicAsync(opened.Identity, ct)))
            : Results.NotFound();
    }

    private static async Task<IResult> ImportAsync(
        string dataset, bool? dryRun, bool? skipWrong, bool? overwriteNewer, bool? byPlace, bool? define, double? hours, string? modality,
        HttpContext c, DatasetCatalog catalog, DatasetAccess access, ExchangeDesk desk, Budgets budgets, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.Annotate, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        if (c.Request.ContentLength is null or > SiteFiles.MostBytes)
        {
            return Results.Problem("Send at most 16 MiB with a Content-Length.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        using var reader = new StreamReader(c.Request.Body, Encoding.UTF8);
        try
        {
            var first = opened.Volumes[0].Key;
            var scan = new DefaultScan(hours ?? first.Hours, modality ?? first.Modality);
            var choice = new ImportChoice(skipWrong == true, overwriteNewer == true, byPlace == true, define != false);
            var order = new ImportOrder(opened, choice, scan, (await GrantAsync(c, access, opened, ct)).Role >= DatasetRole.Curate);
            var file = AnnotationFiles.Read(await reader.ReadToEndAsync(ct), "The upload", scan);
            budgets.Edit(ClientKeys.Of(c), dryRun == true ? 1 : file.Edits);
            var report = dryRun == true
                ? await desk.PreviewAsync(order, file, c.User.PersonOf(), ct)
                : await desk.ImportAsync(order, file, c.User.PersonOf(), ct);
            return dryRun == true || report.Applied
                ? Results.Json(report, SiteLog.Json)
                : Results.Json(
                    new { error = report.Refusal("The upload"), report }, SiteLog.Json, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (Exception e) when (e is VolumeFormatException or ArgumentException)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    // Somebody whose right ended between the two questions sees no names.
    private static async Task<DatasetGrant> GrantAsync(HttpContext c, DatasetAccess access, Dataset dataset, CancellationToken ct) =>
        await access.GrantAsync(c.User, dataset.Identity, ct) ?? new DatasetGrant(DatasetRole.View, IsMember: false);
}
