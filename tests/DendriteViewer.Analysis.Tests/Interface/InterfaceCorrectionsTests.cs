using DendriteViewer.Analysis.Interface;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Interface;

public sealed class InterfaceCorrectionsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("\"auto\"")]
    [InlineData("30")]
    [InlineData("{ \"pointUm\": [30, 96, 96], \"normal\": [1, 0.02, 0] }")]
    public async Task Points_PlacedAndTakenAway_BendTheInterfaceThereAndNowhereElse(string given)
    {
        new PhantomWriter(new PhantomOptions { Size = 64, VoxelUm = 3, Hours = [0] }).Write(_folder["phantom"], null, default);
        var path = _folder["phantom/dataset.json"];
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace("\"interfaceUm\": \"auto\"", "\"interfaceUm\": " + given, StringComparison.Ordinal));
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var id = (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, null, default)).Id;
        var found = (await store.TryOpenAsync(id, default))!.Depth;
        WorldPoint At(double y, double x, double above) => new(found.CoordinateOf(new Depth(0), y, x) + above, y, x);

        // Two points near one another bend it together; far away it stays; the second correction starts from what was found.
        WorldPoint[] points = [At(60, 60, 5), At(66, 60, 6)];
        foreach (var _ in new[] { 1, 2 })
        {
            var corrected = (await InterfaceCorrections.SetAsync(store, id, points, default)).Depth;
            Assert.All(points, p => Assert.Equal(0, corrected.DepthOf(p).Um, 0.2));
            Assert.Equal(0, corrected.DepthOf(At(160, 160, 0)).Um, 0.2);
            Assert.NotEqual(found.Fingerprint, corrected.Fingerprint);
        }

        var bent = (await store.TryOpenAsync(id, default))!;
        Assert.Equal(2, bent.Manifest.Depth!.Surface!.PointsUm!.Length);

        // A found interface records where it was filled in: outside of the cell, whose wall shows no interface. What was given was not.
        Assert.Equal(given == "\"auto\"", found.Surface?.Filled is { Length: > 0 });
        if (found.Surface is { Filled: not null } seen)
        {
            Assert.True(seen.IsSeenAt(96, 96));
            Assert.False(seen.IsSeenAt(3, 3));

            // Somebody who places a point there sees it there; taken away, it is as it was.
            var placed = (await InterfaceCorrections.SetAsync(store, id, [At(6, 6, 0)], default)).Depth.Surface!;
            Assert.True(placed.IsSeenAt(6, 6));
            Assert.True(placed.Filled!.Length < seen.Filled.Length);
        }

        var back = await InterfaceCorrections.SetAsync(store, id, [], default);
        Assert.Null(back.Manifest.Depth!.Surface!.PointsUm);
        Assert.Equal(found.Surface?.Filled, back.Depth.Surface!.Filled);
        Assert.All(new[] { At(60, 60, 0), At(150, 40, 0), At(96, 96, 0) }, p => Assert.Equal(0, back.Depth.DepthOf(p).Um, 0.02));
        await Assert.ThrowsAsync<VolumeFormatException>(() => InterfaceCorrections.SetAsync(store, id, [new WorldPoint(1e4, 0, 0)], default));
        await Assert.ThrowsAsync<VolumeFormatException>(() => InterfaceCorrections.SetAsync(store, id, [new WorldPoint(double.NaN, 0, 0)], default));
    }

    public void Dispose() => _folder.Dispose();
}
