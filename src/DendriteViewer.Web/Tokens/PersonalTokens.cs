using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Tokens;

/// <summary>What a person wants of a new token.</summary>
/// <param name="Name">What it is called: 1 to 80 characters.</param>
/// <param name="Scopes">What it may do; reading is always in it.</param>
/// <param name="Days">After how many days it ends: 1 to 366.</param>
public sealed record TokenOrder(string Name, TokenScopes Scopes, int Days);

/// <summary>A token as lists show it: everything but the secret, which is not kept.</summary>
/// <param name="Id">Key.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Owner">The account in whose name it asks.</param>
/// <param name="OwnerName">That account's name.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made, Unix milliseconds.</param>
/// <param name="ExpiresAt">When it ends, Unix milliseconds.</param>
/// <param name="LastUsedAt">When it was used last, Unix milliseconds, to the minute; null where it never was.</param>
public sealed record TokenFacts(
    Guid Id, string Name, Guid Owner, string OwnerName, TokenScopes Scopes, long CreatedAt, long ExpiresAt, long? LastUsedAt);

/// <summary>What became of a token that a request came with.</summary>
/// <param name="Account">Whose it is, where it lets that person in.</param>
/// <param name="Token">The token, where it lets somebody in.</param>
/// <param name="Refusal">One sentence why it does not; null where it does.</param>
public sealed record TokenCheck(AppUser? Account, PersonalToken? Token, string? Refusal);

/// <summary>Makes, checks and revokes personal access tokens. Whoever calls has been authorized.</summary>
public sealed class PersonalTokens(IDbContextFactory<DendriteDb> database, AuditLog audit, TimeProvider time)
{
    /// <summary>What every token begins with, by which redactors and scanners for secrets know one.</summary>
    public const string Mark = "dvp_";

    /// <summary>How many tokens an account may have open.</summary>
    public const int Most = 50;

    /// <summary>The longest that a token may be open, in days.</summary>
    public const int MostDays = 366;

    private const int SecretBytes = 30, LongestName = 80, LongestText = 200;

    // Each use would be a write; a minute is as exact as anybody needs to see whether a token is in use.
    private static readonly TimeSpan s_useResolution = TimeSpan.FromMinutes(1);

    /// <summary>Makes a token of who asks, if they proved a short while ago who they are.</summary>
    /// <returns>Its text, which is shown once and not kept.</returns>
    /// <exception cref="ArgumentException">They did not, or as <see cref="CreateAsync"/>.</exception>
    public async Task<string> MakeAsync(ClaimsPrincipal user, TokenOrder order, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (!Guid.TryParse(user.FindFirstValue(ClaimTypes.NameIdentifier), out var account)
            || !await Confirmations.HoldAsync(db, user, time, ct))
        {
            throw new ArgumentException(Confirmations.Needed);
        }

        return (await CreateAsync(account, order, ct)).Text;
    }

    /// <summary>Makes a token of an account. Whoever calls knows that its person asks for it.</summary>
    /// <returns>Its key, and its text, which is shown once and not kept.</returns>
    /// <exception cref="ArgumentException">Name, end or scopes cannot be, or the account has too many.</exception>
    public async Task<(Guid Id, string Text)> CreateAsync(Guid account, TokenOrder order, CancellationToken ct = default)
    {
        if (order.Name?.Trim() is not { Length: > 0 and <= LongestName } name || name.Any(char.IsControl))
        {
            throw new ArgumentException($"A token's name has 1 to {LongestName} characters.");
        }

        if (order.Days is < 1 or > MostDays)
        {
            throw new ArgumentException($"A token ends after 1 to {MostDays} days; this would be {order.Days}.");
        }

        if ((order.Scopes & ~TokenRights.Everything) != 0)
        {
            throw new ArgumentException("A token's scopes are read, annotate, import and manage.");
        }

        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        var ms = now.ToUnixTimeMilliseconds();
        if (await db.Tokens.CountAsync(t => t.UserId == account && t.RevokedAt == null && t.ExpiresAt > ms, ct) >= Most)
        {
            throw new ArgumentException($"An account has at most {Most} tokens; revoke one that is not used any more.");
        }

        var text = Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var token = new PersonalToken
        {
            Id = Guid.NewGuid(), UserId = account, Hash = HashOf(text), Name = name, Scopes = order.Scopes | TokenScopes.Read,
            CreatedAt = ms, ExpiresAt = now.AddDays(order.Days).ToUnixTimeMilliseconds(),
        };
        db.Tokens.Add(token);
        var owner = await OwnerAsync(db, account, ct) ?? throw new ArgumentException("That account is not there any more.");
        db.Audit.Add(audit.NewEntry(AuditKind.Token, owner,
            $"made the access token “{name}” ({token.Scopes.Words()}), which ends after {order.Days} days", new(Key: token.Id.ToString())));
        await db.SaveChangesAsync(ct);
        return (token.Id, text);
    }

    /// <summary>Whom a token's text lets in, and notes that it was used.</summary>
    public async Task<TokenCheck> CheckAsync(string text, CancellationToken ct = default)
    {
        // Nobody learns by the answer or its time how near a guess was: what is looked for is a hash.
        if (text.Length > LongestText)
        {
            return new TokenCheck(null, null, "No such access token.");
        }

        var hash = HashOf(text);
        await using var db = await database.CreateDbContextAsync(ct);
        if (await db.Tokens.AsNoTracking().FirstOrDefaultAsync(t => t.Hash == hash, ct) is not { } token
            || await db.Users.AsNoTracking().FirstOrDefaultAsync(u => u.Id == token.UserId, ct) is not { } account)
        {
            return new TokenCheck(null, null, "No such access token.");
        }

        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        if ((account.DisabledAt is null ? EndOf(token, now) : "This account is disabled; ask an administrator.") is { } refusal)
        {
            return new TokenCheck(null, null, refusal);
        }

        var stale = now - (long)s_useResolution.TotalMilliseconds;
        if (token.LastUsedAt is null || token.LastUsedAt < stale)
        {
            await db.Tokens.Where(t => t.Id == token.Id && (t.LastUsedAt == null || t.LastUsedAt < stale))
                .ExecuteUpdateAsync(s => s.SetProperty(t => t.LastUsedAt, now), ct);
        }

        return new TokenCheck(account, token, null);
    }

    /// <summary>Why a token lets nobody in, as a sentence, or null while it does.</summary>
    public static string? EndOf(PersonalToken token, long now) =>
        token.RevokedAt is not null ? "This access token was revoked; make a new one on the page Access tokens."
        : token.ExpiresAt <= now ? "This access token has ended; make a new one on the page Access tokens." : null;

    /// <summary>The open tokens of one account, or of all (null), newest first.</summary>
    public async Task<IReadOnlyList<TokenFacts>> ListAsync(Guid? account, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return await (
            from t in db.Tokens
            join u in db.Users on t.UserId equals u.Id
            where (account == null || t.UserId == account) && t.RevokedAt == null && t.ExpiresAt > now
            orderby t.CreatedAt descending
            select new TokenFacts(t.Id, t.Name, u.Id, u.DisplayName, t.Scopes, t.CreatedAt, t.ExpiresAt, t.LastUsedAt)).ToListAsync(ct);
    }

    /// <summary>Ends a token at once: its requests are refused, and its open connections end within seconds.</summary>
    /// <param name="by">Who ends it.</param>
    /// <param name="id">The token.</param>
    /// <param name="account">Whose it must be, or null for anybody's, by an administrator.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>Whether there was such a token to end.</returns>
    public async Task<bool> RevokeAsync(Person by, Guid id, Guid? account, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (await db.Tokens.FirstOrDefaultAsync(
            t => t.Id == id && (account == null || t.UserId == account) && t.RevokedAt == null, ct) is not { } token)
        {
            return false;
        }

        var owner = await OwnerAsync(db, token.UserId, ct);
        token.RevokedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
        db.Audit.Add(audit.NewEntry(AuditKind.Token, by,
            $"revoked the access token “{token.Name}” of {owner?.Name}", new(Key: token.Id.ToString())));
        await db.SaveChangesAsync(ct);
        return true;
    }

    /// <summary>Ends all tokens of an account, as when it is disabled. Whoever does it records that.</summary>
    /// <returns>How many ended.</returns>
    internal static Task<int> RevokeAllAsync(DendriteDb db, Guid account, long now, CancellationToken ct = default) =>
        db.Tokens.Where(t => t.UserId == account && t.RevokedAt == null && t.ExpiresAt > now)
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.RevokedAt, now), ct);

    private static Task<Person?> OwnerAsync(DendriteDb db, Guid account, CancellationToken ct) =>
        db.Users.Where(u => u.Id == account).Select(u => new Person(u.Id.ToString(), u.DisplayName)).FirstOrDefaultAsync(ct);

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
