using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Hosting;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// What administrators do with how others sign in. Whoever calls has been authorized as administrator. What would outlive the
/// administrator's session, as a password that is shown, a role or another administrator, asks for a proof of who they are.
/// </summary>
public sealed class AccountDesk(
    People people, PasswordResets resets, SecondFactor second, AccountSessions sessions, Confirmations confirmations, AuditLog audit,
    PublicAddress? address = null)
{
    /// <summary>Makes an account; its first password is returned and not kept.</summary>
    /// <exception cref="ArgumentException">Who they are was not proved lately, or the e-mail is taken or none.</exception>
    public async Task<string> AddAsync(string name, string email, ClaimsPrincipal by)
    {
        return await people.AddAsync(name, email, administrator: false, await confirmations.RequireAsync(by));
    }

    /// <summary>Gives an account another password, which is returned and not kept, and ends its sessions and other ways in.</summary>
    /// <exception cref="ArgumentException">Who they are was not proved lately, or the account is gone.</exception>
    public async Task<GivenPassword> ResetPasswordAsync(Guid account, ClaimsPrincipal by)
    {
        return await people.ResetPasswordAsync(account, await confirmations.RequireAsync(by));
    }

    /// <summary>Vouches for the address of an account that nobody confirmed.</summary>
    /// <exception cref="ArgumentException">Who they are was not proved lately, or the account is gone.</exception>
    public async Task ConfirmAddressAsync(Guid account, ClaimsPrincipal by)
    {
        await people.ConfirmAddressAsync(account, await confirmations.RequireAsync(by));
    }

    /// <summary>Makes a link to choose a new password; its token is returned and not kept.</summary>
    /// <exception cref="ArgumentException">Who they are was not proved lately.</exception>
    public async Task<string> LinkAsync(Guid account, ClaimsPrincipal by)
    {
        return await resets.MakeAsync(account, await confirmations.RequireAsync(by));
    }

    /// <summary>The whole address of a path, where the server's is configured.</summary>
    public string? AddressOf(string path) => address?.Of(path);

    /// <summary>Takes a second factor off whose owner lost phone and recovery codes.</summary>
    /// <exception cref="ArgumentException">Who they are was not proved lately.</exception>
    public async Task TakeSecondFactorAsync(Guid account, ClaimsPrincipal by)
    {
        await second.DisableAsync(account, await confirmations.RequireAsync(by));
    }

    /// <summary>Makes an account an administrator, or takes that away.</summary>
    /// <exception cref="ArgumentException">Who they are was not proved lately, or it is the last administrator.</exception>
    public async Task SetAdministratorAsync(Guid account, bool isAdministrator, ClaimsPrincipal by)
    {
        await people.SetAdministratorAsync(account, isAdministrator, await confirmations.RequireAsync(by));
    }

    /// <summary>Lets an account in again that was disabled.</summary>
    /// <exception cref="ArgumentException">Who they are was not proved lately, or the account is gone.</exception>
    public async Task EnableAsync(Guid account, ClaimsPrincipal by) =>
        await people.EnableAsync(account, await confirmations.RequireAsync(by));

    /// <summary>Gives somebody a role in a dataset, or takes it away (null).</summary>
    /// <exception cref="ArgumentException">Who they are was not proved lately, or it is the last owner, who cannot go.</exception>
    public async Task SetRoleAsync(DatasetIdentity dataset, Guid account, DatasetRole? role, ClaimsPrincipal by) =>
        await people.SetRoleAsync(dataset, account, role, await confirmations.RequireAsync(by));

    /// <summary>Ends all sessions of an account.</summary>
    public async Task SignOutAsync(AppUser account, Person by)
    {
        await audit.RecordAsync(AuditKind.Session, by, $"ended all sessions of {account.DisplayName}", AuditSubject.Of(account.Id));
        await sessions.EndAllAsync(account.Id, SessionEnd.Administrator);
    }
}
