using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Accounts;

/// <summary>Accounts, and who is a member of which dataset; for administrators.</summary>
public sealed partial class PeoplePage
{
    private static readonly Dictionary<string, object> s_table = new() { ["aria-label"] = "People with an account" };
    private IReadOnlyList<AppUser> _people = [];
    private IReadOnlyList<CatalogEntry> _datasets = [];
    private IReadOnlyDictionary<Guid, DatasetRole> _members = new Dictionary<Guid, DatasetRole>();
    private ClaimsPrincipal _user = new();
    private string _dataset = "";
    private string _search = "";
    private string? _said;
    private string? _error;
    private (string Before, string Password, string After)? _once;
    private Guid? _me;

    [Inject]
    private People People { get; set; } = null!;

    [Inject]
    private AccountDesk Desk { get; set; } = null!;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _user = (await Authentication).User;
        _me = Guid.TryParse(_user.FindFirstValue(ClaimTypes.NameIdentifier), out var me) ? me : null;
        if (!await Access.IsAdministratorAsync(_user))
        {
            return;
        }

        _people = await People.ListAsync();
        _datasets = await Catalog.ListAsync(_user, _ => Task.FromResult(0), default);
        if (_datasets.Count > 0)
        {
            await ChooseAsync(_datasets[0].Id.Value);
        }
    }

    private IEnumerable<AppUser> Shown => _people.Where(u => $"{u.DisplayName} {u.Email}".Contains(_search?.Trim() ?? "",
        StringComparison.OrdinalIgnoreCase));

    private string RoleTitle => _dataset.Length > 0 ? "Role in this dataset" : "Role";

    private async Task ChooseAsync(string? dataset)
    {
        _dataset = dataset ?? "";
        _members = Identity is { } chosen && await Access.IsAdministratorAsync(_user)
            ? await People.MembersAsync(chosen) : new Dictionary<Guid, DatasetRole>();
    }

    // Of a dataset whose manifest is damaged, nobody can say which it is.
    private DatasetIdentity? Identity => _datasets.FirstOrDefault(d => d.Id.Value == _dataset)?.Dataset?.Identity;

    private string NameOf(string? id) => _datasets.FirstOrDefault(d => d.Id.Value == id)?.Dataset?.Name ?? id ?? "";

    private DatasetRole? RoleOf(AppUser user) => _members.TryGetValue(user.Id, out var role) ? role : null;

    private Task SetAsync(AppUser user, DatasetRole? role) => TryAsync(async () =>
    {
        if (Identity is { } chosen)
        {
            var before = RoleOf(user);
            await People.SetRoleAsync(chosen, user.Id, role, _user.PersonOf());
            await ChooseAsync(_dataset);
            if (before >= DatasetAccess.Sharing && !(role >= DatasetAccess.Sharing) && !user.IsAdministrator)
            {
                _said = $"{user.DisplayName} may not share {NameOf(_dataset)} any more; links to it that they made let nobody in now.";
            }
        }
    });

    private Task<bool> AddAsync(string name, string email) => TryAsync(async () =>
    {
        var password = await People.AddAsync(name, email, administrator: false, _user.PersonOf());
        _once = ($"{name} signs in as {email} with the first password", password,
            ", shown only here, and changes it at /account.");
    });

    private Task ActAsync(AppUser user, PersonAction action) => action switch
    {
        PersonAction.Password => ResetAsync(user),
        PersonAction.Remove => RemoveAsync(user),
        PersonAction.Link => TryAsync(async () =>
        {
            var path = PasswordResets.PathOf(await Desk.LinkAsync(user.Id, _user.PersonOf()));
            _once = ($"{user.DisplayName} chooses a new password by", Desk.AddressOf(path) ?? path,
                ", once and within a day; hand it over safely.");
        }),
        PersonAction.SecondFactor => TryAsync(async () =>
        {
            await Desk.TakeSecondFactorAsync(user.Id, _user.PersonOf());
            _said = $"{user.DisplayName} signs in with the password alone now.";
        }),
        PersonAction.SignOut => TryAsync(async () =>
        {
            await Desk.SignOutAsync(user, _user.PersonOf());
            _said = $"{user.DisplayName} is signed out everywhere; open pages close within seconds.";
        }),
        PersonAction.Administrator => TryAsync(() => People.SetAdministratorAsync(user.Id, !user.IsAdministrator, _user.PersonOf())),
        PersonAction.Disable => TryAsync(async () =>
        {
            await People.DisableAsync(user.Id, _user.PersonOf());
            _said = $"{user.DisplayName} is signed out everywhere and cannot sign in; links that they made let nobody in.";
        }),
        PersonAction.Enable => TryAsync(async () =>
        {
            await People.EnableAsync(user.Id, _user.PersonOf());
            _said = $"{user.DisplayName} may sign in again; links that they made are open again.";
        }),
        _ => Task.CompletedTask,
    };

    private Task ResetAsync(AppUser user) => TryAsync(async () =>
    {
        var password = await People.ResetPasswordAsync(user.Id, _user.PersonOf());
        _once = ($"{user.DisplayName} is signed out everywhere and signs in with the new password", password, ", shown only here.");
    });

    private async Task RemoveAsync(AppUser user)
    {
        var isSure = await Dialogs.ShowMessageBoxAsync(
            $"Remove {user.DisplayName}?",
            $"{user.Email} is signed out everywhere, and its roles in all datasets end. Links that it made are closed at once. "
                + "Sites that it marked stay, under its name. "
                + "This cannot be undone; a new account of the same address begins without roles.",
            yesText: $"Remove {user.DisplayName}", cancelText: "Keep");
        if (isSure == true)
        {
            await TryAsync(async () =>
            {
                await People.RemoveAsync(user.Id, _user.PersonOf());
                _said = $"{user.DisplayName}'s account is removed; its links are closed, and what it marked stays.";
            });
        }
    }

    // Whether the change was made; else the reason is shown.
    private async Task<bool> TryAsync(Func<Task> change)
    {
        (_said, _error) = (null, null);
        if (!await Access.IsAdministratorAsync(_user))
        {
            _error = "Only an administrator changes accounts.";
            _people = [];
            return false;
        }

        try
        {
            await change();
            _people = await People.ListAsync();
            return true;
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
            return false;
        }
        finally
        {
            StateHasChanged();
        }
    }
}
