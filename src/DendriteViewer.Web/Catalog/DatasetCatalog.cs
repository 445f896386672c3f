using System.Collections.Concurrent;
using System.Security.Claims;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Sharing;

namespace DendriteViewer.Web.Catalog;

/// <summary>A dataset as a card shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Dataset">The dataset, or null where its manifest is damaged.</param>
/// <param name="Problem">What is wrong with it, or null.</param>
/// <param name="Role">What the visitor may do.</param>
/// <param name="StoredBytes">All of it in the store; null for visitors, for whom the store is not measured.</param>
/// <param name="Sites">Marked sites.</param>
public sealed record CatalogEntry(DatasetId Id, Dataset? Dataset, string? Problem, DatasetRole Role, long? StoredBytes, int Sites)
{
    /// <summary>When this browser last opened it, or null for never.</summary>
    public DateTimeOffset? Opened { get; init; }

    /// <summary>When it was first seen in the store, or null where nobody knows.</summary>
    public DateTimeOffset? Imported { get; init; }

    /// <summary>Whether it is open to everybody.</summary>
    public bool IsPublic { get; init; }

    /// <summary>What it is called.</summary>
    public string Name => Dataset?.Name ?? Id.Value;

    /// <summary>Its tags.</summary>
    public IReadOnlyList<string> Tags => Dataset?.Manifest.About?.Tags ?? [];
}

/// <summary>The datasets that somebody may see, and the histograms of their volumes, which cost a read each and never change.</summary>
public sealed class DatasetCatalog(DatasetStore store, DatasetAccess access, FrozenLinks frozen, BrickCache bricks) : IDatasetFollower
{
    private readonly ConcurrentDictionary<string, Lazy<Task<ValueHistogram>>> _histograms = new();

    /// <summary>Raised when a dataset appears, changes or goes.</summary>
    public event Action? Changed;

    /// <summary>A dataset, or null. Whoever calls has been authorized.</summary>
    public Task<Dataset?> TryOpenAsync(DatasetId id, CancellationToken ct) => store.TryOpenAsync(id, ct);

    /// <summary>
    /// The dataset of an id where somebody has at least a role in it; else null, for whatever reason. Who came by a frozen link alone gets
    /// the state that it keeps, and others where the address names one.
    /// </summary>
    /// <param name="user">Who looks.</param>
    /// <param name="text">The id.</param>
    /// <param name="role">The least role.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="query">The address's query, which may name a frozen link; null where that does not count.</param>
    /// <exception cref="VolumeFormatException">Its manifest is damaged.</exception>
    public async Task<Dataset?> TryOpenAsync(
        ClaimsPrincipal user, string text, DatasetRole role, CancellationToken ct, string? query = null)
    {
        if (!DatasetId.TryParse(text, out var id))
        {
            return null;
        }

        // Opened first: who may see it depends on which dataset has the id now.
        try
        {
            return await store.TryOpenAsync(id, ct) is { } opened
                && await access.GrantAsync(user, opened.Identity, ct) is { } grant && grant.Role >= role
                ? await frozen.SeenAsync(user, grant, opened, query, ct) : null;
        }
        catch (VolumeFormatException)
        {
            if (await access.LastKnownAsync(id, ct) is { } known && await access.RoleAsync(user, known, ct) >= role)
            {
                throw;
            }

            return null;
        }
    }

    /// <summary>The datasets in which somebody has a role.</summary>
    public async Task<IReadOnlyList<CatalogEntry>> ListAsync(ClaimsPrincipal user, Func<DatasetIdentity, Task<int>> countSites,
        CancellationToken ct)
    {
        var list = new List<CatalogEntry>();
        var isVisitor = user.HasClaim(c => c.Type == DendriteClaims.Visitor);
        await foreach (var (id, dataset, problem) in store.ListAsync(ct))
        {
            var identity = dataset?.Identity ?? await access.LastKnownAsync(id, ct);
            if (identity is { } known && await access.RoleAsync(user, known, ct) is { } role)
            {
                list.Add(
                    new CatalogEntry(id, dataset, problem, role,
                    isVisitor ? null : await store.Blobs.MeasureAsync(BlobNames.Dataset(id), ct), await countSites(known))
                    {
                        IsPublic = await access.IsPublicAsync(known, ct),
                    });
            }
        }

        return list;
    }

    /// <summary>The histogram of a volume.</summary>
    public async Task<ValueHistogram> HistogramAsync(VolumeInfo volume, CancellationToken ct)
    {
        var lazy = _histograms.GetOrAdd(volume.CacheKey, _ => new(() => ValueHistogram.OfAsync(store, volume, CancellationToken.None)));
        try
        {
            return await lazy.Value.WaitAsync(ct);
        }
        catch (Exception) when (lazy.Value.IsFaulted)
        {
            _histograms.TryRemove(volume.CacheKey, out _);
            throw;
        }
    }

    /// <summary>The voltage curve, or null where there is none or it cannot be read.</summary>
    public async Task<Series?> VoltageAsync(Dataset dataset, CancellationToken ct)
    {
        try
        {
            return dataset.Manifest.Series.Any(s => s.Kind == "voltage") ? await store.SeriesAsync(dataset, "voltage", ct) : null;
        }
        catch (VolumeFormatException)
        {
            return null;
        }
    }

    /// <summary>Tells that a dataset appeared, changed or went.</summary>
    public void Touch()
    {
        Changed?.Invoke();
    }

    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        Forget(dataset);
        return Task.CompletedTask;
    }

    /// <summary>Frees what is kept in memory of a dataset that is gone.</summary>
    public void Forget(DatasetIdentity identity)
    {
        foreach (var key in _histograms.Keys.Where(k => k.StartsWith(identity.CachePrefix, StringComparison.Ordinal)))
        {
            _histograms.TryRemove(key, out _);
        }

        bricks.Forget(identity.CachePrefix);
    }
}
