using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Imaging.Caching;

/// <summary>
/// Levels assembled for the ray caster, least recently used out first, within a budget in bytes.
/// The finest level that is cast is the finest that fits <c>levelBytes</c>.
/// </summary>
public sealed class RayVolumeCache(DatasetStore store, long budgetBytes, long levelBytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(string Key, Task<RayVolume> Volume)> _recent = new();

    /// <summary>Bytes of the volumes held.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _recent.Sum(e => e.Volume.IsCompletedSuccessfully ? e.Volume.Result.Bytes : 0);
            }
        }
    }

    /// <summary>The finest level that is cast of a volume.</summary>
    public PyramidLevel FinestOf(VolumeReader reader) => reader.Levels.FirstOrDefault(l => l.Shape.Count * 2 <= levelBytes) ?? reader.Levels[^1];

    /// <summary>The level if it is in memory.</summary>
    public RayVolume? TryGet(VolumeInfo volume, int level)
    {
        lock (_lock)
        {
            return Find(Key(volume, level)) is { Value.Volume.IsCompletedSuccessfully: true } node ? node.Value.Volume.Result : null;
        }
    }

    /// <summary>The level, assembled where it must be. A caller that gives up does not stop the work for the others.</summary>
    public Task<RayVolume> GetAsync(VolumeInfo volume, int level, CancellationToken ct)
    {
        lock (_lock)
        {
            var key = Key(volume, level);
            if (Find(key) is { } node && !node.Value.Volume.IsFaulted)
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
                return node.Value.Volume.WaitAsync(ct);
            }

            var task = Task.Run(() => LoadAsync(volume, level), CancellationToken.None);
            _recent.AddFirst((key, task));
            task.ContinueWith(_ => Trim(), TaskScheduler.Default);
            return task.WaitAsync(ct);
        }
    }

    /// <summary>Whether a volume's level can be added without putting others out.</summary>
    public bool HasRoomFor(PyramidLevel level) => Bytes + 2 * level.Shape.Count <= budgetBytes;

    /// <summary>Forgets the volumes below a prefix.</summary>
    public void Forget(string prefix)
    {
        lock (_lock)
        {
            for (var node = _recent.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    _recent.Remove(node);
                }

                node = next;
            }
        }
    }

    private static string Key(VolumeInfo volume, int level) => $"{volume.Prefix}{level}";

    private LinkedListNode<(string Key, Task<RayVolume> Volume)>? Find(string key)
    {
        for (var node = _recent.First; node is not null; node = node.Next)
        {
            if (node.Value.Key == key)
            {
                return node;
            }
        }

        return null;
    }

    private async Task<RayVolume> LoadAsync(VolumeInfo volume, int level)
    {
        var reader = await store.ReaderAsync(volume, CancellationToken.None);
        return await DenseLevels.ReadRayVolumeAsync(reader, reader.Levels[level], ValueMap.Of(volume), CancellationToken.None);
    }

    private void Trim()
    {
        lock (_lock)
        {
            for (var node = _recent.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Volume.IsFaulted)
                {
                    _recent.Remove(node);
                }

                node = next;
            }

            var bytes = 0L;
            for (var node = _recent.First; node is not null;)
            {
                var next = node.Next;
                bytes += node.Value.Volume.IsCompletedSuccessfully ? node.Value.Volume.Result.Bytes : 0;
                if (bytes > budgetBytes && node != _recent.First)
                {
                    _recent.Remove(node);
                }

                node = next;
            }
        }
    }
}
