using System.Collections.Immutable;
using System.Threading.Channels;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Catalog;

namespace DendriteViewer.Web.Jobs;

/// <summary>Where a job is.</summary>
public enum JobState
{
    /// <summary>Behind others.</summary>
    Waiting,

    /// <summary>At work.</summary>
    Running,

    /// <summary>Done.</summary>
    Done,

    /// <summary>Ended by an error.</summary>
    Failed,

    /// <summary>Stopped by a person.</summary>
    Cancelled,
}

/// <summary>One import as people see it.</summary>
public sealed record ImportJob(Guid Id, string Path, string ByKey, JobState State, double Fraction, string Detail, string? Dataset);

/// <summary>
/// Imports of folders on the server, one at a time. The list lives as long as the server; an import that a restart cut off
/// goes on when it is asked for again.
/// </summary>
public sealed partial class ImportJobs(DatasetStore store, DatasetCatalog catalog, DendriteOptions options, TimeProvider time, ILogger<ImportJobs> log) : BackgroundService
{
    private const int MostKept = 50;
    private readonly Channel<Guid> _queue = Channel.CreateBounded<Guid>(100);
    private readonly Lock _lock = new();
    private ImmutableList<ImportJob> _jobs = [];
    private (Guid Id, CancellationTokenSource Stop)? _running;

    /// <summary>Raised when a job moves; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>All jobs, newest first.</summary>
    public IReadOnlyList<ImportJob> Jobs => Volatile.Read(ref _jobs);

    /// <summary>Queues an import. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public ImportJob Start(string path, string byKey)
    {
        var full = Resolve(path);
        var job = new ImportJob(Guid.NewGuid(), full, byKey, JobState.Waiting, 0, "Waiting", null);
        lock (_lock)
        {
            _jobs = _jobs.Insert(0, job);
            if (_jobs.Count > MostKept && _jobs[^1].State is not (JobState.Waiting or JobState.Running))
            {
                _jobs = _jobs.RemoveAt(_jobs.Count - 1);
            }
        }

        if (!_queue.Writer.TryWrite(job.Id))
        {
            Set(job.Id, j => j with { State = JobState.Failed, Detail = "Too many imports are waiting; try again later." });
        }

        Changed?.Invoke();
        return job;
    }

    /// <summary>Stops a job; what it wrote is removed.</summary>
    public void Cancel(Guid id)
    {
        lock (_lock)
        {
            if (_running is { } r && r.Id == id)
            {
                r.Stop.Cancel();
            }
        }

        Set(id, j => j.State == JobState.Waiting ? j with { State = JobState.Cancelled, Detail = "Cancelled" } : j);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var id in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            if (Jobs.FirstOrDefault(j => j.Id == id) is { State: JobState.Waiting } job)
            {
                await RunAsync(job, stoppingToken);
            }
        }
    }

    private async Task RunAsync(ImportJob job, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (_lock)
        {
            _running = (job.Id, stop);
        }

        try
        {
            Set(job.Id, j => j with { State = JobState.Running, Detail = "Reading" });
            var progress = new Relay(p => Set(job.Id, j => j with { Fraction = p.TotalBytes == 0 ? 1 : (double)p.DoneBytes / p.TotalBytes, Detail = p.Volume }));
            var result = await new Importer(store, time) { Roots = options.ImportRoots, KeepWhenCancelled = () => stopping.IsCancellationRequested }
                .ImportDatasetAsync(job.Path, progress, stop.Token);
            Set(job.Id, j => j with { State = JobState.Done, Fraction = 1, Detail = result.AlreadyThere ? "Was there already" : "Imported", Dataset = result.Id.Value });
            catalog.Touch(result.Id);
        }
        catch (OperationCanceledException)
        {
            Set(job.Id, j => j with { State = JobState.Cancelled, Detail = "Cancelled" });
        }
        catch (Exception e) when (e is VolumeFormatException or IOException or UnauthorizedAccessException or Imaging.Native.NativeLibraryMissingException or Azure.RequestFailedException)
        {
            Set(job.Id, j => j with { State = JobState.Failed, Detail = e.Message });
        }
        catch (Exception e)
        {
            LogFault(log, e, job.Path);
            Set(job.Id, j => j with { State = JobState.Failed, Detail = "The import failed for a reason nobody foresaw; the server's log says more." });
        }
        finally
        {
            lock (_lock)
            {
                _running = null;
            }
        }
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

    private void Set(Guid id, Func<ImportJob, ImportJob> change)
    {
        lock (_lock)
        {
            var at = _jobs.FindIndex(j => j.Id == id);
            if (at < 0)
            {
                return;
            }

            _jobs = _jobs.SetItem(at, change(_jobs[at]));
        }

        Changed?.Invoke();
    }

    [LoggerMessage(LogLevel.Error, "Import of {Path} failed")]
    private static partial void LogFault(ILogger logger, Exception exception, string path);

    private sealed class Relay(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
