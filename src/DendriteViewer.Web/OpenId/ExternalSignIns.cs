using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Members;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.OpenId;

/// <summary>Why who signed in at a provider is not signed in here.</summary>
public enum ExternalRefusal
{
    /// <summary>What came back was not asked for by this browser, or was used already.</summary>
    Again,

    /// <summary>The provider does not answer.</summary>
    Away,

    /// <summary>The person did not consent there.</summary>
    Denied,

    /// <summary>What the provider answered is not valid.</summary>
    Failed,

    /// <summary>The provider tells no e-mail.</summary>
    NoEmail,

    /// <summary>The provider has not verified the e-mail.</summary>
    NotVerified,

    /// <summary>The e-mail is of a domain that the configuration does not name.</summary>
    Domain,

    /// <summary>Nobody with that e-mail has an account or is invited.</summary>
    NoAccount,

    /// <summary>The account with that e-mail was made by somebody who did not prove that the address is theirs.</summary>
    Unproven,

    /// <summary>The account is linked to somebody else at the same provider.</summary>
    OtherLogin,

    /// <summary>The login is linked to another account than the one that is signed in.</summary>
    OtherAccount,

    /// <summary>The account may not sign in.</summary>
    Disabled,

    /// <summary>The person was to sign in there again, and the provider says that they last did some time ago.</summary>
    Stale,

    /// <summary>The person was to sign in there again, and the provider does not say when they last did.</summary>
    Untimed,

    /// <summary>Somebody else signed in there than the one whose account it is here.</summary>
    Another,
}

/// <summary>What becomes of a sign-in at a provider: an account, or why there is none.</summary>
/// <param name="Account">The account, or null.</param>
/// <param name="Refusal">Why there is none, or null.</param>
public readonly record struct ExternalOutcome(AppUser? Account, ExternalRefusal? Refusal)
{
    public static implicit operator ExternalOutcome(AppUser account) => new(account, null);

    public static implicit operator ExternalOutcome(ExternalRefusal refusal) => new(null, refusal);
}

/// <summary>
/// Finds the account of who signed in at a provider. A login that is linked finds its account whatever its e-mail is now. One that is not
/// is linked once by an e-mail that the provider has verified; never to an account that has another login of that provider, since
/// providers give addresses of people who left to others, and never to one whose own e-mail nobody confirmed: whoever took an invitation
/// may have typed the address of somebody else, and would share the account with them.
/// </summary>
public sealed class ExternalSignIns(
    UserManager<AppUser> users, OpenIdProviders providers, GroupClaims groups, Invitations invitations, AuditLog audit)
{
    /// <summary>The account to sign in.</summary>
    public async Task<ExternalOutcome> FindAsync(ExternalPerson person, CancellationToken ct = default)
    {
        if (providers.Find(person.Provider) is not { } provider)
        {
            return ExternalRefusal.Failed;
        }

        var account = await users.FindByLoginAsync(provider.IssuerKey, person.Subject);
        if (account is null)
        {
            var outcome = await LinkByEmailAsync(provider, person);
            if (outcome.Account is null)
            {
                return outcome;
            }

            account = outcome.Account;
        }

        if (account.DisabledAt is not null)
        {
            return ExternalRefusal.Disabled;
        }

        await groups.SyncAsync(account, provider, person.Groups, ct);
        return account;
    }

    /// <summary>Links a login to the account of who is signed in and asked for it.</summary>
    /// <returns>Why it was not linked, or null.</returns>
    public async Task<ExternalRefusal?> LinkAsync(AppUser account, ExternalPerson person)
    {
        if (providers.Find(person.Provider) is not { } provider)
        {
            return ExternalRefusal.Failed;
        }

        if (await users.FindByLoginAsync(provider.IssuerKey, person.Subject) is { } linked)
        {
            return linked.Id == account.Id ? null : ExternalRefusal.OtherAccount;
        }

        if (await HasLoginAsync(account, provider))
        {
            return ExternalRefusal.OtherLogin;
        }

        return await AddAsync(account, provider, person, "linked a login at") ? null : ExternalRefusal.Failed;
    }

    /// <summary>
    /// Notes that who is signed in here has just proved at a provider who they are. What counts is when they did, as the provider says: one
    /// that answers from a session of its own proves nothing.
    /// </summary>
    /// <returns>Why that proves nothing, or null.</returns>
    public async Task<ExternalRefusal?> ConfirmAsync(
        Confirmations confirmations, ClaimsPrincipal user, AppUser account, ExternalPerson person)
    {
        if (providers.Find(person.Provider) is not { } provider
            || (await users.FindByLoginAsync(provider.IssuerKey, person.Subject))?.Id != account.Id)
        {
            return ExternalRefusal.Another;
        }

        if (person.ProvedAt is not { } at)
        {
            return ExternalRefusal.Untimed;
        }

        if (!confirmations.Counts(at))
        {
            return ExternalRefusal.Stale;
        }

        await confirmations.NoteAsync(user, at, "the provider " + provider.Name);
        return null;
    }

    /// <summary>Takes a login off an account, unless the account could not sign in then.</summary>
    /// <exception cref="ArgumentException">It is the only way to sign in.</exception>
    public async Task UnlinkAsync(AppUser account, string issuer, string subject)
    {
        var logins = await users.GetLoginsAsync(account);
        if (logins.FirstOrDefault(l => l.LoginProvider == issuer && l.ProviderKey == subject) is not { } login)
        {
            return;
        }

        if (logins.Count == 1 && !await users.HasPasswordAsync(account))
        {
            throw new ArgumentException(
                "This is the only way in which this account can sign in; first choose a password by a link, which an administrator makes.");
        }

        await audit.RecordAsync(AuditKind.Account, PersonOf(account), $"took the login at {login.ProviderDisplayName} off their account",
            AuditSubject.Of(account.Id));
        await users.RemoveLoginAsync(account, issuer, subject);
        await groups.EndAsync(account, issuer);
    }

    private async Task<ExternalOutcome> LinkByEmailAsync(OpenIdOptions provider, ExternalPerson person)
    {
        if (person.Email is not { } email)
        {
            return ExternalRefusal.NoEmail;
        }

        if (!person.IsVerified)
        {
            return ExternalRefusal.NotVerified;
        }

        var domain = email[(email.LastIndexOf('@') + 1)..];
        if (provider.Domains.Length > 0 && !provider.Domains.Contains(domain, StringComparer.OrdinalIgnoreCase))
        {
            return ExternalRefusal.Domain;
        }

        if (await users.FindByEmailAsync(email) is not { } account)
        {
            // Whom an owner invited by this e-mail gets an account where others need an administrator for one.
            return provider.NewAccounts || await invitations.IsInvitedAsync(email)
                ? await MakeAsync(provider, person, email) : ExternalRefusal.NoAccount;
        }

        return account.DisabledAt is not null ? ExternalRefusal.Disabled
            : await HasLoginAsync(account, provider) ? ExternalRefusal.OtherLogin
            : !account.EmailConfirmed ? ExternalRefusal.Unproven
            : await AddAsync(account, provider, person, "linked by their verified e-mail a login at") ? account : ExternalRefusal.Failed;
    }

    private async Task<ExternalOutcome> MakeAsync(OpenIdOptions provider, ExternalPerson person, string email)
    {
        var account = new AppUser { UserName = email, Email = email, EmailConfirmed = true, DisplayName = NameFor(person, email) };
        await audit.RecordAsync(AuditKind.Account, null, $"makes an account for {email}, who signed in at {provider.Name}");
        return (await users.CreateAsync(account)).Succeeded && await AddAsync(account, provider, person, "got an account by a login at")
            ? account : ExternalRefusal.Failed;
    }

    private static string NameFor(ExternalPerson person, string email)
    {
        try
        {
            People.CheckName(person.Name ?? "");
            return person.Name!.Trim();
        }
        catch (ArgumentException)
        {
            var before = email[..Math.Max(email.LastIndexOf('@'), 1)];
            return before[..Math.Min(before.Length, 80)];
        }
    }

    private async Task<bool> AddAsync(AppUser account, OpenIdOptions provider, ExternalPerson person, string what)
    {
        await audit.RecordAsync(AuditKind.Account, PersonOf(account), $"{what} {provider.Name}", AuditSubject.Of(account.Id));
        return (await users.AddLoginAsync(account, new UserLoginInfo(provider.IssuerKey, person.Subject, provider.Name))).Succeeded;
    }

    private async Task<bool> HasLoginAsync(AppUser account, OpenIdOptions provider) =>
        (await users.GetLoginsAsync(account)).Any(l => l.LoginProvider == provider.IssuerKey);

    private static Person PersonOf(AppUser account) => new(account.Id.ToString(), account.DisplayName);
}
