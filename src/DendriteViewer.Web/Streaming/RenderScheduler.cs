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
/// <remarks>All state is changed under <c>_lock</c>.</remarks>
public sealed class RenderScheduler
{
    // So often each viewer whose view changes should see a picture, and how far its pictures are made smaller for that at most.
    private static readonly TimeSpan MovingInterval = TimeSpan.FromMilliseconds(150);
    private const double LeastDrawMs = 0.3;

    // A view that was drawn no longer ago is still changing.
    private static readonly TimeSpan StillMoving = TimeSpan.FromSeconds(1);

    // What a session used counts half after so long.
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private readonly ComputeLanes _lanes;
    private readonly TimeProvider _time;
    private readonly double _mostWaiting;
    private readonly Queue[] _queues;
    private readonly LatencyControl _latency;

    /// <summary>As many pictures of each urgency at a time as keep the cores busy while others encode.</summary>
    public RenderScheduler(ComputeLanes lanes, DendriteOptions options, TimeProvider time)
        : this(lanes, Math.Max(2, lanes.Threads / 4), options.RenderQueueMegapixels, time)
    {
    }

    internal RenderScheduler(ComputeLanes lanes, int slots, double mostWaiting, TimeProvider time)
    {
        (_lanes, _mostWaiting, _time, _latency) = (lanes, mostWaiting, time, new LatencyControl(time));

        // Two large pictures at a time would each take twice as long, and the first that somebody waits for would come no sooner.
        _queues = [new(slots), new(slots), new(Math.Max(1, slots / 2))];
        RenderMetrics.Watch(this);
    }

    /// <summary>Where the work for a picture runs that needs no turn, as reading its bricks.</summary>
    public ComputeLane LaneFor(RenderRequest request) => _lanes[request.Urgency];

    /// <summary>What waits for its turn.</summary>
    /// <returns>Pictures and their cost in megapixels.</returns>
    public (int Pictures, double Megapixels) Waiting(Urgency urgency)
    {
        lock (_lock)
        {
            var queue = _queues[(int)urgency];
            return (queue.Waiting.Count, queue.Megapixels);
        }
    }

    /// <summary>Waits for a turn; dispose what is returned when the picture is made.</summary>
    /// <exception cref="RenderQueueFullException">More waits already than <see cref="DendriteOptions.RenderQueueMegapixels"/>.</exception>
    public async ValueTask<Turn> EnterAsync(RenderRequest request, CancellationToken ct)
    {
        var now = _time.GetTimestamp();
        var waiting = new Ticket(request, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            var queue = _queues[(int)request.Urgency];
            if (queue.Free > 0)
            {
                queue.Free--;
                RenderMetrics.Waited(request.Urgency, TimeSpan.Zero);
                return new Turn(this, request, now);
            }

            // One that is alone waits, however large it is; otherwise it could never be drawn.
            if (queue.Waiting.Count > 0 && queue.Megapixels + request.Megapixels > _mostWaiting)
            {
                LimitMetrics.Rejected("queue");
                throw new RenderQueueFullException();
            }

            queue.Add(waiting);
        }

        await using var registration = ct.Register(() =>
        {
            lock (_lock)
            {
                if (waiting.Come.TrySetCanceled(ct))
                {
                    _queues[(int)request.Urgency].Remove(waiting);
                }
            }
        });
        await waiting.Come.Task;
        RenderMetrics.Waited(request.Urgency, _time.GetElapsedTime(now));
        return new Turn(this, request, _time.GetTimestamp());
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
        lock (_lock)
        {
            var queue = _queues[(int)Urgency.Moving];
            var moving = queue.Used.Values.Count(u => _time.GetElapsedTime(u.At) < StillMoving);
            var large = _queues[(int)Urgency.Large];
            var share = large.Free < large.Slots ? _lanes.BesideLarge : 1;
            var all = share * queue.Slots * MovingInterval.TotalMilliseconds / Math.Max(1, moving);
            return Math.Max(_latency.Part * Math.Min(all, FramePacing.DrawMs), LeastDrawMs);
        }
    }

    /// <summary>Forgets a session that ended.</summary>
    public void Forget(string session)
    {
        lock (_lock)
        {
            Array.ForEach(_queues, q => q.Used.Remove(session));
        }
    }

    private void Leave(RenderRequest request, long since)
    {
        lock (_lock)
        {
            var queue = _queues[(int)request.Urgency];
            queue.Used[request.Session] =
                (UsedBy(queue, request.Session) + _time.GetElapsedTime(since).TotalMilliseconds, _time.GetTimestamp());
            Forget(queue);
            while (queue.Waiting.MinBy(t => UsedBy(queue, t.Request.Session)) is { } next)
            {
                queue.Remove(next);
                if (next.Come.TrySetResult())
                {
                    return;
                }
            }

            queue.Free++;
        }
    }

    private double UsedBy(Queue queue, string session) =>
        queue.Used.TryGetValue(session, out var used) ? used.Ms * Math.Pow(0.5, _time.GetElapsedTime(used.At) / HalfLife) : 0;

    // Callers of the API do not say when they end.
    private void Forget(Queue queue)
    {
        const int MostKept = 1000;
        if (queue.Used.Count > MostKept)
        {
            foreach (var session in queue.Used.Where(u => _time.GetElapsedTime(u.Value.At) > 10 * HalfLife).Select(u => u.Key).ToArray())
            {
                queue.Used.Remove(session);
            }
        }
    }

    private sealed record Ticket(RenderRequest Request, TaskCompletionSource Come);

    /// <summary>Turns of one urgency.</summary>
    private sealed class Queue(int free)
    {
        /// <summary>Pictures that are drawn at a time.</summary>
        public int Slots { get; } = free;

        /// <summary>Pictures that may begin.</summary>
        public int Free { get; set; } = free;

        /// <summary>Who waits, the first first.</summary>
        public LinkedList<Ticket> Waiting { get; } = new();

        /// <summary>What that costs.</summary>
        public double Megapixels { get; private set; }

        /// <summary>Milliseconds that each session used, and as of when.</summary>
        public Dictionary<string, (double Ms, long At)> Used { get; } = [];

        public void Add(Ticket ticket)
        {
            Waiting.AddLast(ticket);
            Megapixels += ticket.Request.Megapixels;
        }

        public void Remove(Ticket ticket)
        {
            if (Waiting.Remove(ticket))
            {
                Megapixels = Waiting.Count == 0 ? 0 : Megapixels - ticket.Request.Megapixels;
            }
        }
    }

    /// <summary>A turn that was given.</summary>
    public readonly struct Turn(RenderScheduler owner, RenderRequest request, long since) : IDisposable
    {
        /// <summary>Where the turn's work runs.</summary>
        public ComputeLane Lane => owner._lanes[request.Urgency];

        /// <inheritdoc/>
        public void Dispose() => owner.Leave(request, since);
    }
}

/// <summary>So much waits to be drawn that more would wait too long.</summary>
public sealed class RenderQueueFullException()
    : RetryLaterException("The server has more pictures to draw than it can soon draw; ask again in a few seconds.",
        TimeSpan.FromSeconds(5));
