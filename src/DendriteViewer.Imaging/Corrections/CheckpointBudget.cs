namespace DendriteViewer.Imaging.Corrections;

/// <summary>What a brick of a mask was after a stroke, all that come before it included.</summary>
internal sealed class Checkpoint(int stroke, ulong[] set)
{
    // Null once it was given up.
    private volatile ulong[]? _set = set;

    /// <summary>The last stroke that it has.</summary>
    public int Stroke => stroke;

    /// <summary>The brick's voxels, which must not be changed; null once the room was needed for others.</summary>
    public ulong[]? Set => _set;

    /// <summary>What it costs.</summary>
    public long Bytes { get; } = (long)set.Length * sizeof(ulong);

    /// <summary>Lets go of the voxels.</summary>
    public void Forget() => _set = null;
}

/// <summary>
/// The memory that the checkpoints of all masks have together. Where it is used up, those that nobody kept or used for the longest time are
/// given up, of whichever mask they are. Members may be called by anybody at any time.
/// </summary>
/// <param name="bytes">Bytes at most.</param>
internal sealed class CheckpointBudget(long bytes)
{
    /// <summary>The budget of the process: 4096 bricks of 64³ voxels.</summary>
    public static readonly CheckpointBudget Shared = new(128 << 20);

    private readonly Lock _lock = new();

    // The one that was used last at the end. Under _lock, as what follows.
    private readonly LinkedList<Checkpoint> _kept = new();
    private readonly Dictionary<Checkpoint, LinkedListNode<Checkpoint>> _nodes = [];
    private long _used;

    /// <summary>Bytes of what is kept now.</summary>
    public long Used
    {
        get
        {
            lock (_lock)
            {
                return _used;
            }
        }
    }

    /// <summary>Keeps a checkpoint, or says that one that is kept was used.</summary>
    public void Keep(Checkpoint checkpoint)
    {
        lock (_lock)
        {
            Remove(checkpoint);
            if (checkpoint.Set is null)
            {
                return;
            }

            _nodes[checkpoint] = _kept.AddLast(checkpoint);
            _used += checkpoint.Bytes;
            while (_used > bytes)
            {
                var oldest = _kept.First!.Value;
                Remove(oldest);
                oldest.Forget();
            }
        }
    }

    /// <summary>Gives a checkpoint up.</summary>
    public void Drop(Checkpoint checkpoint)
    {
        lock (_lock)
        {
            Remove(checkpoint);
            checkpoint.Forget();
        }
    }

    private void Remove(Checkpoint checkpoint)
    {
        if (_nodes.Remove(checkpoint, out var node))
        {
            _kept.Remove(node);
            _used -= checkpoint.Bytes;
        }
    }
}
