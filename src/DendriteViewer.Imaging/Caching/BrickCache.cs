using System.Buffers;
using System.Diagnostics.Metrics;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Caching;

/// <summary>
/// Decoded bricks in memory, least recently used out first, within a budget in bytes. Two askers for one brick share one read; what
/// somebody waits for is read before what is read ahead, and what is read ahead is given up when nobody wants it any more.
/// </summary>
public sealed class BrickCache(DatasetStore store, long budgetBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Volume, BrickIndex Brick), LinkedListNode<Entry>> _entries = [];
    private readonly Dictionary<(string Volume, BrickIndex Brick), Load> _loading = [];
    private readonly LinkedList<Entry> _recent = new();
    private readonly ReadTurns _turns = new(Math.Max(4, 2 * Environment.ProcessorCount));

    private static readonly Meter s_meter = new("DendriteViewer.BrickCache");
    private static readonly Counter<long> s_hits = s_meter.CreateCounter<long>(
        "dendrite.brick_cache.hits", "{brick}", "Bricks that were in memory when they were asked for.");
    private static readonly Counter<long> s_misses = s_meter.CreateCounter<long>(
        "dendrite.brick_cache.misses", "{brick}", "Bricks that had to be read.");
    private static readonly Counter<long> s_read = s_meter.CreateCounter<long>(
        "dendrite.brick_cache.read", "By", "Decoded bytes that were read.");
    private static readonly UpDownCounter<long> s_bytes = s_meter.CreateUpDownCounter<long>(
        "dendrite.brick_cache.size", "By", "Bytes held.");
    private static readonly Histogram<double> s_waits = s_meter.CreateHistogram<double>(
        "dendrite.brick_cache.wait", "s", "From asking for a brick that somebody waits for to having it.");

    private readonly record struct Entry((string, BrickIndex) Key, Brick Brick);

    /// <summary>Bytes that may be held.</summary>
    public long BudgetBytes => budgetBytes;

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bricks being read.</summary>
    public int Loading
    {
        get
        {
            lock (_lock)
            {
                return _loading.Count;
            }
        }
    }

    /// <summary>Whether a brick is in memory; asking does not count as use.</summary>
    public bool Contains(VolumeInfo volume, BrickIndex brick)
    {
        lock (_lock)
        {
            return _entries.ContainsKey((volume.CacheKey, brick));
        }
    }

    /// <summary>Bricks asked for that were in memory, since start.</summary>
    public long Hits { get; private set; }

    /// <summary>Bricks asked for that had to be read, since start.</summary>
    public long Misses { get; private set; }

    /// <summary>The brick if it is in memory.</summary>
    public Brick? TryGet(VolumeInfo volume, BrickIndex brick)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue((volume.CacheKey, brick), out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            Hit();
            return node.Value.Brick;
        }
    }

    /// <summary>The brick, read where it must be. A caller that gives up does not stop the read for the others.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="brick">Which of its bricks.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="need">How soon it is wanted.</param>
    public async Task<Brick> GetAsync(VolumeInfo volume, BrickIndex brick, CancellationToken ct, BrickNeed need = BrickNeed.Now)
    {
        var key = (volume.CacheKey, brick);
        Load load;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                Hit();
                return node.Value.Brick;
            }

            if (!_loading.TryGetValue(key, out load!))
            {
                Misses++;
                s_misses.Add(1);
                var turn = _turns.Take(need);
                load = new Load(turn);
                _loading.Add(key, load);
                var own = load;
                load.Brick = Task.Run(() => LoadAsync(volume, brick, own), CancellationToken.None);
            }

            load.Wanted++;
        }

        if (need == BrickNeed.Now)
        {
            load.Turn.Hurry();
        }

        var started = TimeProvider.System.GetTimestamp();
        try
        {
            return await load.Brick.WaitAsync(ct) ?? await GetAsync(volume, brick, ct, need);
        }
        finally
        {
            if (need == BrickNeed.Now)
            {
                s_waits.Record(TimeProvider.System.GetElapsedTime(started).TotalSeconds);
            }

            Leave(key, load);
        }
    }

    /// <summary>Raised with the beginning of cache keys of which nothing may be kept any longer.</summary>
    public event Action<string>? Forgotten;

    /// <summary>Forgets the bricks of volumes whose cache key begins so.</summary>
    public void Forget(string prefix)
    {
        Forgotten?.Invoke(prefix);
        lock (_lock)
        {
            foreach (var (key, node) in _entries.Where(e => e.Key.Volume.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                _entries.Remove(key);
                _recent.Remove(node);
                Grow(-node.Value.Brick.Bytes);
            }
        }
    }

    /// <summary>Forgets bricks of a volume whose voxels changed. What is being read of them now is not kept.</summary>
    public void Forget(VolumeInfo volume, IEnumerable<BrickIndex> bricks)
    {
        lock (_lock)
        {
            foreach (var brick in bricks)
            {
                var key = (volume.CacheKey, brick);
                _loading.Remove(key);
                if (_entries.Remove(key, out var node))
                {
                    _recent.Remove(node);
                    Grow(-node.Value.Brick.Bytes);
                }
            }
        }
    }

    // The last who wanted it takes what has not begun along.
    private void Leave((string, BrickIndex) key, Load load)
    {
        lock (_lock)
        {
            if (--load.Wanted == 0 && !load.Brick.IsCompleted && load.Turn.TryGiveUp() && _loading.TryGetValue(key, out var now) && now == load)
            {
                _loading.Remove(key);
            }
        }
    }

    private static Brick Make(VolumeReader reader, BrickIndex index, ReadOnlySpan<byte> voxels)
    {
        var (b, s) = (reader.Levels[index.Level].Brick, reader.Levels[index.Level].Shape);
        return new Brick(
            voxels, reader.Type, b.Z, b.Y, b.X, Math.Min(b.Z, s.Z - index.Z * b.Z), Math.Min(b.Y, s.Y - index.Y * b.Y), Math.Min(b.X, s.X - index.X * b.X));
    }

    private void Hit()
    {
        Hits++;
        s_hits.Add(1);
    }

    private void Grow(long bytes)
    {
        Bytes += bytes;
        s_bytes.Add(bytes);
    }

    // The brick, or null where it was given up before its turn came.
    private async Task<Brick?> LoadAsync(VolumeInfo volume, BrickIndex brick, Load load)
    {
        var turn = load.Turn;
        var key = (volume.CacheKey, brick);
        if (!await turn.Come.Task)
        {
            return null;
        }

        try
        {
            Brick voxels;
            try
            {
                var reader = await store.ReaderAsync(volume, CancellationToken.None);
                var bytes = reader.BrickBytes(brick.Level);
                var buffer = ArrayPool<byte>.Shared.Rent(bytes);
                try
                {
                    await reader.ReadBrickAsync(brick, buffer.AsMemory(0, bytes), CancellationToken.None);
                    voxels = Make(reader, brick, buffer.AsSpan(0, bytes));
                    s_read.Add(bytes);
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
            finally
            {
                turn.End();
            }

            lock (_lock)
            {
                // Voxels that changed while they were read are read again by who asks next.
                if (_loading.GetValueOrDefault(key) != load)
                {
                    return voxels;
                }

                _entries[key] = _recent.AddFirst(new Entry(key, voxels));
                Grow(voxels.Bytes);
                while (Bytes > budgetBytes && _recent.Last is { } last && _recent.Count > 1)
                {
                    _recent.RemoveLast();
                    _entries.Remove(last.Value.Key);
                    Grow(-last.Value.Brick.Bytes);
                }
            }

            return voxels;
        }
        finally
        {
            lock (_lock)
            {
                if (_loading.GetValueOrDefault(key) == load)
                {
                    _loading.Remove(key);
                }
            }
        }
    }

    // A read that waits or is under way, and for how many.
    private sealed class Load(ReadTurns.Turn turn)
    {
        public ReadTurns.Turn Turn => turn;

        // Set under the lock before anybody else sees this.
        public Task<Brick?> Brick { get; set; } = null!;

        public int Wanted { get; set; }
    }
}
