using DendriteViewer.Analysis;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Imaging.Tests.Rendering;

/// <summary>On whatever OpenCL device there is: PoCL where there is no graphics processor.</summary>
public sealed class RenderDevicesTests : IAsyncLifetime
{
    private const int N = 150;
    private readonly TempFolder _folder = new();
    private DatasetStore _store = null!;
    private Dataset _dataset = null!;

    private VolumeInfo Volume => _dataset.Volumes[0];

    public async Task InitializeAsync()
    {
        var voxels = new ushort[N * N * N];
        for (var i = 0; i < voxels.Length; i++)
        {
            double x = i % N - 74.5, y = i / N % N - 74.5, z = i / N / N - 74.5;
            voxels[i] = (ushort)(30000 + 25000 * Math.Sin(0.13 * x) * Math.Sin(0.11 * y) * Math.Cos(0.09 * z));
        }

        await File.WriteAllBytesAsync(_folder["v.raw"], System.Runtime.InteropServices.MemoryMarshal.AsBytes(voxels.AsSpan()).ToArray());
        _store = new DatasetStore(new FolderBlobStore(_folder["store"]));
        await new Importer(_store, new ScanAnalysis(), TimeProvider.System).ImportVolumeAsync(
            new SingleImport(_folder["v.raw"], DatasetId.Parse("waves"),
                new VolumeManifest { VoxelSizeUm = [1, 1, 1], Shape = [N, N, N], Dtype = "<u2" }), null, default);
        _dataset = (await _store.TryOpenAsync(DatasetId.Parse("waves"), default))!;
    }

    [Theory]
    [InlineData(VolumeMode.Composite)]
    [InlineData(VolumeMode.Isosurface)]
    [InlineData(VolumeMode.Maximum)]
    public async Task Render_OnADevice_IsThePictureOfTheCpu(VolumeMode mode)
    {
        using var devices = new RenderDevices(DeviceChoice.OpenCl, 64 << 20);
        var view = View() with { Mode = mode, IsoValue = 40000, Shaded = true };
        using var there = await Renderer(devices).RenderWholeAsync(Volume, _dataset, view, 200, 150, default);
        using var here = await Renderer(RenderDevices.Cpu).RenderWholeAsync(Volume, _dataset, view, 200, 150, default);
        Assert.True(devices.Bytes > 0);
        Alike(here, there);
    }

    [Fact]
    public async Task RenderSlice_OnADevice_IsThePictureOfTheCpu()
    {
        using var devices = new RenderDevices(DeviceChoice.OpenCl, 64 << 20);
        var view = View() with { Rotation = new SliceRotation(20, 10, 5), WindowLow = 5000, WindowHigh = 55000 };
        using var there = (await Slices(devices).RenderAsync(Volume, null, view, Pane.Y, 140, 90, 1, wait: true, default)).Image!;
        using var here = (await Slices(RenderDevices.Cpu).RenderAsync(Volume, null, view, Pane.Y, 140, 90, 1, wait: true, default)).Image!;
        Assert.True(devices.Bytes > 0);
        Alike(here, there);
    }

    [Fact]
    public async Task Render_WhenTheDeviceIsLost_IsDrawnByTheCpuAndSaid()
    {
        using var devices = new RenderDevices(DeviceChoice.OpenCl, 64 << 20);
        var told = new List<string>();
        devices.Lost += told.Add;
        var renderer = Renderer(devices);
        using var before = await renderer.RenderWholeAsync(Volume, _dataset, View(), 100, 80, default);
        var name = devices.Names[0];
        devices.TryDraw(Volume.Prefix, VoxelType.UInt16, d =>
        {
            d.Device.Lose();
            return true;
        });
        using var after = await renderer.RenderWholeAsync(Volume, _dataset, View(), 100, 80, default);
        Alike(before, after);
        Assert.Equal([devices.Notice!], told);
        Assert.StartsWith(name, devices.Notice, StringComparison.Ordinal);
        Assert.EndsWith("The CPU draws until the server is started again.", devices.Notice, StringComparison.Ordinal);
        Assert.StartsWith("CPU", devices.Names[0], StringComparison.Ordinal);
    }

    // A device with room for a brick or two: coarse while the picture moves, by the CPU when it rests.
    [Fact]
    public async Task Render_OnADeviceWithTooLittleMemory_IsWholeAtRest()
    {
        using var devices = new RenderDevices(DeviceChoice.OpenCl, 1 << 20);
        var cache = new BrickCache(_store, 1 << 28);
        var renderer = new VolumeRenderer(_store, cache, devices);
        using var there = await renderer.RenderWholeAsync(Volume, _dataset, View(), 200, 150, default);
        var (outcome, again) = await renderer.RenderAsync(Volume, _dataset, View(), 200, 150, 1, atRest: true, default);
        again?.Dispose();
        Assert.Equal(RenderOutcome.Complete, outcome);
        Assert.InRange(devices.Bytes, 0, 1 << 20);
    }

    // A driver that compiles wrongly: its pictures are not the CPU's.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TryDraw_OnADeviceThatDrawsWrongly_IsRefusedByNameAndTheCpuDraws(bool waits)
    {
        IEnumerable<SelfTestPicture> Wrong(ComputeDevice device, VoxelType type)
        {
            yield return new SelfTestPicture("composite", 5184, 0, 0, 0, 34);
            yield return new SelfTestPicture("isosurface", 5184, 35, 229, 1.5, 34);
        }

        var info = ComputeDevice.Find()[0];
        using var devices = new RenderDevices([info], 1 << 20, waits, Wrong);
        var told = new TaskCompletionSource<string>();
        devices.Lost += told.SetResult;
        if (devices.Notice is null)
        {
            Assert.False(devices.TryDraw("a", VoxelType.UInt8, _ => throw new InvalidOperationException("It draws before its test.")));
            await told.Task;
        }

        Assert.StartsWith(
            $"{info.Name} failed in its test: 35 of 5184 pixels of 'isosurface' differ from the CPU's picture, by up to 229 of 255.",
            devices.Notice, StringComparison.Ordinal);
        Assert.StartsWith("CPU", devices.Names[0], StringComparison.Ordinal);
        Assert.False(devices.TryDraw("a", VoxelType.UInt8, _ => true));
    }

    // While a server's device is tested the CPU draws, and the device from then on.
    [Fact]
    public async Task TryDraw_WhileADeviceIsTested_DrawsByTheCpu()
    {
        var passed = new TaskCompletionSource();
        IEnumerable<SelfTestPicture> Slow(ComputeDevice device, VoxelType type)
        {
            passed.Task.GetAwaiter().GetResult();
            return [];
        }

        using var devices = new RenderDevices([ComputeDevice.Find()[0]], 1 << 20, waitsForTests: false, Slow);
        var accepted = new TaskCompletionSource<string>();
        devices.Accepted += accepted.SetResult;
        Assert.False(devices.TryDraw("a", VoxelType.UInt8, _ => true));
        passed.SetResult();
        Assert.Equal(devices.Names[0], await accepted.Task);
        Assert.True(devices.TryDraw("a", VoxelType.UInt8, _ => true));
        Assert.Null(devices.Notice);
    }

    // The same processor twice is as good as two of them.
    [Fact]
    public void TryDraw_OnSeveralDevices_SpreadsVolumesAndMovesThemWhenOneIsLost()
    {
        using var devices = new RenderDevices([ComputeDevice.Find()[0], ComputeDevice.Find()[0]], 1 << 20, waitsForTests: true,
            (_, _) => []);
        DeviceVolumes Home(string volume)
        {
            DeviceVolumes? home = null;
            Assert.True(devices.TryDraw(volume, VoxelType.UInt16, d => (home = d) is not null));
            return home!;
        }

        var (a, b) = (Home("a"), Home("b"));
        Assert.NotSame(a, b);
        Assert.Same(a, Home("a"));
        Assert.True(devices.TryDraw("a", VoxelType.UInt16, d => d == a ? throw new ComputeException("a", "test", "no reason") : d == b));
        Assert.Same(b, Home("a"));
        Assert.EndsWith("Other devices draw until the server is started again.", devices.Notice, StringComparison.Ordinal);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    private VolumeRenderer Renderer(RenderDevices devices) => new(_store, new BrickCache(_store, 1 << 28), devices);

    private SliceRenderer Slices(RenderDevices devices) => new(_store, new BrickCache(_store, 1 << 28), devices);

    private ViewState View() => new()
    {
        Focus = Volume.Center, Center = Volume.Center, Camera = new OrbitCamera(30, 20, 0, Volume.Center),
        Transfer = TransferFunction.Of([new(0, 0x202040, 0), new(35000, 0x805020, 0), new(60000, 0xFFF0C0, 0.4)]),
    };

    // At most one pixel in 100 further off than 3 of 255.
    private static void Alike(RenderedImage a, RenderedImage b)
    {
        Assert.Equal((a.Width, a.Height), (b.Width, b.Height));
        var far = 0;
        for (var i = 0; i < a.Pixels.Length; i++)
        {
            far += Math.Abs(a.Pixels.Span[i] - b.Pixels.Span[i]) > 3 ? 1 : 0;
        }

        Assert.InRange(far, 0, a.Pixels.Length / 100);
        Assert.True(a.Pixels.Span.ContainsAnyExcept(a.Pixels.Span[0]));
    }
}
