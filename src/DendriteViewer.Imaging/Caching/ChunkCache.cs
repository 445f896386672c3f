namespace DendriteViewer.Imaging.Caching;

/// <summary>
/// Decoded chunks of other writers' volumes, of which several bricks are made; the least recently used leave first, within a budget in
/// bytes. Askers at the same time share one read.
/// </summary>
/// <typeparam name="TKey">Which chunk of what.</typeparam>
/// <typeparam name="TChunk">What a chunk is.</typeparam>
/// <param name="budgetBytes">Bytes that may be held; the chunk that came last is held in any case.</param>
/// <param name="bytesOf">Bytes of a chunk.</param>
internal sealed class ChunkCache<TKey, TChunk>(long budgetBytes, Func<TChunk, long> bytesOf)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _recent = new();

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    /// <summary>The chunk, read where it must be. A read that fails is forgotten, and fails for all who waited for it.</summary>
    public async Task<TChunk> GetAsync(TKey key, Func<Task<TChunk>> read)
    {
        LinkedListNode<Entry>? node;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out node))
            {
                _recent.Remove(node);
                _recent.AddFirst(node);
            }
            else
            {
                node = _recent.AddFirst(new Entry(key, new(read)));
                _entries.Add(key, node);
            }
        }

        TChunk chunk;
        try
        {
            chunk = await node.Value.Chunk.Value;
        }
        catch
        {
            lock (_lock)
            {
                Remove(node);
            }

            throw;
        }

        lock (_lock)
        {
            if (node.List is not null && !node.Value.IsCounted)
            {
                node.Value.Bytes = bytesOf(chunk);
                node.Value.IsCounted = true;
                Bytes += node.Value.Bytes;
                for (var last = _recent.Last; Bytes > budgetBytes && last is not null;)
                {
                    var before = last.Previous;
                    if (last != node && last.Value.IsCounted)
                    {
                        Remove(last);
                    }

                    last = before;
                }
            }
        }

        return chunk;
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        if (node.List is not null)
        {
            _recent.Remove(node);
            _entries.Remove(node.Value.Key);
            Bytes -= node.Value.Bytes;
        }
    }

    private sealed class Entry(TKey key, Lazy<Task<TChunk>> chunk)
    {
        public TKey Key => key;

        public Lazy<Task<TChunk>> Chunk => chunk;

        public bool IsCounted { get; set; }

        public long Bytes { get; set; }
    }
}
