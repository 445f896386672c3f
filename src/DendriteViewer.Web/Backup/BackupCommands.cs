using System.CommandLine;
using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Web.Backup;

/// <summary>
/// <c>backup</c> and <c>restore</c>: verbs of the server's own program, since they read its configuration and know its database. The exit
/// code is 0 done, 1 failed, 2 wrong use, as of the <c>dendrite</c> command.
/// </summary>
public static class BackupCommands
{
    private const int Done = 0, Failed = 1, WrongUse = 2;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether the program was started for one of these instead of serving.</summary>
    public static bool Has(string[] args) => args.Length > 0 && args[0] is "backup" or "restore";

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Backups of a server's accounts, links, sites and jobs.") { Backup(), Restore() };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(' ', parsed.Errors.Select(e => e.Message)) + $" See dendrite {args[0]} --help.");
            return WrongUse;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return Failed;
        }
        catch (Exception e) when (e is StartupException or BlobStoreException or ArgumentException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"{e.Message.TrimEnd('.')}; check the path, its permissions and the free space.");
            return Failed;
        }
    }

    private static Command Backup()
    {
        var target = new Argument<string>("OUT") { Description = "Folder to make." };
        var checksums = new Option<bool>("--checksums") { Description = "Read every blob for its checksum, not only metadata and curves." };
        var blobs = new Option<bool>("--with-blobs") { Description = "Copy the blobs themselves too." };
        var (data, store, json) = (Data(), Store(), Json());
        var command = new Command("backup", "Copy the database and keys, and list the store's blobs, while the server runs.")
        {
            target, checksums, blobs, data, store, json,
        };
        command.SetAction(async (parse, ct) =>
        {
            var (folder, options, address) = Configured(parse.GetValue(data), parse.GetValue(store));
            var datasets = new DatasetStore(BlobStores.Open(address));
            var writer = new BackupWriter(folder, datasets, options.SharedJobs is not null, TimeProvider.System);
            var path = Path.GetFullPath(parse.GetValue(target)!);
            var asked = new BackupOptions(parse.GetValue(checksums), parse.GetValue(blobs));
            var made = await writer.WriteAsync(path, asked, Console.Error.WriteLine, ct);
            var (count, bytes) = (made.Datasets.Sum(d => d.Blobs), made.Datasets.Sum(d => d.Bytes));
            if (parse.GetValue(json))
            {
                var answer = new
                {
                    path, files = made.Files.Count, datasets = made.Datasets.Count, blobs = count, blobBytes = bytes, made.Warnings,
                };
                Console.Out.WriteLine(JsonSerializer.Serialize(answer, s_json));
                return Done;
            }

            Console.Out.WriteLine(
                $"{path}: {made.Files.Count} files; {made.Datasets.Count} dataset(s) of {count} blobs, {bytes / 1e6:0.#} MB, "
                + (made.HasBlobs ? "copied." : "listed."));
            foreach (var warning in made.Warnings)
            {
                Console.Error.WriteLine(warning);
            }

            return Done;
        });
        return command;
    }

    private static Command Restore()
    {
        var source = new Argument<string>("BACKUP") { Description = "Folder that dendrite backup made." };
        var allow = new Option<bool>("--allow-missing") { Description = "Restore although the store lacks blobs that the backup lists." };
        var (data, store, json) = (Data(), Store(), Json());
        var command = new Command("restore", "Put a backup into an empty data folder that no server uses.")
        {
            source, allow, data, store, json,
        };
        command.SetAction(async (parse, ct) =>
        {
            var (folder, _, address) = Configured(parse.GetValue(data), parse.GetValue(store));
            var blobs = BlobStores.Open(address);
            var done = await new Restore(folder, blobs)
                .RunAsync(Path.GetFullPath(parse.GetValue(source)!), parse.GetValue(allow), Console.Error.WriteLine, ct);
            if (parse.GetValue(json))
            {
                var answer = new { data = folder, store = blobs.Description, done.Missing, done.Changed, done.Written };
                Console.Out.WriteLine(JsonSerializer.Serialize(answer, s_json));
                return Done;
            }

            Console.Out.WriteLine(
                $"Restored into {folder}; {done.Written} blob(s) written, {done.Changed.Count} changed since the backup, "
                + $"{done.Missing.Count} missing in {blobs.Description}.");
            return Done;
        });
        return command;
    }

    private static Option<string?> Data() =>
        new("--data") { Description = "The server's data folder. Default: Dendrite:Data of the configuration." };

    private static Option<string?> Store() =>
        new("--store") { Description = "The store. Default: Dendrite:Store of the configuration, else store below the data folder." };

    private static Option<bool> Json() => new("--json") { Description = "Print one JSON object on stdout and nothing else there." };

    private static (string Folder, DendriteOptions Options, string Store) Configured(string? data, string? store)
    {
        var options = DendriteHost.CreateBuilder([]).Configuration.GetSection("Dendrite").Get<DendriteOptions>() ?? new DendriteOptions();
        if (options.Database is not null && data is null)
        {
            // The files below Data would be a backup of nothing, or of what was before.
            throw new StartupException(
                "Accounts, links, sites and jobs of this server lie in the PostgreSQL of Dendrite:Database; copy that with pg_dump and "
                + "restore it with pg_restore, and copy the store by its own means.");
        }

        var folder = Path.GetFullPath(data ?? options.Data);
        return (folder, options, store ?? options.Store ?? Path.Combine(folder, "store"));
    }
}
