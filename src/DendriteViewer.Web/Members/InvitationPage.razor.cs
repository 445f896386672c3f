using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Accounts.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Members;

/// <summary>The page by which an invitation is accepted.</summary>
public sealed partial class InvitationPage
{
    private const string Taken = "Somebody else accepted this invitation meanwhile, or it was revoked. Ask for a new one.";
    private Invitation? _invitation;
    private AppUser? _account;
    private string? _error;

    /// <summary>The invitation's token.</summary>
    [Parameter]
    public string Token { get; set; } = "";

    [SupplyParameterFromForm(FormName = "join")]
    private JoinInput? Input { get; set; }

    [Inject]
    private Invitations Invitations { get; set; } = null!;

    [Inject]
    private AccountSignIn Accounts { get; set; } = null!;

    [Inject]
    private UserManager<AppUser> Users { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Context.Response.Headers.CacheControl = "no-store";
        _invitation = await Invitations.FindAsync(Token, Context.RequestAborted);
        _account = await Users.GetUserAsync(Context.User);
    }

    private async Task AcceptAsync()
    {
        if (_invitation is not { } invitation || _account is not { } account)
        {
            return;
        }

        _error = Invitations.RefusalOf(invitation, account.Email)
            ?? (await Invitations.TryAcceptAsync(invitation, account.Id) ? null : Taken);
        if (_error is null)
        {
            Navigation.NavigateTo("/d/" + invitation.DatasetId);
        }
    }

    private async Task JoinAsync()
    {
        if (_invitation is not { } invitation || Input is not { } input || _account is not null)
        {
            return;
        }

        var email = (invitation.Email ?? input.Email).Trim();

        // Nobody mailed the invitation to the address, so that it is not confirmed, also where the invitation names it.
        var user = new AppUser { UserName = email, Email = email, DisplayName = input.Name.Trim() };
        _error = await ProblemOfAsync(user, input.Password);
        if (_error is not null)
        {
            return;
        }

        // Whoever has the account and not the role, since something failed between, signs in with it and accepts.
        var result = await Users.CreateAsync(user, input.Password);
        if (!result.Succeeded)
        {
            _error = result.Errors.First().Description;
            return;
        }

        if (!await Invitations.TryAcceptAsync(invitation, user.Id))
        {
            await Users.DeleteAsync(user);
            _error = Taken;
            return;
        }

        await Accounts.BeginAsync(Context, user, "by an invitation");
        Navigation.NavigateTo("/d/" + invitation.DatasetId);
    }

    // Everything that can be wrong is said before the invitation is taken.
    private async Task<string?> ProblemOfAsync(AppUser user, string password)
    {
        try
        {
            People.CheckName(user.DisplayName);
        }
        catch (ArgumentException e)
        {
            return e.Message;
        }

        foreach (var check in Users.UserValidators)
        {
            if (await check.ValidateAsync(Users, user) is { Succeeded: false } bad)
            {
                return bad.Errors.First().Description + " If that is your account, sign in with it.";
            }
        }

        foreach (var check in Users.PasswordValidators)
        {
            if (await check.ValidateAsync(Users, user, password) is { Succeeded: false } bad)
            {
                return bad.Errors.First().Description;
            }
        }

        return null;
    }

    private sealed class JoinInput
    {
        public string Name { get; set; } = "";

        public string Email { get; set; } = "";

        public string Password { get; set; } = "";
    }
}
