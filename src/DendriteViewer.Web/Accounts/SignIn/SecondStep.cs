using System.Security.Claims;
using DendriteViewer.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>
/// Two cookies around the second factor: one says for some minutes whose password was right, and lets nobody in; the other says for a month
/// that this browser gave a code. Both carry the account's security stamp, so that a new password ends them.
/// </summary>
internal static class SecondStep
{
    /// <summary>How long somebody may take for the second step, which may be to set their app up.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(20);

    /// <summary>How long a browser is remembered.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    private static readonly string Pending = IdentityConstants.TwoFactorUserIdScheme;
    private static readonly string Remember = IdentityConstants.TwoFactorRememberMeScheme;

    /// <summary>Notes that the password was right.</summary>
    public static Task BeginAsync(HttpContext context, AppUser account) => context.SignInAsync(Pending, PrincipalOf(account, Pending));

    /// <summary>Whose password was right, and their stamp then.</summary>
    public static async Task<(string Account, string? Stamp)?> FindAsync(HttpContext context) =>
        (await context.AuthenticateAsync(Pending)).Principal is { } found && found.FindFirstValue(ClaimTypes.Name) is { } id
            ? (id, found.FindFirstValue(AccountSessions.StampClaim)) : null;

    /// <summary>The step is over.</summary>
    public static Task EndAsync(HttpContext context) => context.SignOutAsync(Pending);

    /// <summary>Lets this browser do without a code for a month.</summary>
    public static Task RememberAsync(HttpContext context, AppUser account) => context.SignInAsync(
        Remember, PrincipalOf(account, Remember), new AuthenticationProperties { IsPersistent = true });

    /// <summary>Whether this browser does without a code for this account.</summary>
    public static async Task<bool> IsRememberedAsync(HttpContext context, AppUser account) =>
        (await context.AuthenticateAsync(Remember)).Principal is { } found
            && found.FindFirstValue(ClaimTypes.Name) == account.Id.ToString()
            && found.FindFirstValue(AccountSessions.StampClaim) == account.SecurityStamp;

    private static ClaimsPrincipal PrincipalOf(AppUser account, string scheme) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, account.Id.ToString()), new Claim(AccountSessions.StampClaim, account.SecurityStamp ?? "")], scheme));
}
