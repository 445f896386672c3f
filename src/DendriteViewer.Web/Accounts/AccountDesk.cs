using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Hosting;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// What administrators do with how others sign in. Whoever calls has been authorized as administrator.
/// </summary>
public sealed class AccountDesk(
    PasswordResets resets, SecondFactor second, AccountSessions sessions, AuditLog audit, PublicAddress? address = null)
{
    /// <summary>Makes a link to choose a new password; its token is returned and not kept.</summary>
    public Task<string> LinkAsync(Guid account, Person by) => resets.MakeAsync(account, by);

    /// <summary>The whole address of a path, where the server's is configured.</summary>
    public string? AddressOf(string path) => address?.Of(path);

    /// <summary>Takes a second factor off whose owner lost phone and recovery codes.</summary>
    public Task TakeSecondFactorAsync(Guid account, Person by) => second.DisableAsync(account, by);

    /// <summary>Ends all sessions of an account.</summary>
    public async Task SignOutAsync(AppUser account, Person by)
    {
        await audit.RecordAsync(AuditKind.Session, by, $"ended all sessions of {account.DisplayName}", AuditSubject.Of(account.Id));
        await sessions.EndAllAsync(account.Id, SessionEnd.Administrator);
    }
}
