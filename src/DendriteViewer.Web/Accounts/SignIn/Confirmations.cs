using System.Security.Claims;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using DendriteViewer.Web.Tokens;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>
/// Whether a session's person proved a short while ago who they are. It is asked before what outlives the session: an access token, a
/// second factor, a login at a provider, an account, a role, a place in a group, an invitation. Whoever finds a browser that was left open
/// gets none of them.
/// </summary>
public sealed class Confirmations(IDbContextFactory<DendriteDb> database, AuditLog audit, TimeProvider time)
{
    /// <summary>The page that asks for the proof.</summary>
    public const string Path = "/account/confirm";

    /// <summary>What a person is told where the proof is missing or too old.</summary>
    public const string Needed = "First confirm that it is you; the last time is more than a quarter of an hour ago.";

    /// <summary>How long a proof counts.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    /// <summary>The address of the page that asks for the proof, and then leads on.</summary>
    /// <param name="next">Where to go afterwards.</param>
    public static string PathTo(string? next) => ReturnPath.With(Path, next);

    /// <summary>Whether the person behind a session has proved it lately.</summary>
    public async Task<bool> HoldAsync(ClaimsPrincipal user, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await HoldAsync(db, user, time, ct);
    }

    /// <summary>Who somebody is, where they proved it lately.</summary>
    /// <exception cref="ArgumentException">They did not; the message is <see cref="Needed"/>.</exception>
    public async Task<ConfirmedPerson> RequireAsync(ClaimsPrincipal user, CancellationToken ct = default) =>
        await HoldAsync(user, ct) ? new ConfirmedPerson(user.PersonOf()) : throw new ArgumentException(Needed);

    /// <summary>As the other one, in a database that is open. The demo's owner has no session, and nothing to prove it by.</summary>
    internal static async Task<bool> HoldAsync(DendriteDb db, ClaimsPrincipal user, TimeProvider time, CancellationToken ct)
    {
        var (account, session, _) = await AccountSessions.FindAsync(db, user, ct);
        return account is not null && user.TokenOf() is null && (session is null || Counts(session.ConfirmedAt, time));
    }

    /// <summary>Whether a proof of a time counts now.</summary>
    /// <param name="at">When it was given.</param>
    public bool Counts(DateTimeOffset? at) => at is { } given && Counts(given.ToUnixTimeMilliseconds(), time);

    /// <summary>Notes that the person behind a session proved who they are.</summary>
    /// <param name="user">Who asks, by a session.</param>
    /// <param name="at">When; a time to come, as of a provider whose clock is ahead, is now.</param>
    /// <param name="way">How, as “password”.</param>
    /// <param name="ct">Stops it.</param>
    public async Task NoteAsync(ClaimsPrincipal user, DateTimeOffset at, string way, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (await AccountSessions.FindAsync(db, user, ct) is not { Account: { } account, Session: { } session })
        {
            return;
        }

        var ms = Math.Min(at.ToUnixTimeMilliseconds(), time.GetUtcNow().ToUnixTimeMilliseconds());
        await db.AccountSessions.Where(s => s.Id == session.Id && s.ConfirmedAt < ms)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.ConfirmedAt, ms), ct);
        await audit.TryRecordAsync(AuditKind.SignIn, user.PersonOf(), $"confirmed by {way} that it is them", AuditSubject.Of(account.Id));
    }

    private static bool Counts(long at, TimeProvider time) => at > (time.GetUtcNow() - Length).ToUnixTimeMilliseconds();
}
