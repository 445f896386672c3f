namespace DendriteViewer.Web.Streaming;

/// <summary>
/// Shares the compute among sessions. A few pictures are made at a time. Of those who wait the session goes first that had least of the
/// compute lately, so that nobody's orbiting starves the others; first pictures of a change before finer ones, but a finer one does not
/// wait for ever behind somebody who does not stop moving.
/// </summary>
public sealed class RenderScheduler
{
    // What a session used counts half after so long.
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(2);

    // From then on a finer picture is as urgent as a first one.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _waiting = new();
    private readonly Dictionary<string, (double Ms, long At)> _used = [];
    private readonly TimeProvider _time;
    private int _free;

    /// <summary>As many pictures at a time as keep the cores busy while others encode.</summary>
    public RenderScheduler(TimeProvider time) : this(Math.Max(2, Environment.ProcessorCount / 4), time)
    {
    }

    internal RenderScheduler(int slots, TimeProvider time) => (_free, _time) = (slots, time);

    private sealed record Waiting(string Session, bool Coarse, long Since, TaskCompletionSource Turn);

    /// <summary>Waits for a turn; dispose what is returned when the picture is made.</summary>
    public async ValueTask<Turn> EnterAsync(string session, bool coarse, CancellationToken ct)
    {
        var now = _time.GetTimestamp();
        var waiting = new Waiting(session, coarse, now, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return new Turn(this, session, now);
            }

            _waiting.AddLast(waiting);
        }

        await using var registration = ct.Register(() =>
        {
            lock (_lock)
            {
                waiting.Turn.TrySetCanceled(ct);
            }
        });
        await waiting.Turn.Task;
        return new Turn(this, session, _time.GetTimestamp());
    }

    /// <summary>Forgets a session that ended.</summary>
    public void Forget(string session)
    {
        lock (_lock)
        {
            _used.Remove(session);
        }
    }

    private void Leave(string session, long since)
    {
        lock (_lock)
        {
            _used[session] = (Used(session) + _time.GetElapsedTime(since).TotalMilliseconds, _time.GetTimestamp());
            while (Next() is { } next)
            {
                if (next.Turn.TrySetResult())
                {
                    return;
                }
            }

            _free++;
        }
    }

    private double Used(string session) =>
        _used.TryGetValue(session, out var used) ? used.Ms * Math.Pow(0.5, _time.GetElapsedTime(used.At) / HalfLife) : 0;

    private Waiting? Next()
    {
        LinkedListNode<Waiting>? best = null;
        var least = (Rank: int.MaxValue, Used: double.MaxValue);
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            var urgent = node.Value.Coarse || _time.GetElapsedTime(node.Value.Since) > Patience;
            var place = (urgent ? 0 : 1, Used(node.Value.Session));
            (best, least) = place.CompareTo(least) < 0 ? (node, place) : (best, least);
        }

        if (best is null)
        {
            return null;
        }

        _waiting.Remove(best);
        return best.Value;
    }

    /// <summary>A turn that was given.</summary>
    public readonly struct Turn(RenderScheduler owner, string session, long since) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => owner.Leave(session, since);
    }
}
