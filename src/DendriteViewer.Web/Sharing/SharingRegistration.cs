using System.Net;
using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Api;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Components.Pages;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Authentication;

namespace DendriteViewer.Web.Sharing;

/// <summary>Short links: /s/TOKEN.</summary>
public static class SharingRegistration
{
    /// <summary>Adds links.</summary>
    public static WebApplicationBuilder AddSharing(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ShareLinks>();
        builder.Services.AddSingleton<ShareDesk>();
        return builder;
    }

    /// <summary>Maps the link itself and its preview picture. One that is unknown or lets nobody in tells nothing but that.</summary>
    public static void MapSharing(this WebApplication app)
    {
        var address = app.Services.GetService<PublicAddress>();
        app.MapGet("/s/{token}", async (string token, HttpContext context, ShareLinks links, DatasetCatalog catalog, CancellationToken ct) =>
        {
            // The address is a secret: the page that it leads to, and a proxy's log of that page's requests, do not get it as Referer.
            context.Response.Headers["Referrer-Policy"] = "no-referrer";
            context.Response.Headers.CacheControl = "no-store";
            if (await links.FindAsync(token, ct) is not { } link)
            {
                return Results.Redirect("/gone");
            }

            if (await OpenAsync(link, catalog, ct) is null)
            {
                return Results.Redirect(Gone.DeletedAddress);
            }

            var identity = new ClaimsIdentity([new(DendriteClaims.Link, link.Id.ToString()), new(DendriteClaims.Guest, "Guest of " + link.Name), new(DendriteClaims.GuestId, Guid.NewGuid().ToString("N"))], AccountsRegistration.LinkScheme);
            await context.SignInAsync(AccountsRegistration.LinkScheme, new ClaimsPrincipal(identity));
            var target = $"/d/{link.DatasetId}?{link.Query}";
            var title = WebUtility.HtmlEncode(link.Name);
            var image = $"/s/{WebUtility.UrlEncode(token)}/preview.png";
            image = address?.Of(image) ?? image;
            return Results.Content(
                $"""
                <!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · DendriteViewer</title>
                <meta property="og:title" content="{title}"><meta property="og:image" content="{WebUtility.HtmlEncode(image)}">
                <meta http-equiv="refresh" content="0;url={WebUtility.HtmlEncode(target)}"></head>
                <body><a href="{WebUtility.HtmlEncode(target)}">Open {title}</a></body></html>
                """, "text/html; charset=utf-8");
        }).AllowAnonymous();

        app.MapGet("/s/{token}/preview.png", async (
            string token, HttpContext context, ShareLinks links, DatasetCatalog catalog, PictureService pictures, CancellationToken ct) =>
            await links.FindAsync(token, ct) is { } link && await OpenAsync(link, catalog, ct) is { } opened
                ? await pictures.VolumeAsync(context, opened, link.Query, 960, 504, isThumbnail: false, ct)
                : Results.NotFound()).AllowAnonymous();
    }

    // The dataset that the link was made for, or null where it was deleted, whatever took its id since.
    private static async Task<Dataset?> OpenAsync(ShareLink link, DatasetCatalog catalog, CancellationToken ct) =>
        DatasetId.TryParse(link.DatasetId, out var id) && await catalog.TryOpenAsync(id, ct) is { } opened
            && opened.Identity.Value == link.DatasetIdentity ? opened : null;
}
