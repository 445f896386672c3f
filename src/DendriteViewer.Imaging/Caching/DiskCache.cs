using System.Diagnostics.Metrics;
using DendriteViewer.Imaging.Storage;

namespace DendriteViewer.Imaging.Caching;

/// <summary>
/// A remote store with blocks of what is read of its shards kept on a local disk (<see cref="DiskBlocks"/>). What several ask for within
/// a moment becomes few requests for long ranges.
/// </summary>
/// <remarks>A block belongs to a blob's name and tag, so that what replaces a blob is never mixed with it.</remarks>
public sealed class DiskCache : IBlobStore
{
    private const int BlockBytes = 256 << 10;
    private const int MostBlocksARequest = 16;

    // Blocks that nobody asked for and that lie between two that are fetched: cheaper along than a second request.
    private const int MostGap = 1;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(2);
    private static readonly Meter s_meter = new("DendriteViewer.DiskCache");
    private static readonly Counter<long> s_hits = s_meter.CreateCounter<long>("dendrite.disk_cache.hits", "{block}");
    private static readonly Counter<long> s_misses = s_meter.CreateCounter<long>("dendrite.disk_cache.misses", "{block}");
    private static readonly Counter<long> s_requests = s_meter.CreateCounter<long>("dendrite.disk_cache.requests", "{request}");
    private static readonly Counter<long> s_fetched = s_meter.CreateCounter<long>("dendrite.disk_cache.fetched", "By");

    private readonly IBlobStore _inner;
    private readonly DiskBlocks _blocks;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task<BlobStat>> _stats = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Gathering> _gathering = new(StringComparer.Ordinal);

    /// <param name="inner">The store.</param>
    /// <param name="folder">Where blocks are kept; nothing else may lie there.</param>
    /// <param name="budgetBytes">What they may take.</param>
    public DiskCache(IBlobStore inner, string folder, long budgetBytes)
    {
        (_inner, _blocks) = (inner, new DiskBlocks(folder, budgetBytes));
    }

    /// <summary>Requests that were made of the store for what is read here, since start.</summary>
    public long Requests { get; private set; }

    /// <summary>Bytes on the disk.</summary>
    public long Bytes => _blocks.Bytes;

    /// <inheritdoc/>
    public string Description => _inner.Description;

    /// <inheritdoc/>
    public StoreHealth Health => _inner.Health;

    /// <inheritdoc/>
    public IBlobStore Uncached => _inner;

    /// <inheritdoc/>
    public ValueTask<BlobStat?> StatAsync(string name, CancellationToken ct) => _inner.StatAsync(name, ct);

    /// <inheritdoc/>
    public ValueTask<TaggedBlob?> TryReadTaggedAsync(string name, CancellationToken ct) => _inner.TryReadTaggedAsync(name, ct);

    /// <inheritdoc/>
    public async ValueTask ReadAsync(string name, long offset, Memory<byte> target, CancellationToken ct)
    {
        var stat = await KnownAsync(name, ct);
        if (offset + target.Length > stat.Size)
        {
            throw new EndOfStreamException($"{Description}/{name} ends before byte {offset + target.Length}.");
        }

        var (first, last) = (offset / BlockBytes, (offset + target.Length - 1) / BlockBytes);
        var missing = new List<long>();
        for (var block = first; block <= last && target.Length > 0; block++)
        {
            if (_blocks.TryGet(KeyOf(stat), block) is { } kept)
            {
                s_hits.Add(1);
                Copy(block, kept);
                continue;
            }

            s_misses.Add(1);
            missing.Add(block);
        }

        if (missing.Count > 0)
        {
            foreach (var (block, bytes) in missing.Zip(Fetch(stat, missing)))
            {
                Copy(block, await bytes.WaitAsync(ct));
            }
        }

        void Copy(long block, byte[] bytes)
        {
            var at = block * BlockBytes;
            var (from, to) = (Math.Max(offset, at), Math.Min(offset + target.Length, at + bytes.Length));
            bytes.AsSpan((int)(from - at), (int)(to - from)).CopyTo(target.Span[(int)(from - offset)..]);
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken ct, bool durable = true)
    {
        Forget(name);
        await _inner.WriteAsync(name, content, ct, durable);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryReplaceAsync(string name, ReadOnlyMemory<byte> content, string? tag, CancellationToken ct)
    {
        Forget(name);
        return await _inner.TryReplaceAsync(name, content, tag, ct);
    }

    /// <inheritdoc/>
    public ValueTask FlushAsync(string prefix, CancellationToken ct) => _inner.FlushAsync(prefix, ct);

    /// <inheritdoc/>
    public IAsyncEnumerable<BlobStat> ListAsync(string prefix, CancellationToken ct) => _inner.ListAsync(prefix, ct);

    /// <inheritdoc/>
    public IAsyncEnumerable<string> ListFoldersAsync(string prefix, CancellationToken ct) => _inner.ListFoldersAsync(prefix, ct);

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken ct)
    {
        Forget(name);
        await _inner.DeleteAsync(name, ct);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAllAsync(string prefix, CancellationToken ct)
    {
        Forget(prefix);
        await _inner.DeleteAllAsync(prefix, ct);
    }

    /// <inheritdoc/>
    public ValueTask<IBlobLease?> TryLeaseAsync(string name, CancellationToken ct) => _inner.TryLeaseAsync(name, ct);

    // Published shards never change, so one is asked about once; what is written or deleted here is asked about again.
    private async ValueTask<BlobStat> KnownAsync(string name, CancellationToken ct)
    {
        Task<BlobStat> asked;
        lock (_lock)
        {
            asked = _stats.TryGetValue(name, out var there) ? there : _stats[name] = Task.Run(AskAsync, CancellationToken.None);
        }

        try
        {
            return await asked.WaitAsync(ct);
        }
        catch when (asked.IsFaulted)
        {
            Forget(name);
            throw;
        }

        async Task<BlobStat> AskAsync() => await _inner.StatAsync(name, CancellationToken.None) ?? throw new FileNotFoundException($"{Description}/{name} does not exist.");
    }

    /// <inheritdoc/>
    public void Forget(string prefix)
    {
        lock (_lock)
        {
            foreach (var name in _stats.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
            {
                _stats.Remove(name);
            }
        }
    }

    // Who misses first waits a moment for others, then all that was missed meanwhile is fetched; and while that is under way, the next
    // gather.
    private Task<byte[]>[] Fetch(BlobStat blob, IReadOnlyList<long> blocks)
    {
        var key = KeyOf(blob);
        lock (_lock)
        {
            if (!_gathering.TryGetValue(key, out var gathering))
            {
                gathering = _gathering[key] = new Gathering();
            }

            var fetched = new Task<byte[]>[blocks.Count];
            for (var i = 0; i < fetched.Length; i++)
            {
                if (!gathering.Blocks.TryGetValue(blocks[i], out var waiting))
                {
                    waiting = gathering.Blocks[blocks[i]] = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
                    gathering.Waiting.Add(blocks[i]);
                }

                fetched[i] = waiting.Task;
            }

            if (gathering.Waiting.Count > 0 && !gathering.IsComing)
            {
                gathering.IsComing = true;
                _ = Task.Run(() => GatherAsync(key, blob, gathering));
            }

            return fetched;
        }
    }

    private async Task GatherAsync(string key, BlobStat blob, Gathering gathering)
    {
        while (true)
        {
            await Task.Delay(Gather, TimeProvider.System);
            var runs = Runs(key, gathering);
            if (runs.Count == 0)
            {
                return;
            }

            await Task.WhenAll(runs.Select(run => FetchRunAsync(key, blob, gathering, run)));
        }
    }

    // What waits, as runs of neighbours; where nothing does, the gathering ends.
    private List<List<long>> Runs(string key, Gathering gathering)
    {
        List<List<long>> runs = [];
        lock (_lock)
        {
            gathering.IsComing = gathering.Waiting.Count > 0;
            if (gathering is { IsComing: false, Blocks.Count: 0 })
            {
                _gathering.Remove(key);
            }

            foreach (var block in gathering.Waiting.Order())
            {
                if (runs.Count > 0 && block - runs[^1][^1] <= 1 + MostGap && block - runs[^1][0] < MostBlocksARequest)
                {
                    runs[^1].Add(block);
                }
                else
                {
                    runs.Add([block]);
                }
            }

            gathering.Waiting.Clear();
        }

        return runs;
    }

    private async Task FetchRunAsync(string key, BlobStat blob, Gathering gathering, List<long> run)
    {
        var at = run[0] * BlockBytes;
        var bytes = new byte[Math.Min(blob.Size, (run[^1] + 1) * BlockBytes) - at];
        Exception? failure = null;
        try
        {
            lock (_lock)
            {
                Requests++;
            }

            s_requests.Add(1);
            s_fetched.Add(bytes.Length);
            await _inner.ReadAsync(blob.Name, at, bytes, CancellationToken.None);
        }
        catch (Exception e)
        {
            failure = e;
        }

        foreach (var block in run)
        {
            var from = (int)(block * BlockBytes - at);
            var mine = failure is null ? bytes[from..Math.Min(bytes.Length, from + BlockBytes)] : [];
            if (failure is null)
            {
                // Kept before it is given out, so that who asks next finds it here or there.
                _blocks.Put(key, block, mine);
            }

            TaskCompletionSource<byte[]> waiting;
            lock (_lock)
            {
                gathering.Blocks.Remove(block, out waiting!);
            }

            if (failure is null)
            {
                waiting.SetResult(mine);
            }
            else
            {
                waiting.SetException(failure);
            }
        }
    }

    private static string KeyOf(BlobStat blob) => blob.Name + "\n" + blob.Tag;

    private sealed class Gathering
    {
        public Dictionary<long, TaskCompletionSource<byte[]>> Blocks { get; } = [];

        public List<long> Waiting { get; } = [];

        public bool IsComing { get; set; }
    }
}
