namespace DendriteViewer.Web.Streaming;

/// <summary>
/// Frames that were encoded lately, so that viewers of the same view share them: who asks first draws, who asks meanwhile waits for that
/// frame, and who asks later has it at once. The least lately used go when they take more than a number of bytes.
/// </summary>
/// <param name="mostBytes">Memory of the frames that are kept; the newest is kept whatever it takes.</param>
public sealed class SharedFrames(long mostBytes)
{
    /// <summary>What a server keeps: some hundred pictures at rest.</summary>
    public const long DefaultBytes = 64 << 20;

    // Guards all below.
    private readonly Lock _lock = new();
    private readonly Dictionary<FrameKey, Entry> _entries = [];
    private readonly LinkedList<Entry> _kept = new();
    private long _bytes;

    private sealed class Entry
    {
        public Entry(FrameKey key) => (Key, Place) = (key, new LinkedListNode<Entry>(this));

        public FrameKey Key { get; }

        // In _kept, once the frame is there.
        public LinkedListNode<Entry> Place { get; }

        // Done when the frame is there or was given up.
        public TaskCompletionSource Made { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SharedFrame? Frame { get; set; }
    }

    /// <summary>Who must make a frame. It is given up when this is disposed before <see cref="Give"/>.</summary>
    internal sealed class Making : IDisposable
    {
        private readonly SharedFrames _owner;
        private readonly Entry _entry;

        internal Making(SharedFrames owner, object entry) => (_owner, _entry) = (owner, (Entry)entry);

        /// <summary>The frame is made. The caller goes on holding it.</summary>
        public void Give(SharedFrame frame) => _owner.Keep(_entry, frame);

        /// <inheritdoc/>
        public void Dispose() => _owner.GiveUp(_entry);
    }

    /// <summary>Memory of the frames that are kept.</summary>
    internal long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Whether the frame is there now.</summary>
    internal bool Has(FrameKey key)
    {
        lock (_lock)
        {
            return _entries.TryGetValue(key, out var entry) && entry.Frame is not null;
        }
    }

    /// <summary>
    /// The frame, which the caller then holds, or the duty to make it. Waits for another who makes it already, but once: where that one
    /// gave up or has a part of the picture only, the callers draw side by side.
    /// </summary>
    /// <returns>One of the two.</returns>
    internal async ValueTask<(SharedFrame? Frame, Making? Making)> FindOrMakeAsync(FrameKey key, CancellationToken ct)
    {
        for (var hasWaited = false; ; hasWaited = true)
        {
            Task made;
            lock (_lock)
            {
                if (!_entries.TryGetValue(key, out var entry))
                {
                    _entries[key] = entry = new Entry(key);
                    return (null, new Making(this, entry));
                }

                if (Use(entry) is { } frame)
                {
                    return (frame, null);
                }

                if (hasWaited)
                {
                    return (null, new Making(this, new Entry(key)));
                }

                made = entry.Made.Task;
            }

            await made.WaitAsync(ct);
        }
    }

    private SharedFrame? Use(Entry entry)
    {
        if (entry.Frame is null)
        {
            return null;
        }

        _kept.Remove(entry.Place);
        _kept.AddLast(entry.Place);
        return entry.Frame.Hold();
    }

    private void Keep(Entry entry, SharedFrame frame)
    {
        lock (_lock)
        {
            // Of several who draw side by side the first is kept.
            if (!_entries.TryAdd(entry.Key, entry) && _entries[entry.Key] != entry)
            {
                return;
            }

            entry.Frame = frame.Hold();
            _kept.AddLast(entry.Place);
            _bytes += frame.Bytes;
            while (_bytes > mostBytes && _kept.First is { Value: var oldest } && oldest != entry)
            {
                Drop(oldest);
            }
        }

        entry.Made.TrySetResult();
    }

    private void GiveUp(Entry entry)
    {
        lock (_lock)
        {
            if (entry.Frame is null && _entries.TryGetValue(entry.Key, out var known) && known == entry)
            {
                _entries.Remove(entry.Key);
            }
        }

        entry.Made.TrySetResult();
    }

    private void Drop(Entry entry)
    {
        _kept.Remove(entry.Place);
        _entries.Remove(entry.Key);
        _bytes -= entry.Frame!.Bytes;
        entry.Frame.Dispose();
    }
}
