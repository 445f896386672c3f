using DendriteViewer.Web.Data;
using DendriteViewer.Web.Tokens;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Accounts.Resets;

/// <summary>
/// Ways into an account, besides its sessions, that ended when it got another password by a link or an administrator. Somebody else may
/// have made them: access tokens always end. Whoever has an account whose address nobody confirmed may never have been who has the
/// address, so that logins at providers and the second factor end too.
/// </summary>
/// <param name="Tokens">How many access tokens.</param>
/// <param name="Logins">How many logins at providers.</param>
/// <param name="SecondFactor">Whether the second factor was taken off.</param>
public sealed record EndedAccess(int Tokens, int Logins, bool SecondFactor)
{
    /// <summary>What ended, as “2 access tokens and the second factor”; null for nothing.</summary>
    public string? Words
    {
        get
        {
            string[] parts =
            [
                .. Counted(Tokens, "access token", "access tokens"), .. Counted(Logins, "login at a provider", "logins at providers"),
                .. SecondFactor ? ["the second factor"] : Array.Empty<string>(),
            ];
            return parts.Length == 0 ? null : string.Join(" and ", parts);
        }
    }

    /// <summary>Ends them. What is read of the account is what held before; the caller saves it.</summary>
    /// <param name="db">A database in a transaction.</param>
    /// <param name="account">The account, which that database follows.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="ct">Stops it.</param>
    internal static async Task<EndedAccess> EndAsync(DendriteDb db, AppUser account, long now, CancellationToken ct = default)
    {
        var tokens = await PersonalTokens.RevokeAllAsync(db, account.Id, now, ct);
        if (account.EmailConfirmed)
        {
            return new EndedAccess(tokens, 0, false);
        }

        var logins = await db.UserLogins.Where(l => l.UserId == account.Id).ExecuteDeleteAsync(ct);
        await db.GroupMembers.Where(m => m.UserId == account.Id && m.Source != GroupMember.ByHand).ExecuteDeleteAsync(ct);
        var hadFactor = account.TwoFactorEnabled;
        await SignIn.SecondFactor.ForgetAsync(db, account.Id, ct);
        account.TwoFactorEnabled = false;
        return new EndedAccess(tokens, logins, hadFactor);
    }

    private static string[] Counted(int count, string one, string many) => count == 0 ? [] : [$"{count} {(count == 1 ? one : many)}"];
}

/// <summary>What became of a link to choose a password.</summary>
/// <param name="Refusal">Why it was refused, one sentence; null where the password was changed.</param>
/// <param name="Ended">What ended with the old password, besides the sessions; null where it was refused.</param>
public sealed record ResetOutcome(string? Refusal, EndedAccess? Ended = null);

/// <summary>A password that an administrator gave an account.</summary>
/// <param name="Password">The password, which is not kept.</param>
/// <param name="Ended">What ended with the old one, besides the sessions.</param>
public sealed record GivenPassword(string Password, EndedAccess Ended);
