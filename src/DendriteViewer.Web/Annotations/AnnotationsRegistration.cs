using System.Text;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using Microsoft.AspNetCore.Authorization;

namespace DendriteViewer.Web.Annotations;

/// <summary>Sites over HTTP.</summary>
public static class AnnotationsRegistration
{
    private const int MostBytes = 16 << 20;

    /// <summary>Adds the log.</summary>
    public static WebApplicationBuilder AddAnnotations(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SiteLog>();
        return builder;
    }

    /// <summary>Maps sites out (JSON, CSV, the log) and in.</summary>
    public static void MapAnnotations(this WebApplication app)
    {
        var sites = app.MapGroup("/api/datasets/{dataset}/sites").WithTags("sites");
        sites.MapGet("/", async (string dataset, HttpContext c, IAuthorizationService auth, SiteLog log, CancellationToken ct) =>
            await Allowed(dataset, c, auth, DatasetRole.View) is { } id ? Results.Json(await log.ListAsync(id, ct), SiteLog.Json) : Results.NotFound());
        sites.MapGet("/csv", async (string dataset, HttpContext c, IAuthorizationService auth, SiteLog log, CancellationToken ct) =>
            await Allowed(dataset, c, auth, DatasetRole.View) is { } id
                ? Results.File(Encoding.UTF8.GetBytes(SiteFiles.ToCsv(await log.ListAsync(id, ct))), "text/csv", $"{id}-sites.csv")
                : Results.NotFound());
        sites.MapGet("/log", async (string dataset, HttpContext c, IAuthorizationService auth, SiteLog log, CancellationToken ct) =>
            await Allowed(dataset, c, auth, DatasetRole.View) is { } id
                ? Results.Json((await log.HistoryAsync(id, ct)).Select(e => new { e.Sequence, e.SiteId, e.Version, e.ByName, e.At, State = System.Text.Json.JsonDocument.Parse(e.State).RootElement }))
                : Results.NotFound());
        sites.MapPost("/", async (string dataset, HttpContext c, IAuthorizationService auth, SiteLog log, DatasetCatalog catalog, CancellationToken ct) =>
        {
            if (await Allowed(dataset, c, auth, DatasetRole.Annotate) is not { } id || await catalog.TryOpenAsync(id, ct) is not { } opened)
            {
                return Results.NotFound();
            }

            if (c.Request.ContentLength is null or > MostBytes)
            {
                return Results.Problem("Send at most 16 MiB with a Content-Length.", statusCode: StatusCodes.Status413PayloadTooLarge);
            }

            using var reader = new StreamReader(c.Request.Body, Encoding.UTF8);
            try
            {
                var parsed = SiteFiles.Parse(await reader.ReadToEndAsync(ct), "The upload");
                await log.ImportAsync(opened, parsed, c.User.PersonOf(), ct);
                return Results.Ok(new { added = parsed.Count });
            }
            catch (Exception e) when (e is VolumeFormatException or ArgumentException or EditConflictException)
            {
                return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
            }
        });
    }

    private static async Task<DatasetId?> Allowed(string dataset, HttpContext context, IAuthorizationService auth, DatasetRole role) =>
        DatasetId.TryParse(dataset, out var id) && (await auth.AuthorizeAsync(context.User, id, new DatasetRequirement(role))).Succeeded ? id : null;
}
