using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Streaming;

namespace DendriteViewer.Web.Tests.Streaming;

public sealed class RenderSchedulerTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly ComputeLanes _lanes = new(1);

    public void Dispose() => _lanes.Dispose();

    private RenderScheduler Scheduler(int slots = 1, double mostWaiting = 100) => new(_lanes, slots, mostWaiting, _time);

    private static RenderRequest Moving(string session) => RenderRequest.Moving(session, isSlice: false, 500_000);

    private static RenderRequest Large(string session, long megapixels = 16) =>
        RenderRequest.Resting(session, isSlice: false, megapixels * 1_000_000);

    // Whose pictures take ten times as long comes round a tenth as often.
    [Fact]
    public async Task Enter_SessionThatUsedLeast_GoesFirst()
    {
        var scheduler = Scheduler();
        var turn = await scheduler.EnterAsync(Moving("heavy"), default);
        var heavy = scheduler.EnterAsync(Moving("heavy"), default).AsTask();
        var light = scheduler.EnterAsync(Moving("light"), default).AsTask();
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
                heavy = scheduler.EnterAsync(Moving("heavy"), default).AsTask();
            }
            else
            {
                light = scheduler.EnterAsync(Moving("light"), default).AsTask();
            }

            (await next).Dispose();
        }

        Assert.InRange(lightTurns, 5 * heavyTurns, 20 * heavyTurns);
    }

    // Two pictures of 4096² once held both turns for many seconds, and no viewer moved meanwhile.
    [Fact]
    public async Task Enter_MovingPicture_WaitsForNoLargeOne()
    {
        var scheduler = Scheduler();
        using var large = await scheduler.EnterAsync(Large("a"), default);
        var second = scheduler.EnterAsync(Large("b"), default).AsTask();
        var moving = scheduler.EnterAsync(Moving("c"), default);
        var resting = scheduler.EnterAsync(RenderRequest.Resting("d", isSlice: false, 1_000_000), default);
        Assert.True(moving.IsCompletedSuccessfully && resting.IsCompletedSuccessfully);
        Assert.False(second.IsCompleted);
        Assert.Equal((1, 16.0), scheduler.Waiting(Urgency.Large));
    }

    [Fact]
    public async Task Enter_MoreCostThanMayWait_IsRefusedUntilLessWaits()
    {
        var scheduler = Scheduler(mostWaiting: 40);
        var turn = await scheduler.EnterAsync(Large("a"), default);
        var (second, third) = (scheduler.EnterAsync(Large("b"), default).AsTask(), scheduler.EnterAsync(Large("c"), default).AsTask());
        await Assert.ThrowsAsync<RenderQueueFullException>(() => scheduler.EnterAsync(Large("d"), default).AsTask());
        turn.Dispose();
        var next = await second;
        var fourth = scheduler.EnterAsync(Large("d"), default).AsTask();
        Assert.Equal((2, 32.0), scheduler.Waiting(Urgency.Large));
        next.Dispose();
        (await third).Dispose();
        (await fourth).Dispose();
    }

    // One picture may cost more than all that may wait; alone it waits for its turn all the same.
    [Fact]
    public async Task Enter_PictureLargerThanTheQueue_WaitsWhereNothingElseDoes()
    {
        var scheduler = Scheduler(mostWaiting: 8);
        var turn = await scheduler.EnterAsync(Large("a"), default);
        var alone = scheduler.EnterAsync(Large("b"), default).AsTask();
        Assert.False(alone.IsCompleted);
        turn.Dispose();
        (await alone).Dispose();
    }

    [Fact]
    public async Task Enter_Cancelled_LeavesItsPlaceAndItsCostToOthers()
    {
        var scheduler = Scheduler();
        var turn = await scheduler.EnterAsync(Moving("a"), default);
        using var stop = new CancellationTokenSource();
        var given = scheduler.EnterAsync(Moving("b"), stop.Token).AsTask();
        var next = scheduler.EnterAsync(Moving("c"), default).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal((1, 0.5), scheduler.Waiting(Urgency.Moving));
        turn.Dispose();
        (await next).Dispose();
        (await scheduler.EnterAsync(Moving("d"), default)).Dispose();
    }

    [Theory]
    [InlineData(false, 1280 * 720, Urgency.Resting)]
    [InlineData(false, 3840 * 2160, Urgency.Large)]
    [InlineData(true, 3840 * 2160, Urgency.Resting)]
    [InlineData(true, 4096 * 4096, Urgency.Large)]
    public void Resting_PictureThatTakesSeconds_IsLarge(bool isSlice, int pixels, Urgency urgency) =>
        Assert.Equal(urgency, RenderRequest.Resting("a", isSlice, pixels).Urgency);

    [Theory]
    [InlineData(1, FramePacing.DrawMs)]
    [InlineData(9, FramePacing.DrawMs)]
    [InlineData(50, 6)]
    [InlineData(1000, 0.3)]
    public async Task MovingDrawTime_ManyWhoseViewsChange_EachGetsAShare(int viewers, double expected)
    {
        var scheduler = Scheduler(slots: 2);
        for (var i = 0; i < viewers; i++)
        {
            (await scheduler.EnterAsync(Moving($"{i}"), default)).Dispose();
        }

        Assert.Equal(expected, scheduler.MovingDrawTime());
        _time.Now += 2000;
        Assert.Equal(FramePacing.DrawMs, scheduler.MovingDrawTime());
    }

    [Fact]
    public async Task MovingDrawTime_BesideALargePicture_LeavesItsShareToIt()
    {
        var scheduler = Scheduler(slots: 2);
        for (var i = 0; i < 50; i++)
        {
            (await scheduler.EnterAsync(Moving($"{i}"), default)).Dispose();
        }

        var large = await scheduler.EnterAsync(Large("a"), default);
        Assert.Equal(6 * _lanes.BesideLarge, scheduler.MovingDrawTime());
        large.Dispose();
        Assert.Equal(6, scheduler.MovingDrawTime());
    }
}
