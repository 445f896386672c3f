using DendriteViewer.Web.Streaming;

namespace DendriteViewer.Web.Tests.Streaming;

public sealed class RenderSchedulerTests
{
    private readonly ManualTime _time = new();

    // Whose pictures take ten times as long comes round a tenth as often.
    [Fact]
    public async Task Enter_WhoUsedLeast_GoesFirst()
    {
        var scheduler = new RenderScheduler(1, _time);
        var turn = await scheduler.EnterAsync("heavy", coarse: true, default);
        var (heavy, light) = (scheduler.EnterAsync("heavy", coarse: true, default).AsTask(), scheduler.EnterAsync("light", coarse: true, default).AsTask());
        var (heavyTurns, lightTurns) = (0, 0);
        _time.Now += 100;
        turn.Dispose();
        for (var i = 0; i < 60; i++)
        {
            var next = await Task.WhenAny(heavy, light);
            _time.Now += next == heavy ? 100 : 10;
            (heavyTurns, lightTurns) = next == heavy ? (heavyTurns + 1, lightTurns) : (heavyTurns, lightTurns + 1);
            if (next == heavy)
            {
                heavy = scheduler.EnterAsync("heavy", coarse: true, default).AsTask();
            }
            else
            {
                light = scheduler.EnterAsync("light", coarse: true, default).AsTask();
            }

            (await next).Dispose();
        }

        Assert.InRange(lightTurns, 5 * heavyTurns, 20 * heavyTurns);
    }

    // One who does not stop moving does not keep another's finer picture for ever.
    [Fact]
    public async Task Enter_AFinerPicture_HasPatienceForAWhile()
    {
        var scheduler = new RenderScheduler(1, _time);
        var turn = await scheduler.EnterAsync("moving", coarse: true, default);
        var fine = scheduler.EnterAsync("resting", coarse: false, default).AsTask();
        for (var i = 0; i < 40 && !fine.IsCompleted; i++)
        {
            var again = scheduler.EnterAsync("moving", coarse: true, default).AsTask();
            _time.Now += 20;
            turn.Dispose();
            turn = await await Task.WhenAny(again, fine);
            Assert.True(fine.IsCompleted || _time.Now < 600);
        }

        Assert.True(fine.IsCompleted);
    }

    [Fact]
    public async Task Enter_FirstPictures_GoBeforeFinerOnes()
    {
        var scheduler = new RenderScheduler(1, _time);
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
        var scheduler = new RenderScheduler(1, _time);
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
