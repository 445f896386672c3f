using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Viewing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Exports;

/// <summary>The data dialog: which volume is chosen, and through which gate its parts ask for work.</summary>
public sealed partial class DataBox
{
    private IReadOnlyList<VolumeInfo> _volumes = [];
    private VolumeKey? _chosen;
    private ExportGate _gate = null!;
    private bool _mayCheck, _mayDelete;
    private string? _error;

    /// <summary>The session whose dataset it is.</summary>
    [Parameter, EditorRequired]
    public ViewSession Session { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    private VolumeInfo Chosen => _volumes.FirstOrDefault(v => v.Key == _chosen) ?? _volumes[0];

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _gate = new ExportGate(RunAsync);
        _volumes = [.. Session.Dataset.Everything];
        _chosen = Session.Volume(Session.Current.View).Key;
        var role = await Access.RoleAsync((await Authentication).User, Session.Dataset.Identity);
        (_mayCheck, _mayDelete) = (role >= DatasetRole.Curate, role >= DatasetRole.Own);
    }

    // The right may have ended since the dialog was opened.
    private async Task<bool> RunAsync(DatasetRole least, Func<Person, Task> work)
    {
        var user = (await Authentication).User;
        if (!(await Access.RoleAsync(user, Session.Dataset.Identity) >= least))
        {
            _error = "That is not open to you.";
            StateHasChanged();
            return false;
        }

        try
        {
            _error = null;
            await work(user.PersonOf());
        }
        catch (Exception e)
        {
            _error = Failures.Tell(e);
        }

        StateHasChanged();
        return _error is null;
    }
}
