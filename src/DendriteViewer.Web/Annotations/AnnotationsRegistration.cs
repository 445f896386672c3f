using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Journal;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Annotations;

/// <summary>Sites over HTTP.</summary>
public static class AnnotationsRegistration
{
    private const string RevisionHeader = "Dendrite-Revision";

    /// <summary>Adds the log.</summary>
    public static WebApplicationBuilder AddAnnotations(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EditJournal>();
        builder.Services.AddSingleton<EditDesk>();
        builder.Services.AddSingleton<HistoryDesk>();
        builder.Services.AddSingleton<SiteLog>();
        builder.Services.AddSingleton<IEditedKind>(s => s.GetRequiredService<SiteLog>());
        builder.Services.AddSingleton<IToldKind>(s => s.GetRequiredService<SiteLog>());
        builder.Services.AddSingleton<IToldKind>(s => s.GetRequiredService<SchemaLog>());
        builder.Services.AddSingleton<SchemaLog>();
        builder.Services.AddSingleton<SchemaDesk>();
        builder.Services.AddSingleton<ExchangeDesk>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<SchemaLog>());
        builder.Services.AddSingleton<SiteDesk>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<SiteLog>());
        return builder;
    }

    /// <summary>Maps sites out (JSON, CSV, the log) and in.</summary>
    public static void MapAnnotations(this WebApplication app)
    {
        app.MapSchema();
        app.MapExchange();
        var sites = app.MapGroup("/api/datasets/{dataset}/sites").WithTags("sites");
        sites.MapGet("/", ListAsync).WithDescription(
            "revision: the sites as an entry of the dataset's journal left them, for members who edit. Without it, the sites as they are; "
            + $"the header {RevisionHeader} has the last entry's number.");
        sites.MapGet("/csv", async (string dataset, HttpContext c, DatasetCatalog catalog, SiteLog log, CancellationToken ct) =>
        {
            if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is not { } opened)
            {
                return Results.NotFound();
            }

            var seen = SiteRules.For(await GrantAsync(c, opened, ct), await log.ListAsync(opened, ct));
            var schema = await c.RequestServices.GetRequiredService<SchemaLog>().OfAsync(opened, ct);
            return Results.File(Encoding.UTF8.GetBytes(SiteFiles.ToCsv(seen, schema)), "text/csv", $"{opened.Id}-sites.csv");
        }).RecordsExport("sites, a table");

        // The log names people and holds what was deleted: for members who edit, never for who holds a link.
        sites.MapGet("/log", async (string dataset, HttpContext c, DatasetCatalog catalog, SiteLog log, CancellationToken ct) =>
            await catalog.TryOpenAsync(c.User, dataset, DatasetRole.Annotate, ct) is { } opened
            && (await GrantAsync(c, opened, ct)).IsMember
                ? Results.Json((await log.HistoryAsync(opened.Identity, ct)).Select(e => new
                {
                    e.Sequence, e.Number, e.SiteId, e.Version, e.BaseVersion, e.ByName, e.At,
                    State = System.Text.Json.JsonDocument.Parse(e.State).RootElement,
                }))
                : Results.NotFound());
        sites.MapPost("/", ImportAsync).WithSummary("Takes a file of sites in, CSV or JSON. Lines are matched by id.").WithDescription(
            "dryRun: says what it would do, and writes nothing. skipWrong: takes the good lines where others are wrong; else a wrong line "
            + "refuses the file (400). overwriteNewer: changes sites too that were changed after the file was written. "
            + "The answer counts the sites that are added, changed, unchanged, skipped and wrong, and lists the lines with the reason.");
    }

    // What was deleted or overwritten is for members who edit, as the log is.
    private static async Task<IResult> ListAsync(
        string dataset, long? revision, HttpContext c, DatasetCatalog catalog, SiteLog log, EditJournal journal, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is not { } opened)
        {
            return Results.NotFound();
        }

        var grant = await GrantAsync(c, opened, ct);
        if (revision is not null && !grant.SeesLog)
        {
            return Results.NotFound();
        }

        // Before the list: who asks on from this number misses nothing.
        var number = opened.Kept is { } kept ? kept.Revision : revision ?? await journal.NumberAsync(opened.Identity, ct);
        c.Response.Headers[RevisionHeader] = number.ToString(CultureInfo.InvariantCulture);
        var list = revision is null || opened.Kept is not null
            ? await log.ListAsync(opened, ct) : await log.ListAtAsync(opened.Identity, number, ct);
        return Results.Json(SiteRules.For(grant, list), SiteLog.Json);
    }

    private static async Task<IResult> ImportAsync(
        string dataset, bool? dryRun, bool? skipWrong, bool? overwriteNewer, HttpContext c, ExchangeDesk desk, DatasetCatalog catalog,
        Budgets budgets, CancellationToken ct)
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
            var (by, choice) = (c.User.PersonOf(), new ImportChoice(skipWrong == true, overwriteNewer == true));
            var file = ReadMarks.Of(SiteFiles.Read(await reader.ReadToEndAsync(ct), "The upload"));
            var order = new ImportOrder(opened, choice, new DefaultScan(double.NaN, ""), MayDefine: false);
            budgets.Edit(ClientKeys.Of(c), dryRun == true ? 1 : file.Edits);
            var report = dryRun == true ? await desk.PreviewAsync(order, file, by, ct) : await desk.ImportAsync(order, file, by, ct);
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
    private static async Task<DatasetGrant> GrantAsync(HttpContext context, Dataset dataset, CancellationToken ct) =>
        await context.RequestServices.GetRequiredService<DatasetAccess>().GrantAsync(context.User, dataset.Identity, ct)
        ?? new DatasetGrant(DatasetRole.View, IsMember: false);
}
