using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Tests.Rendering;

/// <summary>Slices that follow the interface, in a volume whose values are known everywhere.</summary>
public sealed class InterfaceSliceTests : IAsyncLifetime
{
    private const int Z = 70, Y = 90, X = 150;
    private readonly TempFolder _folder = new();
    private DatasetStore _store = null!;
    private Dataset _dataset = null!;

    private VolumeInfo Volume => _dataset.Volumes[0];

    public async Task InitializeAsync()
    {
        // Value = x + 2y + 3z.
        var bytes = new byte[Z * Y * X * 2];
        for (var i = 0; i < Z * Y * X; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (ushort)(i % X + 2 * (i / X % Y) + 3 * (i / X / Y)));
        }

        await File.WriteAllBytesAsync(_folder["v.raw"], bytes);
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        var ramp = new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [Z, Y, X], Dtype = "u2" };
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("ramp"), ramp), null, default);
        _dataset = (await _store.TryOpenAsync(DatasetId.Parse("ramp"), default))!;
    }

    [Theory]
    [InlineData(SlabMode.Mean, 0, SliceInterpolation.Linear)]
    [InlineData(SlabMode.Mean, 7, SliceInterpolation.Linear)]
    [InlineData(SlabMode.Maximum, 9, SliceInterpolation.Nearest)]
    [InlineData(SlabMode.Minimum, 0, SliceInterpolation.Cubic)]
    public async Task Slice_AlongAFlatInterface_IsThePlainSlice(SlabMode mode, double slab, SliceInterpolation between)
    {
        var flat = With(new DepthFrame(Axis.Z, 1, 12.25));
        var plain = View() with { Focus = new(37, 40, 70), SlabUm = slab, SlabMode = mode, Interpolation = between };
        var expected = await Renderer().ValuesAsync(Volume, flat, plain, Pane.Z, 190, 120, 0.9, default);
        var found = await Renderer().ValuesAsync(Volume, flat, plain with { FollowsInterface = true }, Pane.Z, 190, 120, 0.9, default);
        Assert.Contains(expected, float.IsNaN);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(float.IsNaN(expected[i]), float.IsNaN(found[i]));
            Assert.True(float.IsNaN(expected[i]) || Math.Abs(expected[i] - found[i]) < 0.01, $"pixel {i}: {expected[i]} and {found[i]}");
        }
    }

    // Along every axis and in both directions: each pixel is the value of the place that is as deep as the crosshair.
    [Theory]
    [InlineData(Axis.Z, 1, Pane.Z)]
    [InlineData(Axis.Y, -1, Pane.Y)]
    [InlineData(Axis.X, 1, Pane.X)]
    public async Task Slice_AlongACurvedInterface_ShowsThePlacesAtTheDepthOfTheCrosshair(Axis axis, int direction, Pane pane)
    {
        var dataset = With(new DepthFrame(axis, direction, 30, Bowl(axis)));
        var view = View() with { FollowsInterface = true, Focus = new(41, 52, 63) };
        var sheet = SliceSheet.Of(view, pane, dataset);
        Assert.Equal(dataset.Depth.DepthOf(view.Focus).Um, sheet.Curve!.DepthUm, 5);
        var values = await Renderer().ValuesAsync(Volume, dataset, view, pane, 140, 80, 1, default);
        var seen = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var p = sheet.At(i % 140, i / 140, 140, 80, 1);
            Assert.Equal(sheet.Curve.DepthUm, dataset.Depth.DepthOf(p).Um, 6);
            if (p is { Z: > 1 and < Z - 1, Y: > 1 and < Y - 1, X: > 1 and < X - 1 })
            {
                seen++;
                Assert.Equal(p.X + 2 * p.Y + 3 * p.Z - 3, values[i], 0.02);
            }
        }

        Assert.True(seen > 2000, $"{seen} pixels lie in the volume");
        Assert.Equal(SlicePlane.Of(view, Other(pane)), SliceSheet.Of(view, Other(pane), dataset).Plane);
    }

    // What is read ahead is all that is drawn, so that nothing is missing and nothing coarser stands in.
    [Fact]
    public async Task Load_OfASliceAlongTheInterface_ReadsAllThatDrawingNeeds()
    {
        var dataset = With(new DepthFrame(Axis.Z, 1, 30, Bowl(Axis.Z)));
        foreach (var um in new[] { 0.31, 1, 2.7 })
        {
            var view = View() with
            {
                FollowsInterface = true, Focus = new(44, 30, 30), SlabUm = 5, Interpolation = SliceInterpolation.Cubic,
            };
            var renderer = Renderer();
            await renderer.LoadAsync(Volume, dataset, view, Pane.Z, 160, 120, um, default);
            var (outcome, image) = await renderer.RenderAsync(Volume, dataset, view, Pane.Z, 160, 120, um, wait: false, default);
            image!.Dispose();
            Assert.Equal(RenderOutcome.Complete, outcome);
        }
    }

    [Fact]
    public async Task Slice_WhereNoInterfaceWasFound_IsHatchedAndHasNoValues()
    {
        // Nodes each 10 µm; those beyond x = 100 were filled in, and the outline ends at x = 20.
        var filled = Enumerable.Range(0, 10 * 16).Where(i => i % 16 > 10).ToArray();
        var surface = new InterfaceSurface(Axis.Z, (0, 0), 10, (10, 16), Enumerable.Repeat(20f, 160).ToArray(), 0, filled);
        var outline = new CellOutline([(0, 20), (90, 20), (90, 150), (0, 150)]);
        var dataset = With(new DepthFrame(Axis.Z, 1, 20, surface)) with { Outline = outline };
        var view = View() with { FollowsInterface = true, Focus = new(40, 45, 60), WindowHigh = 1000 };
        var values = await Renderer().ValuesAsync(Volume, dataset, view, Pane.Z, 170, 90, 1, default);
        using var image = (await Renderer().RenderAsync(Volume, dataset, view, Pane.Z, 170, 90, 1, wait: true, default)).Image!;
        var pixels = image.Pixels.Span[(45 * 170)..(46 * 170)].ToArray();
        for (var u = 0; u < 170; u++)
        {
            // The picture is 20 µm wider than the volume.
            var x = u - 10 + 0.5;
            Assert.Equal(x is >= 20 and < 100, !float.IsNaN(values[45 * 170 + u]));
            Assert.Equal(x is < 0 or > 150, pixels[u] == 0);
        }

        Assert.Equal(2, pixels[10..30].Distinct().Count());
        Assert.Equal(2, pixels[111..160].Distinct().Count());
        Assert.False(SliceSheet.Of(view, Pane.Z, dataset).Curve!.IsKnownAt(new(0, 45, 110)));
        Assert.True(SliceSheet.Of(view, Pane.Z, dataset).Curve!.IsKnownAt(new(0, 45, 60)));
    }

    [Fact]
    public void Slice_OfADatasetWithoutInterface_StaysAPlane()
    {
        var view = View() with { FollowsInterface = true };
        Assert.Equal(new SliceSheet(SlicePlane.Of(view, Pane.Z), null), SliceSheet.Of(view, Pane.Z, _dataset));
    }

    [Fact]
    public void Through_PointsInTheSliceThatFollowsTheInterface_MakesItFlat()
    {
        var dataset = With(new DepthFrame(Axis.Z, 1, 30, Bowl(Axis.Z)));
        WorldPoint[] points = [new(20, 10, 10), new(30, 70, 20), new(40, 30, 120)];
        var view = View() with { FollowsInterface = true };
        var flat = ViewStates.Through(view, dataset, Volume, Pane.Z, points);
        Assert.False(flat.FollowsInterface);
        Assert.True(ViewStates.Through(view, dataset, Volume, Pane.X, points).FollowsInterface);
        var plane = SlicePlane.Of(flat, Pane.Z);
        Assert.All(points, p => Assert.InRange((p - plane.Middle).Dot(plane.Normal), -1e-3, 1e-3));
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    // A surface with a bump of 10 µm on a slope, over more than the volume.
    private static InterfaceSurface Bowl(Axis axis)
    {
        const int Nodes = 30;
        var heights = Enumerable.Range(0, Nodes * Nodes).Select(i =>
        {
            double u = i / Nodes * 6 - 10, v = i % Nodes * 6 - 10;
            return (float)(25 + 0.08 * u - 0.05 * v + 10 * Math.Exp(-((u - 45) * (u - 45) + (v - 60) * (v - 60)) / 900));
        }).ToArray();
        return new InterfaceSurface(axis, (-10, -10), 6, (Nodes, Nodes), heights, 0);
    }

    private static Pane Other(Pane pane) => pane == Pane.Z ? Pane.Y : Pane.Z;

    private Dataset With(DepthFrame depth) =>
        _dataset with { Depth = depth, Manifest = _dataset.Manifest with { Depth = new DepthManifest() } };

    private SliceRenderer Renderer() => new(_store, new BrickCache(_store, 1 << 26), RenderDevices.Cpu);

    private ViewState View() => new() { Focus = Volume.Center, Center = Volume.Center, WindowLow = 0, WindowHigh = 255 };
}
