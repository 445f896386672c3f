using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Streaming;
using Microsoft.AspNetCore.Authorization;

namespace DendriteViewer.Web.Api;

/// <summary>Datasets and pictures over HTTP, described at /openapi/v1.json.</summary>
public static class ApiRegistration
{
    /// <summary>Adds pictures and the description.</summary>
    public static WebApplicationBuilder AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PictureService>();
        builder.Services.AddOpenApi();
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
                id = e.Id.Value, name = e.Dataset!.Name, role = e.Role.ToString().ToLowerInvariant(), volumes = e.Dataset.Volumes.Count, storedBytes = e.StoredBytes, sites = e.Sites,
            })));
        api.MapGet("/{dataset}", async (string dataset, HttpContext c, IAuthorizationService auth, DatasetCatalog catalog, CancellationToken ct) =>
            await OpenAsync(dataset, c, auth, catalog, ct) is { } d
                ? Results.Json(new
                {
                    id = d.Id.Value, name = d.Name, interfaceUm = d.Depth.InterfaceUm, volumes = d.Volumes.Select(SceneVolume.Of), series = d.Manifest.Series.Select(s => s.Kind),
                })
                : Results.NotFound());
        api.MapGet("/{dataset}/render.png", async (string dataset, string? size, HttpContext c, IAuthorizationService auth, DatasetCatalog catalog, PictureService pictures, CancellationToken ct) =>
            !TrySize(size, out var w, out var h) ? BadSize()
            : await OpenAsync(dataset, c, auth, catalog, ct) is { } d ? await pictures.VolumeAsync(c, d.Id, c.Request.QueryString.Value ?? "", w, h, ct)
            : Results.NotFound());
        api.MapGet("/{dataset}/slice.png", async (string dataset, string? axis, string? size, HttpContext c, IAuthorizationService auth, DatasetCatalog catalog, PictureService pictures, CancellationToken ct) =>
            !TrySize(size, out var w, out var h) ? BadSize()
            : !Enum.TryParse<Pane>(axis ?? "z", ignoreCase: true, out var pane) || pane is not (Pane.Z or Pane.Y or Pane.X) ? Results.Problem("axis is z, y or x.", statusCode: 400)
            : await OpenAsync(dataset, c, auth, catalog, ct) is { } d ? await pictures.SliceAsync(c, d.Id, c.Request.QueryString.Value ?? "", pane, w, h, ct)
            : Results.NotFound());
    }

    private static IResult BadSize() => Results.Problem("size is WxH in pixels, 16 to 4096 each.", statusCode: 400);

    private static bool TrySize(string? text, out int width, out int height)
    {
        (width, height) = (640, 480);
        if (text is null)
        {
            return true;
        }

        var parts = text.Split('x');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out width)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out height) && width is >= 16 and <= 4096 && height is >= 16 and <= 4096;
    }

    private static async Task<Dataset?> OpenAsync(string dataset, HttpContext c, IAuthorizationService auth, DatasetCatalog catalog, CancellationToken ct) =>
        DatasetId.TryParse(dataset, out var id) && (await auth.AuthorizeAsync(c.User, id, new DatasetRequirement(DatasetRole.View))).Succeeded ? await catalog.TryOpenAsync(id, ct) : null;
}
