using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Administration;

/// <summary>
/// What pages have in common on which administrators change a list: it is read once they are known to be administrators, and again after
/// each change; a change that fails is told and leaves the list as it is. Whether they still are administrators is asked each time.
/// </summary>
public abstract class ActingPage : ComponentBase
{
    /// <summary>Who looks.</summary>
    protected ClaimsPrincipal User { get; private set; } = new();

    /// <summary>Why the last change, or the list, failed; null where it did not.</summary>
    protected string? Error { get; private set; }

    /// <summary>Whether the list was read.</summary>
    protected bool IsRead { get; private set; }

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        User = (await Authentication).User;
        await ReloadAsync();
    }

    /// <summary>Reads what the page shows. It is called for administrators only.</summary>
    protected abstract Task ReadAsync();

    /// <summary>Reads what the page shows, and tells where that fails.</summary>
    protected async Task ReloadAsync()
    {
        Error = null;
        if (await IsAllowedAsync())
        {
            await TryReadAsync();
        }
    }

    /// <summary>Makes a change and reads the list anew.</summary>
    /// <returns>Whether it was made; else the reason is shown.</returns>
    protected async Task<bool> TryAsync(Func<Task> change)
    {
        Error = null;
        var isDone = false;
        if (await IsAllowedAsync())
        {
            try
            {
                await change();
                isDone = true;
            }
            catch (Exception e)
            {
                Error = Failures.Tell(e);
            }

            await TryReadAsync();
        }

        StateHasChanged();
        return isDone;
    }

    // Who is no administrator any more sees nothing of the list either.
    private async Task<bool> IsAllowedAsync()
    {
        if (await Access.IsAdministratorAsync(User))
        {
            return true;
        }

        (IsRead, Error) = (false, "Only an administrator sees and changes this; you are none any more.");
        return false;
    }

    private async Task TryReadAsync()
    {
        try
        {
            await ReadAsync();
            IsRead = true;
        }
        catch (Exception e)
        {
            Error ??= Failures.Tell(e);
        }
    }
}
