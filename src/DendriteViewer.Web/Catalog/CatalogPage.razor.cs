using System.Security.Claims;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Hosting;
using DendriteViewer.Web.Registry;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Catalog;

/// <summary>The datasets that the visitor may see, and the way to import more.</summary>
public sealed partial class CatalogPage
{
    private IReadOnlyList<CatalogEntry>? _entries;
    private IReadOnlyDictionary<string, DateTimeOffset> _opened = new Dictionary<string, DateTimeOffset>();
    private CatalogQuery _query = new();
    private ClaimsPrincipal _user = new();
    private string? _problem;
    private LatestReading _reading = null!;
    private Dataset? _deleting, _editing, _sharing;
    private bool _mayImport;

    [Inject]
    private DatasetCatalog Catalog { get; set; } = null!;

    [Inject]
    private DatasetRegistry Registry { get; set; } = null!;

    [Inject]
    private SiteLog Sites { get; set; } = null!;

    [Inject]
    private DatasetAccess Access { get; set; } = null!;

    [Inject]
    private Failures Failures { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = null!;

    private IReadOnlyList<CatalogEntry> Shown { get; set; } = [];

    /// <inheritdoc/>
    public void Dispose() => Catalog.Changed -= Reload;

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        _reading = new LatestReading(LoadOnceAsync);
        Catalog.Changed += Reload;
        _user = (await Authentication).User;
        _mayImport = await Access.IsAdministratorAsync(_user);
        (_query, _opened) = await CatalogMemory.ReadAsync(Script);
        await LoadAsync();
    }

    private async Task ChangeAsync(CatalogQuery query)
    {
        _query = query;
        Shown = _query.Apply(_entries ?? []);
        await CatalogMemory.KeepAsync(Script, query);
    }

    // What was opened to everybody, or closed, is marked on its card.
    private Task CloseSharingAsync()
    {
        _sharing = null;
        return LoadAsync();
    }

    private void Reload() => _ = InvokeAsync(async () =>
    {
        await LoadAsync();
        StateHasChanged();
    });

    private Task LoadAsync() => _reading.RunAsync();

    private async Task LoadOnceAsync()
    {
        try
        {
            var seen = (await Registry.ExistingAsync(default)).ToDictionary(d => d.Identity, d => d.SeenAt);
            var list = await Catalog.ListAsync(_user, async id => (await Sites.ListAsync(id)).Count, default);
            _entries = [.. list.Select(e => e with
            {
                Opened = _opened.TryGetValue(e.Id.Value, out var opened) ? opened : null,
                Imported = e.Dataset is { } d && seen.TryGetValue(d.Identity.Value, out var at)
                    ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null,
            })];
            Shown = _query.Apply(_entries);
            _problem = null;
        }
        catch (Exception e)
        {
            _problem = Failures.Tell(e);
        }
    }
}
