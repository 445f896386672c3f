using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Tests.Caching;

public sealed class BrickCacheTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private DatasetStore _store = null!;
    private VolumeInfo _volume = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllBytesAsync(_folder["v.raw"], new byte[256 * 128 * 128]);
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("d"), new VolumeManifest { Shape = [256, 128, 128], Dtype = "uint8", VoxelSizeUm = [1, 1, 1] }), null, default);
        _volume = (await _store.TryOpenAsync(DatasetId.Parse("d"), default))!.Volumes[0];
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Asked_Twice_IsReadOnce()
    {
        var cache = new BrickCache(_store, 1 << 28);
        var bricks = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => cache.GetAsync(_volume, new BrickIndex(0, 1, 1, 0), default))));
        Assert.Single(bricks.Distinct());
        Assert.Equal(1, cache.Misses);
    }

    [Fact]
    public async Task Wanted_AheadAndGivenUp_IsReadWhenItIsWantedAgain()
    {
        var cache = new BrickCache(_store, 1 << 28);
        for (var round = 0; round < 20; round++)
        {
            using var stop = new CancellationTokenSource();
            var ahead = Enumerable.Range(0, 16).Select(i => cache.GetAsync(_volume, new BrickIndex(0, i / 4, i / 2 % 2, i % 2), stop.Token, BrickNeed.Soon)).ToArray();
            await stop.CancelAsync();
            var now = Enumerable.Range(0, 16).Select(i => cache.GetAsync(_volume, new BrickIndex(0, i / 4, i / 2 % 2, i % 2), default)).ToArray();
            await Task.WhenAll(now).WaitAsync(TimeSpan.FromSeconds(20));
            await Task.WhenAll(ahead.Select(a => a.ContinueWith(_ => { }, TaskScheduler.Default)));
            cache.Forget(_volume.Prefix);
        }

        Assert.Equal(0, cache.Loading);
    }

    [Fact]
    public async Task Turns_GoToWhatSomebodyWaitsFor_AndAreHandedOn()
    {
        var turns = new ReadTurns(1);
        var first = turns.Take(BrickNeed.Soon);
        var (soon, later, now) = (turns.Take(BrickNeed.Soon), turns.Take(BrickNeed.Soon), turns.Take(BrickNeed.Now));
        Assert.True(await first.Come.Task);
        later.Hurry();
        Assert.True(soon.TryGiveUp());
        Assert.False(await soon.Come.Task);
        first.End();
        Assert.True(now.Come.Task.IsCompleted && !later.Come.Task.IsCompleted);
        Assert.False(now.TryGiveUp());
        now.End();
        Assert.True(await later.Come.Task);
        later.End();
        Assert.True(turns.Take(BrickNeed.Soon).Come.Task.IsCompleted);
    }

    public void Dispose() => _folder.Dispose();
}
