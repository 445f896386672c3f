using DendriteViewer.Web.Components;

namespace DendriteViewer.Web.Tests.Components;

public sealed class LatestReadingTests
{
    [Fact]
    public async Task Run_WhileAReadingRuns_ReadsOnceMoreAfterIt()
    {
        var (turns, kept, shown) = (new Queue<TaskCompletionSource>([new(), new()]), 1, 0);
        var (first, second) = (turns.First(), turns.Last());
        var reading = new LatestReading(async () =>
        {
            var read = kept;
            await turns.Dequeue().Task;
            shown = read;
        });
        var began = reading.RunAsync();
        kept = 2;
        var (asked, again) = (reading.RunAsync(), reading.RunAsync());
        first.SetResult();
        Assert.False(asked.IsCompleted);
        second.SetResult();
        await Task.WhenAll(began, asked, again);
        Assert.Equal((2, 0), (shown, turns.Count));
    }

    [Fact]
    public async Task Reading_ThatFails_TellsAllWhoWait_AndTheNextOneReads()
    {
        var (fails, count) = (new TaskCompletionSource(), 0);
        var reading = new LatestReading(() => ++count == 1 ? fails.Task : Task.CompletedTask);
        var (began, asked) = (reading.RunAsync(), reading.RunAsync());
        fails.SetException(new IOException("away"));
        await Assert.ThrowsAsync<IOException>(() => began);
        await Assert.ThrowsAsync<IOException>(() => asked);
        await reading.RunAsync();
        Assert.Equal(2, count);
    }
}
