using System.Buffers;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Caching;

/// <summary>
/// Decoded bricks in memory, least recently used out first, within a budget in bytes. Two askers for one brick share one read.
/// </summary>
public sealed class BrickCache(DatasetStore store, long budgetBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Volume, BrickIndex Brick), LinkedListNode<Entry>> _entries = [];
    private readonly Dictionary<(string Volume, BrickIndex Brick), Task<Brick>> _loading = [];
    private readonly LinkedList<Entry> _recent = new();
    private readonly SemaphoreSlim _reads = new(Math.Max(4, 2 * Environment.ProcessorCount));

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
            return _entries.ContainsKey((volume.Prefix, brick));
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
            if (!_entries.TryGetValue((volume.Prefix, brick), out var node))
            {
                return null;
            }

            _recent.Remove(node);
            _recent.AddFirst(node);
            Hits++;
            return node.Value.Brick;
        }
    }

    /// <summary>The brick, read where it must be. A caller that gives up does not stop the read for the others.</summary>
    public Task<Brick> GetAsync(VolumeInfo volume, BrickIndex brick, CancellationToken ct)
    {
        var key = (volume.Prefix, brick);
        Task<Brick> task;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                Hits++;
                return Task.FromResult(node.Value.Brick);
            }

            if (!_loading.TryGetValue(key, out task!))
            {
                Misses++;
                task = Task.Run(() => LoadAsync(volume, brick), CancellationToken.None);
                _loading.Add(key, task);
            }
        }

        return task.WaitAsync(ct);
    }

    /// <summary>Raised with a prefix below which nothing may be kept any longer.</summary>
    public event Action<string>? Forgotten;

    /// <summary>Forgets the bricks of volumes below a prefix.</summary>
    public void Forget(string prefix)
    {
        Forgotten?.Invoke(prefix);
        lock (_lock)
        {
            foreach (var (key, node) in _entries.Where(e => e.Key.Volume.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                _entries.Remove(key);
                _recent.Remove(node);
                Bytes -= node.Value.Brick.Bytes;
            }
        }
    }

    private static Brick Make(VolumeReader reader, BrickIndex index, ReadOnlySpan<byte> voxels)
    {
        var (b, s) = (reader.Levels[index.Level].Brick, reader.Levels[index.Level].Shape);
        return new Brick(
            voxels, reader.Type, b.Z, b.Y, b.X, Math.Min(b.Z, s.Z - index.Z * b.Z), Math.Min(b.Y, s.Y - index.Y * b.Y), Math.Min(b.X, s.X - index.X * b.X));
    }

    private async Task<Brick> LoadAsync(VolumeInfo volume, BrickIndex brick)
    {
        var key = (volume.Prefix, brick);
        try
        {
            await _reads.WaitAsync();
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
                }
                finally
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                }
            }
            finally
            {
                _reads.Release();
            }

            lock (_lock)
            {
                _entries[key] = _recent.AddFirst(new Entry(key, voxels));
                Bytes += voxels.Bytes;
                while (Bytes > budgetBytes && _recent.Last is { } last && _recent.Count > 1)
                {
                    _recent.RemoveLast();
                    _entries.Remove(last.Value.Key);
                    Bytes -= last.Value.Brick.Bytes;
                }
            }

            return voxels;
        }
        finally
        {
            lock (_lock)
            {
                _loading.Remove(key);
            }
        }
    }
}
