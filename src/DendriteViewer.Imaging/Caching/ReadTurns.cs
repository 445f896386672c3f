namespace DendriteViewer.Imaging.Caching;

/// <summary>How soon a brick is wanted.</summary>
public enum BrickNeed
{
    /// <summary>Somebody waits for it.</summary>
    Now,

    /// <summary>Somebody may, soon.</summary>
    Soon,
}

/// <summary>
/// So many reads at once; what somebody waits for goes before what is read ahead, and of both the first asked for first. A read that
/// waits for its turn can be hurried, or given up.
/// </summary>
internal sealed class ReadTurns(int atOnce)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Turn> _now = new(), _soon = new();
    private int _free = atOnce;

    /// <summary>A turn, which comes at once or later.</summary>
    public Turn Take(BrickNeed need)
    {
        var turn = new Turn(this, need);
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                turn.Come.SetResult(true);
            }
            else
            {
                turn.Place = (need == BrickNeed.Now ? _now : _soon).AddLast(turn);
            }
        }

        return turn;
    }

    internal sealed class Turn(ReadTurns turns, BrickNeed need)
    {
        public TaskCompletionSource<bool> Come { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Turn>? Place { get; set; }

        private BrickNeed Need { get; set; } = need;

        /// <summary>Goes before what is read ahead.</summary>
        public void Hurry()
        {
            lock (turns._lock)
            {
                if (Need == BrickNeed.Soon && Place is { } place)
                {
                    place.List!.Remove(place);
                    turns._now.AddLast(place);
                }

                Need = BrickNeed.Now;
            }
        }

        /// <summary>Leaves the queue; false where its turn has come already.</summary>
        public bool TryGiveUp()
        {
            lock (turns._lock)
            {
                if (Place is not { } place)
                {
                    return false;
                }

                place.List!.Remove(place);
                Place = null;
            }

            Come.SetResult(false);
            return true;
        }

        /// <summary>Hands the turn on.</summary>
        public void End()
        {
            Turn? next;
            lock (turns._lock)
            {
                next = (turns._now.First ?? turns._soon.First)?.Value;
                if (next is null)
                {
                    turns._free++;
                    return;
                }

                next.Place!.List!.Remove(next.Place);
                next.Place = null;
            }

            next.Come.SetResult(true);
        }
    }
}
