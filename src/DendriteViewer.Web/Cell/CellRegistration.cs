using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Limits;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Http.Features;

namespace DendriteViewer.Web.Cell;

/// <summary>What belongs to the cell of a dataset, over HTTP (docs/cell.md). What somebody may not see is not found.</summary>
public static class CellRegistration
{
    private const int MostEditBytes = 512 << 10;

    // What a download costs of the budget for pictures: the largest file as much as a picture of 16 megapixels.
    private const double BytesAMegapixel = 8 << 20;

    /// <summary>Adds where cells are kept.</summary>
    public static WebApplicationBuilder AddCell(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CellDesk>();
        builder.Services.AddSingleton<IDatasetFollower>(s => s.GetRequiredService<CellDesk>());
        return builder;
    }

    /// <summary>Maps the state, the files and changes.</summary>
    public static void MapCell(this WebApplication app)
    {
        var group = app.MapGroup("/api/datasets/{dataset}/cell").WithTags("cell");
        group.MapGet("/", StateAsync);
        group.MapPost("/files", UploadAsync);
        group.MapGet("/files/{file:guid}", DownloadAsync).RecordsExport("files of the cell");
        group.MapPost("/edits", EditAsync);
        SeriesExports.Map(group);
    }

    private static async Task<IResult> StateAsync(
        string dataset, string? version, HttpContext c, DatasetCatalog catalog, DatasetAccess access, CellDesk desk, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened
            || await access.GrantAsync(c.User, opened.Identity, ct) is not { } grant)
        {
            return Results.NotFound();
        }

        if (version is null)
        {
            return Results.Json(CellStateJson.Of(await desk.StateAsync(opened, ct), grant.SeesNames), CellEntry.Json);
        }

        // The whole log is read for it.
        c.RequestServices.GetRequiredService<Budgets>().CellChange(ClientKeys.Of(c));
        var asked = new NumberRange("version", 0, CellEntry.MostEntries).ParseWhole(version);
        return Results.Json(CellStateJson.Of(await desk.StateAsync(opened, asked, ct), grant.SeesNames), CellEntry.Json);
    }

    private static async Task<IResult> UploadAsync(
        string dataset, string? kind, string? name, string? licence, string? source, string? startHours, string? options, string? session,
        HttpContext c, DatasetCatalog catalog, CellDesk desk, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.Annotate, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        if (c.Request.ContentLength is null or > CellFileReader.MostBytes)
        {
            return Results.Problem($"Send at most {CellFileReader.MostBytes >> 20} MiB with a Content-Length.",
                statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        c.RequestServices.GetRequiredService<Budgets>().CellChange(ClientKeys.Of(c), CellDesk.FileCounts);
        if (c.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = CellFileReader.MostBytes;
        }

        if (!Enum.TryParse<CellFileKind>(kind, ignoreCase: true, out var wanted) || !Enum.IsDefined(wanted) || int.TryParse(kind, out _))
        {
            throw new OutOfRangeException("kind is series, impedance, spectrum or reference; give one of them.");
        }

        var said = new DescribeFile(
            Guid.Empty, licence, source, null, startHours is null ? null : Ranges.Hours.Of("startHours").Parse(startHours), options);
        var file = await desk.AddAsync(
            opened, wanted, name ?? throw new OutOfRangeException("Give the file’s name, as name=NAME."), c.Request.Body,
            By(c, opened, session), ct, said);
        return Results.Json(CellStateJson.Of(file, seesNames: true), CellEntry.Json, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> DownloadAsync(
        string dataset, Guid file, HttpContext c, DatasetCatalog catalog, CellDesk desk, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct) is not { } opened
            || (await desk.StateAsync(opened, ct)).Find(file) is not { } found)
        {
            return Results.NotFound();
        }

        // All of it is read from the store.
        c.Response.RegisterForDispose(await c.RequestServices.GetRequiredService<Budgets>().SpendAsync(
            ClientKeys.Of(c), Math.Max(0.1, found.Bytes / BytesAMegapixel), ct, "files"));

        // Whatever it is, no browser takes it for a page of this site.
        c.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Stream(stream => desk.CopyToAsync(opened, found, stream, ct), "application/octet-stream", found.Name);
    }

    private static async Task<IResult> EditAsync(
        string dataset, string? session, HttpContext c, DatasetCatalog catalog, CellDesk desk, CancellationToken ct)
    {
        if (await catalog.TryOpenAsync(c.User, dataset, DatasetRole.Annotate, ct) is not { } opened)
        {
            return Results.NotFound();
        }

        if (c.Request.ContentLength is null or > MostEditBytes)
        {
            return Results.Problem($"Send at most {MostEditBytes >> 10} KiB with a Content-Length.",
                statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        c.RequestServices.GetRequiredService<Budgets>().CellChange(ClientKeys.Of(c));
        var edit = await CellEditJson.ReadAsync(c.Request.Body, await desk.StateAsync(opened, ct), ct);
        var state = await desk.ChangeAsync(opened, edit, By(c, opened, session), ct);
        return Results.Json(CellStateJson.Of(state, seesNames: true), CellEntry.Json);
    }

    private static Editor By(HttpContext c, Dataset dataset, string? session) => new(
        c.User.PersonOf(),
        c.RequestServices.GetRequiredService<ViewSessions>().Find(session, c.User.KeyOf(), dataset.Identity)?.Edits);
}
