using DendriteViewer.Web.Accounts.Sessions;
using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Audit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace DendriteViewer.Web.Accounts;

/// <summary>A person's own account: name, how they sign in, and where they are signed in.</summary>
public sealed partial class AccountPage
{
    private AppUser? _account;
    private IReadOnlyList<AccountSession> _sessions = [];
    private Guid? _own;
    private string? _said, _error;

    [SupplyParameterFromForm(FormName = "account")]
    private AccountInput? Input { get; set; }

    [CascadingParameter]
    private HttpContext Context { get; set; } = null!;

    [Inject]
    private UserManager<AppUser> Users { get; set; } = null!;

    [Inject]
    private AccountSessions Sessions { get; set; } = null!;

    [Inject]
    private AccountSignIn Accounts { get; set; } = null!;

    [Inject]
    private People People { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private AuditLog Audit { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _own = AccountSessions.IdOf(Context.User);
        _account = _own is null ? null : await Users.GetUserAsync(Context.User);
        if (_account is null)
        {
            // Who came by a link has none, nor has the demo.
            Navigation.NavigateTo("/account/denied");
        }

        await LoadAsync();
    }

    private async Task LoadAsync() => _sessions = _account is null ? [] : await Sessions.ListAsync(_account.Id);

    private async Task SubmitAsync()
    {
        if (_account is null || Input is null)
        {
            return;
        }

        if (Input.Do == "name")
        {
            await RenameAsync(_account, Input.Name ?? "");
        }
        else if (Input.Do is "mentions-on" or "mentions-off")
        {
            _account.WantsNoMentionMails = Input.Do == "mentions-off";
            await People.SetMentionMailsAsync(_account.Id, !_account.WantsNoMentionMails, Context.User.PersonOf());
            _said = _account.WantsNoMentionMails ? "You get no mail about comments any more." : "You get mail when a comment names you.";
        }
        else if (Input.Do == "end-others")
        {
            var count = await Sessions.EndAllAsync(_account.Id, SessionEnd.Elsewhere, _own);
            await RecordAsync(_account, $"ended {count} other sessions");
            _said = count == 0 ? "You are signed in nowhere else." : $"You are signed out everywhere else ({count}).";
        }
        else if (Guid.TryParse(Input.Do, out var session) && session != _own
            && await Sessions.EndAsync(_account.Id, session, SessionEnd.Elsewhere))
        {
            await RecordAsync(_account, "ended one of their sessions");
            _said = "That session is ended.";
        }

        await LoadAsync();
    }

    private async Task RenameAsync(AppUser account, string name)
    {
        try
        {
            await People.RenameAsync(account.Id, name, Context.User.PersonOf());
            account.DisplayName = name.Trim();
            await Accounts.RefreshAsync(Context, account);
            _said = "Your name is saved.";
        }
        catch (ArgumentException e)
        {
            _error = e.Message;
        }
    }

    private Task RecordAsync(AppUser account, string detail) =>
        Audit.TryRecordAsync(AuditKind.Session, Context.User.PersonOf(), detail, AuditSubject.Of(account.Id));

    private sealed class AccountInput
    {
        public string Do { get; set; } = "";

        public string? Name { get; set; }
    }
}
