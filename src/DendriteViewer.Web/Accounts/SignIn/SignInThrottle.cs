using System.Security.Cryptography;
using System.Text;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>What is guessed at.</summary>
/// <param name="Name">Keeps the counts of each apart.</param>
/// <param name="FreeOfAccount">Failures of one account, from all unknown networks together, that cost no delay.</param>
public sealed record ThrottlePurpose(string Name, int FreeOfAccount)
{
    /// <summary>The password.</summary>
    public static readonly ThrottlePurpose Password = new("password", 100);

    /// <summary>The code of the second factor: only who has the password gets here, and there are but a million codes.</summary>
    public static readonly ThrottlePurpose Code = new("code", 10);
}

/// <summary>An attempt that was counted, or that has to wait.</summary>
/// <param name="Wait">How long to wait before another attempt is looked at; zero where this one is.</param>
/// <param name="Keys">What it was counted by.</param>
public sealed record SignInAttempt(TimeSpan Wait, IReadOnlyList<string> Keys);

/// <summary>
/// Makes guessing slow without letting anybody lock somebody else out. Failures are counted in the database, which all servers share, by
/// account and network together, by network, and by account. Beyond a number that is free each failure doubles the time until the next
/// attempt is looked at, up to a quarter of an hour; a quarter of an hour without a failure forgives one.
///
/// From a network that the account signed in from in the last 90 days, only the failures of this account from this network count. Whoever
/// guesses from elsewhere, however much, does not delay a person at their usual place. From other networks all three count, and the count
/// of the account is generous: it stops many machines that guess a little each, and little else.
///
/// An attempt is counted before the password is looked at and taken back if it was right, so that a thousand at the same moment are not
/// all looked at.
/// </summary>
public sealed class SignInThrottle(IDbContextFactory<DendriteDb> database, TimeProvider time)
{
    /// <summary>Failures of one account from one network that cost no delay.</summary>
    public const int FreeOfPair = 5;

    /// <summary>Failures of one network, of whichever accounts, that cost no delay.</summary>
    public const int FreeOfNetwork = 20;

    /// <summary>The longest delay, and the time that forgives one failure.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>How long a network is known after the account was last used from it.</summary>
    public static readonly TimeSpan Known = TimeSpan.FromDays(90);

    private const int MostTries = 20;

    /// <summary>Counts an attempt as a failure, or says how long to wait.</summary>
    /// <param name="purpose">What is guessed at.</param>
    /// <param name="account">The account, or what was typed in its place, whether or not there is one.</param>
    /// <param name="network">The network that it comes from.</param>
    /// <param name="isKnown">Whether the account signed in from there of late.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<SignInAttempt> BeginAsync(
        ThrottlePurpose purpose, string account, string network, bool isKnown, CancellationToken ct = default)
    {
        var counted = new List<string>();
        (string What, int Free)[] counts = isKnown ? [($"pair\n{account}\n{network}", FreeOfPair)]
            : [($"pair\n{account}\n{network}", FreeOfPair), ($"network\n{network}", FreeOfNetwork),
                ($"account\n{account}", purpose.FreeOfAccount)];
        foreach (var (what, free) in counts)
        {
            var key = KeyOf(purpose, what);
            if (await CountAsync(key, free, ct) is { } wait)
            {
                await TakeBackAsync(counted, ct);
                return new SignInAttempt(wait, []);
            }

            counted.Add(key);
        }

        return new SignInAttempt(TimeSpan.Zero, counted);
    }

    /// <summary>Takes an attempt back that was right; earlier failures of this account from this network are forgotten.</summary>
    public async Task SucceededAsync(SignInAttempt attempt, CancellationToken ct = default)
    {
        await using (var db = await database.CreateDbContextAsync(ct))
        {
            var pair = attempt.Keys[0];
            await db.SignInCounts.Where(c => c.Key == pair).ExecuteDeleteAsync(ct);
        }

        await TakeBackAsync(attempt.Keys.Skip(1), ct);
    }

    /// <summary>Removes counts that are forgiven.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var now = Now;
        var longest = Longest.TotalMilliseconds;
        await db.SignInCounts.Where(c => c.At + (c.Failures * longest) < now).ExecuteDeleteAsync(ct);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>How long to wait after the last of a number of failures.</summary>
    internal static TimeSpan DelayOf(double failures, int free) => failures < free ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, Math.Pow(2, Math.Floor(failures - free))));

    // Null where it was counted. A row is only replaced while it is what was read: others may count at the same moment.
    private async Task<TimeSpan?> CountAsync(string key, int free, CancellationToken ct)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            await using var db = await database.CreateDbContextAsync(ct);
            var now = Now;
            var row = await db.SignInCounts.AsNoTracking().FirstOrDefaultAsync(c => c.Key == key, ct);
            if (row is null)
            {
                db.SignInCounts.Add(new SignInCount { Key = key, Failures = 1, At = now });
                try
                {
                    await db.SaveChangesAsync(ct);
                    return null;
                }
                catch (DbUpdateException)
                {
                    continue;
                }
            }

            var since = TimeSpan.FromMilliseconds(Math.Max(0, now - row.At));
            var failures = Math.Max(0, row.Failures - (since / Longest));
            if (DelayOf(row.Failures, free) - since is var wait && wait > TimeSpan.Zero)
            {
                return wait;
            }

            var (was, at) = (row.Failures, row.At);
            if (await db.SignInCounts.Where(c => c.Key == key && c.Failures == was && c.At == at).ExecuteUpdateAsync(
                s => s.SetProperty(c => c.Failures, failures + 1).SetProperty(c => c.At, now), ct) == 1)
            {
                return null;
            }
        }

        // So many at the same moment are guesses.
        return TimeSpan.FromSeconds(1);
    }

    private async Task TakeBackAsync(IEnumerable<string> keys, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        foreach (var key in keys)
        {
            await db.SignInCounts.Where(c => c.Key == key).ExecuteUpdateAsync(
                s => s.SetProperty(c => c.Failures, c => c.Failures > 1 ? c.Failures - 1 : 0), ct);
        }
    }

    // What was typed as an e-mail may be a password, so that it is not kept.
    private static string KeyOf(ThrottlePurpose purpose, string what) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{purpose.Name}\n{what}")))[..40];
}
