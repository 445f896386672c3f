using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Tests.Rendering;

public sealed class SliceRendererTests : IAsyncLifetime
{
    private const int Z = 70, Y = 90, X = 150;
    private readonly TempFolder _folder = new();
    private DatasetStore _store = null!;
    private Dataset _dataset = null!;

    private VolumeInfo Volume => _dataset.Volumes[0];

    public async Task InitializeAsync()
    {
        // Value = x + y + z: every slice is known.
        var bytes = new byte[Z * Y * X * 2];
        for (var i = 0; i < Z * Y * X; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (ushort)(i % X + i / X % Y + i / X / Y));
        }

        await File.WriteAllBytesAsync(_folder["v.raw"], bytes);
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("ramp"), new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [Z, Y, X], Dtype = "u2" }), null, default);
        _dataset = (await _store.TryOpenAsync(DatasetId.Parse("ramp"), default))!;
    }

    [Theory]
    [InlineData(Pane.Z)]
    [InlineData(Pane.Y)]
    [InlineData(Pane.X)]
    public async Task Slice_AtOneVoxelAPixel_IsTheStoredVoxels(Pane pane)
    {
        var (width, height) = pane switch { Pane.Z => (X, Y), Pane.Y => (X, Z), _ => (Y, Z) };
        var view = View() with { Focus = new WorldPoint(20.5, 30.5, 40.5) };
        using var image = (await Renderer().RenderAsync(Volume, null, view, pane, width, height, 1, wait: true, default)).Image!;
        for (var v = 0; v < height; v++)
        {
            for (var u = 0; u < width; u++)
            {
                var expected = pane switch { Pane.Z => 20 + v + u, Pane.Y => v + 30 + u, _ => v + u + 40 };
                Assert.InRange(image.Pixels.Span[v * width + u] - Math.Min(expected, 255), -1, 1);
            }
        }
    }

    // In the plane z = 20 values are 20 + x + y, up to 258; between the 10 % and 90 % quantiles lie 52 to 188 of x + y.
    [Fact]
    public async Task Window_OfASlice_IsItsQuantilesWhereverTheViewIsZoomedTo()
    {
        var view = View() with { Focus = new WorldPoint(20.5, 30.5, 40.5), Center = new WorldPoint(1, 2, 3), UmPerPixel = 0.1 };
        var (low, high) = (await Renderer().WindowAsync(Volume, null, view, Pane.Z, 0.1, null, default))!.Value;
        var sums = Enumerable.Range(0, X * Y).Select(i => 20 + i % X + i / X).Order().ToArray();
        Assert.InRange(low - sums[X * Y / 10], -1, 1);
        Assert.InRange(high - sums[X * Y * 9 / 10], -1, 1);
        var outside = view with { Focus = new WorldPoint(-50, 0, 0) };
        Assert.Null(await Renderer().WindowAsync(Volume, null, outside, Pane.Z, 0.1, null, default));
    }

    [Fact]
    public async Task Slice_WithTheGreysTurnedAround_IsTheComplementInsideAndBlackOutside()
    {
        var view = View() with { WindowHigh = 400 };
        using var grey = (await Renderer().RenderAsync(Volume, null, view, Pane.Z, 203, 160, 1, wait: true, default)).Image!;
        using var turned = (await Renderer().RenderAsync(
            Volume, null, view with { ColorMap = "grey-inverted" }, Pane.Z, 203, 160, 1, wait: true, default)).Image!;
        Assert.Equal(PixelLayout.Grey, turned.Layout);
        Assert.Equal(0, turned.Pixels.Span[0]);
        Assert.Equal(255 - grey.Pixels.Span[80 * 203 + 100], turned.Pixels.Span[80 * 203 + 100]);
    }

    [Fact]
    public async Task Difference_OfTwoTimesteps_IsCyanWhereTheShownOneIsDarker_AmberWhereBrighter_AndBlackOutside()
    {
        // At 1 h every voxel of the left half is 40 darker, of the right half 40 brighter.
        var bytes = new byte[Z * Y * X * 2];
        for (var i = 0; i < Z * Y * X; i++)
        {
            var value = i % X + i / X % Y + i / X / Y + 100;
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (ushort)(i % X < X / 2 ? value - 40 : value + 40));
        }

        await File.WriteAllBytesAsync(_folder["before.raw"], Shifted());
        await File.WriteAllBytesAsync(_folder["after.raw"], bytes);
        await File.WriteAllTextAsync(_folder["dataset.json"], $$"""
            {"id": "pair", "name": "Pair", "voxelSizeUm": [1, 1, 1], "volumes": [
              {"path": "before.raw", "hours": 0, "shape": [{{Z}}, {{Y}}, {{X}}], "dtype": "u2"},
              {"path": "after.raw", "hours": 1, "shape": [{{Z}}, {{Y}}, {{X}}], "dtype": "u2"}]}
            """);
        var id = DatasetId.Parse("pair");
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System)
            .ImportDatasetAsync(_folder["dataset.json"], null, null, default);
        var pair = (await _store.TryOpenAsync(id, default))!;
        var view = View() with
        {
            Focus = new WorldPoint(20.5, 30.5, 40.5), Hours = 1, WindowLow = 0, WindowHigh = 160,
            Compare = new Comparison(CompareMode.Difference, 0),
        };
        var (width, height) = (X + 20, Y);
        var shown = pair.Find("projection", 1)!;
        using var image = (await Renderer().RenderAsync(shown, pair, view, Pane.Z, width, height, 1, wait: true, default)).Image!;
        Assert.Equal(PixelLayout.Rgb, image.Layout);
        var (darker, brighter) = (ColorMap.Difference.Colors[64], ColorMap.Difference.Colors[191]);
        Near(darker, 10 + 20, height / 2);
        Near(brighter, 10 + X - 20, height / 2);
        Assert.Equal([0, 0, 0], image.Pixels.Span.Slice(3 * (height / 2 * width + 2), 3).ToArray());
        Assert.Null(SliceRenderer.DifferenceOf(shown, pair, view with { Compare = new Comparison(CompareMode.Swipe, 0) }));
        Assert.Null(SliceRenderer.DifferenceOf(shown, pair, view with { Compare = new Comparison(CompareMode.Difference, 1) }));

        void Near(Kernels.ColorMapping.Rgb wanted, int u, int v)
        {
            var pixel = image.Pixels.Span.Slice(3 * (v * width + u), 3);
            Assert.InRange(pixel[0] - wanted.R, -6, 6);
            Assert.InRange(pixel[1] - wanted.G, -6, 6);
            Assert.InRange(pixel[2] - wanted.B, -6, 6);
        }

        static byte[] Shifted()
        {
            var before = new byte[Z * Y * X * 2];
            for (var i = 0; i < Z * Y * X; i++)
            {
                BitConverter.TryWriteBytes(before.AsSpan(2 * i), (ushort)(i % X + i / X % Y + i / X / Y + 100));
            }

            return before;
        }
    }

    [Fact]
    public async Task Slice_Oblique_FollowsTheLinearFieldAndIsBlackOutside()
    {
        var view = View() with { Rotation = new SliceRotation(20, -15, 33) };
        using var image = (await Renderer().RenderAsync(Volume, null, view, Pane.Z, 200, 160, 1, wait: true, default)).Image!;
        var plane = SlicePlane.Of(view, Pane.Z);
        var inside = 0;
        for (var i = 0; i < 200 * 160; i++)
        {
            var p = plane.At(i % 200, i / 200, 200, 160, 1);
            if (p.Z is > 0.6 and < Z - 0.6 && p.Y is > 0.6 and < Y - 0.6 && p.X is > 0.6 and < X - 0.6)
            {
                inside++;
                Assert.InRange(image.Pixels.Span[i] - Math.Min(255, p.X + p.Y + p.Z - 1.5), -1.1, 1.1);
            }
            else if (p.Z is < -0.6 or > Z + 0.6)
            {
                Assert.Equal(0, image.Pixels.Span[i]);
            }
        }

        Assert.True(inside > 3000);
    }

    [Fact]
    public async Task Slice_WithAColdCache_IsPartialFirstAndExactThen()
    {
        var renderer = Renderer();
        var (first, image) = await renderer.RenderAsync(Volume, null, View(), Pane.Z, X, Y, 1, wait: false, default);
        image!.Dispose();
        Assert.Equal(RenderOutcome.Partial, first);
        (var second, image) = await renderer.RenderAsync(Volume, null, View(), Pane.Z, X, Y, 1, wait: true, default);
        image!.Dispose();
        Assert.Equal(RenderOutcome.Complete, second);
        (var third, image) = await renderer.RenderAsync(Volume, null, View(), Pane.Z, X, Y, 1, wait: false, default);
        image!.Dispose();
        Assert.Equal(RenderOutcome.Complete, third);
    }

    [Theory]
    [InlineData(SlabMode.Minimum, 25)]
    [InlineData(SlabMode.Mean, 30)]
    [InlineData(SlabMode.Maximum, 35)]
    public async Task Slab_CombinesTheSlicesThroughIt(SlabMode mode, int expected)
    {
        var view = View() with { Focus = new WorldPoint(30.5, 45, 75), SlabUm = 11, SlabMode = mode };
        using var image = (await Renderer().RenderAsync(Volume, null, view, Pane.Z, X, Y, 1, wait: true, default)).Image!;
        Assert.Equal(expected, image.Pixels.Span[0]);
    }

    [Fact]
    public async Task Probe_ReadsTheStoredVoxelAndNothingOutside()
    {
        var hit = await Renderer().ProbeAsync(Volume, new WorldPoint(69.9, 89.2, 149.7), default);
        Assert.Equal((new VoxelIndex(69, 89, 149), 69 + 89 + 149d), hit);
        Assert.Null(await Renderer().ProbeAsync(Volume, new WorldPoint(70.1, 3, 3), default));
    }

    [Fact]
    public async Task VolumePicture_IsDrawnPickedAndEncoded()
    {
        var renderer = new VolumeRenderer(_store, new BrickCache(_store, 1 << 28), RenderDevices.Cpu);
        var view = View() with { Transfer = TransferFunction.Of([new(0, 0xFF0000, 0), new(100, 0x00FF00, 0), new(101, 0x00FF00, 0.9), new(400, 0x00FF00, 0.9)]) };
        using var image = await renderer.RenderWholeAsync(Volume, _dataset, view, 160, 120, default);
        var pixels = image.Pixels.Span;
        Assert.Contains(Enumerable.Range(0, 160 * 120), i => image.Pixels.Span[4 * i + 1] > 60);
        var hit = await renderer.PickAsync(Volume, _dataset, view, 160, 120, 80, 60, default);
        Assert.NotNull(hit);
        Assert.InRange(hit.Value.Z + hit.Value.Y + hit.Value.X, 97, 310);
        var clipped = view with { Clip = new ClipBox(new WorldPoint(-9, -9, -9), new WorldPoint(-1, -1, -1)) };
        Assert.Null(await renderer.PickAsync(Volume, _dataset, clipped, 160, 120, 80, 60, default));
        var jpeg = new System.Buffers.ArrayBufferWriter<byte>();
        using (var encoder = new JpegEncoder())
        {
            encoder.Encode(image, 80, jpeg);
        }

        Assert.Equal([0xFF, 0xD8], jpeg.WrittenSpan[..2].ToArray());
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private SliceRenderer Renderer() => new(_store, new BrickCache(_store, 1 << 26), RenderDevices.Cpu);

    private ViewState View() => new() { Focus = Volume.Center, Center = Volume.Center, WindowLow = 0, WindowHigh = 255 };
}
