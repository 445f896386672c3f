using DendriteViewer.Web.Streaming;
using StackExchange.Redis;

namespace DendriteViewer.Web.Servers;

/// <summary>
/// News through Redis: every server publishes to one channel and subscribes to it. It is up while Redis answers and the hub's connections
/// are in the backplane, so that who hears that it is up can tell all viewers.
/// </summary>
public sealed partial class RedisNewsWire : INewsWire, IDisposable
{
    private static readonly RedisChannel s_channel = RedisChannel.Literal("news");
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly RedisLink _link;
    private readonly IBackplane _backplane;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisNewsWire> _log;
    private readonly AsyncPulse _moved = new();
    private volatile ISubscriber? _subscriber;

    // 1 while it is up; written by Interlocked, so that each change is told once.
    private int _isUp;

    /// <param name="link">The connection.</param>
    /// <param name="backplane">What carries the hub's messages by the same connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where faults are written.</param>
    public RedisNewsWire(RedisLink link, IBackplane backplane, TimeProvider time, ILogger<RedisNewsWire> log)
    {
        (_link, _backplane, _time, _log) = (link, backplane, time, log);
        link.Moved += OnLink;
        backplane.Failed += Drop;
    }

    /// <inheritdoc/>
    public event Action<string>? Received;

    /// <inheritdoc/>
    public event Action? Moved;

    /// <inheritdoc/>
    public bool IsUp => Volatile.Read(ref _isUp) == 1;

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Moved -= OnLink;
        _backplane.Failed -= Drop;
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await RaiseAsync(ct);
                await _moved.WaitAsync(s_patience, _time, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
            {
                // A server that starts before Redis hears of nothing until then, and catches up after. A Redis that takes connections and
                // does not answer ends in a timeout, which is no RedisException. Whatever else it is, a server that gave up here would be
                // cut off until it is started anew.
                if (e is RedisException or TimeoutException)
                {
                    LogAway(_log, e.Message);
                }
                else
                {
                    LogFailed(_log, e);
                }

                Drop();
                await Task.Delay(s_patience, _time, ct);
            }
        }
    }

    /// <inheritdoc/>
    public void Send(string message) => _subscriber?.Publish(s_channel, message, CommandFlags.FireAndForget);

    private async Task RaiseAsync(CancellationToken ct)
    {
        if (_subscriber is null)
        {
            await SubscribeAsync(ct);
        }

        if (IsUp || !_link.IsUp)
        {
            return;
        }

        // Where it was left meanwhile the next round tries again.
        if (!await _backplane.JoinAsync().WaitAsync(ct))
        {
            return;
        }

        if (Interlocked.Exchange(ref _isUp, 1) == 0)
        {
            Moved?.Invoke();
        }

        // The backplane may have been left, or the connection lost, when there was nothing to drop yet.
        if (!_backplane.IsJoined || !_link.IsUp)
        {
            Drop();
        }
    }

    private async Task SubscribeAsync(CancellationToken ct)
    {
        var connection = await _link.ConnectionAsync.WaitAsync(ct);
        var subscriber = connection.GetSubscriber();
        try
        {
            await subscriber.SubscribeAsync(s_channel, Receive).WaitAsync(ct);
        }
        catch
        {
            // What could not subscribe stays registered, and would receive everything once more after each attempt.
            subscriber.Unsubscribe(s_channel, Receive, CommandFlags.FireAndForget);
            throw;
        }

        _subscriber = subscriber;
    }

    private void OnLink()
    {
        if (_link.IsUp)
        {
            _moved.Set();
        }
        else
        {
            Drop();
        }
    }

    private void Drop()
    {
        _backplane.Leave();
        if (Interlocked.Exchange(ref _isUp, 0) == 1)
        {
            Moved?.Invoke();
        }
    }

    private void Receive(RedisChannel channel, RedisValue message) => Received?.Invoke(message.ToString());

    [LoggerMessage(LogLevel.Debug, "Redis is not joined yet ({Reason})")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "Redis could not be joined; it is tried again")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
