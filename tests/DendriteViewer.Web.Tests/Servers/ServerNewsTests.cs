using DendriteViewer.Web.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace DendriteViewer.Web.Tests.Servers;

/// <summary>What servers tell each other is heard by the others only, and what may have been lost is looked for.</summary>
public sealed class ServerNewsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly List<Wire> _wires = [];

    [Fact]
    public async Task News_OfOneServer_AreHeardByTheOthersAndNotByItself()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var (first, second) = (new Heard(one.News, NewsTopics.Journal), new Heard(two.News, NewsTopics.Journal));
        one.News.Tell(NewsTopics.Masks, "of no interest");
        one.News.Tell(NewsTopics.Journal, "a");
        Assert.Equal("a", await second.NextAsync());
        two.News.Tell(NewsTopics.Journal, "b");
        Assert.Equal("b", await first.NextAsync());
        Assert.Equal(0, first.Waiting);
        Assert.Equal(0, second.Waiting);
    }

    [Fact]
    public async Task Listener_ThatIsBusy_HearsASubjectToldManyTimesOnceMore()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var gate = new SemaphoreSlim(0);
        var heard = new Heard(two.News, NewsTopics.Journal, () => gate.WaitAsync(s_patience));
        one.News.Tell(NewsTopics.Journal, "a");
        Assert.Equal("a", await heard.NextAsync());
        for (var i = 0; i < 10; i++)
        {
            one.News.Tell(NewsTopics.Journal, "a");
        }

        one.News.Tell(NewsTopics.Journal, "end");
        gate.Release(12);
        string[] rest = [await heard.NextAsync(), await heard.NextAsync()];
        Assert.Equal(["a", "end"], rest.Order());
        Assert.Equal(0, heard.Waiting);
    }

    [Fact]
    public async Task Listener_WhoseReadingFails_HearsTheNext()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var fails = true;
        var heard = new Heard(two.News, NewsTopics.Journal, () => fails ? throw new IOException("The store is away.") : Task.CompletedTask);
        one.News.Tell(NewsTopics.Journal, "a");
        await heard.NextAsync();
        fails = false;
        one.News.Tell(NewsTopics.Journal, "b");
        Assert.Equal("b", await heard.NextAsync());
    }

    [Fact]
    public async Task Wire_ThatWentOrIsBack_MakesListenersCatchUp()
    {
        await using var one = await StartAsync();
        var heard = new Heard(one.News, NewsTopics.Journal);
        _wires[0].Move();
        await heard.CaughtUpAsync();
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 30)]
    public async Task Listener_WithoutAWord_LooksForItselfAfterSeconds(bool hasWire, int seconds)
    {
        var time = new TurnTime();
        await using var one = await StartAsync(time, hasWire);
        var heard = new Heard(one.News, NewsTopics.Journal);
        await time.IsSet.WaitAsync(s_patience);
        Assert.Equal(TimeSpan.FromSeconds(seconds), time.Period);
        time.Turn();
        await heard.CaughtUpAsync();
    }

    [Fact]
    public async Task Server_Alone_TellsNobodyAndHearsNothing()
    {
        await using var one = await StartAsync(hasOthers: false);
        await using var two = await StartAsync();
        var heard = new Heard(two.News, NewsTopics.Journal);
        one.News.Tell(NewsTopics.Journal, "a");
        Assert.Equal(0, _wires[0].Sent);
        Assert.Equal(0, heard.Waiting);
    }

    private async Task<Running> StartAsync(TimeProvider? time = null, bool hasWire = true, bool hasOthers = true)
    {
        var wire = hasWire ? new Wire(_wires) : null;
        var news = new ServerNews(wire, hasOthers, time ?? TimeProvider.System, NullLogger<ServerNews>.Instance);
        await news.StartAsync(default);
        return new Running(news);
    }

    // A clock whose timer goes off when a test says so.
    private sealed class TurnTime : TimeProvider
    {
        private TimerCallback? _due;
        private object? _state;
        private readonly TaskCompletionSource _isSet = new();

        public Task IsSet => _isSet.Task;

        public TimeSpan Period { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_due, _state, Period) = (callback, state, period);
            _isSet.TrySetResult();
            return base.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Turn() => _due!(_state);
    }

    private sealed record Running(ServerNews News) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await News.StopAsync(default);
            News.Dispose();
        }
    }

    // What a listener was told, in order.
    private sealed class Heard
    {
        private readonly System.Threading.Channels.Channel<string> _heard = System.Threading.Channels.Channel.CreateUnbounded<string>();
        private readonly SemaphoreSlim _caughtUp = new(0);

        public Heard(ServerNews news, string topic, Func<Task>? work = null) => news.Listen(
            topic, async subject =>
            {
                _heard.Writer.TryWrite(subject);
                await (work?.Invoke() ?? Task.CompletedTask);
            },
            () => Task.FromResult(_caughtUp.Release()));

        public async Task CaughtUpAsync() => Assert.True(await _caughtUp.WaitAsync(s_patience));

        public int Waiting => _heard.Reader.Count;

        public async Task<string> NextAsync() => await _heard.Reader.ReadAsync().AsTask().WaitAsync(s_patience);
    }

    // Every message reaches every server, the sender included, as with Redis.
    private sealed class Wire : INewsWire
    {
        private readonly List<Wire> _all;

        public Wire(List<Wire> all)
        {
            _all = all;
            all.Add(this);
        }

        public event Action<string>? Received;

        public event Action? Moved;

        public bool IsUp => true;

        public int Sent { get; private set; }

        public Task RunAsync(CancellationToken ct) => Task.CompletedTask;

        public void Send(string message)
        {
            Sent++;
            _all.ForEach(w => w.Received?.Invoke(message));
        }

        public void Move() => Moved?.Invoke();
    }
}
