using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Jobs;

/// <summary>
/// A kind of job of which each person has one at a time, since each keeps the server busy for minutes. <see cref="JobBoard"/> holds it,
/// whichever way a job is asked for.
/// </summary>
/// <param name="Kind">The kind, as in <see cref="JobRequest.Kind"/>.</param>
/// <param name="What">What such a job makes, as a sentence names it: "movie".</param>
public sealed record JobLimit(string Kind, string What);

/// <summary>A person has a job of the kind that waits or runs already.</summary>
public sealed class JobBusyException(string what)
    : RetryLaterException($"A {what} of yours is being made; wait for it, or cancel it, and ask again.", TimeSpan.FromSeconds(30));
