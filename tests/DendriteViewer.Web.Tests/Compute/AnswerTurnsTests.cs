using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Compute;

namespace DendriteViewer.Web.Tests.Compute;

public sealed class AnswerTurnsTests : IDisposable
{
    private readonly ComputeLanes _lanes = new(2);
    private readonly AnswerTurns _turns;

    public AnswerTurnsTests() => _turns = new AnswerTurns(_lanes, TimeProvider.System);

    public void Dispose() => _lanes.Dispose();

    // One page asked for a hundred fits at once; whoever asked for one after it waited for all of them.
    [Fact]
    public async Task Run_WhoHadLessLately_GoesBeforeWhatSomebodyElseAskedForEarlier()
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var order = new List<string>();
        var first = _turns.RunAsync("many", 0.1, () => Hold(begun, go), default);
        begun.Wait();
        var many = Enumerable.Range(0, 10).Select(i => _turns.RunAsync("many", 0.1, () => Add(order, $"many {i}"), default)).ToArray();
        var one = _turns.RunAsync("one", 0.1, () => Add(order, "one"), default);
        go.Set();
        await Task.WhenAll([first, one, .. many]);
        Assert.Equal("one", order[0]);
    }

    [Fact]
    public async Task Run_MoreThanAnOwnerMayHaveWaiting_IsRefusedForThatOwnerAlone()
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var first = _turns.RunAsync("many", 0.5, () => Hold(begun, go), default);
        begun.Wait();
        var waiting = Enumerable.Range(0, 20).Select(_ => _turns.RunAsync("many", 1, () => 0, default)).ToArray();
        await Assert.ThrowsAsync<AnswersFullException>(() => _turns.RunAsync("many", 1, () => 0, default));
        var other = _turns.RunAsync("other", 1, () => 7, default);
        go.Set();
        Assert.Equal(7, await other);
        await Task.WhenAll([first, .. waiting]);
    }

    // A fit of ten thousand points takes many seconds.
    [Fact]
    public async Task Run_WhatTakesLong_KeepsNothingQuickWaiting()
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var slow = _turns.RunAsync("slow", 30, () => Hold(begun, go), default);
        begun.Wait();
        Assert.Equal(3, await _turns.RunAsync("quick", 0.1, () => 3, default));
        Assert.False(slow.IsCompleted);
        go.Set();
        await slow;
    }

    [Fact]
    public async Task Run_PlotsOfSomeHundredThousandRows_DoNotWaitForWhatTakesLong()
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var slow = _turns.RunAsync("slow", 30, () => Hold(begun, go), default);
        begun.Wait();
        Assert.Equal(3, await _turns.RunAsync("plots", CellDesk.PlotSeconds(300_000), () => 3, default));
        Assert.False(slow.IsCompleted);
        go.Set();
        await slow;
    }

    [Fact]
    public async Task Run_GivenUpWhileItWaits_IsNotComputed()
    {
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var isComputed = false;
        var first = _turns.RunAsync("a", 0.1, () => Hold(begun, go), default);
        begun.Wait();
        var second = _turns.RunAsync("a", 0.1, () => isComputed = true, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        go.Set();
        await first;
        Assert.Equal(1, await _turns.RunAsync("a", 0.1, () => 1, default));
        Assert.False(isComputed);
    }

    private static int Hold(ManualResetEventSlim begun, ManualResetEventSlim go)
    {
        begun.Set();
        go.Wait();
        return 0;
    }

    private static int Add(List<string> order, string what)
    {
        lock (order)
        {
            order.Add(what);
        }

        return 0;
    }
}
