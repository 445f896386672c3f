using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Servers;

namespace DendriteViewer.Web.Uploads;

/// <summary>
/// Uploads where several servers work as one: each piece that a server took lies in the store too, so that a browser whose server died goes
/// on at another, and whichever server imports the upload brings it into its own folder first. Where there is one server, nothing of this
/// is done, and the folder alone has the pieces.
/// </summary>
public sealed partial class UploadShare(DatasetStore store, UploadFolder folder, ServerNews news, TimeProvider time)
{
    // Not by the cache on the disk: a piece is read once.
    private IBlobStore Blobs => store.Blobs.Uncached;

    /// <summary>Whether uploads lie in the store too.</summary>
    public bool IsOn => news.HasOthers;

    /// <summary>Keeps what an upload is of, before its first piece, and removes uploads to which nothing came for days.</summary>
    public async Task BeginAsync(Upload upload, CancellationToken ct)
    {
        if (!IsOn)
        {
            return;
        }

        await SweepAsync(ct);
        await Blobs.WriteAsync(BlobNames.Upload(upload.Id), JsonSerializer.SerializeToUtf8Bytes(upload), ct);
    }

    /// <summary>Keeps which job shows how far an upload is.</summary>
    public async Task SetJobAsync(Upload upload, Guid job, CancellationToken ct)
    {
        folder.SetJob(upload, job);
        if (IsOn)
        {
            await Blobs.WriteAsync(BlobNames.UploadJob(upload.Id), System.Text.Encoding.UTF8.GetBytes(job.ToString("N")), ct);
        }
    }

    /// <summary>Keeps a piece whose checksum was right.</summary>
    public async Task KeepAsync(Upload upload, int file, int piece, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        if (IsOn)
        {
            await Blobs.WriteAsync(BlobNames.UploadPiece(upload.Id, file, piece), content, ct);
        }
    }

    /// <summary>An upload that is at this server or at another, or null.</summary>
    public async Task<Upload?> FindAsync(string id, CancellationToken ct)
    {
        if (!IsOn || !UploadFolder.IsId(id))
        {
            return folder.Find(id);
        }

        return await Blobs.TryReadAsync(BlobNames.Upload(id), ct) is { } json ? JsonSerializer.Deserialize<Upload>(json) : null;
    }

    /// <summary>Bytes of an upload that any server has.</summary>
    public async Task<long> ReceivedAsync(Upload upload, CancellationToken ct) =>
        IsOn ? (await PiecesAsync(upload.Id, ct)).Sum(p => p.Bytes) : folder.Received(upload);

    /// <summary>Which pieces of each file any server has, in order; nothing is brought here for it.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<int>>> HaveAsync(Upload upload, CancellationToken ct)
    {
        if (!IsOn)
        {
            return [.. upload.Files.Select((_, i) => folder.Have(upload, i).Order().ToArray())];
        }

        var pieces = (await PiecesAsync(upload.Id, ct)).ToLookup(p => p.File, p => p.Piece);
        return [.. upload.Files.Select((_, i) => pieces[i].Order().ToArray())];
    }

    /// <summary>The job that shows how far an upload is, or null.</summary>
    public async Task<Guid?> JobOfAsync(Upload upload, CancellationToken ct) =>
        folder.JobOf(upload) is { } here ? here
        : IsOn && await Blobs.TryReadAsync(BlobNames.UploadJob(upload.Id), ct) is { } job
            && Guid.TryParseExact(System.Text.Encoding.UTF8.GetString(job), "N", out var known) ? known : null;

    /// <summary>Brings the pieces of an upload that other servers took into the folder of this one.</summary>
    /// <returns>The upload, or null where there is none.</returns>
    /// <exception cref="VolumeFormatException">There is no room for them here; the sentence is for people.</exception>
    public async Task<Upload?> FetchAsync(string id, CancellationToken ct)
    {
        if (await FindAsync(id, ct) is not { } upload || !IsOn)
        {
            return IsOn ? null : folder.Find(id);
        }

        var missing = new List<(int File, int Piece, long Bytes)>();
        foreach (var file in (await PiecesAsync(id, ct)).Where(p => p.File < upload.Files.Count).GroupBy(p => p.File))
        {
            var have = folder.Have(upload, file.Key);
            missing.AddRange(file.Where(p => !have.Contains(p.Piece)));
        }

        if (missing.Count > 0)
        {
            folder.CheckRoom(missing.Sum(p => (decimal)p.Bytes));
        }

        folder.Adopt(upload);
        foreach (var (file, piece, _) in missing)
        {
            if (await Blobs.TryReadAsync(BlobNames.UploadPiece(id, file, piece), ct) is { } content)
            {
                await folder.WriteAsync(upload, file, piece, content, ct);
            }
        }

        return upload;
    }

    /// <summary>
    /// Where a path of an upload lies at this server, which brings the upload here where another server took it; any other path as it is.
    /// </summary>
    /// <exception cref="VolumeFormatException">The upload is not there any more.</exception>
    public async Task<string> HereAsync(string path, CancellationToken ct)
    {
        if (!IsOn || InUpload().Match(path) is not { Success: true } at)
        {
            return path;
        }

        var here = Path.Combine(folder.Root, at.Groups["id"].Value, "files", at.Groups["rest"].Value);
        if (await FetchAsync(at.Groups["id"].Value, ct) is not { } upload)
        {
            return path;
        }

        return folder.Complete(upload) is not null ? here
            : throw new VolumeFormatException("Pieces of the upload are missing in the store; choose the files again.");
    }

    /// <summary>The same for a path that was brought here already.</summary>
    public string Here(string path) => IsOn && InUpload().Match(path) is { Success: true } at
        && Path.Combine(folder.Root, at.Groups["id"].Value, "files", at.Groups["rest"].Value) is var here && Path.Exists(here)
            ? here : path;

    /// <summary>Removes an upload at every server.</summary>
    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        folder.RemoveAt(id);
        if (IsOn)
        {
            // What names it goes first, so that nobody goes on with it.
            await Blobs.DeleteAsync(BlobNames.Upload(id), ct);
            await Blobs.DeleteAllAsync(BlobNames.UploadOf(id), ct);
            news.Tell(NewsTopics.Uploads, id);
        }
    }

    /// <summary>Removes the upload that a path lies in, when what it held is imported.</summary>
    public async Task RemoveOfAsync(string path, CancellationToken ct)
    {
        if (folder.IdOf(path) is { } id)
        {
            await RemoveAsync(id, ct);
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        var newest = new Dictionary<string, DateTimeOffset>();
        await foreach (var blob in Blobs.ListAsync(BlobNames.Uploads, ct))
        {
            if (blob.Name.Split('/') is [_, var id, ..] && UploadFolder.IsId(id))
            {
                var written = blob.Written ?? DateTimeOffset.MaxValue;
                newest[id] = newest.TryGetValue(id, out var known) && known > written ? known : written;
            }
        }

        foreach (var (id, _) in newest.Where(n => n.Value < time.GetUtcNow() - UploadFolder.Kept))
        {
            await RemoveAsync(id, ct);
        }
    }

    private async Task<List<(int File, int Piece, long Bytes)>> PiecesAsync(string id, CancellationToken ct)
    {
        var found = new List<(int, int, long)>();
        await foreach (var blob in Blobs.ListAsync(BlobNames.UploadPieces(id), ct))
        {
            if (blob.Name.Split('/') is [.., var file, var piece]
                && int.TryParse(file, NumberStyles.None, CultureInfo.InvariantCulture, out var f)
                && int.TryParse(piece, NumberStyles.None, CultureInfo.InvariantCulture, out var p))
            {
                found.Add((f, p, blob.Size));
            }
        }

        return found;
    }

    [GeneratedRegex("/uploads/(?<id>[0-9a-f]{32})/files(?:/(?<rest>.*))?$")]
    private static partial Regex InUpload();
}
