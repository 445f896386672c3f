using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using StackExchange.Redis;

namespace DendriteViewer.Web.Servers;

/// <summary>What carries the hub's messages between servers, and may be away for a while.</summary>
public interface IBackplane
{
    /// <summary>Raised when it failed though it was thought to be there.</summary>
    event Action? Failed;

    /// <summary>Whether messages go through it.</summary>
    bool IsJoined { get; }

    /// <summary>Puts all of this server's connections into it, and sends through it from then on. One call at a time.</summary>
    /// <returns>False where it was left before all were in it; nothing is sent through it then.</returns>
    Task<bool> JoinAsync();

    /// <summary>Sends to this server's connections alone from now on.</summary>
    void Leave();
}

/// <summary>
/// SignalR's backplane over Redis, beside SignalR's own list of this server's connections. While Redis is away, the package takes no
/// connection and sends nothing, not even to the connections of its own server; so messages go by the list then, and whoever connects is
/// in the list alone. When Redis is back, all connections and their groups are put into the package anew: what it failed to subscribe to
/// while Redis went away, it would take for subscribed. See decision 0078.
/// </summary>
/// <typeparam name="THub">The hub.</typeparam>
/// <param name="shared">The package's connections, of which Redis tells other servers.</param>
/// <param name="logs">Where faults are written.</param>
public sealed partial class Backplane<THub>(RedisHubLifetimeManager<THub> shared, ILoggerFactory logs)
    : HubLifetimeManager<THub>, IBackplane where THub : Hub
{
    private readonly DefaultHubLifetimeManager<THub> _local = new(logs.CreateLogger<DefaultHubLifetimeManager<THub>>());
    private readonly ILogger _log = logs.CreateLogger<Backplane<THub>>();
    private readonly ConcurrentDictionary<string, Member> _members = new();
    private readonly Lock _lock = new();

    // How often it was left: what began to join before the last time may not say that all have joined. Under the lock.
    private int _epoch;

    // Whether who connects is put into Redis; set before those who are here are, so that nobody is left out. Written under the lock.
    private volatile bool _takesMembers;

    // Whether messages go through Redis: everybody is in it. Written under the lock.
    private volatile bool _carries;

    /// <inheritdoc/>
    public event Action? Failed;

    /// <inheritdoc/>
    public bool IsJoined => _carries;

    /// <inheritdoc/>
    public async Task<bool> JoinAsync()
    {
        var epoch = NewEpoch();
        foreach (var member in _members.Values)
        {
            await member.InTurnAsync(() => LeaveAsync(member));
        }

        if (!TryIn(epoch, () => _takesMembers = true))
        {
            return false;
        }

        foreach (var member in _members.Values)
        {
            await member.InTurnAsync(() => EnterAsync(member));
        }

        return TryIn(epoch, () => _carries = true);
    }

    /// <inheritdoc/>
    public void Leave() => NewEpoch();

    /// <inheritdoc/>
    public override async Task OnConnectedAsync(HubConnectionContext connection)
    {
        await _local.OnConnectedAsync(connection);
        var member = _members[connection.ConnectionId] = new Member(connection);
        await member.InTurnAsync(() => TryAsync(() => EnterAsync(member)));
    }

    /// <inheritdoc/>
    public override async Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        if (_members.TryRemove(connection.ConnectionId, out var member))
        {
            await member.InTurnAsync(() =>
            {
                member.IsGone = true;
                return LeaveAsync(member);
            });
        }

        await _local.OnDisconnectedAsync(connection);
    }

    /// <inheritdoc/>
    public override async Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        await _local.AddToGroupAsync(connectionId, groupName, cancellationToken);
        if (_members.TryGetValue(connectionId, out var member))
        {
            await member.InTurnAsync(() => member.Groups.Add(groupName)
                ? TryAsync(() => member.IsShared ? shared.AddToGroupAsync(connectionId, groupName, cancellationToken) : EnterAsync(member))
                : Task.CompletedTask);
        }
    }

    /// <inheritdoc/>
    public override async Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        await _local.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);
        if (_members.TryGetValue(connectionId, out var member))
        {
            await member.InTurnAsync(() => member.Groups.Remove(groupName) && member.IsShared
                ? TryAsync(() => shared.RemoveFromGroupAsync(connectionId, groupName, cancellationToken)) : Task.CompletedTask);
        }
    }

    /// <inheritdoc/>
    public override Task SendAllAsync(string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(m => m.SendAllAsync(methodName, args, cancellationToken));

    /// <inheritdoc/>
    public override Task SendAllExceptAsync(
        string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        SendAsync(m => m.SendAllExceptAsync(methodName, args, excludedConnectionIds, cancellationToken));

    /// <inheritdoc/>
    public override Task SendConnectionAsync(
        string connectionId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        _members.ContainsKey(connectionId) ? _local.SendConnectionAsync(connectionId, methodName, args, cancellationToken)
            : SendAsync(m => m.SendConnectionAsync(connectionId, methodName, args, cancellationToken));

    /// <inheritdoc/>
    public override Task SendConnectionsAsync(
        IReadOnlyList<string> connectionIds, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(m => m.SendConnectionsAsync(connectionIds, methodName, args, cancellationToken));

    /// <inheritdoc/>
    public override Task SendGroupAsync(
        string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(m => m.SendGroupAsync(groupName, methodName, args, cancellationToken));

    /// <inheritdoc/>
    public override Task SendGroupsAsync(
        IReadOnlyList<string> groupNames, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(m => m.SendGroupsAsync(groupNames, methodName, args, cancellationToken));

    /// <inheritdoc/>
    public override Task SendGroupExceptAsync(
        string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default) =>
        SendAsync(m => m.SendGroupExceptAsync(groupName, methodName, args, excludedConnectionIds, cancellationToken));

    /// <inheritdoc/>
    public override Task SendUserAsync(string userId, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(m => m.SendUserAsync(userId, methodName, args, cancellationToken));

    /// <inheritdoc/>
    public override Task SendUsersAsync(
        IReadOnlyList<string> userIds, string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        SendAsync(m => m.SendUsersAsync(userIds, methodName, args, cancellationToken));

    /// <inheritdoc/>
    public override Task SetConnectionResultAsync(string connectionId, CompletionMessage result) =>
        _local.SetConnectionResultAsync(connectionId, result);

    /// <inheritdoc/>
    public override bool TryGetReturnType(string invocationId, [NotNullWhen(true)] out Type? type) =>
        _local.TryGetReturnType(invocationId, out type);

    // What Redis did not take goes to who is here at least. If it took it after all, they get it twice, which harms none of our messages.
    private async Task SendAsync(Func<HubLifetimeManager<THub>, Task> send)
    {
        if (_carries)
        {
            try
            {
                await send(shared);
                return;
            }
            catch (Exception e) when (IsAway(e))
            {
                Fail(e);
            }
        }

        await send(_local);
    }

    // In the member's turn.
    private async Task EnterAsync(Member member)
    {
        if (member.IsGone || member.IsShared || !_takesMembers)
        {
            return;
        }

        member.IsShared = true;
        await shared.OnConnectedAsync(member.Connection);
        foreach (var group in member.Groups)
        {
            await shared.AddToGroupAsync(member.Connection.ConnectionId, group);
        }
    }

    // In the member's turn. What Redis is not told any more, it forgot with the connection to this server.
    private async Task LeaveAsync(Member member)
    {
        if (!member.IsShared)
        {
            return;
        }

        member.IsShared = false;
        try
        {
            await shared.OnDisconnectedAsync(member.Connection);
        }
        catch (Exception e) when (IsAway(e))
        {
            LogAway(_log, e.Message);
        }
    }

    private int NewEpoch()
    {
        lock (_lock)
        {
            _takesMembers = _carries = false;
            return ++_epoch;
        }
    }

    // Unless it was left since the epoch began.
    private bool TryIn(int epoch, Action change)
    {
        lock (_lock)
        {
            if (_epoch != epoch)
            {
                return false;
            }

            change();
            return true;
        }
    }

    private async Task TryAsync(Func<Task> change)
    {
        if (!_takesMembers)
        {
            return;
        }

        try
        {
            await change();
        }
        catch (Exception e) when (IsAway(e))
        {
            Fail(e);
        }
    }

    private void Fail(Exception reason)
    {
        LogAway(_log, reason.Message);
        Leave();
        Failed?.Invoke();
    }

    private static bool IsAway(Exception e) => e is RedisException or TimeoutException;

    [LoggerMessage(LogLevel.Warning, "Redis did not carry a message of the hub ({Reason}); viewers of this server get theirs without it")]
    private static partial void LogAway(ILogger logger, string reason);

    // A connection of this server. What is of it is changed in its turn.
    private sealed class Member(HubConnectionContext connection)
    {
        // It has no handle of the operating system, so that nobody has to dispose of it.
        private readonly SemaphoreSlim _turn = new(1);

        public HubConnectionContext Connection => connection;

        public HashSet<string> Groups { get; } = [];

        public bool IsShared { get; set; }

        public bool IsGone { get; set; }

        public async Task InTurnAsync(Func<Task> change)
        {
            await _turn.WaitAsync();
            try
            {
                await change();
            }
            finally
            {
                _turn.Release();
            }
        }
    }
}
