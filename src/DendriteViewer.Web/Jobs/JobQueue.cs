using System.Collections.Immutable;
using System.Threading.Channels;
using DendriteViewer.Imaging.Volumes;

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

/// <summary>One piece of long work as people see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">"Import" or "Analysis".</param>
/// <param name="Title">What it works on, for people.</param>
/// <param name="ByKey">Who asked for it.</param>
/// <param name="State">Where it is.</param>
/// <param name="Fraction">How far, 0 to 1.</param>
/// <param name="Detail">What it is doing, or how it ended.</param>
/// <param name="Dataset">The dataset it is about or made.</param>
public sealed record Job(Guid Id, string Kind, string Title, string ByKey, JobState State, double Fraction, string Detail, string? Dataset)
{
    /// <summary>Whether it waits or works.</summary>
    public bool IsActive => State is JobState.Waiting or JobState.Running;
}

/// <summary>What a job's work says of itself: how far, and what it does.</summary>
public readonly record struct JobProgress(double Fraction, string Detail);

/// <summary>What a job's work ended with: a word for people, and the dataset to open.</summary>
public readonly record struct JobOutcome(string Detail, string? Dataset);

/// <summary>The work of a job.</summary>
/// <param name="progress">Where it says how far it is.</param>
/// <param name="isStopping">Whether a cancellation is the server's end rather than a person's wish.</param>
/// <param name="ct">Stops it.</param>
public delegate Task<JobOutcome> JobWork(IProgress<JobProgress> progress, Func<bool> isStopping, CancellationToken ct);

/// <summary>Long work, one piece at a time, in the order asked for. The list lives as long as the server.</summary>
public sealed partial class JobQueue(ILogger<JobQueue> log) : BackgroundService
{
    private const int MostKept = 50;
    private readonly Channel<(Guid Id, JobWork Work)> _queue = Channel.CreateBounded<(Guid, JobWork)>(100);
    private readonly Lock _lock = new();
    private ImmutableList<Job> _jobs = [];
    private (Guid Id, CancellationTokenSource Stop)? _running;

    /// <summary>Raised when a job moves; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>All jobs, newest first.</summary>
    public IReadOnlyList<Job> Jobs => Volatile.Read(ref _jobs);

    /// <summary>Queues work. Whoever calls has been authorized.</summary>
    public Job Start(string kind, string title, string byKey, string? dataset, JobWork work)
    {
        var job = new Job(Guid.NewGuid(), kind, title, byKey, JobState.Waiting, 0, "Waiting", dataset);
        lock (_lock)
        {
            _jobs = _jobs.Insert(0, job);
            if (_jobs.Count > MostKept && !_jobs[^1].IsActive)
            {
                _jobs = _jobs.RemoveAt(_jobs.Count - 1);
            }
        }

        if (!_queue.Writer.TryWrite((job.Id, work)))
        {
            Set(job.Id, j => j with { State = JobState.Failed, Detail = "Too much is waiting; try again later." });
        }

        Changed?.Invoke();
        return job;
    }

    /// <summary>Stops a job.</summary>
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
        await foreach (var (id, work) in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            if (Jobs.FirstOrDefault(j => j.Id == id) is { State: JobState.Waiting } job)
            {
                await RunAsync(job, work, stoppingToken);
            }
        }
    }

    private async Task RunAsync(Job job, JobWork work, CancellationToken stopping)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        lock (_lock)
        {
            _running = (job.Id, stop);
        }

        try
        {
            Set(job.Id, j => j with { State = JobState.Running, Detail = "Reading" });
            var progress = new Relay(p => Set(job.Id, j => j with { Fraction = p.Fraction, Detail = p.Detail }));
            var outcome = await work(progress, () => stopping.IsCancellationRequested, stop.Token);
            Set(job.Id, j => j with { State = JobState.Done, Fraction = 1, Detail = outcome.Detail, Dataset = outcome.Dataset });
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
            LogFault(log, e, job.Kind, job.Title);
            Set(job.Id, j => j with { State = JobState.Failed, Detail = $"The {job.Kind.ToLowerInvariant()} failed for a reason nobody foresaw; the server's log says more." });
        }
        finally
        {
            lock (_lock)
            {
                _running = null;
            }
        }
    }

    private void Set(Guid id, Func<Job, Job> change)
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

    [LoggerMessage(LogLevel.Error, "{Kind} of {Title} failed")]
    private static partial void LogFault(ILogger logger, Exception exception, string kind, string title);

    private sealed class Relay(Action<JobProgress> action) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => action(value);
    }
}
