using System.Text.Json.Serialization;

namespace DendriteViewer.Web.Jobs;

/// <summary>Where a job is.</summary>
public enum JobState
{
    /// <summary>Behind others, or until it is tried again.</summary>
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
/// <param name="Kind">What it does: "Import", "Analysis", "Change", "Decision", "Export", "Check" or "Upload"; names its <see cref="IJobHandler"/>.</param>
/// <param name="Title">What it works on, for people.</param>
/// <param name="ByKey">Who asked for it.</param>
/// <param name="By">Who asked for it, for people.</param>
/// <param name="State">Where it is.</param>
/// <param name="Fraction">How far, 0 to 1.</param>
/// <param name="Detail">What it is doing, or how it ended.</param>
/// <param name="Dataset">The id of the dataset it is about or made.</param>
/// <param name="DatasetIdentity">That dataset's identity, or null where there is none yet.</param>
/// <param name="Asked">When it was asked for.</param>
/// <param name="Started">When it last began.</param>
/// <param name="Ended">When it ended.</param>
/// <param name="Attempts">How often it began.</param>
public sealed record Job(
    Guid Id, string Kind, string Title, string ByKey, string By, JobState State, double Fraction, string Detail, string? Dataset,
        string? DatasetIdentity,
    DateTimeOffset Asked, DateTimeOffset? Started, DateTimeOffset? Ended, int Attempts)
{
    /// <summary>What its handler reads; handlers find their jobs again by it.</summary>
    [JsonIgnore]
    public string Arguments { get; init; } = "";

    /// <summary>Whether it waits or works.</summary>
    public bool IsActive => State is JobState.Waiting or JobState.Running;

    /// <summary>Whether it ended without doing what was asked, and can do it without the browser that asked.</summary>
    public bool MayTryAgain => State is (JobState.Failed or JobState.Cancelled) && Kind != JobKinds.Upload;

    /// <summary>How long it has worked, or worked, or null where it never began.</summary>
    public TimeSpan? Took(DateTimeOffset now) => Started is { } started ? (Ended ?? now) - started : null;
}

/// <summary>Work to be done, as it is kept: enough to do it in another process.</summary>
/// <param name="Kind">Names the <see cref="IJobHandler"/>.</param>
/// <param name="Title">What it works on, for people.</param>
/// <param name="Dataset">The dataset it is about; work on one is done one piece after another.</param>
/// <param name="Arguments">JSON that the handler reads.</param>
/// <param name="DatasetIdentity">The identity of the dataset it is about; null where that is still to be made.</param>
public sealed record JobRequest(string Kind, string Title, string? Dataset, string Arguments, string? DatasetIdentity = null)
{
    /// <summary>Who asked for it, for people: set from the job that is kept, once it begins.</summary>
    public string By { get; init; } = "";

    /// <summary>The key of who asked for it: set from the job that is kept, once it begins.</summary>
    public string ByKey { get; init; } = "";
}
