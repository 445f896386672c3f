using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Jobs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace DendriteViewer.Web.Catalog;

/// <summary>The datasets that the visitor may see, and the way to import more.</summary>
public sealed partial class CatalogPage
{
    private IReadOnlyList<CatalogEntry>? _entries;
    private ClaimsPrincipal _user = new();
    private string _search = "";
    private string? _problem;
    private bool _importing;
    private Dataset? _deleting;
    private bool _mayImport;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private SiteLog Sites { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    [Inject]
    private TimeProvider Time { get; set; } = null!;

    private IEnumerable<CatalogEntry> Shown => (_entries ?? []).Where(e => (e.Dataset?.Name ?? e.Id.Value).Contains(_search.Trim(), StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public void Dispose() => Catalog.Changed -= Reload;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        Catalog.Changed += Reload;
        _user = (await Authentication).User;
        _mayImport = await Access.IsAdministratorAsync(_user);
        await LoadAsync();
    }

    // What ended long ago is history, on a page of its own.
    private bool IsRecent(Job job) => job.IsActive || Time.GetUtcNow() - job.Ended < TimeSpan.FromMinutes(30);

    private void Reload() => _ = InvokeAsync(async () =>
    {
        await LoadAsync();
        StateHasChanged();
    });

    private async Task LoadAsync()
    {
        try
        {
            _entries = await Catalog.ListAsync(_user, async id => (await Sites.ListAsync(id)).Count, default);
            _problem = null;
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }
    }
}
