using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Rendering;

/// <summary>A cube of 60 µm in voxels of 1 µm, all 50; in it one of 16 µm in voxels of 0.25 µm, all 200, turned by 30° about z.</summary>
public sealed class NestedFieldsTests : IAsyncLifetime
{
    private const int N = 60, Fine = 64;
    private static readonly double s_cos = 0.25 * Math.Cos(Math.PI / 6), s_sin = 0.25 * Math.Sin(Math.PI / 6);
    private static readonly NestedLook s_look = new("nano-phase", 0, 400);
    private readonly TempFolder _folder = new();
    private DatasetStore _store = null!;
    private Dataset _dataset = null!;

    private VolumeInfo Around => _dataset.Find("projection", 1)!;

    private VolumeInfo Inside => _dataset.Find("nano-phase", 1)!;

    public async Task InitializeAsync()
    {
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var scan = new VolumeManifest { Modality = "projection", Hours = 1, VoxelSizeUm = [1, 1, 1], Shape = [N, N, N], Dtype = "u1" };
        await ImportAsync(scan, 50);
        await ImportAsync(scan with { Hours = 0 }, 50);
        await ImportAsync(scan with
        {
            Modality = "nano-phase", VoxelSizeUm = [0.25, 0.25, 0.25], Shape = [Fine, Fine, Fine],
            Transform = [0.25, 0, 0, 20, 0, s_cos, -s_sin, 30, 0, s_sin, s_cos, 20],
        }, 200);
        _dataset = (await _store.TryOpenAsync(DatasetId.Parse("nested"), default))!;
    }

    [Fact]
    public void In_AScan_IsTheFinerOneOfItsOwnHour()
    {
        Assert.Equal([Inside.Key], NestedFields.In(_dataset, Around).Select(v => v.Key));
        Assert.Empty(NestedFields.In(_dataset, _dataset.Find("projection", 0)!));
        Assert.Empty(NestedFields.In(_dataset, Inside));
        Assert.Null(NestedFields.PlacementOf(_dataset, Inside.Key));
    }

    // A voxel of 0.25 µm is a quarter of a pixel wide at 1 µm a pixel.
    [Theory]
    [InlineData(1.0, false, true)]
    [InlineData(1.01, false, false)]
    [InlineData(0.0, false, false)]
    [InlineData(1.01, true, true)]
    [InlineData(0.0, true, true)]
    public void ShownIn_AView_DependsOnTheZoomUnlessAtEveryZoom(double umPerPixel, bool atEveryZoom, bool isShown)
    {
        var view = View(umPerPixel) with { Nested = s_look with { AtEveryZoom = atEveryZoom } };
        Assert.Equal(isShown, NestedFields.ShownIn(_dataset, Around, view) is not null);
    }

    // Each picture of a slice asks several times, so that frames in motion would leave garbage.
    [Fact]
    public void ShownIn_AskedInEveryFrame_AllocatesNothing()
    {
        var (around, view) = (Around, View(0.5) with { Nested = s_look });
        Assert.Equal(Inside.Key, NestedFields.ShownIn(_dataset, around, view)!.Key);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            NestedFields.ShownIn(_dataset, around, view);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 999);
    }

    [Fact]
    public void Other_OfAComparisonInsideAnOutline_ShowsTheWholeIn3D()
    {
        var view = View(0.5) with { Nested = s_look, Camera = new OrbitCamera(10, 20, 30, new WorldPoint(1, 2, 3)) };
        var other = (view with { Compare = new Comparison(CompareMode.Side, 1, s_look) }).Other!;
        Assert.Equal((10.0, 20.0, 0.0), (other.Camera.AzimuthDeg, other.Camera.ElevationDeg, other.Camera.DistanceUm));
        Assert.Equal(view.Camera, (view with { Compare = new Comparison(CompareMode.Side, 0) }).Other!.Camera);
    }

    [Fact]
    public void ShownIn_AViewOfDifferences_IsNone() => Assert.Null(NestedFields.ShownIn(
        _dataset, Around, View(0.5) with { Nested = s_look, Compare = new Comparison(CompareMode.Difference, 0) }));

    [Theory]
    [InlineData("grey", 1)]
    [InlineData("viridis", 3)]
    [InlineData("grey-inverted", 1)]
    public async Task Slice_ShowsTheFinerScanWhereItLies_ByItsOwnWindow(string colors, int channels)
    {
        var view = View(0.5) with { Nested = s_look, ColorMap = colors };
        using var image = await DrawAsync(view);
        using var plain = await DrawAsync(view with { Nested = null });
        var map = ColorMap.Find(colors);
        for (var v = 1; v < 120; v += 2)
        {
            for (var u = 1; u < 120; u += 2)
            {
                // Half a voxel at the edges is as the interpolation has it.
                var p = Inside.Transform.ToVoxel(SlicePlane.Of(view, Pane.Z).At(u, v, 120, 120, 0.5));
                var edge = Math.Min(Math.Min(p.Y, p.X), Math.Min(Fine - p.Y, Fine - p.X));
                var at = channels * (v * 120 + u);
                if (edge > 1)
                {
                    // 200 in a window of 0 to 400 is the middle of the colours.
                    Assert.InRange(image.Pixels.Span[at] - map.Colors[128].R, -2, 2);
                }
                else if (edge < -1)
                {
                    Assert.Equal(plain.Pixels.Span[at], image.Pixels.Span[at]);
                }
            }
        }
    }

    [Fact]
    public void Caption_OfAFigureWithAFinerScan_NamesItAndItsWindow()
    {
        var view = View(0.5) with { Nested = s_look };
        var text = Caption.Of(new FigureScene(_dataset, Around, view, []), [Pane.Z]);
        Assert.Contains("inside its outline nano-phase at 1 h, voxel 0.25 µm, not registered, window 0 to 400", text);
        Assert.DoesNotContain("outline", Caption.Of(new FigureScene(_dataset, Around, view with { UmPerPixel = 0 }, []), [Pane.Z]));
    }

    [Fact]
    public void Other_OfAComparisonOfFinerScans_IsTheSameViewWithTheOtherInside()
    {
        var other = s_look with { Modality = "nano-absorption" };
        var view = View(0.5) with { Nested = s_look, Compare = new Comparison(CompareMode.Swipe, 1, other) };
        Assert.Equal(view with { Nested = other, Compare = null }, view.Other);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private ViewState View(double umPerPixel) => new()
    {
        Hours = 1, Focus = new WorldPoint(28, 30, 30), Center = new WorldPoint(28, 30, 30), UmPerPixel = umPerPixel, WindowLow = 0,
        WindowHigh = 100,
    };

    private async Task<RenderedImage> DrawAsync(ViewState view) => (await new SliceRenderer(
        _store, new BrickCache(_store, 1 << 26), RenderDevices.Cpu).RenderAsync(Around, _dataset, view, Pane.Z, 120, 120, 0.5, wait: true,
        default)).Image!;

    private async Task ImportAsync(VolumeManifest volume, byte value)
    {
        var bytes = new byte[volume.Shape![0] * volume.Shape[1] * volume.Shape[2]];
        Array.Fill(bytes, value);
        await File.WriteAllBytesAsync(_folder["v.raw"], bytes);
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("nested"), volume), null, default);
    }
}
