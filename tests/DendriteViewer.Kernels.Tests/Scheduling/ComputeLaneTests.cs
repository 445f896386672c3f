using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Tests.Scheduling;

public sealed class ComputeLaneTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Run_AwaitedWork_ComesBackToTheLanesThreads()
    {
        using var lane = new ComputeLane("lane", 2);
        var (before, after) = await lane.RunAsync(async () =>
        {
            var first = (Thread.CurrentThread.Name, ComputeLane.OfCaller);
            await Task.Yield();
            await Task.Run(() => { });
            return (first, (Thread.CurrentThread.Name, ComputeLane.OfCaller));
        });
        Assert.StartsWith("lane ", before.Name);
        Assert.StartsWith("lane ", after.Name);
        Assert.Equal((lane, lane), (before.OfCaller, after.OfCaller));
        Assert.Null(ComputeLane.OfCaller);
    }

    [Fact]
    public async Task Loop_InALane_RunsOnThePoolNowhere()
    {
        using var lane = new ComputeLane("lane", 3);
        var names = new System.Collections.Concurrent.ConcurrentBag<string?>();
        await lane.RunAsync(async () =>
        {
            Parallel.For(0, 200, ComputeLane.Options(), i => names.Add(Thread.CurrentThread.Name));
            await Parallel.ForAsync(0, 200, ComputeLane.Options(), async (i, ct) =>
            {
                await Task.Yield();
                names.Add(Thread.CurrentThread.Name);
            });
            await ComputeLane.Run(() =>
            {
                names.Add(Thread.CurrentThread.Name);
                return Task.CompletedTask;
            });
        });
        Assert.Equal(401, names.Count);
        Assert.All(names, n => Assert.StartsWith("lane ", n));
    }

    // As many loops as threads, each of which waits for helpers that no thread is free for: they must do the helpers' work themselves.
    [Fact]
    public async Task Loops_AsManyAsThreads_AllEnd()
    {
        using var lane = new ComputeLane("lane", 2);
        var sums = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => lane.RunAsync(() =>
        {
            var sum = 0L;
            Parallel.For(0, 100, ComputeLane.Options(), i => Parallel.For(0, 10, ComputeLane.Options(), j => Interlocked.Add(ref sum, j)));
            return sum;
        }))).WaitAsync(Patience);
        Assert.All(sums, s => Assert.Equal(4500, s));
    }

    [Fact]
    public async Task GiveWay_WhileAMoreUrgentLaneWorks_WaitsAndThenGoesOn()
    {
        using var urgent = new ComputeLane("urgent", 1);
        using var patient = new ComputeLane("patient", 1, niceness: 5, before: urgent);
        using var release = new ManualResetEventSlim();
        using var began = new ManualResetEventSlim();
        var holding = urgent.RunAsync(() =>
        {
            began.Set();
            release.Wait(Patience);
        });
        Assert.True(began.Wait(Patience));

        // It goes on by itself after a while, so that nothing waits for ever behind a lane that is always busy.
        var steps = await patient.RunAsync(() =>
        {
            var done = 0;
            for (; done < 20; done++)
            {
                SpinFor(TimeSpan.FromMilliseconds(1));
                ComputeLane.GiveWay();
            }

            return done;
        }).WaitAsync(Patience);
        Assert.Equal(20, steps);
        Assert.False(holding.IsCompleted);
        release.Set();
        await holding;
        Assert.Equal(0, urgent.Busy);
    }

    // Of two threads that share a processor with more urgent work, the less urgent one does the smaller part meanwhile. Of steps so short
    // that the pause for one was less than a millisecond, none was ever followed by a pause.
    [Theory]
    [InlineData(0.2)]
    [InlineData(0.02)]
    public async Task GiveWay_BesideUrgentWork_DoesTheSmallerPart(double step)
    {
        using var urgent = new ComputeLane("urgent", 1);
        using var patient = new ComputeLane("patient", 1, before: urgent);
        using var stop = new CancellationTokenSource();
        var steps = (Urgent: 0, Patient: 0);
        var patiently = patient.RunAsync(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                SpinFor(TimeSpan.FromMilliseconds(step));
                steps.Patient++;
                ComputeLane.GiveWay();
            }
        });
        await urgent.RunAsync(() =>
        {
            for (steps.Urgent = 0; steps.Urgent < 100 / step; steps.Urgent++)
            {
                SpinFor(TimeSpan.FromMilliseconds(step));
                ComputeLane.GiveWay();
            }

            stop.Cancel();
        }).WaitAsync(Patience);
        await patiently.WaitAsync(Patience);
        Assert.InRange(steps.Patient, 1, steps.Urgent / 2);
    }

    // A thread that waits, or whose processor others have, owes nobody a pause for it.
    [Fact]
    public void ThreadTime_OfAThreadThatWaits_StandsStill()
    {
        var before = ThreadTime.Used;
        var other = new Thread(() =>
        {
            for (var began = ThreadTime.Used; ThreadTime.Used - began < TimeSpan.FromMilliseconds(30);)
            {
            }
        });
        other.Start();
        Assert.True(other.Join(Patience));
        if (OperatingSystem.IsLinux())
        {
            Assert.InRange(ThreadTime.Used - before, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
        }
    }

    [Fact]
    public void GiveWay_OutsideAnyLane_ReturnsAtOnce() => ComputeLane.GiveWay();

    [Fact]
    public async Task Dispose_WorkThatIsAwaitedStill_EndsOnThePool()
    {
        var lane = new ComputeLane("lane", 1);
        var gate = new TaskCompletionSource();
        var work = lane.RunAsync(async () =>
        {
            await gate.Task;
            return Thread.CurrentThread.IsThreadPoolThread;
        });
        await lane.RunAsync(() => { });
        lane.Dispose();
        gate.SetResult();
        Assert.True(await work.WaitAsync(Patience));
    }

    private static void SpinFor(TimeSpan time)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < time)
        {
            Thread.SpinWait(20);
        }
    }
}
