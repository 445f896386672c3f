using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Jobs;

/// <summary>Imports of folders on the server. One that a restart cut off goes on from the shards that are there.</summary>
public sealed class ImportHandler(JobBoard board, DatasetStore store, DatasetCatalog catalog, DendriteOptions options, TimeProvider time) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Import";

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Asks for an import. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public Task<Job> StartAsync(string path, Person by, CancellationToken ct = default)
    {
        var full = Resolve(path);
        return board.StartAsync(new JobRequest(Kind, Path.GetFileName(Path.TrimEndingDirectorySeparator(full)), null, JsonSerializer.Serialize(new Arguments(full))), by, ct);
    }

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        // Asked again, since a link may have been put there, or the configuration changed, since it was asked for.
        var full = Resolve(JsonSerializer.Deserialize<Arguments>(run.Request.Arguments)!.Path);
        var relay = new Relay(p => run.Progress.Report(new JobProgress(p.TotalBytes == 0 ? 1 : (double)p.DoneBytes / p.TotalBytes, p.Volume)));
        var result = await new Importer(store, time) { Roots = options.ImportRoots, KeepWhenCancelled = run.IsStopping }.ImportDatasetAsync(full, relay, ct);
        catalog.Touch(result.Id);
        return new JobOutcome(result.AlreadyThere ? "Was there already" : "Imported", result.Id.Value);
    }

    private string Resolve(string path)
    {
        var real = RealPaths.Resolve(path);
        return RealPaths.IsBelowAny(real, options.ImportRoots)
            ? real
            : throw new VolumeFormatException(options.ImportRoots.Length == 0
                ? "Importing from the server's folders is off; name them in Dendrite:ImportRoots."
                : $"{path} is not below a folder to import from ({string.Join(", ", options.ImportRoots)}).");
    }

    private sealed record Arguments(string Path);

    private sealed class Relay(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
