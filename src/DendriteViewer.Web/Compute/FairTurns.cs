namespace DendriteViewer.Web.Compute;

/// <summary>
/// Turns at work of which few pieces are done at a time. Of those who wait the owner goes first that had least lately, so that nobody's
/// many requests keep others waiting. What waits is bounded by its cost.
/// </summary>
/// <remarks>All state is changed under <c>_lock</c>.</remarks>
/// <param name="slots">How many have a turn at a time.</param>
/// <param name="mostWaiting">
/// The cost of what waits at most; one that is alone waits whatever it costs, else it could never have a turn.
/// </param>
/// <param name="mostOfOwner">The cost of what waits of one owner at most, in the same way.</param>
/// <param name="refusal">The exception for whoever finds no room.</param>
/// <param name="time">The clock.</param>
public sealed class FairTurns(int slots, double mostWaiting, double mostOfOwner, Func<Exception> refusal, TimeProvider time)
{
    private const int MostKept = 1000;

    // What an owner used counts half after so long.
    private static readonly TimeSpan s_halfLife = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();

    // Who waits, the first first, and what that costs.
    private readonly LinkedList<Ticket> _waiting = new();

    // Milliseconds that each owner used, and as of when.
    private readonly Dictionary<string, (double Ms, long At)> _used = [];

    // Turns that may begin, and the cost of what waits.
    private int _free = slots;
    private double _cost;

    /// <summary>How many have a turn at a time.</summary>
    public int Slots { get; } = slots;

    /// <summary>Whether somebody has a turn.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_lock)
            {
                return _free < Slots;
            }
        }
    }

    /// <summary>What waits for its turn: how many, and what they cost.</summary>
    public (int Count, double Cost) Waiting
    {
        get
        {
            lock (_lock)
            {
                return (_waiting.Count, _cost);
            }
        }
    }

    /// <summary>Waits for a turn; dispose what is returned when the work is done.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="cost">What it costs.</param>
    /// <param name="ct">Gives up.</param>
    public async ValueTask<Turn> EnterAsync(string owner, double cost, CancellationToken ct)
    {
        Ticket ticket;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return new Turn(this, owner, time.GetTimestamp());
            }

            if ((_waiting.Count > 0 && _cost + cost > mostWaiting) || (CostOf(owner) is > 0 and var own && own + cost > mostOfOwner))
            {
                throw refusal();
            }

            ticket = new(owner, cost, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            _waiting.AddLast(ticket);
            _cost += cost;
        }

        await using var registration = ct.Register(() =>
        {
            lock (_lock)
            {
                if (ticket.Come.TrySetCanceled(ct))
                {
                    Remove(ticket);
                }
            }
        });
        await ticket.Come.Task;
        return new Turn(this, owner, time.GetTimestamp());
    }

    /// <summary>How many owners had a turn no longer ago.</summary>
    public int OwnersWithin(TimeSpan span)
    {
        lock (_lock)
        {
            return _used.Values.Count(u => time.GetElapsedTime(u.At) < span);
        }
    }

    /// <summary>Forgets an owner who went.</summary>
    public void Forget(string owner)
    {
        lock (_lock)
        {
            _used.Remove(owner);
        }
    }

    private void Leave(string owner, long since)
    {
        lock (_lock)
        {
            _used[owner] = (UsedBy(owner) + time.GetElapsedTime(since).TotalMilliseconds, time.GetTimestamp());
            ForgetOld();
            while (_waiting.MinBy(t => UsedBy(t.Owner)) is { } next)
            {
                Remove(next);
                if (next.Come.TrySetResult())
                {
                    return;
                }
            }

            _free++;
        }
    }

    private void Remove(Ticket ticket)
    {
        if (_waiting.Remove(ticket))
        {
            _cost = _waiting.Count == 0 ? 0 : _cost - ticket.Cost;
        }
    }

    private double CostOf(string owner) => _waiting.Sum(t => t.Owner == owner ? t.Cost : 0);

    private double UsedBy(string owner) =>
        _used.TryGetValue(owner, out var used) ? used.Ms * Math.Pow(0.5, time.GetElapsedTime(used.At) / s_halfLife) : 0;

    // Callers of the API do not say when they end.
    private void ForgetOld()
    {
        if (_used.Count > MostKept)
        {
            foreach (var owner in _used.Where(u => time.GetElapsedTime(u.Value.At) > 10 * s_halfLife).Select(u => u.Key).ToArray())
            {
                _used.Remove(owner);
            }
        }
    }

    private sealed record Ticket(string Owner, double Cost, TaskCompletionSource Come);

    /// <summary>A turn that was given.</summary>
    public readonly struct Turn(FairTurns turns, string owner, long since) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => turns.Leave(owner, since);
    }
}
