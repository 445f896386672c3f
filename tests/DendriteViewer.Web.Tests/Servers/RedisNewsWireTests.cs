using System.Net;
using System.Net.Sockets;
using DendriteViewer.Web.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Servers;

/// <summary>A Redis that does not answer keeps no server from running.</summary>
public sealed class RedisNewsWireTests
{
    // What waits for a connection ends in a timeout, which is no RedisException, whether or not the connection was given up before.
    [Theory]
    [InlineData(50, 50)]
    [InlineData(1000, 50)]
    public async Task Wire_WhoseRedisTakesConnectionsAndNeverAnswers_TriesAgainUntilTheServerStops(int connecting, int asking)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var port = ((IPEndPoint)silent.LocalEndpoint).Port;
        await using var link = new RedisLink(
            $"127.0.0.1:{port},connectTimeout={connecting},syncTimeout={asking},connectRetry=0", NullLogger<RedisLink>.Instance);
        await GoesOnAsync(link);
    }

    [Fact]
    public async Task Wire_ThatFailsByWhatIsNoFaultOfRedis_TriesAgainUntilTheServerStops()
    {
        await using var link = new RedisLink("connectRetry=0", NullLogger<RedisLink>.Instance);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => link.ConnectionAsync);
        await GoesOnAsync(link);
    }

    private static async Task GoesOnAsync(RedisLink link)
    {
        var time = new CountedDelays();
        using var stopping = new CancellationTokenSource();
        using var wire = new RedisNewsWire(link, new NoBackplane(), time, NullLogger<RedisNewsWire>.Instance);
        var begun = wire.RunAsync(stopping.Token);
        await Task.WhenAny(begun, time.Second).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(begun.IsCompleted);
        Assert.False(wire.IsUp);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => begun);
    }

    private sealed class NoBackplane : IBackplane
    {
        public event Action? Failed
        {
            add { }
            remove { }
        }

        public bool IsJoined => false;

        public Task<bool> JoinAsync() => throw new InvalidOperationException("Nobody joins a Redis that does not answer.");

        public void Leave()
        {
        }
    }

    // A clock whose delays are over at once, but for the second.
    private sealed class CountedDelays : TimeProvider
    {
        private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _delays;

        public Task Second => _second.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (++_delays == 1)
            {
                return base.CreateTimer(callback, state, TimeSpan.Zero, period);
            }

            _second.TrySetResult();
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
