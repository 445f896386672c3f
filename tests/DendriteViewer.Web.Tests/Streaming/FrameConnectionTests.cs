using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Scheduling;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Streaming;
using Microsoft.AspNetCore.SignalR;

namespace DendriteViewer.Web.Tests.Streaming;

/// <summary>What a browser is told of its session.</summary>
public sealed class FrameConnectionTests(TestHost host) : IClassFixture<TestHost>
{
    // Of two changes at once, on two threads, the page kept the older view: it was heard of last, and of two that wait the last was sent.
    [Fact]
    public async Task View_WhoseChangesAreHeardOfInAnotherOrder_IsToldAsItIsNow()
    {
        var session = await host.SessionAsync();
        var first = session.Current.Number + 1;

        // Whoever hears of the first change before the connection makes the second, of which the connection hears first.
        session.Changed += (revision, _) =>
        {
            if (revision.Number == first)
            {
                session.Update(v => v with { WindowHigh = v.WindowHigh + 1 }, null);
            }
        };
        var browser = new Browser();
        var cache = new BrickCache(host.Store, 1 << 24);
        using var connection = new FrameConnection(
            browser, session, true, _ => [], new VolumeRenderer(host.Store, cache, RenderDevices.Cpu),
            new SliceRenderer(host.Store, cache, RenderDevices.Cpu), host.Lanes[Urgency.Resting], new CancellationTokenSource(),
            TimeProvider.System, () => Task.FromResult(true), _ => Task.CompletedTask, () => { }, _ => { });
        session.Update(v => v with { WindowHigh = v.WindowHigh + 1 }, null);
        connection.TellPresence(1);
        browser.Reads.SetResult();
        await browser.IsTold.Task;

        Assert.Equal([first + 1], browser.Views);
        Assert.Equal(first + 1, session.Current.Number);
    }

    // The connection was ended with the word on its way, which pages then did not hear: they said that the line was lost.
    [Fact]
    public async Task Page_WhoseAccessEnds_HearsItBeforeItsConnectionEnds_AndNothingElseAfterIt()
    {
        var session = await host.SessionAsync();
        var (browser, cache) = (new Browser(), new BrickCache(host.Store, 1 << 24));
        var (left, ended) = (false, new TaskCompletionSource());
        browser.Reads.SetResult();
        using var connection = new FrameConnection(
            browser, session, true, _ => [], new VolumeRenderer(host.Store, cache, RenderDevices.Cpu),
            new SliceRenderer(host.Store, cache, RenderDevices.Cpu), host.Lanes[Urgency.Resting], new CancellationTokenSource(),
            TimeProvider.System, () => Task.FromResult(false), _ => Task.FromResult(left = true), ended.SetResult, _ => { });
        Assert.Same(browser.IsClosed.Task, await Task.WhenAny(browser.IsClosed.Task, ended.Task));
        Assert.True(left);
        connection.TellPresence(1);
        await ended.Task;
        Assert.False(browser.IsTold.Task.IsCompleted);
    }

    /// <summary>Reads nothing until it is let, and notes the numbers of the views that it is told before how many are here.</summary>
    private sealed class Browser : ISingleClientProxy
    {
        public TaskCompletionSource Reads { get; } = new();

        public TaskCompletionSource IsTold { get; } = new();

        public TaskCompletionSource IsClosed { get; } = new();

        public List<long> Views { get; } = [];

        public async Task SendCoreAsync(string method, object?[] args, CancellationToken cancellationToken = default)
        {
            await Reads.Task;
            if (method == "view")
            {
                Views.Add((long)args[1]!);
            }
            else if (method == "here")
            {
                IsTold.SetResult();
            }
            else if (method == "closed")
            {
                IsClosed.SetResult();
            }
        }

        public Task<T> InvokeCoreAsync<T>(string method, object?[] args, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
