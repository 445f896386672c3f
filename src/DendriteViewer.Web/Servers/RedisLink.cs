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

    // Between attempts to connect again, ms: pages wait for it.
    private const int Retry = 1000;

    private readonly ConfigurationOptions _options;
    private readonly ILogger<RedisLink> _log;
    private readonly Lock _lock = new();

    // Under the lock.
    private Task<ConnectionMultiplexer>? _connection;

    // Written once it is made.
    private volatile ConnectionMultiplexer? _made;

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

    /// <summary>Raised when a connection to Redis was lost or is back; handlers must be quick.</summary>
    public event Action? Moved;

    /// <summary>Whether Redis answers, for commands and for subscriptions.</summary>
    public bool IsUp => _made is { IsConnected: true } made && made.GetSubscriber().IsConnected();

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
        made.ConnectionFailed += (_, e) =>
        {
            LogLost(_log, e.FailureType.ToString());
            Moved?.Invoke();
        };
        made.ConnectionRestored += (_, e) =>
        {
            LogRestored(_log, e.ConnectionType.ToString());
            Moved?.Invoke();
        };
        _made = made;
        return made;
    }

    private static ConfigurationOptions OptionsOf(string address)
    {
        var options = ConfigurationOptions.Parse(address);
        options.AbortOnConnectFail = false;
        options.ReconnectRetryPolicy = new LinearRetry(Retry);
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
