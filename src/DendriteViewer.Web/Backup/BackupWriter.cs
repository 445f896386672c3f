using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Data;
using Microsoft.Data.Sqlite;

namespace DendriteViewer.Web.Backup;

/// <summary>What is asked of a backup.</summary>
/// <param name="Checksums">Whether every blob is read for its checksum, not only metadata.</param>
/// <param name="WithBlobs">Whether the blobs themselves are copied.</param>
public sealed record BackupOptions(bool Checksums, bool WithBlobs);

/// <summary>
/// Copies the databases and keys of a data folder, and lists the blobs of the store that belong to them, while a server may go on. The
/// databases are copied by SQLite's online backup, each as it was at one moment. Everything is written beside the wanted folder, which gets
/// its name last, so that a backup is whole or not there.
/// </summary>
public sealed class BackupWriter(string dataFolder, DatasetStore store, bool jobsElsewhere, TimeProvider time)
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How lines of the list of blobs are written.</summary>
    internal static readonly JsonSerializerOptions Lines = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes a backup.</summary>
    /// <param name="folder">The folder to make; nothing may be there.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="progress">Told a sentence of what is done.</param>
    /// <param name="ct">Stops it; nothing is left.</param>
    /// <exception cref="StartupException">There is no database, or the folder is there already.</exception>
    public async Task<BackupManifest> WriteAsync(string folder, BackupOptions options, Action<string> progress, CancellationToken ct)
    {
        var beside = folder + ".unfinished";
        if (Directory.Exists(folder) || File.Exists(folder))
        {
            throw new StartupException($"{folder} is there already; name a folder that is not.");
        }

        if (!File.Exists(Path.Combine(dataFolder, DataFolder.Database)))
        {
            throw new StartupException($"{dataFolder} holds no {DataFolder.Database}; name the server's data folder with --data.");
        }

        try
        {
            // What a backup left that was killed.
            Remove(beside);
            MakeFolder(beside);
            MakeFolder(Path.Combine(beside, BackupManifest.Data));
            MakeFolder(Path.Combine(beside, BackupManifest.Data, DataFolder.Keys));
            var warnings = new List<string>();
            var copied = Path.Combine(beside, BackupManifest.Data);
            progress("copying the databases");
            Copy(Path.Combine(dataFolder, DataFolder.Database), Path.Combine(copied, DataFolder.Database));
            if (jobsElsewhere)
            {
                warnings.Add("The jobs are in PostgreSQL and not in this backup; copy them with pg_dump.");
            }
            else if (File.Exists(Path.Combine(dataFolder, DataFolder.Jobs)))
            {
                Copy(Path.Combine(dataFolder, DataFolder.Jobs), Path.Combine(copied, DataFolder.Jobs));
            }

            var keys = new DirectoryInfo(Path.Combine(dataFolder, DataFolder.Keys));
            foreach (var key in keys.Exists ? keys.EnumerateFiles("*.xml") : [])
            {
                key.CopyTo(Path.Combine(copied, DataFolder.Keys, key.Name));
            }

            var datasets = await ListAsync(beside, options, warnings, progress, ct);
            var files = new List<BackupFile>();
            foreach (var file in new DirectoryInfo(beside).EnumerateFiles("*", SearchOption.AllDirectories))
            {
                // Copied blobs have their checksums in the list of blobs.
                var name = Path.GetRelativePath(beside, file.FullName);
                if (name.StartsWith(BackupManifest.Blobs + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                {
                    continue;
                }

                Protect(file.FullName);
                files.Add(new BackupFile(name, file.Length, await BackupManifest.Sha256Async(file.FullName, ct)));
            }

            var manifest = new BackupManifest
            {
                Version = typeof(BackupWriter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
                    ?? "",
                MadeAt = time.GetUtcNow(), Store = store.Blobs.Description, Files = files, Datasets = datasets,
                    HasBlobs = options.WithBlobs, Warnings = warnings,
            };
            await WriteFileAsync(Path.Combine(beside, BackupManifest.Name), manifest.ToBytes(), ct);
            Directory.Move(beside, folder);
            return manifest;
        }
        catch
        {
            Remove(beside);
            throw;
        }
    }

    // SQLite's online backup in one step: what was committed when it began, whatever the server writes meanwhile.
    private static void Copy(string from, string to)
    {
        try
        {
            using (var source = Open(from, SqliteOpenMode.ReadWrite))
            {
                using var target = Open(to, SqliteOpenMode.ReadWriteCreate);
                source.BackupDatabase(target);
                if (Ask(target, "PRAGMA quick_check(1)") is not "ok" and var problem)
                {
                    throw new StartupException($"The database {from} is damaged ({problem}); restore an earlier backup.");
                }

                // One file that needs no other beside it.
                Ask(target, "PRAGMA journal_mode = DELETE");
            }

            Protect(to);
        }
        catch (SqliteException e)
        {
            var reason = e.Message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
            throw new StartupException($"The database {from} could not be copied ({reason}); check the file and its disk.", e);
        }
    }

    private async Task<List<BackupDataset>> ListAsync(string beside, BackupOptions options, List<string> warnings, Action<string> progress,
        CancellationToken ct)
    {
        var datasets = new List<BackupDataset>();
        await using var list = new StreamWriter(Path.Combine(beside, BackupManifest.BlobList));
        await foreach (var (id, dataset, problem) in store.ListAsync(ct))
        {
            progress($"listing the blobs of {id}");
            if (problem is not null)
            {
                warnings.Add(problem);
            }

            var (count, bytes) = (0, 0L);
            var linked = dataset?.Everything.Select(v => v.LinkedTo).OfType<string>().Distinct()
                .Select(l => l[VolumeFiles.BlobScheme.Length..].Trim('/') + "/") ?? [];
            foreach (var prefix in linked.Prepend(BlobNames.Dataset(id)))
            {
                await foreach (var blob in store.Blobs.ListAsync(prefix, ct))
                {
                    var isRead = options.Checksums || options.WithBlobs || Path.GetExtension(blob.Name) is ".json" or ".csv";
                    var content = isRead ? await store.Blobs.TryReadAsync(blob.Name, ct) : null;
                    var sha256 = content is null ? null : Convert.ToHexStringLower(SHA256.HashData(content));
                    var line = new BackupBlob(blob.Name, content?.Length ?? blob.Size, sha256, blob.Tag.Length > 0 ? blob.Tag
                        : null, blob.Written);
                    await list.WriteLineAsync(JsonSerializer.Serialize(line, Lines).AsMemory(), ct);
                    if (options.WithBlobs && content is not null)
                    {
                        var to = Path.Combine(beside, BackupManifest.Blobs, blob.Name);
                        MakeFolder(Path.GetDirectoryName(to)!);
                        await WriteFileAsync(to, content, ct);
                    }

                    (count, bytes) = (count + 1, bytes + line.Bytes);
                }
            }

            datasets.Add(new BackupDataset(id.Value, dataset?.Identity.Value ?? "", dataset?.Revision ?? "", count, bytes));
        }

        return datasets;
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection =
            new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>Writes a file that only its owner may read, flushed to the disk.</summary>
    internal static async Task WriteFileAsync(string path, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        await using var file = Create(path);
        await file.WriteAsync(content, ct);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Copies a file into one that only its owner may read, flushed to the disk.</summary>
    internal static async Task CopyFileAsync(string from, string to, CancellationToken ct)
    {
        await using var source = File.OpenRead(from);
        await using var file = Create(to);
        await source.CopyToAsync(file, ct);
        file.Flush(flushToDisk: true);
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = FileMode600;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes a folder that only its owner may enter.</summary>
    internal static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, FolderMode);
        }
    }

    internal static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Protect(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, FileMode600);
        }
    }
}
