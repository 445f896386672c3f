using System.Security.Cryptography;
using System.Text.Json;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Web.Backup;

/// <summary><c>backup.json</c>: what a backup holds, sealed by its own checksum and holding those of all its files.</summary>
public sealed record BackupManifest
{
    /// <summary>The format that this version writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>The manifest's file name.</summary>
    public const string Name = "backup.json";

    /// <summary>The list of the store's blobs, a JSON object a line.</summary>
    public const string BlobList = "blobs.jsonl";

    /// <summary>The folder of what lay in the data folder.</summary>
    public const string Data = "data";

    /// <summary>The folder of the blobs themselves, where they were asked for.</summary>
    public const string Blobs = "blobs";

    private static readonly JsonSerializerOptions s_json =
        new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>How the backup is laid out.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>The version of DendriteViewer that made it.</summary>
    public string Version { get; init; } = "";

    /// <summary>When it was made.</summary>
    public DateTimeOffset MadeAt { get; init; }

    /// <summary>What the store was called, without its keys.</summary>
    public string Store { get; init; } = "";

    /// <summary>Every file of the backup but this one, relative to it.</summary>
    public IReadOnlyList<BackupFile> Files { get; init; } = [];

    /// <summary>The datasets that were published.</summary>
    public IReadOnlyList<BackupDataset> Datasets { get; init; } = [];

    /// <summary>Whether the blobs themselves are in the backup.</summary>
    public bool HasBlobs { get; init; }

    /// <summary>What a reader must know: what is not in the backup, and what could not be read.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The file's content.</summary>
    public byte[] ToBytes() => SealedJson.Seal(JsonSerializer.SerializeToUtf8Bytes(this, s_json));

    /// <summary>Reads a manifest, and every file that it names against its checksum.</summary>
    /// <exception cref="StartupException">The folder is no backup, is damaged or newer.</exception>
    public static async Task<BackupManifest> OpenAsync(string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, Name);
        if (!File.Exists(file))
        {
            throw new StartupException($"{folder} is no backup: it has no {Name}; give the folder that dendrite backup made.");
        }

        BackupManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<BackupManifest>(SealedJson.Unseal(await File.ReadAllBytesAsync(file, ct)), s_json)!;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw new StartupException($"{file} is damaged; use another backup.", e);
        }

        if (manifest.Format > CurrentFormat)
        {
            throw new StartupException(
                $"{folder} was made by a newer version ({manifest.Version}); restore it with that version or a newer one.");
        }

        foreach (var f in manifest.Files)
        {
            var path = Path.GetFullPath(f.Name, folder);
            if (!path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                || !File.Exists(path) || new FileInfo(path).Length != f.Bytes || await Sha256Async(path, ct) != f.Sha256)
            {
                throw new StartupException($"{f.Name} of the backup {folder} is missing or damaged; use another backup.");
            }
        }

        return manifest;
    }

    /// <summary>A file's SHA-256, hexadecimal.</summary>
    internal static async Task<string> Sha256Async(string file, CancellationToken ct)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, ct));
    }
}

/// <summary>A file of a backup.</summary>
public sealed record BackupFile(string Name, long Bytes, string Sha256);

/// <summary>A dataset that the store held.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Identity">Its identity; empty where its manifest is damaged.</param>
/// <param name="Revision">The revision of its manifest.</param>
/// <param name="Blobs">How many blobs belong to it.</param>
/// <param name="Bytes">Their sizes together.</param>
public sealed record BackupDataset(string Id, string Identity, string Revision, int Blobs, long Bytes);

/// <summary>A line of the list of blobs.</summary>
/// <param name="Name">The blob's name.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, of metadata and measured curves always, of voxels where it was asked for.</param>
/// <param name="Tag">The store's tag, where it gives one.</param>
/// <param name="Written">When it was last written, where the store tells.</param>
public sealed record BackupBlob(string Name, long Bytes, string? Sha256, string? Tag, DateTimeOffset? Written);
