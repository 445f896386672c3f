using System.Runtime.InteropServices;
using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Rendering;

/// <summary>What somebody sees of a scan that is opened for the first time.</summary>
public sealed class FirstViewTests
{
    private const int N = 96, Side = 240;

    // The same can with a part in the filling and without: the casing and the filling do not hide it, and around the can it stays black.
    [Theory]
    [InlineData(2600, 12)]
    [InlineData(3500, 12)]
    [InlineData(500, 2)]
    public async Task Picture_OfACanWithAPartInside_ShowsThePart(double part, int least)
    {
        var (with, without) = (await PictureAsync(part), await PictureAsync(null));
        Assert.True(Brightness(without, Side / 2) > 40, "the can is to be seen");
        Assert.Equal(0, Brightness(without, 4));
        var difference = Math.Abs(Brightness(with, Side / 2) - Brightness(without, Side / 2));
        Assert.True(difference >= least, $"the part changes the middle by {difference:0.0} of 255");
    }

    private static async Task<byte[]> PictureAsync(double? part)
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["v.raw"], MemoryMarshal.AsBytes(Cans.Scan(N, part).AsSpan()).ToArray());
        var store = new DatasetStore(new FolderBlobStore(folder["store"]));
        var raw = new VolumeManifest { VoxelSizeUm = [10, 10, 10], Shape = [N, N, N], Dtype = "<f4" };
        await new Importer(store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(folder["v.raw"], DatasetId.Parse("can"), raw), null, default);
        var dataset = (await store.TryOpenAsync(DatasetId.Parse("can"), default))!;
        var view = await ViewStates.InitialAsync(store, dataset, dataset.Volumes[0], default);
        var renderer = new VolumeRenderer(store, new BrickCache(store, 1 << 28), RenderDevices.Cpu);
        using var image = await renderer.RenderWholeAsync(dataset.Volumes[0], dataset, view, Side, Side, default);
        return image.Pixels.Span.ToArray();
    }

    // Mean green of nine by nine pixels around the middle of a row.
    private static double Brightness(byte[] rgba, int row) => Enumerable.Range(0, 81)
        .Average(i => rgba[4 * ((row + i / 9 - 4) * Side + Side / 2 + i % 9 - 4) + 1]);
}
