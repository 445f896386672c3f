using DendriteViewer.Web.Streaming;

namespace DendriteViewer.Web.Tests.Streaming;

public sealed class RenderSchedulerTests
{
    [Fact]
    public async Task Enter_WhoWasServedLongestAgo_GoesFirst()
    {
        var scheduler = new RenderScheduler(1);
        var turn = await scheduler.EnterAsync("busy", coarse: true, default);
        var busyAgain = scheduler.EnterAsync("busy", coarse: true, default).AsTask();
        var other = scheduler.EnterAsync("other", coarse: true, default).AsTask();
        turn.Dispose();
        (await other).Dispose();
        (await busyAgain).Dispose();
        Assert.True(other.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Enter_FirstPictures_GoBeforeFinerOnes()
    {
        var scheduler = new RenderScheduler(1);
        var turn = await scheduler.EnterAsync("a", coarse: true, default);
        var fine = scheduler.EnterAsync("b", coarse: false, default).AsTask();
        var coarse = scheduler.EnterAsync("a", coarse: true, default).AsTask();
        turn.Dispose();
        var first = await coarse;
        Assert.False(fine.IsCompleted);
        first.Dispose();
        (await fine).Dispose();
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesItsPlaceToOthers()
    {
        var scheduler = new RenderScheduler(1);
        var turn = await scheduler.EnterAsync("a", coarse: true, default);
        using var stop = new CancellationTokenSource();
        var given = scheduler.EnterAsync("b", coarse: true, stop.Token).AsTask();
        var next = scheduler.EnterAsync("c", coarse: true, default).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        turn.Dispose();
        (await next).Dispose();
        (await scheduler.EnterAsync("d", coarse: true, default)).Dispose();
    }
}
