using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Rendering;

public sealed class VolumeRendererTests : IAsyncLifetime
{
    private const int N = 200;
    private readonly TempFolder _folder = new();
    private DatasetStore _store = null!;
    private Dataset _dataset = null!;

    private VolumeInfo Volume => _dataset.Volumes[0];

    public async Task InitializeAsync()
    {
        // A bright ball in the dark.
        var bytes = new byte[N * N * N];
        for (var i = 0; i < bytes.Length; i++)
        {
            double x = i % N - 99.5, y = i / N % N - 99.5, z = i / N / N - 99.5;
            bytes[i] = (byte)Math.Clamp((80 - Math.Sqrt(x * x + y * y + z * z)) * 20, 0, 250);
        }

        await File.WriteAllBytesAsync(_folder["v.raw"], bytes);
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("ball"), new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [N, N, N], Dtype = "u1" }), null, default);
        _dataset = (await _store.TryOpenAsync(DatasetId.Parse("ball"), default))!;
    }

    [Fact]
    public async Task Render_BeforeBricksCame_IsPartialFromTheCoarsestAndThenComplete()
    {
        var renderer = new VolumeRenderer(_store, new BrickCache(_store, 1 << 28), RenderDevices.Cpu);
        var view = View();
        var (first, coarse) = await renderer.RenderAsync(Volume, _dataset, view, 320, 320, 1, atRest: false, default);
        await renderer.LoadAsync(Volume, _dataset, view, 320, 320, default);
        var (second, fine) = await renderer.RenderAsync(Volume, _dataset, view, 320, 320, 1, atRest: false, default);
        using (coarse)
        using (fine)
        {
            Assert.Equal((RenderOutcome.Partial, RenderOutcome.Complete), (first, second));

            // The ball is there in both, a little blurred in the first.
            Assert.InRange(coarse!.Pixels.Span[4 * (160 * 320 + 160)], 50, 255);
            Assert.InRange(fine!.Pixels.Span[4 * (160 * 320 + 160)], 50, 255);
            Assert.Equal(0, fine.Pixels.Span[4 * (5 * 320 + 5)]);
            Assert.False(coarse.Pixels.Span.SequenceEqual(fine.Pixels.Span));
        }
    }

    [Fact]
    public async Task Render_WithLittleMemory_GoesToCoarserLevelsAndStaysWithin()
    {
        var cache = new BrickCache(_store, 2 << 20);
        var renderer = new VolumeRenderer(_store, cache, RenderDevices.Cpu);
        using var image = await renderer.RenderWholeAsync(Volume, _dataset, View(), 900, 900, default);
        Assert.InRange(image.Pixels.Span[4 * (450 * 900 + 450)], 50, 255);
        Assert.InRange(cache.Bytes, 1, 2 << 20);
    }

    [Fact]
    public async Task Render_FromInsideTheVolume_IsDrawn()
    {
        var renderer = new VolumeRenderer(_store, new BrickCache(_store, 1 << 28), RenderDevices.Cpu);
        using var image = await renderer.RenderWholeAsync(Volume, _dataset, View() with { Shadows = false, Camera = new OrbitCamera(10, 5, 3, Volume.Center) }, 64, 1, default);
        Assert.InRange(image.Pixels.Span[4 * 32], 50, 255);
    }

    // A small bright cube of another modality, four times as fine, inside the dark of the ball's hull: seen where it lies, with its own colours.
    [Fact]
    public async Task Render_AFineVolumeInsideACoarseOne_IsSeenWhereItLies()
    {
        var cube = new ushort[64 * 64 * 64];
        Array.Fill(cube, (ushort)40000);
        await File.WriteAllBytesAsync(_folder["c.raw"], System.Runtime.InteropServices.MemoryMarshal.AsBytes(cube.AsSpan()).ToArray());
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["c.raw"], DatasetId.Parse("ball"), new VolumeManifest
            {
                Modality = "nano-phase", VoxelSizeUm = [0.25, 0.25, 0.25], OriginUm = [92, 8, 92], Shape = [64, 64, 64], Dtype = "<u2",
            }), null, default);
        var dataset = (await _store.TryOpenAsync(DatasetId.Parse("ball"), default))!;
        var ball = dataset.Find("projection", 0)!;
        var renderer = new VolumeRenderer(_store, new BrickCache(_store, 1 << 28), RenderDevices.Cpu);
        var green = TransferFunction.Of([new(0, 0x00FF00, 0.5), new(65535, 0x00FF00, 0.5)]);
        var view = View() with { Camera = new OrbitCamera(0, 0, 0, ball.Center), Shaded = false, Overlay = new Overlay("nano-phase", null, green, Replaces: true) };
        using var with = await renderer.RenderWholeAsync(ball, dataset, view, 201, 201, default);
        using var without = await renderer.RenderWholeAsync(ball, dataset, view with { Overlay = null }, 201, 201, default);

        // Looking along +y the cube lies before the middle of the ball; a corner of the picture is as before.
        Assert.Equal(0, with.Pixels.Span[4 * (100 * 201 + 100)]);
        Assert.InRange(with.Pixels.Span[4 * (100 * 201 + 100) + 1], 250, 255);
        Assert.InRange(without.Pixels.Span[4 * (100 * 201 + 100)], 50, 255);
        Assert.Equal(without.Pixels.Span[4 * (60 * 201 + 60)], with.Pixels.Span[4 * (60 * 201 + 60)]);
        var hit = await renderer.PickAsync(ball, dataset, view, 201, 201, 100, 100, default);
        Assert.Equal(8, hit!.Value.Y, 0.5);
    }

    // Cut along the y slice through the middle, the ball is open: what lies behind is kept, and the eye sees its inside.
    [Fact]
    public async Task Render_CutAlongATurnedSlice_KeepsOneSide()
    {
        var renderer = new VolumeRenderer(_store, new BrickCache(_store, 1 << 28), RenderDevices.Cpu);
        var view = View() with { Mode = VolumeMode.Isosurface, IsoValue = 100, Camera = new OrbitCamera(0, 0, 0, Volume.Center), Focus = Volume.Center, Center = Volume.Center, Cut = new SliceCut(Pane.Y, true) };
        await renderer.LoadAsync(Volume, _dataset, view, 101, 101, default);
        var hit = await renderer.PickAsync(Volume, _dataset, view, 101, 101, 50, 50, default);
        Assert.Equal(175, hit!.Value.Y, 0.2);
        var turned = await renderer.PickAsync(Volume, _dataset, view with { Rotation = new SliceRotation(180, 0, 0) }, 101, 101, 50, 50, default);
        Assert.Equal(25, turned!.Value.Y, 0.2);
    }

    // Seen at rest a ball before a wall throws a shadow on it; a moving picture has none, nor has one that is cut to the wall alone.
    [Fact]
    public async Task Render_AtRest_HasShadows()
    {
        var bytes = new byte[96 * 96 * 96];
        for (var i = 0; i < bytes.Length; i++)
        {
            double x = i % 96 - 48, y = i / 96 % 96 - 40, z = i / 96 / 96 - 48;
            bytes[i] = (byte)(y > 40 ? 200 : Math.Clamp((18 - Math.Sqrt(x * x + y * y + z * z)) * 40, 0, 200));
        }

        await File.WriteAllBytesAsync(_folder["w.raw"], bytes);
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["w.raw"], DatasetId.Parse("wall"), new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [96, 96, 96], Dtype = "u1" }), null, default);
        var dataset = (await _store.TryOpenAsync(DatasetId.Parse("wall"), default))!;
        var wall = dataset.Volumes[0];
        var renderer = new VolumeRenderer(_store, new BrickCache(_store, 1 << 28), RenderDevices.Cpu);
        var view = View() with { Transfer = TransferFunction.Of([new(0, 0xFFFFFF, 0), new(100, 0xFFFFFF, 0), new(180, 0xFFFFFF, 0.9)]), Camera = new OrbitCamera(0, 0, 0, wall.Center) };

        async Task<double> BrightnessAsync(ViewState v)
        {
            // The light comes from the upper left; the wall right of and below the ball.
            using var image = await renderer.RenderWholeAsync(wall, dataset, v, 200, 200, default);
            return Enumerable.Range(0, 400).Average(i => image.Pixels.Span[4 * ((130 + i / 20) * 200 + 130 + i % 20)]);
        }

        var (with, without) = (await BrightnessAsync(view), await BrightnessAsync(view with { Shadows = false }));
        var alone = await BrightnessAsync(view with { Clip = new ClipBox(new WorldPoint(0, 70, 0), new WorldPoint(96, 96, 96)) });
        Assert.True(with < 0.92 * without, $"{with} with shadows, {without} without");
        Assert.True(alone > 0.9 * without, $"{alone} of the wall alone, {without} without shadows");
    }

    // An interface that tilts and bulges: what is kept is what has the depth, and what is picked on the cut has its limit.
    [Theory]
    [InlineData(Axis.Z, 1)]
    [InlineData(Axis.Y, -1)]
    [InlineData(Axis.X, 1)]
    public async Task DepthClip_FollowsTheInterfacesBulges(Axis axis, int direction)
    {
        var heights = Enumerable.Range(0, 12 * 12).Select(i => (float)(100 - direction * 60 + 0.05 * (i / 12 * 20) + 4 * Math.Sin(i % 12 * 0.6) * Math.Cos(i / 12 * 0.5))).ToArray();
        var depth = new DepthFrame(axis, direction, 40, new InterfaceSurface(axis, (-10, -10), 20, (12, 12), heights, 0.1));
        var dataset = _dataset with { Depth = depth };
        var band = new Band(50, 75);
        var view = View() with { DepthClip = band };
        var clip = RayLook.ClipOf(dataset, view, Volume.Transform);
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var voxel = new VoxelPoint(random.NextDouble() * N, random.NextDouble() * N, random.NextDouble() * N);
            var um = depth.DepthOf(Volume.Transform.ToWorld(voxel)).Um;
            if (Math.Min(Math.Abs(um - band.FromUm), Math.Abs(um - band.ToUm)) > 1e-3)
            {
                Assert.Equal(um >= band.FromUm && um <= band.ToUm, clip.IsKept(new((float)voxel.X - 0.5f, (float)voxel.Y - 0.5f, (float)voxel.Z - 0.5f)));
            }
        }

        // From the electrode's side, through the middle of the ball, which the cut has opened.
        var renderer = new VolumeRenderer(_store, new BrickCache(_store, 1 << 28), RenderDevices.Cpu);
        var camera = axis switch { Axis.Z => view.Camera with { ElevationDeg = direction * -60 }, Axis.Y => view.Camera with { AzimuthDeg = 90 }, _ => view.Camera };
        view = view with { Camera = camera };
        await renderer.LoadAsync(Volume, dataset, view, 200, 200, default);
        var hit = await renderer.PickAsync(Volume, dataset, view, 200, 200, 100, 100, default);
        Assert.NotNull(hit);
        var at = depth.DepthOf(hit!.Value).Um;
        Assert.True(at > band.FromUm - 0.1 && at < band.ToUm + 0.1, $"{at}");
    }

    [Fact]
    public async Task Pick_TheBall_HitsItsSurface()
    {
        var renderer = new VolumeRenderer(_store, new BrickCache(_store, 1 << 28), RenderDevices.Cpu);
        var view = View() with { Mode = VolumeMode.Isosurface, IsoValue = 100, Camera = new OrbitCamera(0, 0, 0, Volume.Center) };
        await renderer.LoadAsync(Volume, _dataset, view, 401, 401, default);
        var hit = await renderer.PickAsync(Volume, _dataset, view, 401, 401, 200, 200, default);

        // Looking along +y, the value 100 lies at a radius of 75 before the centre.
        Assert.NotNull(hit);
        Assert.Equal(100 - 75, hit.Value.Y, 0.5);
        Assert.Equal(100, hit.Value.X, 1);
    }

    [Fact]
    public async Task Plan_OfAPartSeenClose_NeedsThatPartAtFullResolutionOnly()
    {
        var reader = await _store.ReaderAsync(Volume, default);
        var view = View() with { Camera = new OrbitCamera(0, 0, 60, Volume.Center with { Z = 30 }) };
        var frame = RayFrame.Of(Volume, view.Camera, 2);
        using var plan = RayPlan.Of(Volume, reader, frame.Eye, [.. RayPlan.Frustum(frame.RaysIn(Volume, reader.Levels[0], 200, 100), 200, 100)], 0.005, 1 << 28, atRest: true);
        Assert.Equal(0, plan.Level.Number);
        Assert.All(plan.Bricks.Where(b => b.Level == 0), b => Assert.InRange(b.Z, 0, 1));
        Assert.Contains(plan.Bricks, b => b.Level == 0);
    }

    // With little of a level in memory its stand-ins would take longer to interpolate than a coarser level takes to draw.
    [Fact]
    public async Task Plan_OfAPictureDrawnAtOnce_IsOfTheFinestLevelOfWhichLittleIsMissing()
    {
        var reader = await _store.ReaderAsync(Volume, default);
        var cache = new BrickCache(_store, 1 << 28);
        using var whole = Plan(null);
        Assert.Equal(0, whole.Level.Number);
        Assert.Empty(whole.Finer);
        var finest = whole.Bricks.Where(b => b.Level == 0).ToArray();
        Assert.True(finest.Length > 32, $"{finest.Length}");
        using (var cold = Plan(cache))
        {
            Assert.NotEqual(0, cold.Level.Number);
            Assert.Equal(whole.Bricks.ToHashSet(), [.. cold.Bricks, .. cold.Finer]);
            Assert.All(cold.Bricks, b => Assert.True(b.Level >= cold.Level.Number));
        }

        foreach (var b in finest.Skip(32))
        {
            await cache.GetAsync(Volume, b, default);
        }

        using var warm = Plan(cache);
        Assert.Equal((0, whole.Bricks.Count, whole.Box), (warm.Level.Number, warm.Bricks.Count, warm.Box));

        RayPlan Plan(BrickCache? cache)
        {
            var frame = RayFrame.Of(Volume, View().Camera, 1);
            var planes = RayPlan.Frustum(frame.RaysIn(Volume, reader.Levels[0], 900, 900), 900, 900);
            return RayPlan.Of(Volume, reader, frame.Eye, [.. planes], 0.001, 1 << 28, false, cache);
        }
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private ViewState View() => new()
    {
        Focus = Volume.Center, Center = Volume.Center, Camera = new OrbitCamera(30, 20, 0, Volume.Center),
        Transfer = TransferFunction.Of([new(0, 0, 0), new(60, 0xFFFFFF, 0), new(200, 0xFFFFFF, 0.5), new(250, 0xFFFFFF, 0.5)]),
    };
}
