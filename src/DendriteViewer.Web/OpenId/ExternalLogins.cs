using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.OpenId;

/// <summary>The logins at providers of who is signed in, for open pages: each question reads the account anew.</summary>
public sealed class ExternalLogins(IServiceScopeFactory scopes)
{
    /// <summary>The logins of somebody's account; none where their session is over.</summary>
    public Task<IList<UserLoginInfo>> ListAsync(ClaimsPrincipal user) => ActAsync(user, (_, _) => Task.CompletedTask);

    /// <summary>Takes a login off somebody's account.</summary>
    /// <returns>The logins that are left.</returns>
    /// <exception cref="ArgumentException">It is the only way to sign in.</exception>
    public Task<IList<UserLoginInfo>> UnlinkAsync(ClaimsPrincipal user, UserLoginInfo login) =>
        ActAsync(user, (externals, account) => externals.UnlinkAsync(account, login.LoginProvider, login.ProviderKey));

    private async Task<IList<UserLoginInfo>> ActAsync(ClaimsPrincipal user, Func<ExternalSignIns, AppUser, Task> act)
    {
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        if (!await scope.ServiceProvider.GetRequiredService<DatasetAccess>().HasAccountAsync(user)
            || await users.GetUserAsync(user) is not { } account)
        {
            return [];
        }

        await act(scope.ServiceProvider.GetRequiredService<ExternalSignIns>(), account);
        return await users.GetLoginsAsync(account);
    }
}
