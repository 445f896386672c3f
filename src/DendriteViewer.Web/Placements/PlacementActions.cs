using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Placements;

/// <summary>
/// What the parts of the placement section do for the person of the page; the panel cascades it. The right may have ended since the page
/// was opened, so it is asked for each time. What was refused is told in the panel.
/// </summary>
public sealed class PlacementActions(
    ViewSession session, DatasetAccess access, Failures failures, Task<AuthenticationState>? authentication)
{
    /// <summary>Raised when <see cref="Refusal"/> changes.</summary>
    public event Action? Changed;

    /// <summary>Why the last thing was refused; null where it was not.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Forgets the refusal.</summary>
    public void Clear() => Tell(null as string);

    /// <summary>Tells that something was refused.</summary>
    public void Tell(string? refusal)
    {
        if (Refusal != refusal)
        {
            Refusal = refusal;
            Changed?.Invoke();
        }
    }

    /// <summary>Says what an exception means.</summary>
    public void Tell(Exception e) => Tell(failures.Tell(e));

    /// <summary>What the person may see and do now; null where the dataset is not open to them any more.</summary>
    public async Task<DatasetGrant?> GrantAsync() =>
        await UserAsync() is { } user ? await access.GrantAsync(user, session.Dataset.Identity) : null;

    /// <summary>Does something that needs the right to change the dataset.</summary>
    /// <returns>Whether it was done.</returns>
    public async Task<bool> RunAsync(Func<Person, Task> work)
    {
        try
        {
            if (await UserAsync() is not { } user || !(await access.RoleAsync(user, session.Dataset.Identity) >= DatasetRole.Curate))
            {
                Tell("Placing volumes of this dataset is not open to you any more.");
                return false;
            }

            await work(user.PersonOf());
            Tell(null as string);
            return true;
        }
        catch (Exception e)
        {
            Tell(e);
            return false;
        }
    }

    private async Task<ClaimsPrincipal?> UserAsync() => authentication is null ? null : (await authentication).User;
}
