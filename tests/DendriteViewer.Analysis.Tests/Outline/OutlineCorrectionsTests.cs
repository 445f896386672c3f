using DendriteViewer.Analysis.Outline;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Tests;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Outline;

public sealed class OutlineCorrectionsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Points_PlacedAndTakenAway_BendTheOutlineThereAndNowhereElse()
    {
        var (store, id) = await ImportAsync(new PhantomOptions { Size = 96, VoxelUm = 2, Hours = [0] });
        var found = (await store.TryOpenAsync(id, default))!.Outline!;

        // The cell's radius is 90 around (96, 96).
        (double U, double V)[] points = [(96, 96 + 80), (96 - 95 * Math.Sqrt(0.5), 96 - 95 * Math.Sqrt(0.5))];
        foreach (var _ in new[] { 1, 2 })
        {
            var corrected = (await OutlineCorrections.SetAsync(store, id, points, default)).Outline!;
            Assert.True(corrected.Contains(96, 96 + 79) && !corrected.Contains(96, 96 + 81));
            Assert.True(corrected.Contains(96 - 94 * Math.Sqrt(0.5), 96 - 94 * Math.Sqrt(0.5)) && !corrected.Contains(96 - 96 * Math.Sqrt(0.5), 96 - 96 * Math.Sqrt(0.5)));
            Assert.True(corrected.Contains(96 + 88, 96) && !corrected.Contains(96 + 92, 96));
            Assert.NotEqual(found.AreaUm2, corrected.AreaUm2);
        }

        Assert.Equal(2, (await store.TryOpenAsync(id, default))!.Manifest.Cell!.OutlinePointsUm!.Length);
        var back = await OutlineCorrections.SetAsync(store, id, [], default);
        Assert.Equal(found.Corners, back.Outline!.Corners);
        Assert.Null(back.Manifest.Cell!.OutlinePointsUm);
        foreach (var nowhere in new[] { (1e4, 0), (double.NaN, 0), (96.0, 96.0) })
        {
            await Assert.ThrowsAsync<VolumeFormatException>(() => OutlineCorrections.SetAsync(store, id, [nowhere], default));
        }
    }

    // A scan that is all cell has no outline; a point gives it one, and none again when it is taken away.
    [Fact]
    public async Task Points_WhereNoOutlineWasFound_CorrectTheFieldOfView()
    {
        await File.WriteAllBytesAsync(_folder["v.raw"], new byte[40 * 40 * 40]);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var id = DatasetId.Parse("all");
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], id, new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [40, 40, 40], Dtype = "u1" }), null, default);
        for (var i = 0; i < 2; i++)
        {
            var corrected = await OutlineCorrections.SetAsync(store, id, [(20, 30)], default);
            Assert.True(corrected.Outline!.Contains(20, 29.5) && !corrected.Outline.Contains(20, 30.5) && corrected.Outline.Contains(1, 1));
        }

        Assert.Null((await OutlineCorrections.SetAsync(store, id, [], default)).Outline);
    }

    [Fact]
    public void Through_AnOutlineThatIsNotSeenWholeFromItsMiddle_IsRefused() => Assert.Throws<VolumeFormatException>(() =>
        OutlineCorrections.Through(new CellOutline([(0, 0), (0, 10), (10, 10), (10, 9), (1, 9), (1, 1), (10, 1), (10, 0)]), [(0, 5)]));

    public void Dispose() => _folder.Dispose();

    private async Task<(DatasetStore, DatasetId)> ImportAsync(PhantomOptions options)
    {
        new PhantomWriter(options).Write(_folder["phantom"], null, default);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        return (store, (await new Importer(store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["phantom"], null, null, default)).Id);
    }
}
