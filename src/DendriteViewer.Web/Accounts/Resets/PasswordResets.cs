using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts.Resets;

/// <summary>
/// Links by which people choose a new password: made by an administrator, or mailed to who asks. Each is good once and for a day. All of
/// an account end with any change of the password, and with one that an administrator makes; not with one that is mailed, for which anybody
/// may ask. A new password ends the account's other ways in, which somebody else may have made: see <see cref="EndedAccess"/>. One that is
/// chosen by a mailed link confirms the address.
/// </summary>
public sealed class PasswordResets(
    IDbContextFactory<DendriteDb> database, IServiceScopeFactory scopes, AuditLog audit, TimeProvider time)
{
    /// <summary>How long a link is good.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromDays(1);

    private const string Mark = "dvr_";

    /// <summary>The path of a link.</summary>
    public static string PathOf(string token) => "/account/reset?code=" + token;

    /// <summary>Makes a link for an account, in place of any before where an administrator does.</summary>
    /// <param name="account">Whose password.</param>
    /// <param name="by">Who asks; null for the person by mail.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The link's token, which is not kept.</returns>
    /// <exception cref="ArgumentException">There is no such account any more.</exception>
    public async Task<string> MakeAsync(Guid account, Person? by, CancellationToken ct = default)
    {
        var token = Mark + Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');
        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        var name = await db.Users.Where(u => u.Id == account).Select(u => u.DisplayName).FirstOrDefaultAsync(ct)
            ?? throw new ArgumentException("That account is not there any more.");
        if (by is not null)
        {
            await db.PasswordResets.Where(r => r.UserId == account).ExecuteDeleteAsync(ct);
            db.Audit.Add(audit.NewEntry(AuditKind.Password, by, $"made a link by which {name} chooses a new password",
                AuditSubject.Of(account)));
        }

        var now = time.GetUtcNow();
        db.PasswordResets.Add(new PasswordReset
        {
            TokenHash = HashOf(token), UserId = account, IsMailed = by is null, MadeAt = now.ToUnixTimeMilliseconds(),
            ExpiresAt = (now + Length).ToUnixTimeMilliseconds(),
        });
        await db.SaveChangesAsync(ct);
        await all.CommitAsync(ct);
        return token;
    }

    /// <summary>The account of a link that is good, or null.</summary>
    public async Task<AppUser?> FindAsync(string? token, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var (hash, now) = (HashOf(token ?? ""), time.GetUtcNow().ToUnixTimeMilliseconds());
        return await (from r in db.PasswordResets.AsNoTracking()
                      join u in db.Users.AsNoTracking() on r.UserId equals u.Id
                      where r.TokenHash == hash && r.ExpiresAt > now && u.DisabledAt == null
                      select u).FirstOrDefaultAsync(ct);
    }

    /// <summary>Notes that a link was mailed; one that could not be mailed is taken back.</summary>
    public async Task MailedAsync(AppUser account, string token, bool isSent, CancellationToken ct = default)
    {
        if (isSent)
        {
            await audit.RecordAsync(AuditKind.Password, null, $"mailed {account.DisplayName} a link to choose a new password",
                AuditSubject.Of(account.Id), ct);
            return;
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var hash = HashOf(token);
        await db.PasswordResets.Where(r => r.TokenHash == hash).ExecuteDeleteAsync(ct);
    }

    /// <summary>How many links an account has that were made within a time.</summary>
    public async Task<int> CountAsync(Guid account, TimeSpan within, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var since = (time.GetUtcNow() - within).ToUnixTimeMilliseconds();
        return await db.PasswordResets.CountAsync(r => r.UserId == account && r.MadeAt > since, ct);
    }

    /// <summary>Uses a link: the account gets the password, is signed out everywhere, and loses its other ways in.</summary>
    public async Task<ResetOutcome> UseAsync(string? token, string? password, CancellationToken ct = default)
    {
        if (await FindAsync(token, ct) is not { } found)
        {
            return new ResetOutcome("This link is not good any more: it or another of yours was used, it is older than a day, or "
                + "an administrator made another; ask for another.");
        }

        using var scope = scopes.CreateScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        if (PasswordRules(password, found) is { } problem)
        {
            return new ResetOutcome(problem);
        }

        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        var hash = HashOf(token!);
        var isMailed = await db.PasswordResets.AnyAsync(r => r.TokenHash == hash && r.IsMailed, ct);
        if (await db.PasswordResets.Where(r => r.TokenHash == hash).ExecuteDeleteAsync(ct) != 1)
        {
            return new ResetOutcome("This link was used just now; ask for another.");
        }

        await db.PasswordResets.Where(r => r.UserId == found.Id).ExecuteDeleteAsync(ct);

        var account = await db.Users.FirstAsync(u => u.Id == found.Id, ct);
        account.PasswordHash = users.PasswordHasher.HashPassword(account, password!);
        account.SecurityStamp = Guid.NewGuid().ToString("N");
        account.ConcurrencyStamp = Guid.NewGuid().ToString();
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db.AccountSessions.Where(s => s.UserId == account.Id && s.EndedAt == null).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.EndedAt, now).SetProperty(r => r.End, SessionEnd.Password), ct);
        var ended = await EndedAccess.EndAsync(db, account, now, ct);
        var isProved = isMailed && !account.EmailConfirmed;
        account.EmailConfirmed |= isMailed;
        db.Audit.Add(audit.NewEntry(AuditKind.Password, new Person(account.Id.ToString(), account.DisplayName),
            $"chose a new password by a link{(isProved ? ", which was mailed and confirms the address" : "")}"
                + (ended.Words is { } words ? $"; ended {words}" : ""), AuditSubject.Of(account.Id)));
        await db.SaveChangesAsync(ct);
        await all.CommitAsync(ct);
        return new ResetOutcome(null, ended);
    }

    /// <summary>Ends the links of an account whose password was changed otherwise.</summary>
    public async Task EndAsync(Guid account, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        await db.PasswordResets.Where(r => r.UserId == account).ExecuteDeleteAsync(ct);
    }

    /// <summary>Removes links that ended.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await db.PasswordResets.Where(r => r.ExpiresAt < now).ExecuteDeleteAsync(ct);
    }

    private static string? PasswordRules(string? password, AppUser account) =>
        SignIn.PasswordRules.Problem(password ?? "", account.DisplayName, account.Email);

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
