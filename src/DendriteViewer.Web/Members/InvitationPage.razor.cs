using DendriteViewer.Web.Accounts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Members;

/// <summary>The page by which an invitation is accepted.</summary>
public sealed partial class InvitationPage
{
    private const string Taken = "Somebody else accepted this invitation meanwhile, or it was revoked. Ask for a new one.";
    private Invitation? _invitation;
    private AppUser? _account;
    private string? _error, _joined;

    /// <summary>The invitation's token.</summary>
    [Parameter]
    public string Token { get; set; } = "";

    [SupplyParameterFromForm(FormName = "join")]
    private JoinInput? Input { get; set; }

    [Inject]
    private Invitations Invitations { get; set; } = null!;

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

        _error = Invitations.RefusalOf(invitation, account)
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

        // Where it was mailed, its owner could have opened it as well: the address is not confirmed.
        var user = new AppUser { UserName = email, Email = email, DisplayName = input.Name.Trim() };
        _error = await ProblemOfAsync(user, input.Password);
        if (_error is not null)
        {
            return;
        }

        // Whether the address has an account is told neither by the answer nor by its time, nor by this page afterwards: who has none gets
        // one, and the invitation waits for either to sign in. The account of an address that somebody gave does not become a member here.
        if (await Users.FindByEmailAsync(email) is { } known)
        {
            Users.PasswordHasher.HashPassword(user, input.Password);
            _error = await Invitations.TryBindAsync(invitation, email, known, isMade: false) ? null : Taken;
        }
        else
        {
            _error = await MakeAsync(invitation, user, input.Password);
        }

        _joined = _error is null ? email : null;
    }

    private async Task<string?> MakeAsync(Invitation invitation, AppUser user, string password)
    {
        if (!(await Users.CreateAsync(user, password)).Succeeded)
        {
            return "That could not be done at this moment; try it again.";
        }

        if (await Invitations.TryBindAsync(invitation, user.Email!, user, isMade: true))
        {
            return null;
        }

        await Users.DeleteAsync(user);
        return Taken;
    }

    private static string LoginFor(string path) => "/account/login?ReturnUrl=" + Uri.EscapeDataString(path);

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
            // That somebody has the address is not told.
            if ((await check.ValidateAsync(Users, user)).Errors.FirstOrDefault(e => e.Code
                is not (nameof(IdentityErrorDescriber.DuplicateEmail) or nameof(IdentityErrorDescriber.DuplicateUserName))) is { } bad)
            {
                return bad.Description;
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
