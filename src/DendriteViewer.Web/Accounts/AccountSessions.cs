using System.Security.Claims;
using DendriteViewer.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts;

/// <summary>Why a session that a browser still holds a cookie of is over.</summary>
public enum SessionEnd
{
    /// <summary>The password was changed, by the person or by an administrator.</summary>
    Password,

    /// <summary>The account was removed.</summary>
    Removed,

    /// <summary>The link by which the browser came ended or was revoked.</summary>
    Link,
}

/// <summary>
/// Whether a signed-in session still holds. A cookie carries the account's security stamp as it was at sign-in; changing a password
/// gives the account another, and removing the account takes it away. The database is asked at every request, so that the person's other
/// browsers are signed out at once, and by open pages and connections every few seconds.
/// </summary>
public sealed class AccountSessions(IDbContextFactory<DendriteDb> database)
{
    /// <summary>The claim that carries the stamp.</summary>
    public static readonly string StampClaim = new ClaimsIdentityOptions().SecurityStampClaimType;

    private static readonly object s_ended = new();

    /// <summary>Why the session of an account's principal is over, or null while it holds, or where the principal is of no
    /// account.</summary>
    public async Task<SessionEnd?> EndOfAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        if (!Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
        {
            return null;
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var account = await db.Users.AsNoTracking().Where(u => u.Id == id).Select(u => new { u.SecurityStamp }).FirstOrDefaultAsync(ct);
        return account is null ? SessionEnd.Removed : Holds(user, account.SecurityStamp) ? null : SessionEnd.Password;
    }

    /// <summary>Whether a principal's stamp is the account's. Principals that no cookie made (the demo's owner) carry none.</summary>
    public static bool Holds(ClaimsPrincipal user, string? stamp)
    {
        var claim = user.FindFirstValue(StampClaim);
        var isFromCookie = user.Identities.Any(i => i.AuthenticationType == IdentityConstants.ApplicationScheme);
        return claim is null ? !isFromCookie : claim == stamp;
    }

    /// <summary>Why the session that this request's cookie was of is over, or null.</summary>
    public static SessionEnd? EndOf(HttpContext context) => context.Items.TryGetValue(s_ended, out var end) ? (SessionEnd?)end : null;

    /// <summary>What a person is told.</summary>
    public static string Sentence(SessionEnd end) => end switch
    {
        SessionEnd.Password => "Your password was changed; sign in again.",
        SessionEnd.Removed => "This account was removed; ask an administrator.",
        _ => "The link by which you came is not open any more; ask whoever sent it for a new one.",
    };

    /// <summary>Rejects the cookie of a session that is over, and removes it from the browser.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<AccountSessions>();
        if (context.Principal is { } user && await sessions.EndOfAsync(user, context.HttpContext.RequestAborted) is { } end)
        {
            context.HttpContext.Items.TryAdd(s_ended, end);
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(context.Scheme.Name);
        }
    }

    /// <summary>Rejects the cookie of a link that lets nobody in any more. The browser keeps it, so that each answer can say why.</summary>
    public static async Task ValidateLinkAsync(CookieValidatePrincipalContext context)
    {
        var access = context.HttpContext.RequestServices.GetRequiredService<DatasetAccess>();
        if (context.Principal is { } guest && !await access.HoldsAnythingAsync(guest, context.HttpContext.RequestAborted))
        {
            context.HttpContext.Items.TryAdd(s_ended, SessionEnd.Link);
            context.RejectPrincipal();
        }
    }
}
