using System.Buffers;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Registry;

namespace DendriteViewer.Web.Exports;

/// <summary>A file that was exported and can be fetched.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Made">When.</param>
public sealed record ExportFile(string Name, long Bytes, DateTimeOffset Made);

/// <summary>
/// Where exports lie until they are fetched, or a week is over: in the store, so that every server gives out what any of them made. They
/// are made in a folder of the server that is at work, and put into the store in parts when they are whole; an export is there with its last
/// blob, which marks it as whole.
/// </summary>
public sealed class ExportFiles(DatasetStore store, DendriteOptions options, TimeProvider time) : IDatasetFollower
{
    /// <summary>How long an export is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    /// <summary>Bytes of a part; the last may be shorter.</summary>
    internal const int PartBytes = 16 << 20;

    // Not by the cache on the disk: a file that is fetched is fetched once.
    private IBlobStore Blobs => store.Blobs.Uncached;

    // Exports of datasets from before there were identities lie under the id.
    private static string OwnerOf(DatasetIdentity dataset) => dataset.EarlierId ?? dataset.Value;

    private string Root => Path.Combine(Path.GetFullPath(options.Data), "exports");

    /// <summary>
    /// The folder of this server in which a dataset's exports are made; made where there is none. What is left in it was cut off, and may
    /// be gone on with.
    /// </summary>
    public string FolderOf(DatasetIdentity dataset) => Directory.CreateDirectory(Path.Combine(Root, OwnerOf(dataset))).FullName;

    /// <summary>Puts a file that was made into the store, in place of one of its name, and removes it from the folder.</summary>
    /// <param name="dataset">Of what.</param>
    /// <param name="path">The file.</param>
    /// <param name="ct">Stops it; the export is not there then.</param>
    public async Task PublishAsync(DatasetIdentity dataset, string path, CancellationToken ct)
    {
        var (owner, name) = (OwnerOf(dataset), Path.GetFileName(path));
        await RemoveAsync(owner, name, ct);
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            await using (var file = File.OpenRead(path))
            {
                for (var part = 0; ; part++)
                {
                    var n = await file.ReadAtLeastAsync(buffer.AsMemory(0, PartBytes), PartBytes, throwOnEndOfStream: false, ct);
                    if (n == 0)
                    {
                        break;
                    }

                    await Blobs.WriteAsync(BlobNames.ExportPart(owner, name, part), buffer.AsMemory(0, n), ct);
                }
            }

            await Blobs.WriteAsync(BlobNames.ExportWhole(owner, name), ReadOnlyMemory<byte>.Empty, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        File.Delete(path);
    }

    /// <summary>What can be fetched of a dataset, newest first.</summary>
    public async Task<IReadOnlyList<ExportFile>> ListAsync(DatasetIdentity dataset, CancellationToken ct) =>
        [.. (await PartsAsync(BlobNames.ExportsOf(OwnerOf(dataset)), ct)).Values
            .Where(e => e.Whole is { } made && made > time.GetUtcNow() - Kept)
            .OrderByDescending(e => e.Whole).Select(e => new ExportFile(e.Name, e.Bytes, e.Whole!.Value))];

    /// <summary>The bytes of a file that is listed, or null. The stream can be read from any place.</summary>
    public async Task<(Stream Content, DateTimeOffset Made)?> OpenAsync(DatasetIdentity dataset, string name, CancellationToken ct)
    {
        var owner = OwnerOf(dataset);
        return (await ListAsync(dataset, ct)).FirstOrDefault(f => f.Name == name) is { } file
            ? (new ExportStream(Blobs, part => BlobNames.ExportPart(owner, name, part), file.Bytes, PartBytes), file.Made)
            : null;
    }

    // They were made of voxels that are gone.
    async Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        await Blobs.DeleteAllAsync(BlobNames.ExportsOf(OwnerOf(dataset)), ct);
        var folder = Path.Combine(Root, OwnerOf(dataset));
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Removes what was kept long enough, of every dataset, and what never became whole.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        var before = time.GetUtcNow() - Kept;
        foreach (var export in (await PartsAsync(BlobNames.Exports, ct)).Values.Where(e => e.Newest < before))
        {
            await RemoveAsync(export.Owner, export.Name, ct);
        }

        var root = new DirectoryInfo(Root);
        foreach (var old in root.Exists
            ? root.EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.LastWriteTimeUtc < before).ToArray() : [])
        {
            old.Delete();
        }
    }

    // The mark goes first, so that nobody is given a file of which parts are gone.
    private async Task RemoveAsync(string owner, string name, CancellationToken ct)
    {
        await Blobs.DeleteAsync(BlobNames.ExportWhole(owner, name), ct);
        await Blobs.DeleteAllAsync(BlobNames.Export(owner, name), ct);
    }

    private async Task<Dictionary<(string, string), Found>> PartsAsync(string prefix, CancellationToken ct)
    {
        var found = new Dictionary<(string, string), Found>();
        await foreach (var blob in Blobs.ListAsync(prefix, ct))
        {
            if (BlobNames.ParseExport(blob.Name) is { } export)
            {
                var written = blob.Written ?? DateTimeOffset.MinValue;
                var known = found.GetValueOrDefault((export.Owner, export.Name))
                    ?? new Found(export.Owner, export.Name, 0, DateTimeOffset.MinValue, null);
                found[(export.Owner, export.Name)] = known with
                {
                    Bytes = known.Bytes + blob.Size, Newest = written > known.Newest ? written : known.Newest,
                    Whole = export.Part is null ? written : known.Whole,
                };
            }
        }

        return found;
    }

    private sealed record Found(string Owner, string Name, long Bytes, DateTimeOffset Newest, DateTimeOffset? Whole);
}
