using System.Threading.Channels;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Streaming;

namespace DendriteViewer.Web.Tests.Streaming;

/// <summary>In which order browsers hear of what happened.</summary>
public sealed class MessageOrderTests
{
    private static readonly DatasetIdentity s_dataset = DatasetIdentity.New();

    [Fact]
    public async Task MessageQueue_WhereTheFirstMessageIsSlow_SendsTheOthersAfterIt()
    {
        using var end = new CancellationTokenSource();
        var (slow, last, sent) = (new TaskCompletionSource(), new TaskCompletionSource(), new List<int>());
        var queue = new MessageQueue(_ => { });
        var running = queue.RunAsync(end.Token);

        queue.Add("slow", async _ =>
        {
            await slow.Task;
            sent.Add(1);
        });
        queue.Add("next", _ =>
        {
            sent.Add(2);
            last.SetResult();
            return Task.CompletedTask;
        });
        slow.SetResult();
        await last.Task;

        Assert.Equal([1, 2], sent);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task MessageQueue_WhereAMessageFails_SaysSoAndSendsTheNext()
    {
        using var end = new CancellationTokenSource();
        var (faults, next) = (new List<string>(), new TaskCompletionSource());
        var queue = new MessageQueue(e => faults.Add(e.Message));
        _ = queue.RunAsync(end.Token);

        queue.Add("failing", _ => throw new InvalidOperationException("no such client"));
        queue.Add("next", _ =>
        {
            next.SetResult();
            return Task.CompletedTask;
        });
        await next.Task;

        Assert.Equal(["no such client"], faults);
        await end.CancelAsync();
    }

    // A browser that read nothing once kept every view that others had made meanwhile.
    [Fact]
    public async Task MessageQueue_WhereTheBrowserReadsNothing_KeepsTheNewestOfEachKindInTheirOrder()
    {
        using var end = new CancellationTokenSource();
        var (begun, goOn, last) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var sent = new List<string>();
        var queue = new MessageQueue(_ => { });
        var running = queue.RunAsync(end.Token);
        queue.Add("view", async _ =>
        {
            begun.SetResult();
            await goOn.Task;
            sent.Add("view 0");
        });
        await begun.Task;

        for (var i = 1; i <= 1000; i++)
        {
            Add("view", i);
            Add("sites", i);
        }

        Add("view", 1001);
        queue.Add("last", _ => Task.Run(last.SetResult));
        goOn.SetResult();
        await last.Task;

        Assert.Equal(["view 0", "sites 1000", "view 1001"], sent);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        void Add(string kind, int number) => queue.Add(kind, _ =>
        {
            sent.Add($"{kind} {number}");
            return Task.CompletedTask;
        });
    }

    // Two lists were once read and sent at the same time, and the older one could arrive last and stay.
    [Fact]
    public async Task DatasetNews_ChangedWhileAListIsSent_SendsTheNewestLastAndOneAtATime()
    {
        var (state, sent, atOnce, most) = (1, new List<int>(), 0, 0);
        var (reading, goOn, newest) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        var news = new DatasetNews(async _ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref atOnce));
            var read = Volatile.Read(ref state);
            reading.TrySetResult();
            await goOn.Task;
            sent.Add(read);
            Interlocked.Decrement(ref atOnce);
            if (read == 3)
            {
                newest.SetResult();
            }
        }, _ => { });

        news.Tell(s_dataset);
        await reading.Task;
        Volatile.Write(ref state, 2);
        news.Tell(s_dataset);
        Volatile.Write(ref state, 3);
        news.Tell(s_dataset);
        goOn.SetResult();
        await newest.Task;

        Assert.Equal([1, 3], sent);
        Assert.Equal(1, most);
    }

    // One browser that stopped reading once kept the news of a dataset from all the others.
    [Fact]
    public async Task DatasetNews_WhereOneBrowserReadsNothing_ReachesTheOthersAtOnceAndThatOneLater()
    {
        using var end = new CancellationTokenSource();
        var (stalled, reading) = (new MessageQueue(_ => { }), new MessageQueue(_ => { }));
        var (goOn, caughtUp, state, late) = (new TaskCompletionSource(), new TaskCompletionSource(), 0, new List<int>());
        var heard = Channel.CreateUnbounded<int>();
        _ = stalled.RunAsync(end.Token);
        _ = reading.RunAsync(end.Token);
        var news = new DatasetNews(_ =>
        {
            var now = Volatile.Read(ref state);
            stalled.Add("sites", async _ =>
            {
                await goOn.Task;
                late.Add(now);
                if (now == 20)
                {
                    caughtUp.SetResult();
                }
            });
            reading.Add("sites", async ct => await heard.Writer.WriteAsync(now, ct));
            return Task.CompletedTask;
        }, _ => { });

        for (var i = 1; i <= 20; i++)
        {
            Volatile.Write(ref state, i);
            news.Tell(s_dataset);
            Assert.Equal(i, await heard.Reader.ReadAsync());
        }

        goOn.SetResult();
        await caughtUp.Task;

        Assert.InRange(late.Count, 1, 2);
        await end.CancelAsync();
    }

    [Fact]
    public async Task DatasetNews_AfterAMessageFailed_SendsTheNext()
    {
        var (faulted, sent, count) = (new TaskCompletionSource(), new TaskCompletionSource(), 0);
        var news = new DatasetNews(
            _ => ++count == 1 ? throw new InvalidOperationException() : Task.Run(sent.SetResult), _ => faulted.SetResult());

        news.Tell(s_dataset);
        await faulted.Task;
        news.Tell(s_dataset);

        await sent.Task;
    }
}
