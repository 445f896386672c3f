using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Rendering;

public sealed class ValueHistogramTests
{
    [DataTheory]
    [InlineData("fiberform/100_fiberform.tif", 108)]
    public async Task Threshold_OfRealCt_IsScikitImagesOtsu(string path, double otsu)
    {
        using var folder = new TempFolder();
        var store = new DatasetStore(new FolderBlobStore(folder.Path));
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(TestData.File(path), DatasetId.Parse("v"), new VolumeManifest { VoxelSizeUm = [1, 1, 1] }), null, default);
        var histogram = await ValueHistogram.OfAsync(store, (await store.TryOpenAsync(DatasetId.Parse("v"), default))!.Volumes[0], default);
        Assert.Equal(otsu, histogram.Threshold, 1.0);
    }

    [Fact]
    public void Presets_OfEveryName_AreVisibleFunctions()
    {
        var histogram = ValueHistogram.Of(0, 100, [10, 500, 20, 5, 5, 5, 30, 900, 800, 2]);
        foreach (var name in TransferPresets.Names)
        {
            Assert.Contains(TransferPresets.Find(name, histogram)!.Points, p => p.Opacity > 0);
        }

        Assert.Null(TransferPresets.Find("nonsense", histogram));
    }
}
