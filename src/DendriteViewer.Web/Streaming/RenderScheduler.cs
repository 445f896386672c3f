namespace DendriteViewer.Web.Streaming;

/// <summary>
/// Shares the compute among sessions. A few pictures are made at a time; who waits is served session by session in turn,
/// first pictures of a change before finer ones, so that nobody's orbiting starves the others.
/// </summary>
public sealed class RenderScheduler
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Session, TaskCompletionSource Turn)>[] _waiting = [new(), new()];
    private readonly Dictionary<string, long> _served = [];
    private long _clock;
    private int _free;

    /// <summary>As many pictures at a time as keep the cores busy while others encode.</summary>
    public RenderScheduler() : this(Math.Max(2, Environment.ProcessorCount / 4))
    {
    }

    internal RenderScheduler(int slots) => _free = slots;

    /// <summary>Waits for a turn; dispose what is returned when the picture is made.</summary>
    public async ValueTask<Turn> EnterAsync(string session, bool coarse, CancellationToken ct)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                _served[session] = ++_clock;
                return new Turn(this);
            }

            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[coarse ? 0 : 1].AddLast((session, turn));
        }

        await using var registration = ct.Register(() =>
        {
            lock (_lock)
            {
                turn.TrySetCanceled(ct);
            }
        });
        await turn.Task;
        return new Turn(this);
    }

    /// <summary>Forgets a session that ended.</summary>
    public void Forget(string session)
    {
        lock (_lock)
        {
            _served.Remove(session);
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            while (Next() is { } next)
            {
                if (next.Turn.TrySetResult())
                {
                    _served[next.Session] = ++_clock;
                    return;
                }
            }

            _free++;
        }
    }

    // Of those who wait for a first picture, else of the others, the session that was served longest ago.
    private (string Session, TaskCompletionSource Turn)? Next()
    {
        foreach (var queue in _waiting)
        {
            LinkedListNode<(string Session, TaskCompletionSource Turn)>? best = null;
            for (var node = queue.First; node is not null; node = node.Next)
            {
                if (best is null || _served.GetValueOrDefault(node.Value.Session) < _served.GetValueOrDefault(best.Value.Session))
                {
                    best = node;
                }
            }

            if (best is not null)
            {
                queue.Remove(best);
                return best.Value;
            }
        }

        return null;
    }

    /// <summary>A turn that was given.</summary>
    public readonly struct Turn(RenderScheduler owner) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => owner.Leave();
    }
}
