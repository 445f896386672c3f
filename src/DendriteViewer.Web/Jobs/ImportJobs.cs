using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Jobs;

/// <summary>Imports of folders on the server. One that a restart cut off goes on when it is asked for again.</summary>
public sealed class ImportJobs(JobQueue queue, DatasetStore store, DatasetCatalog catalog, DendriteOptions options, TimeProvider time)
{
    /// <summary>Queues an import. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public Job Start(string path, string byKey)
    {
        var full = Resolve(path);
        return queue.Start("Import", Path.GetFileName(Path.TrimEndingDirectorySeparator(full)), byKey, null, async (progress, isStopping, ct) =>
        {
            var relay = new Relay(p => progress.Report(new JobProgress(p.TotalBytes == 0 ? 1 : (double)p.DoneBytes / p.TotalBytes, p.Volume)));
            var result = await new Importer(store, time) { Roots = options.ImportRoots, KeepWhenCancelled = isStopping }.ImportDatasetAsync(full, relay, ct);
            catalog.Touch(result.Id);
            return new JobOutcome(result.AlreadyThere ? "Was there already" : "Imported", result.Id.Value);
        });
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

    private sealed class Relay(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
