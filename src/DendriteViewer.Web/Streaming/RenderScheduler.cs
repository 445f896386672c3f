using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Limits;

namespace DendriteViewer.Web.Streaming;

/// <summary>A picture that asks for its turn.</summary>
/// <param name="Session">Who asks: a session of the viewer, or a caller of the API.</param>
/// <param name="Urgency">How soon it is wanted.</param>
/// <param name="Megapixels">What it costs; a slice costs an eighth of a 3D picture.</param>
public readonly record struct RenderRequest(string Session, Urgency Urgency, double Megapixels)
{
    // Beyond, a 3D picture at rest takes several seconds on few cores.
    private const double MostResting = 2;
    private const double SliceShare = 1.0 / 8;

    /// <summary>A picture while the view moves.</summary>
    public static RenderRequest Moving(string session, bool isSlice, long pixels) => new(session, Urgency.Moving, Cost(isSlice, pixels));

    /// <summary>A picture of full quality, which gives way to smaller ones where it is large.</summary>
    public static RenderRequest Resting(string session, bool isSlice, long pixels) =>
        Cost(isSlice, pixels) is var cost && cost > MostResting ? new(session, Urgency.Large, cost) : new(session, Urgency.Resting, cost);

    /// <summary>What a picture costs, in megapixels of a 3D picture.</summary>
    public static double Cost(bool isSlice, long pixels) => pixels * 1e-6 * (isSlice ? SliceShare : 1);
}

/// <summary>
/// Gives sessions turns to draw. Pictures of each urgency have turns of their own, so that a moving picture never waits for a large one to
/// end; the lane of its turn decides which gets the processors (<see cref="ComputeLanes"/>). Of those who wait the session goes first that
/// had least lately, so that nobody's orbiting starves the others. What waits is bounded by what it costs.
/// </summary>
public sealed class RenderScheduler
{
    // So often each viewer whose view changes should see a picture, and how far its pictures are made smaller for that at most.
    private static readonly TimeSpan MovingInterval = TimeSpan.FromMilliseconds(150);
    private const double LeastDrawMs = 0.3;

    // A view that was drawn no longer ago is still changing.
    private static readonly TimeSpan StillMoving = TimeSpan.FromSeconds(1);

    private readonly ComputeLanes _lanes;
    private readonly TimeProvider _time;
    private readonly FairTurns[] _turns;
    private readonly LatencyControl _latency;

    /// <summary>As many pictures of each urgency at a time as keep the cores busy while others encode.</summary>
    public RenderScheduler(ComputeLanes lanes, DendriteOptions options, TimeProvider time)
        : this(lanes, Math.Max(2, lanes.Threads / 4), options.RenderQueueMegapixels, time)
    {
    }

    internal RenderScheduler(ComputeLanes lanes, int slots, double mostWaiting, TimeProvider time)
    {
        (_lanes, _time, _latency) = (lanes, time, new LatencyControl(time));

        // Two large pictures at a time would each take twice as long, and the first that somebody waits for would come no sooner.
        _turns = [.. new[] { slots, slots, Math.Max(1, slots / 2) }.Select(n => new FairTurns(n, mostWaiting, mostWaiting, Full, time))];
        RenderMetrics.Watch(this);
    }

    /// <summary>Where the work for a picture runs that needs no turn, as reading its bricks.</summary>
    public ComputeLane LaneFor(RenderRequest request) => _lanes[request.Urgency];

    /// <summary>What waits for its turn.</summary>
    /// <returns>Pictures and their cost in megapixels.</returns>
    public (int Pictures, double Megapixels) Waiting(Urgency urgency) => _turns[(int)urgency].Waiting;

    /// <summary>Waits for a turn; dispose what is returned when the picture is made.</summary>
    /// <exception cref="RenderQueueFullException">More waits already than <see cref="DendriteOptions.RenderQueueMegapixels"/>.</exception>
    public async ValueTask<Turn> EnterAsync(RenderRequest request, CancellationToken ct)
    {
        var now = _time.GetTimestamp();
        var turn = await _turns[(int)request.Urgency].EnterAsync(request.Session, request.Megapixels, ct);
        RenderMetrics.Waited(request.Urgency, _time.GetElapsedTime(now));
        return new Turn(this, request, turn);
    }

    /// <summary>A moving picture is ready to be sent: what <see cref="MovingDrawTime"/> is held to.</summary>
    /// <param name="since">
    /// Timestamp of the oldest change that it is the first to show, or of when the browser had room for it where that was later.
    /// </param>
    /// <param name="isCoarsest">Whether it could not be coarser.</param>
    public void Shown(long since, bool isCoarsest)
    {
        // Large pictures are the first to give way, and get back last what they gave.
        if (_latency.Shown(since, isCoarsest))
        {
            var part = _latency.Part;
            _lanes.SetLargePart(part * part);
        }
    }

    /// <summary>
    /// Milliseconds that a moving picture may take to draw, so that all whose views change get one every <c>MovingInterval</c>, also while
    /// a large picture has its share of the processors; less while they come late all the same.
    /// </summary>
    public double MovingDrawTime()
    {
        var (moving, large) = (_turns[(int)Urgency.Moving], _turns[(int)Urgency.Large]);
        var share = large.IsBusy ? _lanes.BesideLarge : 1;
        var all = share * moving.Slots * MovingInterval.TotalMilliseconds / Math.Max(1, moving.OwnersWithin(StillMoving));
        return Math.Max(_latency.Part * Math.Min(all, FramePacing.DrawMs), LeastDrawMs);
    }

    /// <summary>Forgets a session that ended.</summary>
    public void Forget(string session) => Array.ForEach(_turns, t => t.Forget(session));

    private static RenderQueueFullException Full()
    {
        LimitMetrics.Rejected("queue");
        return new RenderQueueFullException();
    }

    /// <summary>A turn that was given.</summary>
    public readonly struct Turn(RenderScheduler owner, RenderRequest request, FairTurns.Turn turn) : IDisposable
    {
        /// <summary>Where the turn's work runs.</summary>
        public ComputeLane Lane => owner._lanes[request.Urgency];

        /// <inheritdoc/>
        public void Dispose() => turn.Dispose();
    }
}

/// <summary>So much waits to be drawn that more would wait too long.</summary>
public sealed class RenderQueueFullException()
    : RetryLaterException("The server has more pictures to draw than it can soon draw; ask again in a few seconds.",
        TimeSpan.FromSeconds(5));
