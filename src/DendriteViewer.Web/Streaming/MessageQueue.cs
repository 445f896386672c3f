namespace DendriteViewer.Web.Streaming;

/// <summary>
/// What one browser is told besides pictures, sent one after another in the order in which it happened: an older view or an older count of
/// edits must not arrive after a newer one. Of each kind only the newest message waits, so that a browser that reads slowly, or not at all,
/// holds no more than one message of each, and nobody else waits for it.
/// </summary>
/// <param name="fault">Told of a message that failed; those after it are sent.</param>
internal sealed class MessageQueue(Action<Exception> fault)
{
    private readonly AsyncPulse _added = new();
    private readonly Lock _lock = new();

    // Oldest first. Under _lock.
    private readonly List<(string Kind, Func<CancellationToken, Task> Send)> _waiting = [];

    /// <summary>Adds a message after all that wait; never waits.</summary>
    /// <param name="kind">What it tells the state of: a message of it that waits still is out of date, and is dropped.</param>
    /// <param name="send">Sends it.</param>
    public void Add(string kind, Func<CancellationToken, Task> send)
    {
        lock (_lock)
        {
            _waiting.RemoveAll(m => m.Kind == kind);
            _waiting.Add((kind, send));
        }

        _added.Set();
    }

    /// <summary>Sends until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await _added.WaitAsync(ct);
            while (Take() is { } send)
            {
                ct.ThrowIfCancellationRequested();
                try
                {
                    await send(ct);
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    fault(e);
                }
            }
        }
    }

    private Func<CancellationToken, Task>? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                return null;
            }

            var (_, send) = _waiting[0];
            _waiting.RemoveAt(0);
            return send;
        }
    }
}
