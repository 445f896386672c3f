using System.Security.Claims;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Accounts;

/// <summary>Accounts, and who is a member of which dataset; for administrators.</summary>
public sealed partial class PeoplePage
{
    private IReadOnlyList<AppUser> _people = [];
    private IReadOnlyList<CatalogEntry> _datasets = [];
    private IReadOnlyDictionary<Guid, DatasetRole> _members = new Dictionary<Guid, DatasetRole>();
    private ClaimsPrincipal _user = new();
    private string _dataset = "";
    private string _name = "";
    private string _email = "";
    private string? _made;
    private string? _error;
    private Guid? _me;
    private Guid? _removing;
    private bool _allowed;
    private bool _known;

    [Inject]
    private People People { get; set; } = null!;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

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
        _me = Guid.TryParse(_user.FindFirstValue(ClaimTypes.NameIdentifier), out var me) ? me : null;
        _allowed = await Access.IsAdministratorAsync(_user);
        _known = true;
        if (!_allowed)
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

    private async Task ChooseAsync(string dataset)
    {
        _dataset = dataset;
        _members = Identity is { } chosen ? await People.MembersAsync(chosen) : new Dictionary<Guid, DatasetRole>();
    }

    // Of a dataset whose manifest is damaged, nobody can say which it is.
    private DatasetIdentity? Identity => _datasets.FirstOrDefault(d => d.Id.Value == _dataset)?.Dataset?.Identity;

    private string RoleOf(AppUser user) => _members.TryGetValue(user.Id, out var role) ? role.ToString() : "";

    private async Task SetAsync(AppUser user, string? role)
    {
        if (Identity is { } chosen && await Access.IsAdministratorAsync(_user))
        {
            await People.SetRoleAsync(chosen, user.Id, Enum.TryParse<DatasetRole>(role, out var r) ? r : null);
            await ChooseAsync(_dataset);
        }
    }

    private Task AddAsync() => TryAsync(async () =>
    {
        var password = await People.AddAsync(_name, _email, administrator: false);
        _made = $"{_name} signs in as {_email} with the first password {password}, shown only here, and changes it at /account/password.";
        (_name, _email) = ("", "");
    });

    private Task ResetAsync(AppUser user) => TryAsync(async () =>
    {
        var password = await People.ResetPasswordAsync(user.Id);
        _made = $"{user.DisplayName} is signed out everywhere and signs in with the new password {password}, shown only here.";
    });

    private Task RemoveAsync(AppUser user) => TryAsync(async () =>
    {
        _removing = null;
        await People.RemoveAsync(user.Id);
        _made = $"{user.DisplayName}'s account is removed; what it marked stays.";
    });

    private async Task TryAsync(Func<Task> change)
    {
        (_made, _error) = (null, null);
        if (!await Access.IsAdministratorAsync(_user))
        {
            _error = "Only an administrator changes accounts.";
            return;
        }

        try
        {
            await change();
            _people = await People.ListAsync();
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }
    }
}
