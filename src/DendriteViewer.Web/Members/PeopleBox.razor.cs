using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Members;

/// <summary>The members of a dataset, for its owners.</summary>
public sealed partial class PeopleBox
{
    private MemberList? _list;
    private string? _error;

    /// <summary>The dataset.</summary>
    [Parameter, EditorRequired]
    public Dataset Dataset { get; set; } = null!;

    [Inject]
    private DatasetMembers Members { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => ReadAsync();

    private Task ReadAsync() => TryAsync(_ => Task.CompletedTask);

    private Task<bool> AddAsync(string who, DatasetRole role) => TryAsync(user => Members.AddAsync(user, Dataset, who, role));

    private Task SetAsync(MemberRow member, DatasetRole? role) => TryAsync(user => Members.SetAsync(user, Dataset, member, role));

    private Task TakeOverAsync() => TryAsync(user => Members.TakeOverAsync(user, Dataset));

    // Whether it was done; else the reason is shown. The list is read again in any case, as somebody else may have changed it.
    private async Task<bool> TryAsync(Func<ClaimsPrincipal, Task> change)
    {
        _error = null;
        try
        {
            var user = (await Authentication).User;
            try
            {
                await change(user);
            }
            finally
            {
                _list = await Members.ListAsync(user, Dataset);
            }

            _error = _list is null ? DatasetMembers.Refused : null;
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }

        StateHasChanged();
        return _error is null;
    }
}
