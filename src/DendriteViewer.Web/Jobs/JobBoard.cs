using System.Collections.Immutable;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Registry;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace DendriteViewer.Web.Jobs;

/// <summary>
/// All long work: asked for here, done by Quartz, kept in <see cref="JobsDb"/>. What is asked for outlives the server, however it ends;
/// what ended is kept as history. What is at work here is shown as it moves; of what is at work on other servers, as often as
/// <see cref="ReloadAsync"/> is called.
/// </summary>
public sealed class JobBoard(
    IDbContextFactory<JobsDb> database, ISchedulerFactory schedulers, TimeProvider time, IEnumerable<JobLimit> limits,
    AuditLog? audit = null) : IDatasetFollower
{
    /// <summary>How many jobs the list holds.</summary>
    public const int MostShown = 200;

    /// <summary>How many jobs the database keeps.</summary>
    public const int MostKept = 2000;

    // A store that does not answer is asked again, some four minutes in all.
    private static readonly RetryPolicy s_retry = RetryPolicy.Exponential(5, TimeSpan.FromSeconds(2), 3, null);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, JobLimit> _limits = limits.ToDictionary(l => l.Kind);

    // Held from the look for a person's job of a limited kind until the new one is kept, so that two requests do not both find none.
    private readonly SemaphoreSlim _starting = new(1);
    private ImmutableList<Job> _jobs = [];

    /// <summary>Raised when a job moves; handlers must be quick.</summary>
    public event Action? Changed;

    /// <summary>Raised when a job is asked for, begins or ends on this server; handlers must be quick.</summary>
    public event Action? Moved;

    /// <summary>The newest jobs, newest first, and all that wait or run.</summary>
    public IReadOnlyList<Job> Jobs => Volatile.Read(ref _jobs);

    /// <summary>Reads the list anew.</summary>
    public async Task ReloadAsync(CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var rows = await db.Jobs.AsNoTracking().OrderByDescending(j => j.Sequence).Take(MostShown).ToListAsync(ct);
        var oldest = rows.Count == 0 ? 0 : rows[^1].Sequence;
        rows.AddRange(await db.Jobs.AsNoTracking().Where(j => j.Sequence < oldest && (j.State == JobState.Waiting || j.State == JobState.Running)).OrderByDescending(j => j.Sequence).ToListAsync(ct));
        lock (_lock)
        {
            _jobs = [.. rows.Select(r => r.ToJob())];
        }

        Changed?.Invoke();
    }

    /// <summary>Asks for work. Whoever calls has been authorized.</summary>
    /// <exception cref="JobBusyException">The person has a job of the kind already, and may have one at a time.</exception>
    public async Task<Job> StartAsync(JobRequest request, Person by, CancellationToken ct = default)
    {
        if (!_limits.TryGetValue(request.Kind, out var limit))
        {
            return await KeepAsync(request, by, ct);
        }

        await _starting.WaitAsync(ct);
        try
        {
            await using var db = await database.CreateDbContextAsync(ct);
            var isBusy = await db.Jobs.AnyAsync(j => j.Kind == request.Kind && j.ByKey == by.Key
                && (j.State == JobState.Waiting || j.State == JobState.Running), ct);
            return isBusy ? throw new JobBusyException(limit.What) : await KeepAsync(request, by, ct);
        }
        finally
        {
            _starting.Release();
        }
    }

    private async Task<Job> KeepAsync(JobRequest request, Person by, CancellationToken ct)
    {
        // Only a host of jobs alone, in tests, has no audit log.
        if (audit is not null && JobKinds.AuditOf(request.Kind) is { } kind)
        {
            await audit.RecordAsync(
                kind, by, $"asked for the job {request.Kind}: {request.Title}",
                new AuditSubject(request.DatasetIdentity, request.Dataset), ct);
        }

        var row = new JobRow
        {
            Id = Guid.NewGuid(),
            Kind = request.Kind,
            Title = request.Title,
            Dataset = request.Dataset,
            DatasetIdentity = request.DatasetIdentity,
            Arguments = request.Arguments,
            ByKey = by.Key,
            By = by.Name,
            State = JobState.Waiting,
            Detail = "Waiting",
            AskedAt = time.GetUtcNow().ToUnixTimeMilliseconds(),
        };
        await using (var db = await database.CreateDbContextAsync(ct))
        {
            db.Jobs.Add(row);
            await db.SaveChangesAsync(ct);
            await db.Jobs.Where(j => j.Sequence <= row.Sequence - MostKept && j.State != JobState.Waiting && j.State != JobState.Running).ExecuteDeleteAsync(ct);
        }

        var job = row.ToJob();
        lock (_lock)
        {
            // Another server's reload may have seen it first.
            _jobs = _jobs.Any(j => j.Id == job.Id) ? _jobs : _jobs.Insert(0, job);
            if (_jobs.Count > MostShown && !_jobs[^1].IsActive)
            {
                _jobs = _jobs.RemoveAt(_jobs.Count - 1);
            }
        }

        // From here on the work is promised: what was kept is scheduled, by the next start of a server if not now.
        await ScheduleAsync(row, CancellationToken.None);
        Changed?.Invoke();
        Moved?.Invoke();
        return job;
    }

    /// <summary>Asks again for what failed or was cancelled, as a job of its own. Whoever calls has been authorized.</summary>
    /// <returns>The new job, or null where there is none such.</returns>
    /// <exception cref="JobBusyException">The person has a job of the kind already, and may have one at a time.</exception>
    public async Task<Job?> TryAgainAsync(Guid id, Person by, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        return await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Id == id, ct) is { } row && row.ToJob().MayTryAgain
            ? await StartAsync(new JobRequest(row.Kind, row.Title, row.Dataset, row.Arguments, row.DatasetIdentity), by, ct)
            : null;
    }

    /// <summary>Stops a job, on whichever server it runs. One that has ended is left alone. Whoever calls has been authorized.</summary>
    public async Task CancelAsync(Guid id, CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var waited = await db.Jobs.Where(j => j.Id == id && j.State == JobState.Waiting).ExecuteUpdateAsync(
            s => s.SetProperty(j => j.State, JobState.Cancelled).SetProperty(j => j.Detail, "Cancelled").SetProperty(j => j.EndedAt, now), ct);
        var scheduler = await schedulers.GetScheduler(ct);
        if (waited > 0)
        {
            await scheduler.UnscheduleJob(TriggerOf(id), ct);
            Show(id, j => j with { State = JobState.Cancelled, Detail = "Cancelled", Ended = time.GetUtcNow() });
            Moved?.Invoke();
        }
        else if (await db.Jobs.Where(j => j.Id == id && j.State == JobState.Running).Select(j => j.FireInstance).FirstOrDefaultAsync(ct) is { } run)
        {
            await scheduler.InterruptFireInstance(run, ct);
        }
    }

    // Stops all that waits or works on a dataset that is gone.
    async Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        Guid[] active;
        await using (var db = await database.CreateDbContextAsync(ct))
        {
            active = await db.Jobs.Where(j =>
                j.DatasetIdentity == dataset.Value && (j.State == JobState.Waiting || j.State == JobState.Running)).Select(j => j.Id)
                .ToArrayAsync(ct);
        }

        foreach (var id in active)
        {
            await CancelAsync(id, ct);
        }
    }

    /// <summary>
    /// Schedules what is kept and that Quartz does not know, because a server ended between the two. To be called before the scheduler
    /// starts.
    /// </summary>
    public async Task RecoverAsync(CancellationToken ct = default)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var active = await db.Jobs.AsNoTracking().Where(j => j.State == JobState.Waiting || j.State == JobState.Running).OrderBy(j => j.Sequence).ToListAsync(ct);
        if (active.Count == 0)
        {
            return;
        }

        var scheduler = await schedulers.GetScheduler(ct);

        // A page of triggers is enough: to schedule one twice does no harm, since the second finds that nothing is left to do.
        var triggers = (await scheduler.QueryTriggers(new TriggerQuery(), ct)).Items.Select(t => t.Key).ToArray();
        var known = (await scheduler.GetTriggers(triggers, ct)).Select(t => t.JobDataMap.GetString(QuartzWork.IdKey)).ToHashSet(StringComparer.Ordinal);

        foreach (var row in active.Where(r => !known.Contains(r.Id.ToString("N"))))
        {
            await ScheduleAsync(row, ct);
        }
    }

    /// <summary>Marks a job as at work; null where it was cancelled before, or is done.</summary>
    internal async Task<JobRequest?> TryBeginAsync(Guid id, string fireInstance, CancellationToken ct)
    {
        await using var db = await database.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        var begun = await db.Jobs.Where(j => j.Id == id && (j.State == JobState.Waiting || j.State == JobState.Running)).ExecuteUpdateAsync(
            s => s.SetProperty(j => j.State, JobState.Running).SetProperty(j => j.Detail, "Starting").SetProperty(j => j.Fraction, 0)
                .SetProperty(j => j.FireInstance, fireInstance).SetProperty(j => j.StartedAt, now.ToUnixTimeMilliseconds()).SetProperty(j => j.Attempts, j => j.Attempts + 1), ct);
        if (begun == 0)
        {
            return null;
        }

        Show(id, j => j with { State = JobState.Running, Detail = "Starting", Fraction = 0, Started = now, Attempts = j.Attempts + 1 });
        Moved?.Invoke();
        return await db.Jobs.Where(j => j.Id == id)
            .Select(j => new JobRequest(j.Kind, j.Title, j.Dataset, j.Arguments, j.DatasetIdentity) { By = j.By, ByKey = j.ByKey })
            .FirstAsync(ct);
    }

    /// <summary>Shows how far a job is to those who look at this server.</summary>
    internal void ShowProgress(Guid id, JobProgress progress) => Show(id, j => j with { Fraction = Math.Clamp(progress.Fraction, 0, 1), Detail = progress.Detail });

    /// <summary>Keeps how far a job is, for other servers.</summary>
    internal async Task KeepProgressAsync(Guid id, JobProgress progress)
    {
        await using var db = await database.CreateDbContextAsync();
        await db.Jobs.Where(j => j.Id == id && j.State == JobState.Running).ExecuteUpdateAsync(
            s => s.SetProperty(j => j.Fraction, Math.Clamp(progress.Fraction, 0, 1)).SetProperty(j => j.Detail, progress.Detail));
    }

    /// <summary>Keeps how a run ended; as <see cref="JobState.Waiting"/> where it goes on later.</summary>
    internal async Task EndAsync(Guid id, JobState state, string detail, JobOutcome? outcome = null)
    {
        await using var db = await database.CreateDbContextAsync();
        var now = time.GetUtcNow();
        var (dataset, identity) = (outcome?.Dataset, outcome?.DatasetIdentity);
        long? ended = state == JobState.Waiting ? null : now.ToUnixTimeMilliseconds();
        await db.Jobs.Where(j => j.Id == id).ExecuteUpdateAsync(
            s => s.SetProperty(j => j.State, state).SetProperty(j => j.Detail, detail).SetProperty(j => j.FireInstance, (string?)null).SetProperty(j => j.EndedAt, ended)
                .SetProperty(j => j.Fraction, j => state == JobState.Done ? 1 : j.Fraction).SetProperty(j => j.Dataset, j =>
                    dataset ?? j.Dataset)
                .SetProperty(j => j.DatasetIdentity, j => identity ?? j.DatasetIdentity));
        Show(id, j => j with
        {
            State = state,
            Detail = detail,
            Dataset = dataset ?? j.Dataset,
            DatasetIdentity = identity ?? j.DatasetIdentity,
            Fraction = state == JobState.Done ? 1 : j.Fraction,
            Ended = state == JobState.Waiting ? null : now,
        });
        Moved?.Invoke();
    }

    private static TriggerKey TriggerOf(Guid id) => new(id.ToString("N"), "jobs");

    private async Task ScheduleAsync(JobRow row, CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        var waits = row.Kind == JobKinds.Upload;
        var key = waits ? new JobKey(row.Id.ToString("N"), JobKinds.WaitingGroup) : new JobKey(row.Dataset ?? row.Kind, "dataset");
        var job = JobBuilder.Create<QuartzWork>().WithIdentity(key).StoreDurably(!waits).RequestRecovery().Build();
        await scheduler.AddJob(job, waits ? AddJobOptions.ReplacingAndStoringNonDurable : AddJobOptions.Replacing, ct);
        await scheduler.ScheduleTrigger(
            TriggerBuilder.Create().WithIdentity(TriggerOf(row.Id)).ForJob(key).UsingJobData(QuartzWork.IdKey, row.Id.ToString("N")).StartNow().WithRetryPolicy(s_retry)
                .WithExecutionGroup(waits ? JobKinds.WaitingGroup : null)
                // What waits behind others keeps its place, however long.
                .WithSimpleSchedule(s => s.WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires)).Build(),
            TriggerConflict.Keep,
            ct);
    }

    private void Show(Guid id, Func<Job, Job> change)
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
}
