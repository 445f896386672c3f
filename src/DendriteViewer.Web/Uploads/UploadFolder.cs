using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Uploads;

/// <summary>A file that is uploaded.</summary>
/// <param name="Path">Relative, '/' between parts.</param>
/// <param name="Size">Bytes.</param>
public sealed record UploadFile(string Path, long Size);

/// <summary>An upload: which files, whose.</summary>
/// <param name="Id">Random.</param>
/// <param name="Owner">Who uploads.</param>
/// <param name="Files">The files, in the order that pieces name them by.</param>
public sealed record Upload(string Id, string Owner, IReadOnlyList<UploadFile> Files);

/// <summary>
/// Files on their way in from browsers, below Data/uploads: an upload a folder. A piece counts once its checksum was right and it is
/// in its file; a connection or a server that ends costs what was on its way, and no more.
/// </summary>
public sealed class UploadFolder(DendriteOptions options, TimeProvider time)
{
    /// <summary>Bytes of a piece; the last of a file may be shorter.</summary>
    public const int PieceBytes = 8 << 20;

    private const int MostFiles = 20_000;
    private const int MostPathChars = 400;
    internal static readonly TimeSpan Kept = TimeSpan.FromDays(3);
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, long> _received = new();

    /// <summary>Raised with an upload's id when a piece of it was taken, or it was removed; handlers must be quick.</summary>
    public event Action<string>? Changed;

    /// <summary>The folder of all uploads; imports may read below it.</summary>
    public string Root { get; } = System.IO.Path.Combine(System.IO.Path.GetFullPath(options.Data), "uploads");

    /// <summary>Begins an upload.</summary>
    /// <exception cref="VolumeFormatException">A name leads elsewhere, or there is no room; the sentence is for people.</exception>
    public Upload Begin(string owner, IReadOnlyList<UploadFile> files)
    {
        Sweep();
        if (files.Count is 0 or > MostFiles)
        {
            throw new VolumeFormatException($"An upload has 1 to {MostFiles} files, not {files.Count}.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var f in files)
        {
            if (f is not { Path: not null })
            {
                throw new VolumeFormatException("An upload's files are [{path, size}, …]; one of them has no path.");
            }

            if (f.Path.Length is 0 or > MostPathChars || f.Path.Any(char.IsControl) || f.Path.Contains('\\', StringComparison.Ordinal) || f.Path.Split('/').Any(p => p is "" or "." or "..") || !seen.Add(f.Path))
            {
                throw new VolumeFormatException($"'{f.Path}' is no name that a file can be uploaded under; rename it.");
            }

            if (f.Size < 0)
            {
                throw new VolumeFormatException($"{f.Path} has no size; choose it again.");
            }
        }

        CheckRoom(files.Sum(f => (decimal)f.Size));
        var upload = new Upload(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), owner, files);
        Adopt(upload);
        return upload;
    }

    /// <summary>Refuses what this server has no room for.</summary>
    /// <exception cref="VolumeFormatException">There is no room; the sentence is for people.</exception>
    internal void CheckRoom(decimal total)
    {
        Directory.CreateDirectory(Root);
        var free = new DriveInfo(Root).AvailableFreeSpace - ((long)options.UploadSpareMiB << 20);
        if (total > free)
        {
            var room = free > 0 ? $"has room for {Size(free)}" : "has no room left";
            throw new VolumeFormatException(
                $"The files are {Size(total)}, but the server {room}; ask its administrator to make some, or import from a folder on the server.");
        }
    }

    /// <summary>Makes the folder of an upload that began here, or at another server.</summary>
    internal void Adopt(Upload upload)
    {
        if (!File.Exists(Manifest(upload.Id)))
        {
            Directory.CreateDirectory(Folder(upload));
            File.WriteAllBytes(Manifest(upload.Id), JsonSerializer.SerializeToUtf8Bytes(upload));
        }
    }

    /// <summary>Whether a text is an upload's id: hexadecimal, so that it leads nowhere else.</summary>
    internal static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    /// <summary>An upload of somebody's, or null.</summary>
    public Upload? Find(string id, string owner) => Find(id) is { } upload && upload.Owner == owner ? upload : null;

    /// <summary>An upload, or null where there is none any more. Whoever calls has been authorized.</summary>
    public Upload? Find(string id)
    {
        return IsId(id) && File.Exists(Manifest(id)) ? JsonSerializer.Deserialize<Upload>(File.ReadAllBytes(Manifest(id))) : null;
    }

    /// <summary>Notes which job shows how far an upload is.</summary>
    public void SetJob(Upload upload, Guid job) => File.WriteAllText(JobFile(upload.Id), job.ToString("N"));

    /// <summary>The job that shows how far an upload is, or null.</summary>
    public Guid? JobOf(Upload upload) => File.Exists(JobFile(upload.Id)) && Guid.TryParseExact(File.ReadAllText(JobFile(upload.Id)), "N", out var job) ? job : null;

    /// <summary>Bytes of an upload that are there.</summary>
    public long Received(Upload upload) => _received.GetOrAdd(upload.Id, _ => upload.Files.Select((f, i) => Have(upload, i).Sum(p => BytesOf(f, p))).Sum());

    /// <summary>How many pieces a file is of.</summary>
    public static int PiecesOf(UploadFile file) => (int)((file.Size + PieceBytes - 1) / PieceBytes);

    /// <summary>Which pieces of a file are there.</summary>
    public IReadOnlySet<int> Have(Upload upload, int file)
    {
        var journal = Journal(upload, file);
        lock (_lock)
        {
            return File.Exists(journal) ? File.ReadAllLines(journal).Select(l => int.TryParse(l, out var p) ? p : -1).Where(p => p >= 0 && p < PiecesOf(upload.Files[file])).ToHashSet() : [];
        }
    }

    /// <summary>Takes a piece.</summary>
    /// <param name="upload">The upload.</param>
    /// <param name="file">Which of its files.</param>
    /// <param name="piece">Which piece.</param>
    /// <param name="sha256">What it must be, hexadecimal.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="share">Where it is kept for other servers before it counts, or null.</param>
    /// <param name="ct">Stops it; the piece then does not count.</param>
    /// <exception cref="VolumeFormatException">There is no such piece, or its bytes are others.</exception>
    public async Task PutAsync(Upload upload, int file, int piece, string sha256, Stream content, UploadShare? share, CancellationToken ct)
    {
        if (file < 0 || file >= upload.Files.Count || piece < 0 || piece >= PiecesOf(upload.Files[file]))
        {
            throw new VolumeFormatException("There is no such piece.");
        }

        var wanted = BytesOf(upload.Files[file], piece);
        var bytes = System.Buffers.ArrayPool<byte>.Shared.Rent(wanted + 1);
        try
        {
            var n = await content.ReadAtLeastAsync(bytes.AsMemory(0, wanted + 1), wanted + 1, throwOnEndOfStream: false, ct);
            if (n != wanted || !Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, n))).Equals(sha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new VolumeFormatException($"Piece {piece} of {upload.Files[file].Path} arrived with other bytes than were sent; it is sent again.");
            }

            await (share?.KeepAsync(upload, file, piece, bytes.AsMemory(0, n), ct) ?? Task.CompletedTask);
            await WriteAsync(upload, file, piece, bytes.AsMemory(0, n), ct);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>Puts a piece into its file and notes it.</summary>
    internal async Task WriteAsync(Upload upload, int file, int piece, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        var path = PathOf(upload, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, FileOptions.Asynchronous))
        {
            await RandomAccess.WriteAsync(handle, content, (long)piece * PieceBytes, ct);
        }

        lock (_lock)
        {
            var (before, isNew) = (Received(upload), !Have(upload, file).Contains(piece));
            File.AppendAllText(Journal(upload, file), $"{piece}\n");
            _received[upload.Id] = before + (isNew ? content.Length : 0);
        }

        Changed?.Invoke(upload.Id);
    }

    /// <summary>What to import when all is there: the only file, a described dataset, or the folder; null where pieces are missing.</summary>
    public string? Complete(Upload upload)
    {
        for (var i = 0; i < upload.Files.Count; i++)
        {
            if (Have(upload, i).Count < PiecesOf(upload.Files[i]))
            {
                return null;
            }

            var path = PathOf(upload, i);
            if (upload.Files[i].Size == 0 && !File.Exists(path))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, []);
            }
        }

        if (upload.Files is [var only])
        {
            return PathOf(upload, 0);
        }

        // What several files share at the beginning is the folder that was chosen.
        var top = upload.Files[0].Path.Split('/')[0];
        return upload.Files.All(f => f.Path.StartsWith(top + "/", StringComparison.Ordinal)) ? Path.Combine(Folder(upload), top) : Folder(upload);
    }

    /// <summary>The id of the upload that a path lies in, or null.</summary>
    internal string? IdOf(string path)
    {
        var below = Path.GetRelativePath(Root, path);
        return !Path.IsPathRooted(below) && below.Split(Path.DirectorySeparatorChar)[0] is var id && IsId(id) ? id : null;
    }

    /// <summary>Removes an upload from this server.</summary>
    internal void RemoveAt(string id)
    {
        // The list, the form and the job may each be the first to notice.
        lock (_lock)
        {
            if (Directory.Exists(Path.Combine(Root, id)))
            {
                Directory.Delete(Path.Combine(Root, id), recursive: true);
            }
        }

        _received.TryRemove(id, out _);
        Changed?.Invoke(id);
    }

    // Uploads to which nothing came for days.
    private void Sweep()
    {
        foreach (var folder in Directory.Exists(Root) ? new DirectoryInfo(Root).EnumerateDirectories().ToArray() : [])
        {
            if (folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(f => f.LastWriteTimeUtc).DefaultIfEmpty(folder.LastWriteTimeUtc).Max() < time.GetUtcNow() - Kept)
            {
                RemoveAt(folder.Name);
            }
        }
    }

    private static string Size(decimal bytes) => bytes < 1_000_000_000
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000:0.#} MB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000_000:0.#} GB");

    private static int BytesOf(UploadFile file, int piece) => (int)Math.Min(PieceBytes, file.Size - (long)piece * PieceBytes);

    private string JobFile(string id) => Path.Combine(Root, id, "job");

    private string Manifest(string id) => Path.Combine(Root, id, "upload.json");

    private string Folder(Upload upload) => Path.Combine(Root, upload.Id, "files");

    private string Journal(Upload upload, int file) => Path.Combine(Root, upload.Id, $"{file}.pieces");

    private string PathOf(Upload upload, int file) => Path.Combine(Folder(upload), upload.Files[file].Path.Replace('/', Path.DirectorySeparatorChar));
}
