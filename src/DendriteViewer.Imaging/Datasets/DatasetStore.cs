using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>The published datasets of a blob store. A dataset is published by its <c>dataset.json</c>, and by nothing else.</summary>
public sealed class DatasetStore(IBlobStore blobs)
{
    private readonly ConcurrentDictionary<string, Lazy<Task<VolumeReader>>> _readers = new();

    /// <summary>The blobs underneath.</summary>
    public IBlobStore Blobs => blobs;

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
        var bytes = await blobs.TryReadAsync(BlobNames.Manifest(id), ct);
        return bytes is null ? null : Dataset.Of(id, Manifests.Parse(bytes, BlobNames.Manifest(id)));
    }

    /// <summary>A reader of a volume's bricks; opened once and kept.</summary>
    public async Task<VolumeReader> ReaderAsync(VolumeInfo volume, CancellationToken ct)
    {
        var lazy = _readers.GetOrAdd(volume.Prefix, p => new(() => VolumeReader.OpenAsync(blobs, p, CancellationToken.None)));
        try
        {
            return await lazy.Value.WaitAsync(ct);
        }
        catch (Exception) when (lazy.Value.IsFaulted)
        {
            _readers.TryRemove(new KeyValuePair<string, Lazy<Task<VolumeReader>>>(volume.Prefix, lazy));
            throw;
        }
    }

    /// <summary>A measured curve: its header and rows, or null where the dataset has none of that kind.</summary>
    public async Task<Series?> SeriesAsync(DatasetId id, string kind, CancellationToken ct)
    {
        var name = BlobNames.Dataset(id) + BlobNames.SeriesPath(kind);
        var bytes = await blobs.TryReadAsync(name, ct);
        return bytes is null ? null : Series.Parse(kind, bytes, name);
    }

    /// <summary>Unpublishes a dataset, then deletes every blob of it, unfinished imports included.</summary>
    /// <returns>False where there was nothing.</returns>
    public async Task<bool> DeleteAsync(DatasetId id, CancellationToken ct)
    {
        var any = await blobs.StatAsync(BlobNames.Manifest(id), ct) is not null;
        await blobs.DeleteAsync(BlobNames.Manifest(id), ct);
        await foreach (var blob in blobs.ListAsync(BlobNames.Dataset(id), ct))
        {
            any = true;
            await blobs.DeleteAsync(blob.Name, ct);
        }

        Forget(BlobNames.Dataset(id));
        return any;
    }

    /// <summary>Forgets the readers of volumes below a prefix, whose blobs may have changed.</summary>
    public void Forget(string prefix)
    {
        foreach (var key in _readers.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)))
        {
            _readers.TryRemove(key, out _);
        }
    }

    internal ValueTask PublishAsync(DatasetId id, DatasetManifest manifest, CancellationToken ct) =>
        blobs.WriteAsync(BlobNames.Manifest(id), JsonSerializer.SerializeToUtf8Bytes(manifest, DatasetManifest.Json), ct);
}
