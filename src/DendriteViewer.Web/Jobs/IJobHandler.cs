namespace DendriteViewer.Web.Jobs;

/// <summary>What a job's work says of itself.</summary>
/// <param name="Fraction">How far, 0 to 1.</param>
/// <param name="Detail">What it is doing.</param>
public readonly record struct JobProgress(double Fraction, string Detail);

/// <summary>What a job's work ended with.</summary>
/// <param name="Detail">A few words for people.</param>
/// <param name="Dataset">The id of the dataset to open.</param>
/// <param name="DatasetIdentity">Its identity, where the job made it.</param>
public readonly record struct JobOutcome(string Detail, string? Dataset, string? DatasetIdentity = null);

/// <summary>What a handler is given to work with.</summary>
/// <param name="Request">What was asked for.</param>
/// <param name="Progress">Where it says how far it is; may be called from any thread, at any rate.</param>
/// <param name="IsStopping">Whether a cancellation is the server's end rather than what a person asked for: the work goes on later.</param>
public sealed record JobRun(JobRequest Request, IProgress<JobProgress> Progress, Func<bool> IsStopping);

/// <summary>Does one kind of job. A job that a dead server had begun is run again from its beginning, so its work must allow that.</summary>
public interface IJobHandler
{
    /// <summary>The kind of job, as in <see cref="JobRequest.Kind"/>.</summary>
    string Kind { get; }

    /// <summary>Does the work.</summary>
    /// <exception cref="Imaging.Volumes.VolumeFormatException">It cannot be done; the message is for people.</exception>
    Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct);
}
