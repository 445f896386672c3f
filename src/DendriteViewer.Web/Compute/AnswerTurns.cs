using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Compute;

/// <summary>
/// What people have the server compute while they wait: fits, tests, spectra. Few are computed at a time, so that pictures keep their
/// threads; whoever had least lately goes first, and what waits for one owner is bounded. What takes long has turns and a lane of its
/// own, so that a fit of a usual sweep never waits for one of ten thousand points.
/// </summary>
public sealed class AnswerTurns
{
    // Beyond, others would notice that they wait.
    private const double LongSeconds = 1;

    // An owner may have so much wait, in estimated seconds of a processor; a page asks for one thing after another.
    private const double MostQuick = 20, MostLong = 120;

    // Owners each have their own bound; all of them together keep a server busy for minutes at most.
    private const double OfAll = 10;

    private readonly ComputeLanes _lanes;
    private readonly FairTurns _quick, _long;

    /// <param name="lanes">Where it is computed.</param>
    /// <param name="time">The clock.</param>
    public AnswerTurns(ComputeLanes lanes, TimeProvider time)
    {
        _lanes = lanes;
        _quick = new(Math.Max(1, lanes.Threads / 2), OfAll * MostQuick, MostQuick, Full, time);
        _long = new(Math.Max(1, lanes.Threads / 4), OfAll * MostLong, MostLong, Full, time);
    }

    /// <summary>Computes when it is the owner's turn.</summary>
    /// <param name="owner">Who asks: an account or a link.</param>
    /// <param name="seconds">What it takes of a processor, roughly.</param>
    /// <param name="work">The work.</param>
    /// <param name="ct">Gives up waiting; the work looks for it by itself.</param>
    /// <exception cref="AnswersFullException">So much waits for the owner already that this is refused.</exception>
    public async Task<T> RunAsync<T>(string owner, double seconds, Func<T> work, CancellationToken ct)
    {
        var (turns, lane) = seconds > LongSeconds ? (_long, Urgency.Large) : (_quick, Urgency.Resting);
        using var turn = await turns.EnterAsync(owner, seconds, ct);
        return await _lanes[lane].RunAsync(work, ct);
    }

    private static AnswersFullException Full()
    {
        LimitMetrics.Rejected("answers");
        return new AnswersFullException();
    }
}

/// <summary>So much waits to be computed that more would wait too long.</summary>
public sealed class AnswersFullException() : RetryLaterException(
    "More fits and tests wait for you, or for all, than the server can soon compute; ask again in a few seconds.", TimeSpan.FromSeconds(5));
