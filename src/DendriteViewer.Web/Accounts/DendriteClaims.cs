using System.Security.Claims;

namespace DendriteViewer.Web.Accounts;

/// <summary>Names of claims.</summary>
public static class DendriteClaims
{
    /// <summary>Id of the share link that let somebody in.</summary>
    public const string Link = "dendrite:link";

    /// <summary>
    /// Of the guest of a frozen link: the link's id and its token, so that the page which shows it can say by which address it is cited. It
    /// grants nothing, and is in the guest's own cookie alone.
    /// </summary>
    public const string LinkToken = "dendrite:link-token";

    /// <summary>The link's guest's chosen name.</summary>
    public const string Guest = "dendrite:guest";

    /// <summary>Tells the guests of one link apart.</summary>
    public const string GuestId = "dendrite:guest-id";

    /// <summary>Tells those apart who have neither account nor link, and look at datasets that are open to everybody.</summary>
    public const string Visitor = "dendrite:visitor";

    /// <summary>Of a link's guest: the link was opened in a frame of another site, which it must allow.</summary>
    public const string Embedded = "dendrite:embedded";

    /// <summary>A stable key of who somebody is: an account, a link's guest, or a visitor.</summary>
    public static string KeyOf(this ClaimsPrincipal user) =>
        user.FindFirstValue(ClaimTypes.NameIdentifier)
        ?? (user.FindFirstValue(Link) is { } link ? $"link:{link}:{user.FindFirstValue(GuestId)}"
            : user.FindFirstValue(Visitor) is { } visitor ? $"visitor:{visitor}" : "");

    /// <summary>Who somebody is, as it is kept with what they do.</summary>
    public static Person PersonOf(this ClaimsPrincipal user) => new(user.KeyOf(), user.NameOf());

    /// <summary>What others see.</summary>
    public static string NameOf(this ClaimsPrincipal user) =>
        user.FindFirstValue("dendrite:name") ?? user.FindFirstValue(Guest)
        ?? (user.HasClaim(c => c.Type == Visitor) ? "Visitor" : user.Identity?.Name ?? "Guest");
}
