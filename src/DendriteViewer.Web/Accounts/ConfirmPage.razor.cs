using System.Globalization;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.OpenId;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// Asks who is signed in to prove again who they are: by the password, by the second factor where there is no password, or at a provider.
/// </summary>
public sealed partial class ConfirmPage
{
    private AppUser? _account;
    private bool _isByPassword, _isByCode;
    private IReadOnlyList<OpenIdOptions> _providers = [];
    private string? _error;

    [SupplyParameterFromForm(FormName = "confirm")]
    private ConfirmInput? Input { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery]
    private string? External { get; set; }

    [SupplyParameterFromQuery]
    private string? Provider { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [Inject]
    private AccountSignIn Accounts { get; set; } = null!;

    [Inject]
    private Confirmations Confirmations { get; set; } = null!;

    [Inject]
    private UserManager<AppUser> Users { get; set; } = null!;

    [Inject]
    private OpenIdProviders Logins { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private static string Minutes => Confirmations.Length.TotalMinutes.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _account = await Users.GetUserAsync(Context.User);
        if (_account is null)
        {
            Navigation.NavigateTo("/account/denied");
            return;
        }

        _isByPassword = _account.PasswordHash is not null;
        _isByCode = !_isByPassword && _account.TwoFactorEnabled;
        var issuers = (await Users.GetLoginsAsync(_account)).Select(l => l.LoginProvider).ToHashSet();
        _providers = [.. Logins.All.Where(p => issuers.Contains(p.IssuerKey))];
    }

    private async Task SubmitAsync()
    {
        if (_account is null)
        {
            return;
        }

        var isRight = _isByPassword ? await Accounts.ConfirmAsync(Context, _account, Input?.Password)
            : _isByCode && await Accounts.ConfirmByCodeAsync(Context, _account, Input?.Code);
        if (isRight)
        {
            await Confirmations.NoteAsync(Context.User, Time.GetUtcNow(), _isByPassword ? "password" : "code");
            Navigation.NavigateTo(ReturnAddress.Of(ReturnUrl));
        }
        else
        {
            _error = _isByPassword ? "The password is wrong, or there were too many tries."
                : "The code is wrong or was used before, or there were too many tries.";
        }
    }

    private sealed class ConfirmInput
    {
        public string? Password { get; set; }

        public string? Code { get; set; }
    }
}
