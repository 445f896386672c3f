using DendriteViewer.Web.Accounts.Sessions;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace DendriteViewer.Web.Accounts;

/// <summary>Takes the account out of an open page's circuit within seconds once its session is over.</summary>
public sealed class SessionRevalidation(ILoggerFactory loggers, AccountSessions sessions, DatasetAccess access)
    : RevalidatingServerAuthenticationStateProvider(loggers)
{
    /// <inheritdoc/>
    protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState authenticationState,
        CancellationToken cancellationToken)
    {
        try
        {
            return await sessions.EndOfAsync(authenticationState.User, cancellationToken) is null
                && await access.HoldsAnythingAsync(authenticationState.User, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A database that does not answer is asked again; what the page does meanwhile asks it too, and is refused.
            return true;
        }
    }
}
