using System.Security.Claims;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.OpenId;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace DendriteViewer.Web.Accounts;

/// <summary>Groups and who is in them; for administrators.</summary>
public sealed partial class GroupsPage
{
    private static readonly Dictionary<string, object> s_table = new() { ["aria-label"] = "Groups" };
    private IReadOnlyList<GroupFacts> _groups = [];
    private IReadOnlyList<AppUser> _people = [];
    private IReadOnlyList<GroupPerson> _in = [];
    private ClaimsPrincipal _user = new();
    private GroupFacts? _open;
    private string? _error;
    private bool _allowed;
    private bool _known;

    [Inject]
    private Groups Groups { get; set; } = null!;

    [Inject]
    private People People { get; set; } = null!;

    [Inject]
    private OpenIdProviders Providers { get; set; } = null!;

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
        _allowed = await Access.IsAdministratorAsync(_user);
        _known = true;
        if (_allowed)
        {
            _people = await People.ListAsync();
            _groups = await Groups.ListAsync();
        }
    }

    private static string FilledBy(GroupFacts group) =>
        group.Provider is { } provider ? $"{provider}: {group.ClaimValue}, and by hand" : "by hand";

    private Task OpenAsync(GroupFacts group) => TryAsync(_ =>
    {
        _open = group;
        return Task.CompletedTask;
    });

    private Task<bool> AddAsync(string name, string? provider, string? claimValue) =>
        TryAsync(by => Groups.AddAsync(by, name, provider, claimValue));

    private Task<bool> RenameAsync(string name) => TryAsync(by => Groups.RenameAsync(by, _open!.Id, name));

    private Task PutAsync(Guid person) => TryAsync(by => Groups.PutAsync(by, _open!.Id, person));

    private Task TakeAsync(Guid person) => TryAsync(by => Groups.TakeAsync(by, _open!.Id, person));

    private async Task RemoveAsync(GroupFacts group)
    {
        var isSure = await Dialogs.ShowMessageBoxAsync(
            $"Remove {group.Name}?",
            $"What its {group.People} people may do by it alone, in {group.Datasets} datasets, they may do no more; links that they made "
                + "by it are closed. Their accounts stay. This cannot be undone.",
            yesText: $"Remove {group.Name}", cancelText: "Keep");
        if (isSure == true)
        {
            await TryAsync(by => Groups.RemoveAsync(by, group.Id));
        }
    }

    // Whether the change was made; else the reason is shown.
    private async Task<bool> TryAsync(Func<Person, Task> change)
    {
        _error = null;
        if (!await Access.IsAdministratorAsync(_user))
        {
            _error = "Only an administrator changes groups.";
            return false;
        }

        try
        {
            await change(_user.PersonOf());
            return true;
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
            return false;
        }
        finally
        {
            _groups = await Access.IsAdministratorAsync(_user) ? await Groups.ListAsync() : [];
            _open = _groups.FirstOrDefault(g => g.Id == _open?.Id);
            _in = _open is { } open ? await Groups.PeopleAsync(open.Id) : [];
            StateHasChanged();
        }
    }
}
