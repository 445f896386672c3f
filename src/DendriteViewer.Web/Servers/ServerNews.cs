namespace DendriteViewer.Web.Servers;

/// <summary>
/// By which a server hears that another changed something that is kept in the database or in the store. News say what to read again, never
/// what is there: they may be lost, come twice or come late, and whoever hears them reads the truth. So that nothing stays unread, each
/// listener is also told now and then that it may have missed something: every few seconds where there is no wire or it is away, and
/// else when the wire went or came back and twice a minute. One server alone tells nobody and hears nothing.
/// </summary>
/// <param name="wire">What carries the news, or null where there is none.</param>
/// <param name="hasOthers">Whether there may be other servers: whether the database can be shared.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where faults are written.</param>
public sealed partial class ServerNews(INewsWire? wire, bool hasOthers, TimeProvider time, ILogger<ServerNews> log) : BackgroundService
{
    /// <summary>How often listeners look for themselves where there is no wire.</summary>
    public static readonly TimeSpan WithoutWire = TimeSpan.FromSeconds(3);

    /// <summary>How often listeners look for themselves beside the wire.</summary>
    public static readonly TimeSpan BesideWire = TimeSpan.FromSeconds(30);

    private const char Separator = '\n';
    private readonly string _server = Guid.NewGuid().ToString("N");
    private readonly Lock _lock = new();

    // Replaced whole under the lock.
    private volatile Listener[] _listeners = [];

    // When listeners look for themselves; there while the service runs.
    private volatile PeriodicTimer? _timer;

    /// <summary>Raised when <see cref="IsWired"/> changed; handlers must be quick.</summary>
    public event Action? WireMoved;

    /// <summary>Whether others hear at once, and messages to viewers reach those of other servers.</summary>
    public bool IsWired => wire is { IsUp: true };

    /// <summary>Whether there is a wire, and it does not answer.</summary>
    public bool IsWireAway => hasOthers && wire is { IsUp: false };

    /// <summary>Whether there may be other servers.</summary>
    public bool HasOthers => hasOthers;

    /// <summary>Tells the other servers that something of a topic changed. It is quick and never fails.</summary>
    /// <param name="topic">One of <see cref="NewsTopics"/>.</param>
    /// <param name="subject">What changed, as a dataset's identity.</param>
    public void Tell(string topic, string subject = "")
    {
        if (hasOthers)
        {
            wire?.Send(string.Join(Separator, _server, topic, subject));
        }
    }

    /// <summary>Hears what other servers tell, until it is disposed. One listener hears one thing at a time, and a subject that is told
    /// again before it was heard once.</summary>
    /// <param name="topic">One of <see cref="NewsTopics"/>.</param>
    /// <param name="hear">Reads a subject again. What it throws is logged; the next <paramref name="catchUp"/> makes up for it.</param>
    /// <param name="catchUp">Reads again whatever may have changed without a word.</param>
    public IDisposable Listen(string topic, Func<string, Task> hear, Func<Task> catchUp)
    {
        var listener = new Listener(topic, hear, catchUp, e => LogFault(log, topic, e), Remove);
        lock (_lock)
        {
            _listeners = [.. _listeners, listener];
        }

        return listener;
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (hasOthers && wire is not null)
        {
            wire.Received += Receive;
            wire.Moved += OnMoved;
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task StopAsync(CancellationToken cancellationToken)
    {
        if (hasOthers && wire is not null)
        {
            wire.Received -= Receive;
            wire.Moved -= OnMoved;
        }

        return base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!hasOthers)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        _timer = timer;
        var wired = wire is null ? Task.CompletedTask : RunAsync(wire, stoppingToken);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            CatchUp();
        }

        await wired;
    }

    private TimeSpan Interval => IsWired ? BesideWire : WithoutWire;

    private async Task RunAsync(INewsWire wire, CancellationToken ct)
    {
        try
        {
            await wire.RunAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogWire(log, e);
        }
    }

    private void OnMoved()
    {
        try
        {
            _timer?.Period = Interval;
        }
        catch (ObjectDisposedException)
        {
            // The server ends.
        }

        CatchUp();
        WireMoved?.Invoke();
    }

    private void Receive(string message)
    {
        // What this server tells comes back to it, and what another program wrote is no news.
        if (message.Split(Separator) is [var from, var topic, var subject] && from != _server)
        {
            foreach (var listener in _listeners.Where(l => l.Topic == topic))
            {
                listener.Tell(subject);
            }
        }
    }

    private void CatchUp()
    {
        foreach (var listener in _listeners)
        {
            listener.Tell(null);
        }
    }

    private void Remove(Listener listener)
    {
        lock (_lock)
        {
            _listeners = [.. _listeners.Where(l => l != listener)];
        }
    }

    [LoggerMessage(LogLevel.Error, "News of other servers are looked for every few seconds from now on, since the wire failed")]
    private static partial void LogWire(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Warning, "What other servers changed ({Topic}) could not be read; it is tried again")]
    private static partial void LogFault(ILogger logger, string topic, Exception exception);

    // Reads what it was told of, one after the other, on a thread of the pool while there is anything.
    private sealed class Listener(
        string topic, Func<string, Task> hear, Func<Task> catchUp, Action<Exception> fault, Action<Listener> remove) : IDisposable
    {
        private readonly Lock _lock = new();

        // Under the lock: what is to be read, whether anything may be, and whether somebody reads.
        private readonly HashSet<string> _told = [];
        private bool _mayHaveMissed, _isReading, _isOver;

        public string Topic => topic;

        public void Tell(string? subject)
        {
            lock (_lock)
            {
                _ = subject is null ? _mayHaveMissed = true : _told.Add(subject);
                if (_isReading || _isOver)
                {
                    return;
                }

                _isReading = true;
            }

            _ = Task.Run(ReadAsync);
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _isOver = true;
            }

            remove(this);
        }

        private async Task ReadAsync()
        {
            while (true)
            {
                string[] told;
                bool mayHaveMissed;
                lock (_lock)
                {
                    (told, mayHaveMissed) = ([.. _told], _mayHaveMissed);
                    _told.Clear();
                    _mayHaveMissed = false;
                    if (_isOver || (told.Length == 0 && !mayHaveMissed))
                    {
                        _isReading = false;
                        return;
                    }
                }

                foreach (var subject in told)
                {
                    await TryAsync(() => hear(subject));
                }

                if (mayHaveMissed)
                {
                    await TryAsync(catchUp);
                }
            }
        }

        private async Task TryAsync(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (Exception e)
            {
                fault(e);
            }
        }
    }
}

/// <summary>What news are of. A topic's subject is a dataset's identity where nothing else is said.</summary>
public static class NewsTopics
{
    /// <summary>Entries of a dataset's journal: edits of sites, measurements and what else people annotate.</summary>
    public const string Journal = "journal";

    /// <summary>The store's datasets: imported, published anew or deleted. No subject: whoever hears looks at the store.</summary>
    public const string Store = "store";

    /// <summary>Jobs. No subject.</summary>
    public const string Jobs = "jobs";

    /// <summary>Tours.</summary>
    public const string Tours = "tours";

    /// <summary>Corrections of masks.</summary>
    public const string Masks = "masks";

    /// <summary>Uploads that were removed. The subject is the upload's id.</summary>
    public const string Uploads = "uploads";
}
