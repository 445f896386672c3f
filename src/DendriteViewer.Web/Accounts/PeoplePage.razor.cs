using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Administration;
using DendriteViewer.Web.Accounts.Resets;
using DendriteViewer.Web.Catalog;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace DendriteViewer.Web.Accounts;

/// <summary>Accounts, and who is a member of which dataset; for administrators.</summary>
public sealed partial class PeoplePage
{
    private static readonly Dictionary<string, object> s_table = new() { ["aria-label"] = "People with an account" };
    private IReadOnlyList<AppUser> _people = [];
    private IReadOnlyList<CatalogEntry> _datasets = [];
    // Of the dataset that is chosen; null until they were read.
    private IReadOnlyDictionary<Guid, DatasetRole>? _members;
    private string _dataset = "";
    private string _search = "";
    private string? _said;
    private (string Before, string Password, string After)? _once;
    private Guid? _me;

    [Inject]
    private People People { get; set; } = null!;

    [Inject]
    private AccountDesk Desk { get; set; } = null!;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task ReadAsync()
    {
        _me = Guid.TryParse(User.FindFirstValue(ClaimTypes.NameIdentifier), out var me) ? me : null;
        _people = await People.ListAsync();
        if (_datasets.Count == 0)
        {
            _datasets = await Catalog.ListAsync(User, _ => Task.FromResult(0), default);
        }

        await ChooseAsync(_datasets.Any(d => d.Id.Value == _dataset) ? _dataset : _datasets.FirstOrDefault()?.Id.Value);
    }

    private IEnumerable<AppUser> Shown => _people.Where(u => $"{u.DisplayName} {u.Email}".Contains(_search?.Trim() ?? "",
        StringComparison.OrdinalIgnoreCase));

    private string RoleTitle => _dataset.Length > 0 ? "Role in this dataset" : "Role";

    private async Task ChooseAsync(string? dataset)
    {
        var read = _dataset = dataset ?? "";
        var members = Identity is { } chosen ? await People.MembersAsync(chosen) : new Dictionary<Guid, DatasetRole>();

        // Of another that was chosen meanwhile they are read next.
        _members = _dataset == read ? members : _members;
    }

    // Chosen in a page that has been open for long. Roles are given once those of this dataset are shown, not beside those of the one
    // before.
    private Task ChangeDatasetAsync(string? dataset)
    {
        (_dataset, _members) = (dataset ?? "", null);
        return ActAsync(() => Task.CompletedTask);
    }

    // Of a dataset whose manifest is damaged, nobody can say which it is.
    private DatasetIdentity? Identity => _datasets.FirstOrDefault(d => d.Id.Value == _dataset)?.Dataset?.Identity;

    private string NameOf(string? id) => _datasets.FirstOrDefault(d => d.Id.Value == id)?.Dataset?.Name ?? id ?? "";

    private DatasetRole? RoleOf(AppUser user) => _members is not null && _members.TryGetValue(user.Id, out var role) ? role : null;

    // In the dataset that is chosen now, whichever is when the change is made.
    private Task SetAsync(AppUser user, DatasetRole? role)
    {
        var (chosen, name, before) = (Identity, NameOf(_dataset), RoleOf(user));
        return chosen is null ? Task.CompletedTask : ActAsync(async () =>
        {
            await Desk.SetRoleAsync(chosen.Value, user.Id, role, User);
            _said = before >= DatasetAccess.Sharing && !(role >= DatasetAccess.Sharing) && !user.IsAdministrator
                ? $"{user.DisplayName} may not share {name} any more; links to it that they made let nobody in now."
                : $"{user.DisplayName} has {(role is null ? "no role" : $"the role {RoleSelect.NameOf(role)}")} in {name} now.";
        });
    }

    private Task<bool> AddAsync(string name, string email) => ActAsync(async () =>
    {
        var password = await Desk.AddAsync(name, email, User);
        _once = ($"{name} signs in as {email} with the first password", password,
            ", shown only here, and changes it at /account.");
    });

    private Task ActAsync(AppUser user, PersonAction action) => action switch
    {
        PersonAction.Password => ResetAsync(user),
        PersonAction.Remove => RemoveAsync(user),
        PersonAction.Address => ConfirmAddressAsync(user),
        PersonAction.Link => ActAsync(async () =>
        {
            var path = PasswordResets.PathOf(await Desk.LinkAsync(user.Id, User));
            _once = ($"{user.DisplayName} chooses a new password by", Desk.AddressOf(path) ?? path,
                ", once and within a day; hand it over safely.");
        }),
        PersonAction.SecondFactor => ActAsync(async () =>
        {
            await Desk.TakeSecondFactorAsync(user.Id, User);
            _said = $"{user.DisplayName} signs in with the password alone now.";
        }),
        PersonAction.SignOut => ActAsync(async () =>
        {
            await Desk.SignOutAsync(user, User.PersonOf());
            _said = $"{user.DisplayName} is signed out everywhere; open pages close within seconds.";
        }),
        PersonAction.Administrator => ActAsync(() => Desk.SetAdministratorAsync(user.Id, !user.IsAdministrator, User)),
        PersonAction.Disable => ActAsync(async () =>
        {
            await People.DisableAsync(user.Id, User.PersonOf());
            _said = $"{user.DisplayName} is signed out everywhere and cannot sign in; links that they made let nobody in.";
        }),
        PersonAction.Enable => ActAsync(async () =>
        {
            await Desk.EnableAsync(user.Id, User);
            _said = $"{user.DisplayName} may sign in again; links that they made are open again.";
        }),
        _ => Task.CompletedTask,
    };

    private Task ResetAsync(AppUser user) => ActAsync(async () =>
    {
        var (password, ended) = await Desk.ResetPasswordAsync(user.Id, User);
        var lost = ended.Words is { } words ? $", loses {words}," : "";
        _once = ($"{user.DisplayName} is signed out everywhere{lost} and signs in with the new password", password, ", shown only here.");
    });

    private async Task ConfirmAddressAsync(AppUser user)
    {
        var isSure = await Dialogs.ShowMessageBoxAsync(
            $"Confirm {user.Email}?",
            $"You vouch that {user.DisplayName}, who signs in with this account, is who has {user.Email}. Whoever was invited may have "
                + "given it. If you are not sure, hand a link to choose a password to who has the address first: what others could sign in "
                + "by ends with it. Owners then add the account by its address, and it accepts invitations of that address.",
            yesText: "Confirm it", cancelText: "Not now");
        if (isSure == true)
        {
            await ActAsync(async () =>
            {
                await Desk.ConfirmAddressAsync(user.Id, User);
                _said = $"{user.Email} is confirmed as the address of {user.DisplayName}.";
            });
        }
    }

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
            await ActAsync(async () =>
            {
                await People.RemoveAsync(user.Id, User.PersonOf());
                _said = $"{user.DisplayName}'s account is removed; its links are closed, and what it marked stays.";
            });
        }
    }

    private Task<bool> ActAsync(Func<Task> change)
    {
        _said = null;
        return TryAsync(change);
    }
}
