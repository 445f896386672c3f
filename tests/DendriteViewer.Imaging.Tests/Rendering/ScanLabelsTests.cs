using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Tests.Rendering;

/// <summary>A segmentation was opened as three shades of grey, and two slices of a cell as two empty panes.</summary>
public sealed class ScanLabelsTests : IDisposable
{
    private const int N = 40;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ScanOfThreeValues_OpensInColoursOfItsLabels()
    {
        // 0 below, 85 in the middle, 170 above.
        var (store, dataset) = await ImportAsync((z, _, _) => (byte)(85 * (3 * z / N)), N);
        var (volume, histogram) = (dataset.Volumes[0], await ValueHistogram.OfAsync(store, dataset.Volumes[0], default));
        Assert.Equal([0, 85, 170], histogram.Labels!.Values);
        Assert.Equal(["label 85", "label 170"], histogram.Labels.Legend.Select(l => l.Meaning));
        var view = ViewStates.Initial(dataset, volume, histogram);
        Assert.Equal(SliceInterpolation.Nearest, view.Interpolation);
        Assert.Equal(volume, view.LabelsIn(dataset));

        // Each label has the legend's colour and nothing of the grey level below it; what lies between goes to the nearer label.
        var slices = new SliceRenderer(store, new BrickCache(store, 64 << 20), RenderDevices.Cpu);
        using var image = (await slices.RenderAsync(volume, dataset, view, Pane.Y, N, N, 1, wait: true, default)).Image!;
        int At(int row) => image.Pixels.Span[3 * (row * N + 20)] << 16 | image.Pixels.Span[3 * (row * N + 20) + 1] << 8
            | image.Pixels.Span[3 * (row * N + 20) + 2];
        Assert.Equal([0, .. histogram.Labels.Legend.Select(l => l.Color)], new[] { At(5), At(20), At(35) });
        var ranges = view.Overlay!.Transfer.LabelRanges()!;
        Assert.Equal([(43, 127), (128, 170)], ranges.Select(r => (r.From, r.To)));
    }

    [Fact]
    public async Task ScanOfGreyLevels_IsNoScanOfLabels()
    {
        var (store, dataset) = await ImportAsync((z, y, x) => (byte)(z + y + x), N);
        var histogram = await ValueHistogram.OfAsync(store, dataset.Volumes[0], default);
        Assert.Null(histogram.Labels);
        Assert.Null(ViewStates.Initial(dataset, dataset.Volumes[0], histogram).Overlay);
    }

    [Theory]
    [InlineData(new[] { 0f, 1, 2 }, 0, 2, true)]
    [InlineData(new[] { 0f, 0.5f, 1 }, 0, 1, false)]
    [InlineData(new[] { 0f }, 0, 0, false)]
    [InlineData(new[] { 0f, 1 }, 0, 7, false)]
    public void Values_AreLabels_WhereTheyAreWholeAndAllThatTheScanHas(float[] values, double least, double most, bool expected) =>
        Assert.Equal(expected, ScanLabels.Of(values, least, most) is not null);

    [Theory]
    [InlineData(2, Pane.Z)]
    [InlineData(N, null)]
    public async Task FirstView_OfVeryFewSlices_FillsTheViewWithThem(int slices, Pane? expected)
    {
        var (store, dataset) = await ImportAsync((z, y, x) => (byte)(z + y + x), slices);
        var view = await ViewStates.InitialAsync(store, dataset, dataset.Volumes[0], default);
        Assert.Equal(expected, view.Maximized);
    }

    private async Task<(DatasetStore Store, Dataset Dataset)> ImportAsync(Func<int, int, int, byte> value, int slices)
    {
        var bytes = Enumerable.Range(0, slices * N * N).Select(i => value(i / N / N, i / N % N, i % N)).ToArray();
        await File.WriteAllBytesAsync(_folder["v.raw"], bytes);
        var store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var manifest = new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [slices, N, N], Dtype = "u1" };
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("scan"), manifest), null, default);
        return (store, (await store.TryOpenAsync(DatasetId.Parse("scan"), default))!);
    }
}
