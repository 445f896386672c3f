using System.Security.Claims;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Limits;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Accounts.SignIn;

/// <summary>
/// Signs people in and out: password, then the code of a second factor unless this browser was remembered, then a session of its own with
/// its row and cookie. Whether there is an account of an e-mail, neither the answer nor the work tells: one password is hashed in any case.
/// </summary>
public sealed class AccountSignIn(
    UserManager<AppUser> users, SignInManager<AppUser> manager, AccountSessions sessions, SignInThrottle throttle, SecondFactor second,
    UnknownPassword unknown, AuditLog audit, TimeProvider time)
{
    private const string Wrong = "E-mail or password is wrong. "
        + "After many tries none is looked at for a while, the right one neither: then wait a quarter of an hour.";
    private static readonly Person s_nobody = new("", AuditLog.Somebody);

    /// <summary>Tries a password.</summary>
    public async Task<SignInOutcome> TryAsync(HttpContext context, string? email, string? password)
    {
        var account = await users.FindByEmailAsync(email?.Trim() ?? "");
        var network = NetworkOf(context);
        var isKnown = account is not null && await sessions.IsKnownAsync(account.Id, network);
        var attempt = await throttle.BeginAsync(
            ThrottlePurpose.Password, users.NormalizeEmail(email?.Trim()) ?? "", network, isKnown, context.RequestAborted);
        if (attempt.Wait > TimeSpan.Zero)
        {
            // The same sentence and work as for a wrong password: an account that is known in this network waits later than others, so that
            // a sentence of its own would tell which e-mails have one.
            unknown.Check(password);
            return new SignInOutcome(SignInStep.Refused, Wrong);
        }

        var isRight = password is { Length: <= PasswordRules.Most } && account?.PasswordHash is not null
            ? await users.CheckPasswordAsync(account, password) : unknown.Check(password);
        if (!isRight || account is null)
        {
            await audit.TryRecordAsync(
                AuditKind.SignInFailed, s_nobody, account is null ? "gave an e-mail that no account has"
                    : $"gave a wrong password for {account.DisplayName}", account is null ? default : AuditSubject.Of(account.Id));
            return new SignInOutcome(SignInStep.Refused, Wrong);
        }

        await throttle.SucceededAsync(attempt, context.RequestAborted);
        if (account.DisabledAt is not null)
        {
            await audit.TryRecordAsync(
                AuditKind.SignInFailed, PersonOf(account), "gave the right password of a disabled account", AuditSubject.Of(account.Id));
            return new SignInOutcome(SignInStep.Refused, AccountSessions.Sentence(SessionEnd.Disabled));
        }

        if (account.TwoFactorEnabled && !await SecondStep.IsRememberedAsync(context, account))
        {
            await SecondStep.BeginAsync(context, account);
            return new SignInOutcome(SignInStep.Code);
        }

        if (!account.TwoFactorEnabled && second.IsRequiredOf(account))
        {
            await SecondStep.BeginAsync(context, account);
            return new SignInOutcome(SignInStep.SetUp);
        }

        await BeginAsync(context, account, account.TwoFactorEnabled ? "password, in a remembered browser" : "password");
        return new SignInOutcome(SignInStep.Done);
    }

    /// <summary>Tries a code of the second factor, after the password was right.</summary>
    public async Task<SignInOutcome> TryCodeAsync(HttpContext context, string? code, bool remember)
    {
        if (await PendingAsync(context) is not { TwoFactorEnabled: true } account)
        {
            return new SignInOutcome(SignInStep.Refused, "It took too long; sign in again.");
        }

        var network = NetworkOf(context);
        var attempt = await throttle.BeginAsync(ThrottlePurpose.Code, account.Id.ToString(), network,
            await sessions.IsKnownAsync(account.Id, network), context.RequestAborted);
        if (attempt.Wait > TimeSpan.Zero)
        {
            return TooMany(attempt.Wait);
        }

        if (await second.TryAsync(account, code, context.RequestAborted) is not { } way)
        {
            await audit.TryRecordAsync(AuditKind.SignInFailed, s_nobody,
                $"gave the right password and a wrong code for {account.DisplayName}", AuditSubject.Of(account.Id));
            return new SignInOutcome(SignInStep.Refused, "This code is wrong or was used before; wait for the next one of your app.");
        }

        await throttle.SucceededAsync(attempt, context.RequestAborted);
        await BeginAsync(context, account, "password and " + way);
        if (remember)
        {
            await SecondStep.RememberAsync(context, account);
        }

        return new SignInOutcome(SignInStep.Done);
    }

    /// <summary>Whether somebody who is signed in knows their password, asked before what matters; guesses are counted as any.</summary>
    public Task<bool> ConfirmAsync(HttpContext context, AppUser account, string? password) => ConfirmAsync(
        context, account, ThrottlePurpose.Password, account.NormalizedEmail ?? "",
        async () => password is { Length: <= PasswordRules.Most } && await users.CheckPasswordAsync(account, password));

    /// <summary>Whether somebody who is signed in has their second factor, asked of who has no password here.</summary>
    public Task<bool> ConfirmByCodeAsync(HttpContext context, AppUser account, string? code) => ConfirmAsync(
        context, account, ThrottlePurpose.Code, account.Id.ToString(),
        async () => account.TwoFactorEnabled && await second.TryAsync(account, code, context.RequestAborted) is not null);

    private async Task<bool> ConfirmAsync(
        HttpContext context, AppUser account, ThrottlePurpose purpose, string whose, Func<Task<bool>> isRight)
    {
        var attempt = await throttle.BeginAsync(purpose, whose, NetworkOf(context), isKnown: true, context.RequestAborted);
        if (attempt.Wait > TimeSpan.Zero)
        {
            return false;
        }

        if (!await isRight())
        {
            await audit.TryRecordAsync(AuditKind.SignInFailed, PersonOf(account),
                purpose == ThrottlePurpose.Code ? "gave a wrong code in an open session" : "gave a wrong password in an open session",
                AuditSubject.Of(account.Id));
            return false;
        }

        await throttle.SucceededAsync(attempt, context.RequestAborted);
        return true;
    }

    /// <summary>The account whose password was right in this browser a few minutes ago, or null.</summary>
    public async Task<AppUser?> PendingAsync(HttpContext context) =>
        await SecondStep.FindAsync(context) is { } step && await users.FindByIdAsync(step.Account) is { DisabledAt: null } account
            && account.SecurityStamp == step.Stamp ? account : null;

    /// <summary>Begins a session of an account that has proved who they are.</summary>
    /// <param name="context">The request, whose answer gets the cookie.</param>
    /// <param name="account">The account.</param>
    /// <param name="way">How they proved it, as “password and code”.</param>
    /// <param name="isExternal">Whether another server vouches for them, so that no second factor is asked for here.</param>
    /// <param name="provedAt">When they proved it there, where the other server says so.</param>
    public async Task BeginAsync(
        HttpContext context, AppUser account, string way, bool isExternal = false, DateTimeOffset? provedAt = null)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var session = new AccountSession
        {
            Id = Guid.NewGuid(), UserId = account.Id, BegunAt = now, LastSeenAt = now, Network = NetworkOf(context), Way = way,
            ConfirmedAt = isExternal ? Math.Min(provedAt?.ToUnixTimeMilliseconds() ?? 0, now) : now,
            IsExternal = isExternal, Browser = BrowserNames.Of(context.Request.Headers.UserAgent), Address = AddressOf(context),
        };
        await sessions.AddAsync(session, context.RequestAborted);
        await IssueAsync(account, session.Id);
        await SecondStep.EndAsync(context);
        await audit.TryRecordAsync(
            AuditKind.SignIn, PersonOf(account), $"signed in by {way}, in {session.Browser}", AuditSubject.Of(account.Id));
    }

    /// <summary>Begins the session of the first administrator, who gave the one-time code of the console.</summary>
    public async Task BeginFirstAsync(HttpContext context, AppUser account)
    {
        await audit.TryRecordAsync(
            AuditKind.Account, PersonOf(account), "made the first administrator's account", AuditSubject.Of(account.Id));
        await BeginAsync(context, account, "the one-time code");
    }

    /// <summary>Gives the browser a new cookie of its session after what the cookie carries has changed.</summary>
    public Task RefreshAsync(HttpContext context, AppUser account) =>
        AccountSessions.IdOf(context.User) is { } id ? IssueAsync(account, id) : Task.CompletedTask;

    /// <summary>Signs out in this browser; other sessions stay.</summary>
    public async Task SignOutAsync(HttpContext context)
    {
        if (AccountSessions.IdOf(context.User) is { } id && await users.GetUserAsync(context.User) is { } account
            && await sessions.EndAsync(account.Id, id, SessionEnd.SignedOut))
        {
            await audit.TryRecordAsync(AuditKind.SignOut, PersonOf(account), "signed out", AuditSubject.Of(account.Id));
        }

        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        await SecondStep.EndAsync(context);
    }

    private static string NetworkOf(HttpContext context) =>
        ClientKeys.Of(new ClaimsPrincipal(), context.Connection.RemoteIpAddress).Address;

    private static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress is { } ip
        ? (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).ToString() : "unknown";

    private static Person PersonOf(AppUser account) => new(account.Id.ToString(), account.DisplayName);

    private static SignInOutcome TooMany(TimeSpan wait) => new(
        SignInStep.Refused, $"Too many tries; try again in {Spans.Text(TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)))}.");

    private Task IssueAsync(AppUser account, Guid session) => manager.SignInWithClaimsAsync(
        account, new AuthenticationProperties { IsPersistent = true },
        [new Claim(AccountSessions.SessionClaim, session.ToString())]);
}
