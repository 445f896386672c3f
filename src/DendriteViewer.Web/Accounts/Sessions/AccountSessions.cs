using System.Security.Claims;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts.Sessions;

/// <summary>
/// Whether a signed-in session still holds. A cookie carries the id of its session's row, and the account's security stamp as it was at
/// sign-in; a new password gives the account another stamp. The database is asked at every request, so that a session that was ended is
/// signed out at once, and by open pages and connections every few seconds.
/// </summary>
public sealed class AccountSessions(IDbContextFactory<DendriteDb> database, DendriteOptions options, TimeProvider time)
{
    /// <summary>The claim that carries the stamp.</summary>
    public static readonly string StampClaim = new ClaimsIdentityOptions().SecurityStampClaimType;

    /// <summary>The claim that carries the session's id.</summary>
    public const string SessionClaim = "dendrite:session";

    private static readonly object s_ended = new();
    private static readonly TimeSpan s_seen = TimeSpan.FromMinutes(5);

    /// <summary>Why the session of an account's principal is over, or null while it holds, or where the principal is of no
    /// account.</summary>
    public async Task<SessionEnd?> EndOfAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var (account, session, end) = await FindAsync(db, user, ct);
        if (account is null || session is null)
        {
            return end;
        }

        if (!account.TwoFactorEnabled && !session.IsExternal && SecondFactor.IsRequired(options, account.IsAdministrator))
        {
            return SessionEnd.SecondFactor;
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if (now - session.LastSeenAt > s_seen.TotalMilliseconds)
        {
            await db.AccountSessions.Where(s => s.Id == session.Id).ExecuteUpdateAsync(s => s.SetProperty(r => r.LastSeenAt, now), ct);
        }

        return null;
    }

    /// <summary>
    /// The account of a principal whose session holds, with that session. Principals that no cookie made (the demo's owner, tokens) have an
    /// account without a session. Where nothing holds, the reason; null where the principal is of no account at all.
    /// </summary>
    internal static async Task<(AppUser? Account, AccountSession? Session, SessionEnd? End)> FindAsync(
        DendriteDb db, ClaimsPrincipal user, CancellationToken ct)
    {
        if (!Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
        {
            return (null, null, null);
        }

        var account = await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, ct);
        if (account is null || account.DisabledAt is not null)
        {
            return (null, null, account is null ? SessionEnd.Removed : SessionEnd.Disabled);
        }

        var session = IdOf(user) is { } key
            ? await db.AccountSessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == key && s.UserId == id, ct) : null;
        var isFromCookie = user.Identities.Any(i => i.AuthenticationType == IdentityConstants.ApplicationScheme);
        if (isFromCookie && session is not { EndedAt: null })
        {
            return (null, null, session?.End ?? SessionEnd.SignedOut);
        }

        var stamp = user.FindFirstValue(StampClaim);
        return (stamp is null ? !isFromCookie : stamp == account.SecurityStamp) ? (account, session, null)
            : (null, null, SessionEnd.Password);
    }

    /// <summary>The sessions of an account that hold, the one used last first.</summary>
    public async Task<IReadOnlyList<AccountSession>> ListAsync(Guid account, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var oldest = Oldest;
        return await db.AccountSessions.AsNoTracking().Where(s => s.UserId == account && s.EndedAt == null && s.LastSeenAt > oldest)
            .OrderByDescending(s => s.LastSeenAt).ToListAsync(ct);
    }

    /// <summary>Keeps a new session of an account.</summary>
    internal async Task AddAsync(AccountSession session, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        db.AccountSessions.Add(session);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Whether an account was used from a network of late.</summary>
    internal async Task<bool> IsKnownAsync(Guid account, string network, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var since = (time.GetUtcNow() - SignInThrottle.Known).ToUnixTimeMilliseconds();
        return await db.AccountSessions.AnyAsync(s => s.UserId == account && s.Network == network && s.LastSeenAt > since, ct);
    }

    /// <summary>Ends one session of an account; one that is over, or another's, is left as it is.</summary>
    /// <returns>Whether it was ended.</returns>
    public async Task<bool> EndAsync(Guid account, Guid session, SessionEnd why, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await EndAllAsync(db.AccountSessions.Where(s => s.UserId == account && s.Id == session), why, ct) > 0;
    }

    /// <summary>Ends all sessions of an account, or all but one.</summary>
    /// <returns>How many were ended.</returns>
    public async Task<int> EndAllAsync(Guid account, SessionEnd why, Guid? butNot = null, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await EndAllAsync(db.AccountSessions.Where(s => s.UserId == account && s.Id != butNot), why, ct);
    }

    /// <summary>Removes sessions that were not used for so long that they say nothing about where a person is at home.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var since = (time.GetUtcNow() - SignInThrottle.Known).ToUnixTimeMilliseconds();
        await db.AccountSessions.Where(s => s.LastSeenAt < since).ExecuteDeleteAsync(ct);
    }

    /// <summary>The id of the session that a principal is of, or null.</summary>
    public static Guid? IdOf(ClaimsPrincipal user) => Guid.TryParse(user.FindFirstValue(SessionClaim), out var id) ? id : null;

    /// <summary>Why the session that this request's cookie was of is over, or null.</summary>
    public static SessionEnd? EndOf(HttpContext context) => context.Items.TryGetValue(s_ended, out var end) ? (SessionEnd?)end : null;

    /// <summary>What a person is told.</summary>
    public static string Sentence(SessionEnd end) => end switch
    {
        SessionEnd.Password => "Your password was changed; sign in again.",
        SessionEnd.Removed => "This account was removed; ask an administrator.",
        SessionEnd.Disabled => "This account is disabled; ask an administrator.",
        SessionEnd.SignedOut => "You are signed out.",
        SessionEnd.Elsewhere => "You ended this session from another browser; sign in again.",
        SessionEnd.Administrator => "An administrator ended this session; sign in again.",
        SessionEnd.SecondFactor => "A second factor is needed here now; sign in again to set it up.",
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

    // A cookie that was not used for as long is not valid any more.
    private long Oldest => (time.GetUtcNow() - AccountsRegistration.SessionLength).ToUnixTimeMilliseconds();

    private Task<int> EndAllAsync(IQueryable<AccountSession> sessions, SessionEnd why, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return sessions.Where(s => s.EndedAt == null).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.EndedAt, now).SetProperty(r => r.End, why), ct);
    }
}
