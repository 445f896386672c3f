using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Formats.Chunked;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>The published datasets of a blob store. A dataset is published by its <c>dataset.json</c>, and by nothing else.</summary>
public sealed class DatasetStore(IBlobStore blobs)
{
    // How long somebody who writes is waited for, and how often is looked.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10), Pause = TimeSpan.FromMilliseconds(200);
    private const long MostChunkBytes = 256L << 20;
    private readonly ConcurrentDictionary<(string Prefix, string CacheKey, string? Sha256), Lazy<Task<VolumeReader>>> _readers = new();

    // The identity that each id was last seen with, so that what is kept of its blobs is forgotten when another dataset takes the id.
    private readonly ConcurrentDictionary<DatasetId, DatasetIdentity> _seen = new();

    // Of volumes that are used in place: a chunk is often larger than a brick.
    private readonly ChunkCache<(object, int, long), ChunkSamples?> _chunks = new(MostChunkBytes, c => c?.Bytes.Length ?? 0);

    /// <summary>The blobs underneath.</summary>
    public IBlobStore Blobs => blobs;

    /// <summary>Raised after this process published or deleted a dataset; handlers must be quick.</summary>
    public event Action? Published;

    /// <summary>All published datasets, by id. One that cannot be read is reported, not hidden.</summary>
    public async IAsyncEnumerable<(DatasetId Id, Dataset? Dataset, string? Problem)> ListAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var folder in blobs.ListFoldersAsync(BlobNames.Datasets, ct))
        {
            if (!DatasetId.TryParse(folder, out var id))
            {
                continue;
            }

            Dataset? dataset = null;
            string? problem = null;
            try
            {
                dataset = await TryOpenAsync(id, ct);
            }
            catch (VolumeFormatException e)
            {
                problem = e.Message;
            }

            if (dataset is not null || problem is not null)
            {
                yield return (id, dataset, problem);
            }
        }
    }

    /// <summary>A dataset, or null where none of that id is published.</summary>
    /// <exception cref="VolumeFormatException">Its manifest is damaged.</exception>
    public async Task<Dataset?> TryOpenAsync(DatasetId id, CancellationToken ct)
    {
        var stored = await blobs.TryReadTaggedAsync(BlobNames.Manifest(id), ct);
        return stored is null ? null : Opened(id, stored.Content);
    }

    /// <summary>A reader of a volume's bricks; opened once and kept.</summary>
    public async Task<VolumeReader> ReaderAsync(VolumeInfo volume, CancellationToken ct)
    {
        if (volume.Mask is { } mask)
        {
            return await mask.ReaderAsync(ct);
        }

        var lazy = _readers.GetOrAdd((volume.Prefix, volume.CacheKey, volume.MetadataSha256), _ =>
            new(() => OpenReaderAsync(blobs, volume, CancellationToken.None)));
        try
        {
            return await lazy.Value.WaitAsync(ct);
        }
        catch (Exception) when (lazy.Value.IsFaulted)
        {
            _readers.TryRemove(KeyValuePair.Create((volume.Prefix, volume.CacheKey, volume.MetadataSha256), lazy));
            throw;
        }
    }

    /// <summary>A reader of a volume as a store has it now.</summary>
    /// <param name="from">The store, or what it is cached by.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">Its metadata is not what was published.</exception>
    public async Task<VolumeReader> OpenReaderAsync(IBlobStore from, VolumeInfo volume, CancellationToken ct) => volume.LinkedTo is null
        ? await StoredReader.OpenAsync(from, volume.Prefix, volume.MetadataSha256, ct)
        : await LinkedReader.OpenAsync(from, volume.Prefix, volume.MetadataSha256, _chunks, ct);

    /// <summary>A measured curve: its header and rows, or null where the dataset has none of that kind.</summary>
    /// <exception cref="VolumeFormatException">It is damaged.</exception>
    public async Task<Series?> SeriesAsync(Dataset dataset, string kind, CancellationToken ct)
    {
        if (dataset.Manifest.Series.FirstOrDefault(s => s.Kind == kind) is not { } series)
        {
            return null;
        }

        var name = BlobNames.Series(dataset.Id, series);
        var bytes = await blobs.TryReadAsync(name, ct) ?? throw new VolumeFormatException($"{name} is missing; import the dataset again.");
        return series.Sha256 is null || series.Sha256 == Convert.ToHexStringLower(SHA256.HashData(bytes))
            ? Series.Parse(kind, bytes, name).OnClock(series.Clock)
            : throw new VolumeFormatException($"{name} is not what was published: its checksum is another; import the dataset again.");
    }

    /// <summary>Unpublishes a dataset, then deletes every blob of it, unfinished imports included.</summary>
    /// <param name="id">The dataset.</param>
    /// <param name="ct">Stops it; what is not deleted yet is not published any more.</param>
    /// <param name="expected">The identity it must have, or null for whatever is there.</param>
    /// <returns>False where there was nothing.</returns>
    /// <exception cref="BlobStoreException">Somebody writes it at the moment.</exception>
    /// <exception cref="VolumeFormatException">It is another dataset than was expected.</exception>
    public async Task<bool> DeleteAsync(DatasetId id, CancellationToken ct, DatasetIdentity? expected = null)
    {
        await using var lease = await LeaseAsync(id, ct);
        if (expected is not null)
        {
            RefuseOther(id, await TryOpenAsync(id, ct), expected);
        }

        var any = await blobs.StatAsync(BlobNames.Manifest(id), ct) is not null;
        await blobs.DeleteAsync(BlobNames.Manifest(id), ct);
        if (!any)
        {
            await foreach (var blob in blobs.ListAsync(BlobNames.Dataset(id), ct))
            {
                any = true;
                break;
            }
        }

        await blobs.DeleteAllAsync(BlobNames.Dataset(id), ct);
        Forget(BlobNames.Dataset(id));
        Published?.Invoke();
        return any;
    }

    /// <summary>Takes the right to write a dataset, which one process has at a time; waits a little for another.</summary>
    /// <exception cref="BlobStoreException">Another has it still.</exception>
    public async Task<IBlobLease> LeaseAsync(DatasetId id, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await blobs.TryLeaseAsync(BlobNames.Lease(id), ct) is { } lease)
            {
                return lease;
            }

            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new BlobStoreException($"{id} is being written by another import, analysis or deletion; try again when that has ended.", isTransient: true);
            }

            await Task.Delay(Pause, TimeProvider.System, ct);
        }
    }

    /// <summary>
    /// Changes a dataset's manifest: what is to be published is made of what is, again whenever somebody else was faster.
    /// </summary>
    /// <param name="id">The dataset.</param>
    /// <param name="change">From what is published, or null where nothing is, to what shall be.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="expected">The identity it must have, or null for whatever is there, and for a new one.</param>
    /// <returns>What is published now.</returns>
    /// <exception cref="VolumeFormatException">It is another dataset than was expected, or is damaged.</exception>
    public async Task<Dataset> UpdateAsync(
        DatasetId id, Func<Dataset?, ValueTask<DatasetManifest>> change, CancellationToken ct, DatasetIdentity? expected = null)
    {
        var name = BlobNames.Manifest(id);
        while (true)
        {
            var stored = await blobs.TryReadTaggedAsync(name, ct);
            var now = stored is null ? null : Opened(id, stored.Content);
            RefuseOther(id, now, expected);
            var manifest = await change(now) with { Id = id.Value, Identity = (now?.Identity ?? DatasetIdentity.New()).Value };
            var content = SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(manifest, DatasetManifest.Json));
            if (await blobs.TryReplaceAsync(name, content, stored?.Tag, ct))
            {
                Published?.Invoke();
                return Opened(id, content);
            }
        }
    }

    /// <summary>Forgets the readers of volumes below a prefix, whose blobs may have changed, and what is known of the blobs.</summary>
    public void Forget(string prefix)
    {
        foreach (var key in _readers.Keys.Where(k => k.Prefix.StartsWith(prefix, StringComparison.Ordinal)))
        {
            _readers.TryRemove(key, out _);
        }

        blobs.Forget(prefix);
    }

    private Dataset Opened(DatasetId id, byte[] stored)
    {
        var manifest = Unsealed(stored, BlobNames.Manifest(id));
        var dataset = Dataset.Of(id, manifest) with { Revision = Convert.ToHexStringLower(SHA256.HashData(stored))[..32] };
        if (!_seen.TryGetValue(id, out var before) || before != dataset.Identity)
        {
            _seen[id] = dataset.Identity;
            Forget(BlobNames.Dataset(id));
        }

        return dataset;
    }

    private static void RefuseOther(DatasetId id, Dataset? now, DatasetIdentity? expected)
    {
        if (expected is not null && now?.Identity != expected)
        {
            throw new VolumeFormatException(now is null ? $"{id} was deleted."
                : $"{id} was deleted, and another dataset of that name imported since; look at it again.");
        }
    }

    // What was published before there were seals has none, and says nothing of its volumes' metadata either.
    private static DatasetManifest Unsealed(byte[] stored, string name)
    {
        try
        {
            var manifest = Manifests.Parse(SealedJson.IsSealed(stored) ? SealedJson.Unseal(stored) : stored, name);
            return SealedJson.IsSealed(stored) || manifest.Volumes.All(v => v.MetadataSha256 is null) ? manifest : throw new FormatException("It lacks its seal.");
        }
        catch (FormatException e)
        {
            throw new VolumeFormatException($"{name} is not what was published: its checksum is another; import the dataset again.", e);
        }
    }
}
