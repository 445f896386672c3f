using DendriteViewer.Web.Accounts.SignIn;
using DendriteViewer.Web.Administration;
using DendriteViewer.Web.OpenId;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace DendriteViewer.Web.Accounts;

/// <summary>Groups and who is in them; for administrators.</summary>
public sealed partial class GroupsPage
{
    private static readonly Dictionary<string, object> s_table = new() { ["aria-label"] = "Groups" };
    private IReadOnlyList<GroupFacts> _groups = [];
    private IReadOnlyList<AppUser> _people = [];
    private IReadOnlyList<GroupPerson> _in = [];
    private GroupFacts? _open;

    [Inject]
    private Groups Groups { get; set; } = null!;

    [Inject]
    private People People { get; set; } = null!;

    [Inject]
    private OpenIdProviders Providers { get; set; } = null!;

    [Inject]
    private Confirmations Confirmations { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    /// <inheritdoc/>
    protected override async Task ReadAsync()
    {
        _people = await People.ListAsync();
        _groups = await Groups.ListAsync();
        _open = _groups.FirstOrDefault(g => g.Id == _open?.Id);
        _in = _open is { } open ? await Groups.PeopleAsync(open.Id) : [];
    }

    private Person By => User.PersonOf();

    private string FilledBy(GroupFacts group) =>
        group.Provider is { } issuer ? $"{Providers.NameOf(issuer)}: {group.ClaimValue}, and by hand" : "by hand";

    private Task OpenAsync(GroupFacts group) => TryAsync(() =>
    {
        _open = group;
        return Task.CompletedTask;
    });

    private Task<bool> AddAsync(string name, OpenIdOptions? provider, string? claimValue) =>
        TryAsync(async () => await Groups.AddAsync(await Confirmations.RequireAsync(User), name, provider, claimValue));

    private Task<bool> RenameAsync(string name) => TryAsync(() => Groups.RenameAsync(By, _open!.Id, name));

    private Task PutAsync(Guid person) => TryAsync(
        async () => await Groups.PutAsync(await Confirmations.RequireAsync(User), _open!.Id, person));

    private Task TakeAsync(Guid person) => TryAsync(() => Groups.TakeAsync(By, _open!.Id, person));

    private async Task RemoveAsync(GroupFacts group)
    {
        var isSure = await Dialogs.ShowMessageBoxAsync(
            $"Remove {group.Name}?",
            $"What its {group.People} people may do by it alone, in {group.Datasets} datasets, they may do no more; links that they made "
                + "by it are closed. Their accounts stay. This cannot be undone.",
            yesText: $"Remove {group.Name}", cancelText: "Keep");
        if (isSure == true)
        {
            await TryAsync(() => Groups.RemoveAsync(By, group.Id));
        }
    }
}
