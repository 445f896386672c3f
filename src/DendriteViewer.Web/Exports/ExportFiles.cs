using System.Buffers;
using System.Text.Json;
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
/// are made in a folder of the server that is at work, and put into the store in parts when they are whole. The parts of each attempt lie
/// under a random id, and the mark, which is written last and replaced at once, says of which id they are: two servers that export the same
/// name, or one that exports it during a download, never mix parts.
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
        var (owner, name, id) = (OwnerOf(dataset), Path.GetFileName(path), Guid.NewGuid().ToString("N"));
        var (bytes, parts) = (0L, 0);
        var buffer = ArrayPool<byte>.Shared.Rent(PartBytes);
        try
        {
            await using var file = File.OpenRead(path);
            while (await file.ReadAtLeastAsync(buffer.AsMemory(0, PartBytes), PartBytes, throwOnEndOfStream: false, ct) is > 0 and var n)
            {
                await Blobs.WriteAsync(BlobNames.ExportPart(owner, name, id, parts), buffer.AsMemory(0, n), ct);
                (bytes, parts) = (bytes + n, parts + 1);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        // Each mark is replaced by one, which removes the parts that it named; those of somebody who is still at it stay.
        var (blob, mark) = (BlobNames.ExportMark(owner, name), JsonSerializer.SerializeToUtf8Bytes(new Mark(id, bytes, parts)));
        TaggedBlob? before;
        do
        {
            before = await Blobs.TryReadTaggedAsync(blob, ct);
        }
        while (!await Blobs.TryReplaceAsync(blob, mark, before?.Tag, ct));

        File.Delete(path);
        if (before is not null && MarkOf(before.Content) is { } replaced)
        {
            await Blobs.DeleteAllAsync(BlobNames.ExportParts(owner, name, replaced.Id), ct);
        }
    }

    /// <summary>What can be fetched of a dataset, newest first.</summary>
    public async Task<IReadOnlyList<ExportFile>> ListAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        var owner = OwnerOf(dataset);
        var files = new List<ExportFile>();
        foreach (var name in await NamesAsync(owner, ct))
        {
            if (await FindAsync(owner, name, ct) is (_, var file))
            {
                files.Add(file);
            }
        }

        return [.. files.OrderByDescending(f => f.Made)];
    }

    /// <summary>
    /// The bytes of a file that is listed, or null. The stream can be read from any place; the id is another once the file is.
    /// </summary>
    public async Task<(Stream Content, string Id, DateTimeOffset Made)?> OpenAsync(
        DatasetIdentity dataset, string name, CancellationToken ct)
    {
        // Only a name that is there is made part of a blob's name.
        var owner = OwnerOf(dataset);
        return (await NamesAsync(owner, ct)).Contains(name) && await FindAsync(owner, name, ct) is (var mark, var file)
            ? (new ExportStream(Blobs, part => BlobNames.ExportPart(owner, name, mark.Id, part), mark.Bytes, PartBytes), mark.Id, file.Made)
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
        var newest = new Dictionary<(string Owner, string Name, string? Id), DateTimeOffset>();
        await foreach (var blob in Blobs.ListAsync(BlobNames.Exports, ct))
        {
            if (BlobNames.ParseExport(blob.Name) is { } export && (blob.Written ?? DateTimeOffset.MinValue) is var written)
            {
                newest[export] = newest.TryGetValue(export, out var known) && known > written ? known : written;
            }
        }

        // The marks go first, so that nobody is given a file of which parts are gone; parts that no mark names were cut off or replaced.
        foreach (var (owner, name, id) in newest.Where(e => e.Value < before).Select(e => e.Key).OrderBy(e => e.Id is not null))
        {
            if (id is null)
            {
                await Blobs.DeleteAsync(BlobNames.ExportMark(owner, name), ct);
            }
            else if (await FindAsync(owner, name, ct) is not (var mark, _) || mark.Id != id)
            {
                await Blobs.DeleteAllAsync(BlobNames.ExportParts(owner, name, id), ct);
            }
        }

        var root = new DirectoryInfo(Root);
        foreach (var old in root.Exists
            ? root.EnumerateFiles("*", SearchOption.AllDirectories).Where(f => f.LastWriteTimeUtc < before).ToArray() : [])
        {
            old.Delete();
        }
    }

    // Of the exports that have a mark.
    private async Task<List<string>> NamesAsync(string owner, CancellationToken ct)
    {
        var names = new List<string>();
        await foreach (var blob in Blobs.ListAsync(BlobNames.ExportsOf(owner), ct))
        {
            if (BlobNames.ParseExport(blob.Name) is (_, var name, null))
            {
                names.Add(name);
            }
        }

        return names;
    }

    private async Task<(Mark Mark, ExportFile File)?> FindAsync(string owner, string name, CancellationToken ct)
    {
        var blob = BlobNames.ExportMark(owner, name);
        return await Blobs.StatAsync(blob, ct) is { } stat && (stat.Written ?? DateTimeOffset.MinValue) is var made
            && made > time.GetUtcNow() - Kept && await Blobs.TryReadAsync(blob, ct) is { } json && MarkOf(json) is { } mark
                ? (mark, new ExportFile(name, mark.Bytes, made)) : null;
    }

    // Null of a mark that another release wrote.
    private static Mark? MarkOf(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<Mark>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Mark(string Id, long Bytes, int Parts);
}
