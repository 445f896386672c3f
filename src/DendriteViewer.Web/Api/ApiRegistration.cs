using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Streaming;
using Microsoft.OpenApi;

namespace DendriteViewer.Web.Api;

/// <summary>Datasets and pictures over HTTP, described at /openapi/v1.json.</summary>
public static class ApiRegistration
{
    private const string DefaultSize = "640x480";

    /// <summary>Adds pictures and the description.</summary>
    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PictureService>();
        builder.Services.AddOpenApi(o => o.AddDocumentTransformer((document, context, _) =>
        {
            // Never what the Host header says, which whoever asks chooses.
            var address = context.ApplicationServices.GetService<PublicAddress>();
            document.Servers = [new OpenApiServer { Url = address?.Of("") ?? "/" }];
            return Task.CompletedTask;
        }));
        return builder;
    }

    /// <summary>Maps datasets and pictures. What somebody may not see is not found.</summary>
    public static void MapApi(this WebApplication app)
    {
        app.MapOpenApi();
        var api = app.MapGroup("/api/datasets").WithTags("datasets");
        api.MapGet("/", async (HttpContext c, DatasetCatalog catalog, SiteLog sites, CancellationToken ct) => Results.Json(
            (await catalog.ListAsync(c.User, async id => (await sites.ListAsync(id, ct)).Count, ct)).Where(e => e.Dataset is not null).Select(e => new
            {
                id = e.Id.Value, identity = e.Dataset!.Identity.Value, name = e.Dataset.Name, role = e.Role.ToString().ToLowerInvariant(),
                    volumes = e.Dataset.Volumes.Count, storedBytes = e.StoredBytes, sites = e.Sites,
                    about = DescriptionApi.Of(e.Dataset),
            })));
        api.MapGet("/{dataset}", async (string dataset, HttpContext c, DatasetCatalog catalog, CancellationToken ct) =>
            await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is { } d
                ? Tagged(c, d, new
                {
                    id = d.Id.Value, identity = d.Identity.Value, name = d.Name, about = DescriptionApi.Of(d),
                        interfaceUm = d.Depth.InterfaceUm,
                        volumes = d.Volumes.Select(SceneVolume.Of), series = d.Manifest.Series.Select(s => s.Kind),
                })
                : Results.NotFound());
        api.MapGet("/{dataset}/render.png", RenderAsync);
        api.MapGet("/{dataset}/thumbnail.jpg", ThumbnailAsync);
        api.MapGet("/{dataset}/slice.png", SliceAsync);
    }

    // The tag is what a deletion must name, so that nobody deletes another dataset than was looked at.
    private static IResult Tagged(HttpContext context, Dataset dataset, object answer)
    {
        context.Response.Headers.ETag = DatasetTags.Of(dataset);
        context.Response.Headers.CacheControl = "private, no-cache";
        return Results.Json(answer);
    }

    private static Task<IResult> RenderAsync(
        string dataset, string? size, HttpContext c, DatasetCatalog catalog, PictureService pictures, CancellationToken ct) =>
        VolumeAsync(dataset, size, isThumbnail: false, c, catalog, pictures, ct);

    private static Task<IResult> ThumbnailAsync(
        string dataset, string? size, HttpContext c, DatasetCatalog catalog, PictureService pictures, CancellationToken ct) =>
        VolumeAsync(dataset, size, isThumbnail: true, c, catalog, pictures, ct);

    private static async Task<IResult> VolumeAsync(
        string dataset, string? size, bool isThumbnail, HttpContext c, DatasetCatalog catalog, PictureService pictures,
        CancellationToken ct)
    {
        var (width, height) = SizeOf(size);
        return await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is { } d
            ? await pictures.VolumeAsync(c, d, c.Request.QueryString.Value ?? "", width, height, isThumbnail, ct)
            : Results.NotFound();
    }

    private static async Task<IResult> SliceAsync(
        string dataset, string? axis, string? size, HttpContext c, DatasetCatalog catalog, PictureService pictures,
        CancellationToken ct)
    {
        var (width, height) = SizeOf(size);
        Pane? pane = axis switch { null or "z" or "Z" => Pane.Z, "y" or "Y" => Pane.Y, "x" or "X" => Pane.X, _ => null };
        return pane is not { } across ? throw new OutOfRangeException("axis is z, y or x.")
            : await catalog.TryOpenAsync(c.User, dataset, DatasetRole.View, ct, c.Request.QueryString.Value) is { } d
            ? await pictures.SliceAsync(c, d, c.Request.QueryString.Value ?? "", across, width, height, ct)
            : Results.NotFound();
    }

    private static (int Width, int Height) SizeOf(string? text) => (text ?? DefaultSize).Split('x') is [var width, var height]
        ? (Ranges.PictureSide.ParseWhole(width), Ranges.PictureSide.ParseWhole(height))
        : throw new OutOfRangeException("size is WxH in pixels, 16 to 4096 each.");
}
