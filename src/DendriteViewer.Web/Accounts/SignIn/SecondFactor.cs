using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>
/// Codes of authenticator apps as second factor, and recovery codes for a lost phone. The app's key is kept encrypted with the server's
/// keys, of recovery codes only hashes are kept. No code is taken twice, also not by two servers at the same moment.
/// </summary>
public sealed class SecondFactor(
    IDbContextFactory<DendriteDb> database, IDataProtectionProvider protection, AuditLog audit, DendriteOptions options, TimeProvider time)
{
    /// <summary>How many recovery codes somebody gets.</summary>
    public const int RecoveryCodes = 10;

    private const string Provider = "dendrite", KeyName = "totp", RecoveryName = "recovery";
    private static readonly TimeSpan SetupTime = TimeSpan.FromMinutes(30);
    private readonly IDataProtector _kept = protection.CreateProtector("second factor");
    private readonly ITimeLimitedDataProtector _offered = protection.CreateProtector("second factor offered").ToTimeLimitedDataProtector();

    /// <summary>Whether an account must have one.</summary>
    public bool IsRequiredOf(AppUser account) => IsRequired(options, account.IsAdministrator);

    /// <summary>Whether accounts of a kind must have one.</summary>
    public static bool IsRequired(DendriteOptions options, bool isAdministrator) => options.SecondFactor switch
    {
        "everybody" => true,
        "administrators" => isAdministrator,
        _ => false,
    };

    /// <summary>A new key for a person to put into their app; nothing is kept until <see cref="EnableAsync"/>.</summary>
    /// <returns>The key in base 32, and a text that brings it back from the form, for half an hour.</returns>
    public (string Key, string Offer) Offer(AppUser account)
    {
        var key = RandomNumberGenerator.GetBytes(Totp.KeyBytes);
        return (Totp.ToBase32(key), _offered.Protect($"{account.Id:N}{Convert.ToHexStringLower(key)}", SetupTime));
    }

    /// <summary>The key of an offer in base 32, or null where it is none of this account or too old.</summary>
    public string? KeyOf(AppUser account, string? offer) => Opened(account, offer) is { } key ? Totp.ToBase32(key) : null;

    /// <summary>Puts the second factor on, once a code shows that the app has the key.</summary>
    /// <returns>The recovery codes, or null where the code is wrong or the offer too old.</returns>
    public async Task<IReadOnlyList<string>?> EnableAsync(AppUser account, string? offer, string? code, CancellationToken ct = default)
    {
        if (Opened(account, offer) is not { } key || Digits(code) is not { } digits
            || Totp.Match(key, digits, time.GetUtcNow(), 0) is not { } step)
        {
            return null;
        }

        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);

        // Two forms that are sent at once put one key on. A new stamp refuses whoever would save an account that was read before.
        var stamp = NewStamp();
        if (await db.Users.Where(u => u.Id == account.Id && !u.TwoFactorEnabled).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.TwoFactorEnabled, true).SetProperty(u => u.LastCodeStep, step)
                .SetProperty(u => u.ConcurrencyStamp, stamp), ct) != 1)
        {
            return null;
        }

        await SetAsync(db, account.Id, KeyName, _kept.Protect(Convert.ToHexStringLower(key)), ct);
        var codes = await RenewAsync(db, account.Id, ct);
        db.Audit.Add(audit.NewEntry(AuditKind.SecondFactor, PersonOf(account), "set up a second factor", AuditSubject.Of(account.Id)));
        await db.SaveChangesAsync(ct);
        await all.CommitAsync(ct);
        return codes;
    }

    /// <summary>Takes a code of the app, or a recovery code, of which each is good once.</summary>
    /// <returns>How the person proved it was them, as “code”; null where it is wrong.</returns>
    public async Task<string?> TryAsync(AppUser account, string? code, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        if (Digits(code) is { } digits)
        {
            var step = await KeptAsync(db, account.Id, ct) is { } key
                ? Totp.Match(key, digits, time.GetUtcNow(), account.LastCodeStep) : null;
            var stamp = NewStamp();
            return step is { } used && await db.Users.Where(u => u.Id == account.Id && u.LastCodeStep < used).ExecuteUpdateAsync(
                s => s.SetProperty(u => u.LastCodeStep, used).SetProperty(u => u.ConcurrencyStamp, stamp), ct) == 1 ? "code" : null;
        }

        var row = await RowOf(db, account.Id, RecoveryName).AsNoTracking().FirstOrDefaultAsync(ct);
        var (was, hash) = (row?.Value, HashOf(code));
        if (was is null || hash is null || !was.Split(';').Contains(hash))
        {
            return null;
        }

        var left = string.Join(';', was.Split(';').Where(h => h != hash));
        if (await RowOf(db, account.Id, RecoveryName).Where(t => t.Value == was)
            .ExecuteUpdateAsync(s => s.SetProperty(t => t.Value, left), ct) != 1)
        {
            return null;
        }

        var count = left.Length == 0 ? 0 : left.Split(';').Length;
        await audit.TryRecordAsync(
            AuditKind.SecondFactor, PersonOf(account), $"used a recovery code; {count} are left", AuditSubject.Of(account.Id));
        return "recovery code";
    }

    /// <summary>How many recovery codes are left.</summary>
    public async Task<int> LeftAsync(AppUser account, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await RowOf(db, account.Id, RecoveryName).Select(t => t.Value).FirstOrDefaultAsync(ct) is { Length: > 0 } codes
            ? codes.Split(';').Length : 0;
    }

    /// <summary>Makes new recovery codes; those before are good no more.</summary>
    public async Task<IReadOnlyList<string>> RenewAsync(AppUser account, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var codes = await RenewAsync(db, account.Id, ct);
        db.Audit.Add(audit.NewEntry(AuditKind.SecondFactor, PersonOf(account), "made new recovery codes", AuditSubject.Of(account.Id)));
        await db.SaveChangesAsync(ct);
        return codes;
    }

    /// <summary>Takes the second factor off.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="by">Who does it: the person, or an administrator.</param>
    /// <param name="ct">Stops it.</param>
    public async Task DisableAsync(Guid account, Person? by, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        await using var all = await db.Database.BeginTransactionAsync(ct);
        await ForgetAsync(db, account, ct);
        var stamp = NewStamp();
        await db.Users.Where(u => u.Id == account).ExecuteUpdateAsync(
            s => s.SetProperty(u => u.TwoFactorEnabled, false).SetProperty(u => u.ConcurrencyStamp, stamp), ct);
        var name = await db.Users.Where(u => u.Id == account).Select(u => u.DisplayName).FirstOrDefaultAsync(ct);
        db.Audit.Add(audit.NewEntry(AuditKind.SecondFactor, by, $"took the second factor of {name} off", AuditSubject.Of(account)));
        await db.SaveChangesAsync(ct);
        await all.CommitAsync(ct);
    }

    /// <summary>Removes what is kept of an account's second factor; the caller notes that it has none any more.</summary>
    internal static Task ForgetAsync(DendriteDb db, Guid account, CancellationToken ct) =>
        db.UserTokens.Where(t => t.UserId == account && t.LoginProvider == Provider).ExecuteDeleteAsync(ct);

    private static string NewStamp() => Guid.NewGuid().ToString();

    private static Person PersonOf(AppUser account) => new(account.Id.ToString(), account.DisplayName);

    private static IQueryable<IdentityUserToken<Guid>> RowOf(DendriteDb db, Guid account, string name) =>
        db.UserTokens.Where(t => t.UserId == account && t.LoginProvider == Provider && t.Name == name);

    private static async Task SetAsync(DendriteDb db, Guid account, string name, string value, CancellationToken ct)
    {
        await RowOf(db, account, name).ExecuteDeleteAsync(ct);
        db.UserTokens.Add(new IdentityUserToken<Guid> { UserId = account, LoginProvider = Provider, Name = name, Value = value });
    }

    private static async Task<IReadOnlyList<string>> RenewAsync(DendriteDb db, Guid account, CancellationToken ct)
    {
        // 80 bits each, so that a hash without salt is safe to keep.
        string[] codes = [.. Enumerable.Range(0, RecoveryCodes).Select(_ =>
            string.Join('-', Totp.ToBase32(RandomNumberGenerator.GetBytes(10)).ToLowerInvariant().Chunk(4).Select(c => new string(c))))];
        await SetAsync(db, account, RecoveryName, string.Join(';', codes.Select(HashOf)), ct);
        return codes;
    }

    private async Task<byte[]?> KeptAsync(DendriteDb db, Guid account, CancellationToken ct)
    {
        var value = await RowOf(db, account, KeyName).Select(t => t.Value).FirstOrDefaultAsync(ct);
        try
        {
            return value is null ? null : Convert.FromHexString(_kept.Unprotect(value));
        }
        catch (CryptographicException)
        {
            // The keys that it was encrypted with are lost; recovery codes go on, and an administrator can take the factor off.
            return null;
        }
    }

    private byte[]? Opened(AppUser account, string? offer)
    {
        try
        {
            return offer is not null && _offered.Unprotect(offer) is var text
                && text.StartsWith($"{account.Id:N}", StringComparison.Ordinal)
                ? Convert.FromHexString(text.AsSpan(32)) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // Apps show a code in two groups, and people type what they see.
    private static int? Digits(string? code) => code?.Replace(" ", "").Trim() is { Length: 6 } text
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var digits) ? digits : null;

    private static string? HashOf(string? code) => code?.Replace("-", "").Replace(" ", "").Trim().ToLowerInvariant() is { Length: 16 } text
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) : null;
}
