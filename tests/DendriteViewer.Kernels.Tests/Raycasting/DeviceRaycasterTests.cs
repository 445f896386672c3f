using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Tests.Devices;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Raycasting.Scenes;

namespace DendriteViewer.Kernels.Tests.Raycasting;

[Trait("Category", "Devices")]
public sealed class DeviceRaycasterTests(Device device) : IClassFixture<Device>
{
    [Theory]
    [InlineData(RayMode.Composite, false, 0)]
    [InlineData(RayMode.Composite, true, 30)]
    [InlineData(RayMode.Composite, true, 200)]
    [InlineData(RayMode.Maximum, false, 75)]
    [InlineData(RayMode.Minimum, false, 75)]
    [InlineData(RayMode.Mean, false, 160)]
    [InlineData(RayMode.Isosurface, false, 130)]
    public void Render_EveryTypeAndMode_AgreesWithTheScalarSpecification(RayMode mode, bool shaded, int angle)
    {
        Agree(Balls<ushort>(), mode, shaded, angle);
        Agree(Balls<byte>(1 / 257f), mode, shaded, angle);
        Agree(Balls<short>(1, -32768), mode, shaded, angle);
        Agree(Balls<sbyte>(1 / 257f, -128), mode, shaded, angle);
        Agree(Balls<float>(1e-4f, -3), mode, shaded, angle);
    }

    [Fact]
    public void Render_AnyView_AgreesWithTheScalarSpecification() =>
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 1000f).ArrayOf(10).ToArbitrary(), n =>
        {
            var (volume, settings, rays) = AnyView(n);
            return (Far(volume, settings, rays, 40, 40, 4) <= 24).Label($"{settings}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Render_WithBricksMissing_InterpolatesTheCoarserLevel()
    {
        Agree(TwoLevels<byte>(b => b % 2 == 1, 1 / 257f), RayMode.Composite, true, 40);
        Agree(TwoLevels<short>(b => b % 3 == 1, 1, -32768), RayMode.Isosurface, true, 40);
        Agree(TwoLevels<float>(b => b % 2 == 0, 1e-4f), RayMode.Composite, true, 40);
    }

    [Theory]
    [InlineData(false, 1f, 10)]
    [InlineData(true, 0.5f, 60)]
    public void Render_Integrated_AgreesWithTheScalarSpecification(bool shaded, float step, int angle)
    {
        foreach (var volume in new[] { Balls<ushort>(), Balls<float>(1e-4f, -3), TwoLevels<byte>(b => b % 2 == 1, 1 / 257f) })
        {
            var settings = Settings(volume, RayMode.Composite, shaded) with { Integrated = true, Step = step, Clip = new ClipShape([new Vector4(0.6f, 0, 0.8f, -20)]) };
            Assert.InRange(Far(volume, settings, Orbit(angle, 61, 47), 61, 47, 2), 0, 61 * 47 / 150);
        }
    }

    [Theory]
    [InlineData(RayMode.Composite)]
    [InlineData(RayMode.Isosurface)]
    public void Render_WithALightField_AgreesWithTheScalarSpecification(RayMode mode)
    {
        var volume = Balls<ushort>();
        Assert.InRange(Far(volume, Settings(volume, mode, true) with { Integrated = true, Light = BallLight(), Smooth = true }, Orbit(50, 61, 47), 61, 47, 2), 0, 61 * 47 / 150);
    }

    [Fact]
    public void Render_SeveralVolumes_AgreesWithTheScalarSpecification()
    {
        foreach (var (replaces, step, angle) in new[] { (false, 1f, 10), (true, 0.4f, 60), (true, 1.3f, 200) })
        {
            var (volume, settings) = Layered(replaces, step);
            settings = settings with { Clip = step == 1 ? new ClipShape([new Vector4(0.6f, 0, 0.8f, -8)]) : ClipShape.None, SamplePlane = new Vector4(0.1f, 0.1f, 1, 3), Jitter = angle > 100, Smooth = step < 1, Light = step < 1 ? BallLight() : null };

            // Labels have hard borders, on either side of which a last digit may put a sample.
            Assert.InRange(Far(volume, settings, Orbit(angle, 61, 47, new Vector3(30, 25, 20), 130), 61, 47, 3), 0, 61 * 47 / 50);
        }
    }

    // Bricks that found no time, or no room, are stood in for, and the picture says that it is not whole.
    [Fact]
    public void Render_WithLittleTimeForUploads_IsPartialThenWhole()
    {
        var volume = TwoLevels<ushort>(_ => false);
        var (settings, rays, target) = (Settings(volume, RayMode.Composite, true), Orbit(40, 50, 50), new uint[2500]);
        var coarse = new PagedVolume(volume.Type, [volume.Grid with { Bricks = new Brick?[27] }, volume.Levels[1]]);
        Assert.False(DeviceRaycaster.Render(device.Volumes, volume, settings, rays, 50, 50, 1, target, mostUpload: 0));
        var expected = Scalar(coarse, settings, rays, 50, 50);
        Assert.InRange(target.Zip(expected).Count(p => Difference(p.First, p.Second) > 2), 0, 16);
        Assert.True(DeviceRaycaster.Render(device.Volumes, volume, settings, rays, 50, 50, 1, target));
        Assert.InRange(target.Zip(Scalar(volume, settings, rays, 50, 50)).Count(p => Difference(p.First, p.Second) > 2), 0, 16);
    }

    // A volume of 8 bricks where there is room for 3, then one of another type in their place, then the first again.
    [Fact]
    public void Render_MoreThanTheMemoryHolds_MakesRoomAndStaysWhole()
    {
        using var small = Device.Open(1 << 20);
        var waves = Waves(70, 70, 70);
        var bytes = PagedVolume.FromDense<byte>(waves.Select(w => (byte)(w >> 8)).ToArray(), 70, 70, 70);
        var settings = Settings(bytes, RayMode.Composite, false);
        var (rays, target) = (Orbit(10, 40, 40, new Vector3(35), 140), new uint[1600]);
        Assert.False(DeviceRaycaster.Render(small, bytes, settings, rays, 40, 40, 1, target));
        Assert.InRange(small.Bytes, 900_000, 1 << 20);
        foreach (var part in new[] { PagedVolume.FromDense<ushort>(waves, 60, 60, 60), PagedVolume.FromDense<byte>(Enumerable.Range(0, 64 * 64 * 128).Select(i => (byte)(i / 77)).ToArray(), 64, 64, 128) })
        {
            for (var i = 0; i < 2; i++)
            {
                var own = Settings(part, RayMode.Composite, false);
                Assert.True(DeviceRaycaster.Render(small, part, own, rays, 40, 40, 1, target));
                Assert.InRange(target.Zip(Scalar(part, own, rays, 40, 40)).Count(p => Difference(p.First, p.Second) > 2), 0, 12);
            }
        }
    }

    [Fact]
    public void LoadAhead_FillsWhatIsFreeAndNoMore()
    {
        using var small = Device.Open(1 << 20);
        var volume = PagedVolume.FromDense<byte>(new byte[128 * 128 * 128], 128, 128, 128);
        Assert.False(small.LoadAhead(volume.Grid.Bricks.OfType<Brick>()));
        Assert.Equal(3 * 315_648, small.Bytes);
        Assert.True(small.LoadAhead(volume.Grid.Bricks.OfType<Brick>().Take(3)));
    }

    [Fact]
    public void Render_ALostDevice_SaysSoAndNothingElse()
    {
        using var lost = Device.Open(1 << 22);
        var volume = Balls<byte>(1 / 257f);
        var settings = Settings(volume, RayMode.Composite, false);
        lost.Device.Lose();
        var e = Assert.Throws<ComputeException>(() => { DeviceRaycaster.Render(lost, volume, settings, Orbit(0, 8, 8), 8, 8, 1, new uint[64]); });
        Assert.Contains(lost.Device.Info.Name, e.Message, StringComparison.Ordinal);
        Assert.Contains("given up", e.Message, StringComparison.Ordinal);
    }

    // Several threads at once, of several volumes: each gets its own picture.
    [Fact]
    public void Render_ManyAtOnce_KeepsThemApart()
    {
        var volumes = Enumerable.Range(1, 4).Select(i => Balls<ushort>(1f / i)).ToArray();
        Parallel.For(0, 16, i =>
        {
            var (volume, target) = (volumes[i % 4], new uint[900]);
            var settings = Settings(volume, RayMode.Composite, i % 2 == 0);
            var rays = Orbit(20 * i, 30, 30);
            DeviceRaycaster.Render(device.Volumes, volume, settings, rays, 30, 30, 1, target);
            Assert.InRange(target.Zip(Scalar(volume, settings, rays, 30, 30)).Count(p => Difference(p.First, p.Second) > 2), 0, 6);
        });
    }

    private void Agree(PagedVolume volume, RayMode mode, bool shaded, double angle) =>
        Assert.InRange(Far(volume, Settings(volume, mode, shaded), Orbit(angle, 61, 47), 61, 47, 2), 0, 61 * 47 / 150);

    // Pixels that differ by more than so many of 255.
    private int Far(PagedVolume volume, RaycastSettings settings, RayGeometry rays, int width, int height, int tolerance)
    {
        var target = new uint[width * height];
        DeviceRaycaster.Render(device.Volumes, volume, settings, rays, width, height, 1, target);
        return target.Zip(Scalar(volume, settings, rays, width, height)).Count(p => Difference(p.First, p.Second) > tolerance);
    }

    private static uint[] Scalar(PagedVolume volume, RaycastSettings settings, RayGeometry rays, int width, int height)
    {
        var target = new uint[width * height];
        Raycaster.Render(volume, settings, rays, width, height, 1, target, lanes: PacketLanes.Scalar);
        return target;
    }
}
