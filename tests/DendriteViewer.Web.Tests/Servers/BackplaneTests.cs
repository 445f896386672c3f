using DendriteViewer.Web.Servers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.AspNetCore.SignalR.StackExchangeRedis;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace DendriteViewer.Web.Tests.Servers;

/// <summary>Messages go through Redis only while every connection of the server is in it.</summary>
public sealed class BackplaneTests
{
    [Fact]
    public async Task Join_LeftBeforeAllHaveJoined_SendsNothingThroughRedis_UntilItIsJoinedAgain()
    {
        var shared = new Shared();
        var backplane = new Backplane<TestHub>(shared, NullLoggerFactory.Instance);
        var connection = new HubConnectionContext(
            new DefaultConnectionContext("one"), new HubConnectionContextOptions { KeepAliveInterval = TimeSpan.FromMinutes(1) },
            NullLoggerFactory.Instance);
        await backplane.OnConnectedAsync(connection);
        await backplane.AddToGroupAsync("one", "dataset");

        shared.Entering = backplane.Leave;
        Assert.False(await backplane.JoinAsync());
        await backplane.SendGroupAsync("another", "changed", []);
        Assert.Equal((false, 0), (backplane.IsJoined, shared.Sent));

        shared.Entering = () => { };
        Assert.True(await backplane.JoinAsync());
        await backplane.SendGroupAsync("another", "changed", []);
        Assert.Equal((true, 1), (backplane.IsJoined, shared.Sent));
        Assert.Equal(["dataset"], shared.Groups);

        backplane.Leave();
        Assert.False(backplane.IsJoined);
    }

    private sealed class TestHub : Hub;

    // The package without a Redis.
    private sealed class Shared() : RedisHubLifetimeManager<TestHub>(
        NullLogger<RedisHubLifetimeManager<TestHub>>.Instance,
        Options.Create(new RedisOptions
        {
            ConnectionFactory = _ => Task.FromException<IConnectionMultiplexer>(new TimeoutException("There is none.")),
        }),
        new NoProtocols())
    {
        public Action Entering { get; set; } = () => { };

        public int Sent { get; private set; }

        public HashSet<string> Groups { get; } = [];

        public override Task OnConnectedAsync(HubConnectionContext connection)
        {
            Entering();
            return Task.CompletedTask;
        }

        public override Task OnDisconnectedAsync(HubConnectionContext connection)
        {
            Groups.Clear();
            return Task.CompletedTask;
        }

        public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
        {
            Groups.Add(groupName);
            return Task.CompletedTask;
        }

        public override Task SendGroupAsync(
            string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default)
        {
            Sent++;
            return Task.CompletedTask;
        }
    }

    private sealed class NoProtocols : IHubProtocolResolver
    {
        public IReadOnlyList<IHubProtocol> AllProtocols => [];

        public IHubProtocol? GetProtocol(string protocolName, IReadOnlyList<string>? supportedProtocols) => null;
    }
}
