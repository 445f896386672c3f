using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Api;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Components.Pages;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Authentication;

namespace DendriteViewer.Web.Sharing;

/// <summary>
/// What happens when somebody opens a link: they become its guest, and are led to its view. A link that works once is opened by a button,
/// so that programs which look at addresses for a preview do not take it.
/// </summary>
/// <param name="links">The links.</param>
/// <param name="frozen">What frozen links keep.</param>
/// <param name="catalog">The datasets.</param>
/// <param name="pictures">Draws previews.</param>
/// <param name="audit">Told of links that were used up.</param>
/// <param name="address">Where people reach the server, where that is configured.</param>
public sealed class LinkOpening(
    ShareLinks links, FrozenStates frozen, DatasetCatalog catalog, PictureService pictures, AuditLog audit,
    PublicAddress? address = null)
{
    private const string MarkCookie = "dendrite.taker";
    private const int MarkChars = 32;

    /// <summary>Answers who opens a link.</summary>
    /// <param name="token">The link's token.</param>
    /// <param name="context">The request.</param>
    /// <param name="isAsked">Whether a person asked for it by the button.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<IResult> OpenAsync(string token, HttpContext context, bool isAsked, CancellationToken ct)
    {
        // The address is a secret: the page that it leads to, and a proxy's log of that page's requests, do not get it as Referer.
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.CacheControl = "no-store";
        if (await links.FindAsync(token, ct) is not { } link)
        {
            return Results.Redirect("/gone");
        }

        var mark = MarkOf(link, context);
        if (IsTaken(link) && link.TakenBy != mark && !IsTakenBy(link, context.User))
        {
            return Results.Redirect("/gone");
        }

        if (await PresentOfAsync(link, ct) is not { } present)
        {
            return Results.Redirect(Gone.DeletedAddress);
        }

        if (await ShownAsync(link, present, ct) is null)
        {
            return Results.Redirect(Gone.LostAddress);
        }

        if (link.IsOneTime && !IsTaken(link) && !isAsked)
        {
            if (mark is null)
            {
                Mark(context);
            }

            // A form that is posted without a referrer has no origin, by which it is known to be this site's.
            context.Response.Headers["Referrer-Policy"] = "strict-origin";
            return Page(link, token, $"<form method=\"post\"><p>This link works once, for who opens it first.</p>"
                + $"<button>Open {Text(link.Name)}</button></form>");
        }

        if (!IsTakenBy(link, context.User) && !await BecomeGuestAsync(link, token, mark, context, ct))
        {
            return Results.Redirect("/gone");
        }

        await links.CountAsync(link.Id, ct);
        var target = Text($"/d/{link.DatasetId}?{FrozenLinks.QueryOf(link)}");
        return Page(link, token, $"<a href=\"{target}\">Open {Text(link.Name)}</a>",
            $"<meta http-equiv=\"refresh\" content=\"0;url={target}\">");
    }

    /// <summary>Answers with the picture by which other programs show a link.</summary>
    public async Task<IResult> PreviewAsync(string token, HttpContext context, CancellationToken ct) =>
        await links.FindAsync(token, ct) is { } link && (!IsTaken(link) || IsTakenBy(link, context.User))
            && await PresentOfAsync(link, ct) is { } present && await ShownAsync(link, present, ct) is { } opened
            ? await pictures.VolumeAsync(context, opened, link.Query, 960, 504, isThumbnail: false, ct) : Results.NotFound();

    private static bool IsTaken(ShareLink link) => link is { IsOneTime: true, TakenBy: not null };

    private static bool IsTakenBy(ShareLink link, ClaimsPrincipal user) =>
        IsTaken(link) && user.HasClaim(DendriteClaims.Link, link.Id.ToString()) && user.HasClaim(DendriteClaims.GuestId, link.TakenBy!);

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    // False where somebody else took a link that works once, a moment before.
    private async Task<bool> BecomeGuestAsync(ShareLink link, string token, string? mark, HttpContext context, CancellationToken ct)
    {
        var guest = (link.IsOneTime ? mark : null) ?? Guid.NewGuid().ToString("N");
        if (link.IsOneTime && !await links.TryTakeAsync(link.Id, guest, ct, audit.NewEntry(
            AuditKind.Link, GuestOf(link, guest, context.User), $"opened the {ShareDesk.NameOf(link)}, which nobody else opens now",
            new AuditSubject(link.DatasetIdentity, link.DatasetId, link.Id.ToString()))))
        {
            return false;
        }

        Claim[] cited = link.Kind == LinkKind.Frozen && !link.IsOneTime ? [new(DendriteClaims.LinkToken, $"{link.Id} {token}")] : [];
        var identity = new ClaimsIdentity(
            [
                new(DendriteClaims.Link, link.Id.ToString()), new(DendriteClaims.Guest, "Guest of " + link.Name),
                new(DendriteClaims.GuestId, guest), .. cited, .. await links.TakenAsync(link.Id, context.User, ct),
            ],
            AccountsRegistration.LinkScheme);
        await context.SignInAsync(AccountsRegistration.LinkScheme, new ClaimsPrincipal(identity));
        return true;
    }

    // Who opened it: their account where they are signed in, else the guest that they become.
    private static Person GuestOf(ShareLink link, string guest, ClaimsPrincipal user) =>
        user.HasClaim(c => c.Type == ClaimTypes.NameIdentifier) ? user.PersonOf()
            : new Person($"link:{link.Id}:{guest}", "Guest of " + link.Name);

    // By the mark, a browser that takes a link twice, as by two clicks, or comes back to it, is known again. What is kept with the link is
    // made of the mark and cannot be turned into it.
    private static string? MarkOf(ShareLink link, HttpContext context) =>
        context.Request.Cookies[MarkCookie] is { Length: MarkChars } mark
            ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{mark} {link.Id}")))[..32] : null;

    private void Mark(HttpContext context) => context.Response.Cookies.Append(
        MarkCookie, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(MarkChars / 2)), new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Lax, Path = "/s", MaxAge = AccountsRegistration.SessionLength, IsEssential = true,
            Secure = address?.IsSecure == true || context.Request.IsHttps,
        });

    private IResult Page(ShareLink link, string token, string body, string head = "")
    {
        var title = Text(link.Name);
        var image = $"/s/{WebUtility.UrlEncode(token)}/preview.png";
        image = address?.Of(image) ?? image;
        return Results.Content(
            $"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · DendriteViewer</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta property="og:title" content="{title}"><meta property="og:image" content="{Text(image)}">{head}</head>
            <body style="font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:30em;padding:0 1em">{body}</body></html>
            """, "text/html; charset=utf-8");
    }

    // The dataset that the link was made for, as it is now; null where it was deleted, whatever took its id since.
    private async Task<Dataset?> PresentOfAsync(ShareLink link, CancellationToken ct) =>
        DatasetId.TryParse(link.DatasetId, out var id) && await catalog.TryOpenAsync(id, ct) is { } opened
            && opened.Identity.Value == link.DatasetIdentity ? opened : null;

    // As the link shows it; null where nothing of a frozen state is left.
    private async Task<Dataset?> ShownAsync(ShareLink link, Dataset present, CancellationToken ct) =>
        link.Kind == LinkKind.Frozen ? await frozen.OpenAsync(link.Id, present, ct) : present;
}
