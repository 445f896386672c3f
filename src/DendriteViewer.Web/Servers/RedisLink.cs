using StackExchange.Redis;

namespace DendriteViewer.Web.Servers;

/// <summary>
/// The one connection to Redis, for SignalR's backplane, for news and for the health check. It is made when it is asked for first, and
/// reconnects by itself for as long as the server lives; a Redis that is not there keeps no server from starting.
/// </summary>
public sealed partial class RedisLink : IAsyncDisposable
{
    /// <summary>What names of channels begin with, so that several installations can share a Redis.</summary>
    public const string DefaultPrefix = "dendrite.";

    private readonly ConfigurationOptions _options;
    private readonly ILogger<RedisLink> _log;
    private readonly Lock _lock = new();

    // Under the lock.
    private Task<ConnectionMultiplexer>? _connection;

    /// <param name="address">A configuration string of StackExchange.Redis, as "redis:6379,password=…".</param>
    /// <param name="log">Where lost and restored connections are written.</param>
    public RedisLink(string address, ILogger<RedisLink> log)
    {
        _options = OptionsOf(address);
        _log = log;
    }

    /// <summary>The connection, which may be without a server at the moment. One that could not be made is made anew for who asks next.
    /// </summary>
    public Task<ConnectionMultiplexer> ConnectionAsync
    {
        get
        {
            lock (_lock)
            {
                return _connection is { IsFaulted: false, IsCanceled: false } known ? known : _connection = ConnectAsync();
            }
        }
    }

    /// <summary>Whether an address can be read.</summary>
    public static bool IsAddress(string address)
    {
        try
        {
            return OptionsOf(address).EndPoints.Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task<ConnectionMultiplexer>? known;
        lock (_lock)
        {
            known = _connection;
        }

        if (known is { IsFaulted: false, IsCanceled: false })
        {
            await (await known).DisposeAsync();
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync()
    {
        var made = await ConnectionMultiplexer.ConnectAsync(_options);
        made.ConnectionFailed += (_, e) => LogLost(_log, e.FailureType.ToString());
        made.ConnectionRestored += (_, e) => LogRestored(_log, e.ConnectionType.ToString());
        return made;
    }

    private static ConfigurationOptions OptionsOf(string address)
    {
        var options = ConfigurationOptions.Parse(address);
        options.AbortOnConnectFail = false;
        options.ClientName ??= "DendriteViewer";
        if (options.ChannelPrefix.IsNullOrEmpty)
        {
            options.ChannelPrefix = RedisChannel.Literal(DefaultPrefix);
        }

        return options;
    }

    [LoggerMessage(LogLevel.Warning, "Redis does not answer ({Reason}); the other servers' changes come later until it does")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Information, "Redis answers again ({Connection})")]
    private static partial void LogRestored(ILogger logger, string connection);
}

/// <summary>News through Redis: every server publishes to one channel and subscribes to it.</summary>
public sealed class RedisNewsWire(RedisLink link, TimeProvider time) : INewsWire
{
    private static readonly RedisChannel s_channel = RedisChannel.Literal("news");
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private volatile ISubscriber? _subscriber;

    /// <inheritdoc/>
    public event Action<string>? Received;

    /// <inheritdoc/>
    public event Action? Restored;

    /// <inheritdoc/>
    public async Task BeginAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await SubscribeAsync(ct);
                return;
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                // Logged by the link; a server that starts before Redis hears of nothing until then, and catches up after. A Redis that
                // takes connections and does not answer ends in a timeout, which is no RedisException.
                await Task.Delay(s_patience, time, ct);
            }
        }
    }

    /// <inheritdoc/>
    public void Send(string message) => _subscriber?.Publish(s_channel, message, CommandFlags.FireAndForget);

    private async Task SubscribeAsync(CancellationToken ct)
    {
        var connection = await link.ConnectionAsync.WaitAsync(ct);
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

        connection.ConnectionRestored += (_, e) => _ = e.ConnectionType == ConnectionType.Subscription ? Task.Run(() => Restored?.Invoke())
            : Task.CompletedTask;
        _subscriber = subscriber;
    }

    private void Receive(RedisChannel channel, RedisValue message) => Received?.Invoke(message.ToString());
}
