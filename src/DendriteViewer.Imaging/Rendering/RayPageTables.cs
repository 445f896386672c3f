using System.Buffers;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>The pages of the views that are looked at: made from plans and the bricks in memory, kept while nothing of them changes.</summary>
internal sealed class RayPageTables(BrickCache cache)
{
    // Reads begun for a moving picture; more would come too late.
    private const int ReadsAhead = 32;

    private readonly Lock _lock = new();
    private readonly LinkedList<RayPages> _pages = new();

    /// <summary>The bricks in memory that a plan wants; reading the others is begun.</summary>
    public async Task<RayPages> GetAsync(VolumeInfo volume, VolumeReader reader, RayPlan plan, CancellationToken ct)
    {
        // The coarsest level stands in for everything, so it is waited for; it is a brick.
        var top = reader.Levels[^1];
        var count = plan.Bricks.Count;
        var found = ArrayPool<Brick?>.Shared.Rent(count);
        try
        {
            await FindAsync(volume, plan, top, found, ct);
            return Known(volume, plan, found.AsSpan(0, count)) ?? Make(volume, reader, plan, found.AsSpan(0, count).ToArray());
        }
        finally
        {
            ArrayPool<Brick?>.Shared.Return(found, clearArray: true);
        }
    }

    private async Task FindAsync(VolumeInfo volume, RayPlan plan, PyramidLevel top, Brick?[] bricks, CancellationToken ct)
    {
        var begun = 0;
        for (var i = 0; i < plan.Bricks.Count; i++)
        {
            var index = plan.Bricks[i];
            bricks[i] = cache.TryGet(volume, index);
            if (bricks[i] is null && index.Level == top.Number)
            {
                bricks[i] = await cache.GetAsync(volume, index, ct);
            }
            else if (bricks[i] is null)
            {
                Begin(index);
            }
        }

        for (var i = 0; i < plan.Finer.Count && begun < ReadsAhead && cache.Loading < ReadsAhead; i++)
        {
            if (!cache.Contains(volume, plan.Finer[i]))
            {
                Begin(plan.Finer[i]);
            }
        }

        void Begin(BrickIndex index)
        {
            if (begun < ReadsAhead && cache.Loading < ReadsAhead)
            {
                begun++;
                _ = cache.GetAsync(volume, index, CancellationToken.None).ContinueWith(
                    t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
        }
    }

    private RayPages? Known(VolumeInfo volume, RayPlan plan, ReadOnlySpan<Brick?> bricks)
    {
        lock (_lock)
        {
            for (var node = _pages.First; node is not null; node = node.Next)
            {
                if (node.Value.Is(volume.CacheKey, plan, bricks))
                {
                    _pages.Remove(node);
                    _pages.AddFirst(node);
                    return node.Value;
                }
            }
        }

        return null;
    }

    private RayPages Make(VolumeInfo volume, VolumeReader reader, RayPlan plan, Brick?[] bricks)
    {
        var levels = new List<BrickLevel>();
        foreach (var level in reader.Levels.Skip(plan.Level.Number))
        {
            levels.Add(level.WithBricks(plan.Level, new Brick?[level.BrickCount.Count]));
        }

        for (var i = 0; i < bricks.Length; i++)
        {
            var at = plan.Bricks[i];
            var level = levels[at.Level - plan.Level.Number];
            level.Bricks[(at.Z * level.CountY + at.Y) * level.CountX + at.X] = bricks[i];
        }

        var pages = new RayPages(volume.CacheKey, plan.Level, [.. plan.Bricks], bricks, new PagedVolume(volume.Type, levels, plan.Box));
        lock (_lock)
        {
            _pages.AddFirst(pages);

            // They hold on to their bricks, so they count against the cache's budget; the newest always stays.
            var bytes = 0L;
            for (var node = _pages.First; node is not null;)
            {
                var next = node.Next;
                bytes += node.Value.Bytes;
                if (node != _pages.First && bytes > cache.BudgetBytes / 2)
                {
                    _pages.Remove(node);
                }

                node = next;
            }
        }

        return pages;
    }

    /// <summary>Forgets volumes whose cache key begins so.</summary>
    public void Forget(string prefix)
    {
        lock (_lock)
        {
            for (var node = _pages.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Prefix.StartsWith(prefix, StringComparison.Ordinal))
                {
                    _pages.Remove(node);
                }

                node = next;
            }
        }
    }
}
