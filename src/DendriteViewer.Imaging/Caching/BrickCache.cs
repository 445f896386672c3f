using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Caching;

/// <summary>
/// Decoded bricks in memory, least recently used out first, within a budget in bytes. Two askers for one brick share one read.
/// </summary>
public sealed class BrickCache(DatasetStore store, long budgetBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Volume, BrickIndex Brick), LinkedListNode<Entry>> _entries = [];
    private readonly Dictionary<(string Volume, BrickIndex Brick), Task<byte[]>> _loading = [];
    private readonly LinkedList<Entry> _recent = new();
    private readonly SemaphoreSlim _reads = new(Math.Max(4, 2 * Environment.ProcessorCount));

    private readonly record struct Entry((string, BrickIndex) Key, byte[] Voxels);

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bricks asked for that were in memory, since start.</summary>
    public long Hits { get; private set; }

    /// <summary>Bricks asked for that had to be read, since start.</summary>
    public long Misses { get; private set; }

    /// <summary>The brick if it is in memory.</summary>
    public byte[]? TryGet(VolumeInfo volume, BrickIndex brick)
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
            return node.Value.Voxels;
        }
    }

    /// <summary>The brick, read where it must be. A caller that gives up does not stop the read for the others.</summary>
    public Task<byte[]> GetAsync(VolumeInfo volume, BrickIndex brick, CancellationToken ct)
    {
        var key = (volume.Prefix, brick);
        Task<byte[]> task;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                Hits++;
                return Task.FromResult(node.Value.Voxels);
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

    /// <summary>Forgets the bricks of volumes below a prefix.</summary>
    public void Forget(string prefix)
    {
        lock (_lock)
        {
            foreach (var (key, node) in _entries.Where(e => e.Key.Volume.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                _entries.Remove(key);
                _recent.Remove(node);
                Bytes -= node.Value.Voxels.Length;
            }
        }
    }

    private async Task<byte[]> LoadAsync(VolumeInfo volume, BrickIndex brick)
    {
        var key = (volume.Prefix, brick);
        try
        {
            await _reads.WaitAsync();
            byte[] voxels;
            try
            {
                var reader = await store.ReaderAsync(volume, CancellationToken.None);
                voxels = await reader.ReadBrickAsync(brick, CancellationToken.None);
            }
            finally
            {
                _reads.Release();
            }

            lock (_lock)
            {
                _entries[key] = _recent.AddFirst(new Entry(key, voxels));
                Bytes += voxels.Length;
                while (Bytes > budgetBytes && _recent.Last is { } last && _recent.Count > 1)
                {
                    _recent.RemoveLast();
                    _entries.Remove(last.Value.Key);
                    Bytes -= last.Value.Voxels.Length;
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
