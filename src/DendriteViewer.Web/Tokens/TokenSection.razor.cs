using System.Security.Claims;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Tokens;

/// <summary>What makes, lists and revokes one's own access tokens.</summary>
public sealed partial class TokenSection
{
    private IReadOnlyList<TokenFacts>? _tokens;
    private ClaimsPrincipal _user = new();
    private string? _once;
    private string? _error;

    [Inject]
    private PersonalTokens Tokens { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _user = (await Authentication).User;
        await TryAsync(_ => Task.CompletedTask);
    }

    private Task<bool> MakeAsync(TokenOrder order) =>
        TryAsync(async _ => _once = await Tokens.MakeAsync(_user, order));

    private Task RevokeAsync(TokenFacts token) => TryAsync(account => Tokens.RevokeAsync(_user.PersonOf(), token.Id, account));

    // Whether it was done; else the reason is shown. Who may is asked each time, since the page may have been open for long.
    private async Task<bool> TryAsync(Func<Guid, Task> change)
    {
        _error = null;
        try
        {
            if (!Guid.TryParse(_user.FindFirstValue(ClaimTypes.NameIdentifier), out var account)
                || !await Access.HasAccountAsync(_user))
            {
                _error = "You have no account here that could have access tokens.";
                return false;
            }

            await change(account);
            _tokens = await Tokens.ListAsync(account);
            return true;
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
            return false;
        }
        finally
        {
            _tokens ??= [];
            StateHasChanged();
        }
    }
}
