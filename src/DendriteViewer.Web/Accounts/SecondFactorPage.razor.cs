using DendriteViewer.Web.Accounts.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Accounts;

/// <summary>
/// Sets a second factor up, for who is signed in and for who must have one before they are; makes recovery codes, takes it off.
/// </summary>
public sealed partial class SecondFactorPage
{
    private AppUser? _account;
    private bool _isPending, _isRequired;
    private string _key = "", _offer = "";
    private string? _error;
    private int _left;
    private IReadOnlyList<string>? _codes;

    [SupplyParameterFromForm(FormName = "second")]
    private SecondInput? Input { get; set; }

    [SupplyParameterFromQuery]
    private string? ReturnUrl { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [Inject]
    private AccountSignIn Accounts { get; set; } = null!;

    [Inject]
    private SecondFactor Second { get; set; } = null!;

    [Inject]
    private UserManager<AppUser> Users { get; set; } = null!;

    [Inject]
    private Confirmations Confirmations { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    private string Left => _left.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _account = await Users.GetUserAsync(Context.User);
        if (_account is null && await Accounts.PendingAsync(Context) is { TwoFactorEnabled: false } pending)
        {
            (_account, _isPending) = (pending, true);
        }

        if (_account is null)
        {
            Navigation.NavigateTo("/account/login");
        }
        else if (!_isPending && !await Confirmations.HoldAsync(Context.User))
        {
            _account = null;
            Navigation.NavigateTo(Confirmations.PathTo("/account/second-factor"));
        }
        else if (_account.TwoFactorEnabled)
        {
            _left = await Second.LeftAsync(_account);
        }
        else
        {
            _isRequired = Second.IsRequiredOf(_account);
            Offer();
        }
    }

    // The key of the form that was sent stays on the page where its code was wrong.
    private void Offer()
    {
        (_key, _offer) = Second.KeyOf(_account!, Input?.Offer) is { } key ? (key, Input!.Offer!) : Second.Offer(_account!);
    }

    private async Task SubmitAsync()
    {
        if (_account is null || Input is null)
        {
            return;
        }

        if (!_account.TwoFactorEnabled)
        {
            if (await Second.EnableAsync(_account, Input.Offer, Input.Code) is not { } codes)
            {
                _error = "This code does not belong to this key, or it took too long; try the next code.";
                return;
            }

            _codes = codes;
            if (_isPending)
            {
                await Accounts.BeginAsync(Context, _account, "password and code");
            }

            return;
        }

        if (Input.Do == "renew")
        {
            _codes = await Second.RenewAsync(_account);
        }
        else if (Input.Do == "off" && !Second.IsRequiredOf(_account))
        {
            await Second.DisableAsync(_account.Id, Context.User.PersonOf());
            _account.TwoFactorEnabled = false;
            Offer();
        }
    }

    private static string Grouped(string key) => string.Join(' ', key.Chunk(4).Select(c => new string(c)));

    private sealed class SecondInput
    {
        public string Do { get; set; } = "";

        public string? Offer { get; set; }

        public string? Code { get; set; }
    }
}
