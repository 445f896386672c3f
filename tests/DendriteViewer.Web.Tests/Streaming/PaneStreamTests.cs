using System.Collections.Concurrent;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Streaming;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Tests.Streaming;

public sealed class PaneStreamTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly ComputeLanes s_lanes = new(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A browser that knows of a pane what the page knows: frames, and what the answers to its changes said.</summary>
    private sealed class Browser : IFrameSink
    {
        private readonly ConcurrentDictionary<long, ViewState> _views = new();
        private readonly Lock _lock = new();
        private FrameHeader _shown;
        private long _awaited;

        public ConcurrentQueue<string> Said { get; } = [];

        public Action<long>? Acknowledge { get; set; }

        public int Frames { get; private set; }

        public void Looks(ViewRevision revision) => _views[revision.Number] = revision.View;

        public void Awaits(long number)
        {
            lock (_lock)
            {
                _awaited = Math.Max(_awaited, number);
            }
        }

        /// <summary>The exact picture's view and size; null while what is shown is no exact one.</summary>
        public (ViewState View, int Width, int Height)? Exact()
        {
            lock (_lock)
            {
                return _shown.Exact && _shown.Number >= _awaited ? (_views[_shown.Revision], _shown.Width, _shown.Height) : null;
            }
        }

        public async Task SendAsync(FrameHeader header, ReadOnlyMemory<byte> encoded, CancellationToken ct)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(12)), TimeProvider.System, ct);
            lock (_lock)
            {
                (_shown, Frames) = (header, Frames + 1);
            }

            Acknowledge?.Invoke(header.Number);
        }

        public Task ReportStatusAsync(Pane pane, bool isOther, string message, CancellationToken ct)
        {
            Said.Enqueue(message);
            return Task.CompletedTask;
        }
    }

    /// <summary>A pane that draws until it is disposed.</summary>
    private sealed record Open(PaneStream Stream, ViewSession Session, Browser Browser) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private Task _running = Task.CompletedTask;

        public Open Run()
        {
            _running = Stream.RunAsync(_end.Token);
            return this;
        }

        public async ValueTask DisposeAsync()
        {
            await _end.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }
    }

    private async Task<Open> OpenAsync(Pane pane) =>
        Of(pane, await host.SessionAsync(), host.Store, new BrickCache(host.Store, 1 << 24),
            new RenderScheduler(s_lanes, 2, 256, TimeProvider.System));

    private static Open Of(
        Pane pane, ViewSession session, DatasetStore store, BrickCache cache, RenderScheduler turns, bool isOther = false,
        SharedFrames? shared = null)
    {
        var browser = new Browser();
        var stream = new PaneStream(
            new PanePictures(pane, session, new SliceRenderer(store, cache, RenderDevices.Cpu),
                new VolumeRenderer(store, cache, RenderDevices.Cpu)),
            isOther, turns, shared ?? new SharedFrames(1 << 20), browser, TimeProvider.System, e => browser.Said.Enqueue(e.ToString()));
        browser.Acknowledge = stream.Acknowledge;
        browser.Looks(session.Current);
        session.Changed += (revision, _) => browser.Looks(revision);
        return new Open(stream, session, browser).Run();
    }

    private static Task PassAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), TimeProvider.System);

    private static async Task UntilAsync(Func<bool> condition, Func<string> otherwise)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, otherwise());
            await PassAsync(5);
        }
    }

    [Theory]
    [InlineData(Pane.Z, 1)]
    [InlineData(Pane.Z, 2)]
    [InlineData(Pane.Volume, 3)]
    public async Task AnyChanges_WhatIsCalledExactIsTheViewNowAndItComes(Pane pane, int seed)
    {
        var random = new Random(seed);
        await using var open = await OpenAsync(pane);
        var (stream, session, browser) = open;
        (int Width, int Height) size = default;
        Resize(48, 32);
        for (var step = 0; step < 150; step++)
        {
            switch (random.Next(8))
            {
                case 0: Resize(random.Next(30, 60), 32); break;
                case 1: Resize(0, 0); break;
                case 2: Resize(48, 32); break;
                case 3: Change(v => v with { Hours = random.Next(3) * 1.5 }); break;
                case 4: Change(v => v with { WindowHigh = 100 + random.Next(3), Camera = v.Camera with { AzimuthDeg = random.Next(3) } }); break;
                case 5: Change(v => v with { Band = new Band(100, 110 + random.Next(3)) }); break;
                default: await PassAsync(random.Next(200)); break;
            }

            if (browser.Exact() is { } exact && size.Width > 0)
            {
                Assert.Equal(Content(session.Current.View, size), Content(exact.View, (exact.Width, exact.Height)));
            }
        }

        // Whatever was left half done, what is shown at the end becomes exact.
        Resize(0, 0);
        Resize(48, 32);
        await UntilAsync(() => browser.Exact() is not null, () => $"no exact picture after {browser.Frames} frames: {string.Join("; ", browser.Said)}");
        Assert.Equal(Content(session.Current.View, size), Content(browser.Exact()!.Value.View, size));

        void Resize(int width, int height)
        {
            size = (width, height);
            browser.Awaits(stream.Resize(width, height, 1));
        }

        void Change(Func<ViewState, ViewState> change)
        {
            session.Update(change, this);
            browser.Awaits(stream.NotifyViewChanged());
        }

        object Content(ViewState v, (int, int) s) => (v.Hours, pane == Pane.Volume ? v.Camera.AzimuthDeg : v.WindowHigh, s);
    }

    [Fact]
    public async Task StreamOfTheOtherTimestep_DrawsOnlyWhileTwoAreCompared_AndTheOther()
    {
        var cache = new BrickCache(host.Store, 1 << 24);
        await using var open = Of(
            Pane.Z, await host.SessionAsync(), host.Store, cache, new RenderScheduler(s_lanes, 2, 256, TimeProvider.System), isOther: true);
        var (stream, session, browser) = open;
        Assert.Equal(0, stream.Resize(48, 32, 1));
        session.Update(v => v with { Hours = 0, Compare = new Comparison(CompareMode.Swipe, 3) }, this);
        browser.Awaits(stream.NotifyViewChanged());
        await UntilAsync(() => browser.Exact() is not null, () => string.Join("; ", browser.Said));
        Assert.Equal(3, browser.Exact()!.Value.View.Compare!.Hours);
        var frames = browser.Frames;

        // The other picture does not depend on the timestep shown, and differences are drawn in the first.
        session.Update(v => v with { Hours = 1.5 }, this);
        browser.Awaits(stream.NotifyViewChanged());
        session.Update(v => v with { Compare = new Comparison(CompareMode.Difference, 3) }, this);
        Assert.Equal(0, stream.NotifyViewChanged());
        await PassAsync(200);
        Assert.Equal(frames, browser.Frames);
    }

    [Theory]
    [InlineData(Pane.Z)]
    [InlineData(Pane.Volume)]
    public async Task TwoViewersOfOneView_ThePictureAtRestIsDrawnOnce(Pane pane)
    {
        var (cache, turns, shared) = (new BrickCache(host.Store, 1 << 24), new RenderScheduler(s_lanes, 2, 256, TimeProvider.System),
            new SharedFrames(1 << 20));
        await using var first = Of(pane, await host.SessionAsync(), host.Store, cache, turns, shared: shared);
        await using var second = Of(pane, await host.SessionAsync(), host.Store, cache, turns, shared: shared);
        first.Browser.Awaits(first.Stream.Resize(48, 32, 1));
        await UntilAsync(() => first.Browser.Exact() is not null, () => string.Join("; ", first.Browser.Said));
        var kept = shared.Bytes;

        second.Browser.Awaits(second.Stream.Resize(48, 32, 1));
        await UntilAsync(() => second.Browser.Exact() is not null, () => string.Join("; ", second.Browser.Said));
        Assert.Equal(kept, shared.Bytes);

        // Another view is another picture.
        second.Session.Update(v => v with { WindowHigh = 123, Camera = v.Camera with { AzimuthDeg = 77 } }, this);
        second.Browser.Awaits(second.Stream.NotifyViewChanged());
        await UntilAsync(() => second.Browser.Exact() is not null, () => string.Join("; ", second.Browser.Said));
        Assert.True(shared.Bytes > kept);
    }

    [Fact]
    public async Task AChangeOfWhatIsNotSeenHere_OwesNoPicture()
    {
        await using var open = await OpenAsync(Pane.Z);
        var (stream, session, browser) = open;
        browser.Awaits(stream.Resize(48, 32, 1));
        await UntilAsync(() => browser.Exact() is not null, () => string.Join("; ", browser.Said));
        var frames = browser.Frames;
        session.Update(v => v with { Band = new Band(100, 111), Camera = v.Camera with { AzimuthDeg = 1 } }, this);
        browser.Awaits(stream.NotifyViewChanged());
        Assert.NotNull(browser.Exact());
        await PassAsync(200);
        Assert.Equal(frames, browser.Frames);
    }

    [Fact]
    public async Task APaneHiddenWhileItsPictureIsMade_BecomesExactWhenItIsShownAgain()
    {
        await using var open = await OpenAsync(Pane.Z);
        var (stream, session, browser) = open;
        browser.Awaits(stream.Resize(48, 32, 1));
        for (var i = 0; i < 30; i++)
        {
            Look(i);
            await PassAsync(5 * i);
            Look(1000);
            browser.Awaits(stream.Resize(0, 0, 1));
            await PassAsync(i % 3);
            Look(i);
            browser.Awaits(stream.Resize(48, 32, 1));
            await UntilAsync(() => browser.Exact() is not null, () => $"no exact picture the {i}th time");
            Assert.Equal(i, browser.Exact()!.Value.View.WindowHigh);
        }

        void Look(double high)
        {
            session.Update(v => v with { WindowHigh = high }, this);
            browser.Awaits(stream.NotifyViewChanged());
        }
    }

    [Fact]
    public async Task BricksPushedOutOfMemoryBeforeTheyAreDrawn_AreReadAgain()
    {
        const int Width = 400, Height = 300;

        // Of several bricks, since the coarsest level is always there.
        var folder = Directory.CreateTempSubdirectory("dendrite-pane-");
        new PhantomWriter(new PhantomOptions { Size = 128, VoxelUm = 3, Hours = [0] }).Write(Path.Combine(folder.FullName, "phantom"), null, default);
        var store = new DatasetStore(new FolderBlobStore(Path.Combine(folder.FullName, "store")));
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(Path.Combine(folder.FullName, "phantom"), null, null, default)).Id;
        var dataset = (await store.TryOpenAsync(id, default))!;
        var (cache, turns, volume) =
            (new BrickCache(store, 1 << 26), new RenderScheduler(s_lanes, 1, 256, TimeProvider.System), dataset.Volumes[0]);
        var view = new ViewState { Modality = volume.Key.Modality, Hours = 0 };
        await using var open = Of(Pane.Volume, new ViewSession("0123456789abcdef", "me", dataset, view), store, cache, turns);
        var (stream, session, browser) = open;
        var renderer = new VolumeRenderer(store, cache, RenderDevices.Cpu);

        // Somebody else draws, from this pane's first picture on, until what its exact one needs was read and thrown away again.
        browser.Awaits(stream.Resize(Width, Height, 1));
        await UntilAsync(() => browser.Frames > 0, () => string.Join("; ", browser.Said));
        using (await turns.EnterAsync(RenderRequest.Resting("another", isSlice: false, Width * Height), default))
        {
            Assert.Null(browser.Exact());
            while (!await renderer.IsLoadedAsync(volume, session.Dataset, session.Current.View, Width, Height, default))
            {
                await PassAsync(1);
            }

            await PassAsync(100);
            cache.Forget(volume.Prefix);
        }

        await UntilAsync(() => browser.Exact() is not null, () => string.Join("; ", browser.Said));
        folder.Delete(recursive: true);
    }
}
