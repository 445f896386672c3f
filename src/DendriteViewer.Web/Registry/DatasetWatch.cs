using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Registry;

/// <summary>
/// Sees within seconds what other processes do with the store: the <c>dendrite</c> command may import, change and delete datasets while
/// the server runs. Each turn asks for the names of the datasets and for the tag of each manifest; a manifest is read when its tag is
/// another. The first turn compares the store with what the database knows from before.
/// </summary>
public sealed partial class DatasetWatch(
    DatasetStore store, DatasetRegistry registry, DatasetCatalog catalog, IEnumerable<IDatasetFollower> followers, TimeProvider time,
    AuditLog audit, ILogger<DatasetWatch> log) : BackgroundService
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    // Of a store that is paid by the request, so many manifests a second at most.
    private const double RemoteStatsPerSecond = 20;
    private const int StatsAtOnce = 8;

    // Held for a turn, so that a deletion by this server and the watch do not both tell of it.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dictionary<DatasetId, Seen> _seen = [];
    private bool _isReconciled;

    // What a manifest was when it was last looked at, and what it said; no identity where it is damaged.
    private sealed record Seen(BlobStat Manifest, DatasetIdentity? Identity, string Revision);

    /// <summary>Looks at the store now, and tells followers of what changed since the last look.</summary>
    /// <exception cref="BlobStoreException">The store does not answer; nothing was concluded from that.</exception>
    public async Task LookAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var manifests = await ManifestsAsync(ct);
            foreach (var (id, manifest) in manifests.Where(m => _seen.GetValueOrDefault(m.Key)?.Manifest != m.Value))
            {
                await ReadAsync(id, manifest, ct);
            }

            foreach (var (id, seen) in _seen.Where(s => !manifests.ContainsKey(s.Key)).ToArray())
            {
                _seen.Remove(id);
                await GoneAsync(id, seen.Identity, null, ct);
            }

            if (!_isReconciled)
            {
                await ReconcileAsync(ct);
                _isReconciled = true;
            }
        }
        catch
        {
            // What was not archived to its end is compared with the store again.
            _isReconciled = false;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Deletes a dataset from the store and tells followers. Whoever calls has been authorized.</summary>
    /// <exception cref="BlobStoreException">It is being imported, or the store does not answer.</exception>
    /// <exception cref="VolumeFormatException">It is gone already, or another took its id.</exception>
    public async Task DeleteAsync(Dataset dataset, Person by, CancellationToken ct)
    {
        // Before it is done, so that nothing is deleted that the audit log could not tell of.
        await audit.RecordAsync(AuditKind.Deletion, by, $"deleted the dataset '{dataset.Name}'", AuditSubject.Of(dataset), ct);
        try
        {
            await store.DeleteAsync(dataset.Id, ct, dataset.Identity);
        }
        catch
        {
            await audit.TryRecordAsync(
                AuditKind.Deletion, by, $"the dataset '{dataset.Name}' was not deleted, since that failed", AuditSubject.Of(dataset));
            throw;
        }

        // What follows must be told even where the browser that asked is gone.
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            _seen.Remove(dataset.Id);
            await GoneAsync(dataset.Id, dataset.Identity, by.Name, CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (BlobStoreException e)
            {
                LogAway(log, e.Message);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFault(log, e);
            }

            var wait = store.Blobs.Uncached is FolderBlobStore ? Turn
                : TimeSpan.FromSeconds(Math.Max(2 * Turn.TotalSeconds, _seen.Count / RemoteStatsPerSecond));
            await Task.Delay(wait, time, stoppingToken);
        }
    }

    private async Task<Dictionary<DatasetId, BlobStat>> ManifestsAsync(CancellationToken ct)
    {
        var ids = new List<DatasetId>();
        await foreach (var folder in store.Blobs.ListFoldersAsync(BlobNames.Datasets, ct))
        {
            if (DatasetId.TryParse(folder, out var id))
            {
                ids.Add(id);
            }
        }

        var found = new Dictionary<DatasetId, BlobStat>();
        foreach (var part in ids.Chunk(StatsAtOnce))
        {
            var stats = await Task.WhenAll(part.Select(id => store.Blobs.Uncached.StatAsync(BlobNames.Manifest(id), ct).AsTask()));
            foreach (var (id, stat) in part.Zip(stats).Where(p => p.Second is not null))
            {
                found[id] = stat!.Value;
            }
        }

        return found;
    }

    private async Task ReadAsync(DatasetId id, BlobStat manifest, CancellationToken ct)
    {
        var before = _seen.GetValueOrDefault(id);
        Dataset? now;
        try
        {
            now = await store.TryOpenAsync(id, ct);
        }
        catch (VolumeFormatException)
        {
            // Damaged is not deleted; pages say what is wrong with it.
            _seen[id] = new Seen(manifest, before?.Identity, "");
            catalog.Touch();
            return;
        }

        if (now is null)
        {
            // Deleted since its name was listed; the next turn misses it.
            return;
        }

        if (before?.Identity is { } other && other != now.Identity)
        {
            await GoneAsync(id, other, null, ct);
        }

        if (await registry.NoteAsync(now, ct))
        {
            LogFound(log, id.Value, now.Identity.Value);
        }

        if (before?.Revision != now.Revision)
        {
            foreach (var follower in followers)
            {
                await follower.ChangedAsync(now, ct);
            }

            catalog.Touch();
        }

        _seen[id] = new Seen(manifest, now.Identity, now.Revision);
    }

    // What the database knows and the store has not was deleted while no server ran. A damaged manifest may be any of its id's.
    private async Task ReconcileAsync(CancellationToken ct)
    {
        var existing = _seen.Values.Select(s => s.Identity).OfType<DatasetIdentity>().Select(i => i.Value).ToHashSet();
        var damaged = _seen.Where(s => s.Value.Identity is null).Select(s => s.Key.Value).ToHashSet();
        foreach (var record in await registry.ExistingAsync(ct))
        {
            if (!existing.Contains(record.Identity) && !damaged.Contains(record.DatasetId)
                && DatasetIdentity.TryParse(record.Identity, out var identity) && DatasetId.TryParse(record.DatasetId, out var id))
            {
                await GoneAsync(id, identity, null, ct);
            }
        }
    }

    private async Task GoneAsync(DatasetId id, DatasetIdentity? identity, string? by, CancellationToken ct)
    {
        if (identity is { } gone)
        {
            LogDeleted(log, id.Value, gone.Value, by ?? "a command or another program");
            await registry.ArchiveAsync(gone, by, ct);
            foreach (var follower in followers)
            {
                await follower.DeletedAsync(gone, ct);
            }
        }

        catalog.Touch();
    }

    [LoggerMessage(LogLevel.Information, "Dataset {Id} ({Identity}) is in the store")]
    private static partial void LogFound(ILogger logger, string id, string identity);

    [LoggerMessage(LogLevel.Warning, "Dataset {Id} ({Identity}) was deleted by {By}; its members, links and sites are archived")]
    private static partial void LogDeleted(ILogger logger, string id, string identity, string by);

    [LoggerMessage(LogLevel.Warning, "The store was not looked at: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "The store could not be followed")]
    private static partial void LogFault(ILogger logger, Exception exception);
}
