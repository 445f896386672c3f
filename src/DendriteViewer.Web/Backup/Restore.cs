using System.Security.Cryptography;
using System.Text.Json;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace DendriteViewer.Web.Backup;

/// <summary>What a restore found and did.</summary>
/// <param name="Missing">Listed blobs that the store lacks, or has with another size.</param>
/// <param name="Changed">Listed blobs that are others now, as a manifest is after a later analysis.</param>
/// <param name="Written">Blobs that were written into the store.</param>
public sealed record RestoreResult(IReadOnlyList<string> Missing, IReadOnlyList<string> Changed, int Written);

/// <summary>
/// Puts the databases and keys of a backup into an empty data folder. They are copied into a folder inside it first and moved into their
/// places after, the main database last; a server refuses a folder in which that was cut off, and the restore can be run again.
/// </summary>
public sealed class Restore(string dataFolder, IBlobStore blobs)
{
    // Named in messages; the rest is counted.
    private const int MostNamed = 10;

    // What may lie in a data folder that is otherwise empty: the store's own folder, and what a server that ended leaves.
    private static readonly string[] s_harmless = [DataFolder.LockFile, DataFolder.Restoring, "store"];

    /// <summary>Restores a backup.</summary>
    /// <param name="folder">The backup.</param>
    /// <param name="allowMissing">Whether the store may lack blobs that the backup lists.</param>
    /// <param name="progress">Told a sentence of what is done.</param>
    /// <param name="ct">Stops it; it can be run again.</param>
    /// <exception cref="StartupException">The backup is damaged or newer, the folder is in use or not empty, or blobs are
    /// missing.</exception>
    public async Task<RestoreResult> RunAsync(string folder, bool allowMissing, Action<string> progress, CancellationToken ct)
    {
        progress("checking the backup");
        var manifest = await BackupManifest.OpenAsync(folder, ct);
        await RefuseNewerAsync(Path.Combine(folder, BackupManifest.Data, DataFolder.Database), ct);
        using var held = DataFolder.Take(dataFolder);
        var staging = Path.Combine(dataFolder, DataFolder.Restoring);
        var other = Directory.EnumerateFileSystemEntries(dataFolder).FirstOrDefault(e => !IsHarmless(e));
        if (!Directory.Exists(staging) && other is not null)
        {
            throw new StartupException(
                $"The data folder {dataFolder} is not empty (it has {Path.GetFileName(other)}), and a restore overwrites nothing; "
                + "name an empty folder with --data.");
        }

        var result = await BlobsAsync(folder, manifest, progress, ct);
        if (result.Missing.Count > 0 && !allowMissing)
        {
            var more = result.Missing.Count > MostNamed ? $" and {result.Missing.Count - MostNamed} more" : "";
            throw new StartupException(
                $"The store {blobs.Description} lacks {result.Missing.Count} blob(s) that the backup lists, or has them with other sizes: "
                + $"{string.Join(", ", result.Missing.Take(MostNamed))}{more}; "
                + "give the right --store, or --allow-missing to restore without them.");
        }

        progress("copying the databases and keys");
        BackupWriter.MakeFolder(staging);
        Clear(staging);
        var data = Path.Combine(folder, BackupManifest.Data);
        var files = manifest.Files.Select(f => f.Name).Where(f => f.StartsWith(BackupManifest.Data + '/', StringComparison.Ordinal))
            .Select(f => f[(BackupManifest.Data.Length + 1)..]).OrderBy(f => f == DataFolder.Database).ToArray();
        foreach (var file in files)
        {
            BackupWriter.MakeFolder(Path.GetDirectoryName(Path.Combine(staging, file))!);
            await BackupWriter.CopyFileAsync(Path.Combine(data, file), Path.Combine(staging, file), ct);
        }

        foreach (var file in files)
        {
            BackupWriter.MakeFolder(Path.GetDirectoryName(Path.Combine(dataFolder, file))!);
            File.Move(Path.Combine(staging, file), Path.Combine(dataFolder, file));
        }

        Directory.Delete(staging, recursive: true);
        return result;
    }

    // Empty folders are what a server made that could not start.
    private static bool IsHarmless(string entry) => s_harmless.Contains(Path.GetFileName(entry))
        || (Directory.Exists(entry) && !Directory.EnumerateFileSystemEntries(entry).Any());

    // Of a restore that was cut off, what it copied and what it moved already.
    private void Clear(string staging)
    {
        foreach (var name in new[] { DataFolder.Database, DataFolder.Jobs })
        {
            File.Delete(Path.Combine(dataFolder, name));
        }

        BackupWriter.Remove(Path.Combine(dataFolder, DataFolder.Keys));
        foreach (var entry in new DirectoryInfo(staging).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo d)
            {
                d.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    private async Task<RestoreResult> BlobsAsync(string folder, BackupManifest manifest, Action<string> progress, CancellationToken ct)
    {
        progress("looking for the blobs");
        var (missing, changed, written) = (new List<string>(), new List<string>(), 0);
        var manifests = new List<BackupBlob>();
        var there = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var blob in blobs.ListAsync(BlobNames.Datasets, ct))
        {
            there[blob.Name] = blob.Size;
        }

        using var lines = new StreamReader(Path.Combine(folder, BackupManifest.BlobList));
        while (await lines.ReadLineAsync(ct) is { } line)
        {
            var listed = JsonSerializer.Deserialize<BackupBlob>(line, BackupWriter.Lines)!;
            var isManifest = listed.Name.StartsWith(BlobNames.Datasets, StringComparison.Ordinal) && listed.Name.Count(c => c == '/') == 2;

            // What is used in place lies elsewhere in the store.
            long? size = there.TryGetValue(listed.Name, out var found) ? found
                : listed.Name.StartsWith(BlobNames.Datasets, StringComparison.Ordinal) ? null
                    : (await blobs.StatAsync(listed.Name, ct))?.Size;
            if (size is not null)
            {
                if (listed.Sha256 is { } sha256 && listed.Bytes <= 64 << 20
                    && await blobs.TryReadAsync(listed.Name, ct) is { } content
                        && Convert.ToHexStringLower(SHA256.HashData(content)) != sha256)
                {
                    changed.Add(listed.Name);
                }
                else if (listed.Sha256 is null && size != listed.Bytes)
                {
                    missing.Add(listed.Name);
                }
            }
            else if (!manifest.HasBlobs)
            {
                missing.Add(listed.Name);
            }
            else if (isManifest)
            {
                manifests.Add(listed);
            }
            else
            {
                await WriteBlobAsync(folder, listed, ct);
                written++;
            }
        }

        // What publishes a dataset comes when all of it is there.
        foreach (var listed in manifests)
        {
            await WriteBlobAsync(folder, listed, ct);
            written++;
        }

        return new RestoreResult(missing, changed, written);
    }

    private async Task WriteBlobAsync(string folder, BackupBlob listed, CancellationToken ct)
    {
        var path = Path.Combine(folder, BackupManifest.Blobs, listed.Name);
        var content = File.Exists(path) ? await File.ReadAllBytesAsync(path, ct) : null;
        if (content is null || Convert.ToHexStringLower(SHA256.HashData(content)) != listed.Sha256)
        {
            throw new StartupException($"{listed.Name} of the backup {folder} is missing or damaged; use another backup.");
        }

        await blobs.WriteAsync(listed.Name, content, ct);
    }

    private static async Task RefuseNewerAsync(string database, CancellationToken ct)
    {
        await using var db =
            new SqliteDendriteDb(new DbContextOptionsBuilder<DendriteDb>()
            .UseSqlite($"Data Source={database};Mode=ReadOnly;Pooling=False").Options);
        if ((await db.Database.GetAppliedMigrationsAsync(ct)).Except(db.Database.GetMigrations()).LastOrDefault() is { } unknown)
        {
            throw new StartupException(
                $"The backup's database was written by a newer version of DendriteViewer (its schema has {unknown}); "
                + "restore it with that version or newer.");
        }
    }
}
