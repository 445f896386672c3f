using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Raycasting.Scenes;

namespace DendriteViewer.Kernels.Tests.Raycasting;

public sealed class RaycasterTests
{
    /// <summary>Every packet width of this processor, with every mode; the scalar one is what they are held to.</summary>
    public static TheoryData<PacketLanes, RayMode, bool, int> Pictures()
    {
        var data = new TheoryData<PacketLanes, RayMode, bool, int>();
        foreach (var lanes in new[] { PacketLanes.Four, PacketLanes.Eight, PacketLanes.Sixteen, PacketLanes.Scalar }.Where(Packets.Supports))
        {
            data.Add(lanes, RayMode.Composite, false, 0);
            data.Add(lanes, RayMode.Composite, true, 30);
            data.Add(lanes, RayMode.Composite, true, 200);
            data.Add(lanes, RayMode.Maximum, false, 75);
            data.Add(lanes, RayMode.Minimum, false, 75);
            data.Add(lanes, RayMode.Mean, false, 160);
            data.Add(lanes, RayMode.Isosurface, false, 130);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pictures))]
    public void Render_Packets_AgreeWithTheScalarSpecification(PacketLanes lanes, RayMode mode, bool shaded, int angle)
    {
        Agree(Balls<ushort>(), mode, shaded, angle, lanes);
        Agree(Balls<byte>(1 / 257f), mode, shaded, angle, lanes);
        Agree(Balls<short>(1, -32768), mode, shaded, angle, lanes);
        Agree(Balls<sbyte>(1 / 257f, -128), mode, shaded, angle, lanes);
        Agree(Balls<float>(1e-4f, -3), mode, shaded, angle, lanes);
    }

    // Odd sizes, any direction, any clipping, steps of any length, jitter or not.
    [Fact]
    public void Render_AnyView_AgreesWithTheScalarSpecification() =>
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 1000f).ArrayOf(10).ToArbitrary(), n =>
        {
            var (volume, settings, rays) = AnyView(n);
            uint[] packets = new uint[1600], scalar = new uint[1600];
            Raycaster.Render(volume, settings, rays, 40, 40, 1, packets);
            Raycaster.Render(volume, settings, rays, 40, 40, 1, scalar, lanes: PacketLanes.Scalar);
            var far = packets.Zip(scalar).Count(p => Difference(p.First, p.Second) > 4);
            return (far <= 24).Label($"{far} pixels differ: {settings.Mode}, shaded {settings.Shaded}, step {settings.Step}, jitter {settings.Jitter}, planes {settings.Clip.Planes.Count}, sampled from {settings.SamplePlane}, box {settings.BoxLow}");
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Render_WithEmptySpace_GivesTheSamePictureAsWithoutLeaping()
    {
        var volume = Balls<ushort>();
        var settings = Settings(volume, RayMode.Composite, shaded: true);
        var everything = settings with { Empty = EmptySpace.Of(volume, (_, _) => true) };
        uint[] leaping = new uint[40 * 40], walking = new uint[40 * 40];
        Raycaster.Render(volume, settings, Orbit(20, 40, 40), 40, 40, 1, leaping);
        Raycaster.Render(volume, everything, Orbit(20, 40, 40), 40, 40, 1, walking);
        Assert.InRange(leaping.Zip(walking).Count(p => Difference(p.First, p.Second) > 3), 0, 8);
    }

    // Bricks that are not there are stood in for by the coarser level, the same way by packets and by single rays.
    [Fact]
    public void Render_WithBricksMissing_InterpolatesTheCoarserLevel()
    {
        Agree(TwoLevels<byte>(b => b % 2 == 1, 1 / 257f), RayMode.Composite, true, 40, Packets.Widest);
        Agree(TwoLevels<short>(b => b % 3 == 1, 1, -32768), RayMode.Isosurface, true, 40, Packets.Widest);
        Agree(TwoLevels<float>(b => b % 2 == 0, 1e-4f), RayMode.Composite, true, 40, Packets.Widest);
        var volume = TwoLevels<ushort>(b => b % 2 == 1);
        Agree(volume, RayMode.Composite, true, 40, Packets.Widest);
        var settings = Settings(volume, RayMode.Composite, true);
        uint[] part = new uint[60 * 60], whole = new uint[60 * 60];
        Raycaster.Render(volume, settings, Orbit(40, 60, 60), 60, 60, 1, part);
        var complete = TwoLevels<ushort>(_ => false);
        Raycaster.Render(complete, Settings(complete, RayMode.Composite, true), Orbit(40, 60, 60), 60, 60, 1, whole);

        // Smooth balls look nearly the same from half the voxels; holes would be far off.
        Assert.NotEqual(part, whole);
        Assert.InRange(part.Zip(whole).Average(p => Difference(p.First, p.Second)), 0.01, 12);
    }

    [Fact]
    public void Render_APartOfTheVolume_IsTheWholeClippedToIt()
    {
        var dense = Waves(64, 64, 64);
        var whole = PagedVolume.FromDense<ushort>(dense, 64, 64, 64);
        var part = new PagedVolume(VoxelType.UInt16, [whole.Grid], ((16, 0, 24), (48, 64, 56)));
        var clipped = Settings(whole, RayMode.Composite, true) with
        {
            BoxLow = new VoxelVector(Z: 16, Y: 0, X: 24), BoxHigh = new VoxelVector(Z: 48, Y: 63, X: 56), SamplePlane = new Vector4(0.1f, 0.2f, 1, 0),
        };
        uint[] a = new uint[2500], b = new uint[2500];
        Raycaster.Render(whole, clipped, Orbit(20, 50, 50, new Vector3(32), 120), 50, 50, 1, a);
        Raycaster.Render(part, Settings(part, RayMode.Composite, true) with { SamplePlane = clipped.SamplePlane }, Orbit(20, 50, 50, new Vector3(32), 120), 50, 50, 1, b);
        Assert.InRange(a.Zip(b).Count(p => Difference(p.First, p.Second) > 3), 0, 12);
    }

    // A sharp wall whose surface lies behind the last sample of a cell and before the first of the next, empty one: rays went through
    // it in dots.
    [Theory]
    [MemberData(nameof(Widths))]
    public void Render_AWallAtACellsEnd_HasNoHoles(PacketLanes lanes)
    {
        for (var at = 14; at < 19; at++)
        {
            var volume = PagedVolume.FromDense<ushort>(Enumerable.Range(0, 40 * 40 * 40).Select(i => (ushort)(i % 40 < at ? 1000 : 60000)).ToArray(), 40, 40, 40);
            var settings = Settings(volume, RayMode.Isosurface, true) with { SamplePlane = new Vector4(0.1f, 0.2f, 1, 0.3f) };
            foreach (var level in new[] { 3000f, 30000, 58000 })
            {
                var iso = settings with { IsoValue = level, Empty = EmptySpace.Of(volume, (l, m) => l <= level && m >= level), Background = 0xFF00FF };
                var target = new uint[1600];
                Raycaster.Render(volume, iso, Orbit(80, 40, 40, new Vector3(20), 160), 40, 40, 1, target, lanes: lanes);
                Assert.DoesNotContain(Enumerable.Range(0, 1600).Where(i => i % 40 is > 15 and < 25 && i / 40 is > 15 and < 25), i => target[i] == 0xFFFF00FF);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Render_Integrated_AgreesWithTheScalarSpecification(PacketLanes lanes)
    {
        foreach (var (shaded, step, angle) in new[] { (false, 1f, 10), (true, 0.5f, 60), (true, 1.6f, 200) })
        {
            foreach (var volume in new[] { Balls<ushort>(), Balls<sbyte>(1 / 257f, -128), Balls<float>(1e-4f, -3), TwoLevels<byte>(b => b % 2 == 1, 1 / 257f) })
            {
                var settings = Settings(volume, RayMode.Composite, shaded) with
                {
                    Integrated = true, Step = step, Clip = step == 1 ? new ClipShape([new Vector4(0.6f, 0, 0.8f, -20)]) : ClipShape.None, SamplePlane = new Vector4(0.1f, 0.1f, 1, 3),
                };
                uint[] packets = new uint[61 * 47], scalar = new uint[61 * 47];
                Assert.True(Raycaster.Render(volume, settings, Orbit(angle, 61, 47), 61, 47, 1, packets, lanes: lanes));
                Assert.True(Raycaster.Render(volume, settings, Orbit(angle, 61, 47), 61, 47, 1, scalar, lanes: PacketLanes.Scalar));
                Assert.InRange(packets.Zip(scalar).Count(p => Difference(p.First, p.Second) > 2), 0, packets.Length / 150);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Render_WithALightField_AgreesWithTheScalarSpecification(PacketLanes lanes)
    {
        foreach (var mode in new[] { RayMode.Composite, RayMode.Isosurface })
        {
            var volume = Balls<ushort>();
            var settings = Settings(volume, mode, true) with { Integrated = true, Light = BallLight(), Smooth = lanes != PacketLanes.Eight };
            uint[] packets = new uint[61 * 47], scalar = new uint[61 * 47], unlit = new uint[61 * 47];
            Assert.True(Raycaster.Render(volume, settings, Orbit(50, 61, 47), 61, 47, 1, packets, lanes: lanes));
            Assert.True(Raycaster.Render(volume, settings, Orbit(50, 61, 47), 61, 47, 1, scalar, lanes: PacketLanes.Scalar));
            Assert.True(Raycaster.Render(volume, settings with { Light = null }, Orbit(50, 61, 47), 61, 47, 1, unlit, lanes: lanes));
            Assert.InRange(packets.Zip(scalar).Count(p => Difference(p.First, p.Second) > 2), 0, packets.Length / 150);
            Assert.True(packets.Sum(p => p >> 8 & 255) < 0.97 * unlit.Sum(p => p >> 8 & 255));
        }
    }

    // Seen close, a ball's shading jumps from cell to cell by the cell's own gradient, and hardly by central differences.
    [Fact]
    public void Render_Smooth_ShadesWithoutJumps()
    {
        var volume = Ramp();
        var settings = Settings(volume, RayMode.Isosurface, true) with { IsoValue = 30000, Empty = EmptySpace.Of(volume, (l, m) => l <= 30000 && m >= 30000) };
        var rays = Orbit(20, 120, 120, new Vector3(23.5f), 22);
        double Jumps(bool smooth)
        {
            var target = new uint[120 * 120];
            Raycaster.Render(volume, settings with { Smooth = smooth }, rays, 120, 120, 1, target);
            double Bend(int i) => Math.Abs((target[i - 1] >> 8 & 255) - 2.0 * (target[i] >> 8 & 255) + (target[i + 1] >> 8 & 255));
            return Enumerable.Range(20 * 120, 80 * 120).Where(i => i % 120 is > 20 and < 100).Average(i => Bend(i) * Bend(i));
        }

        var (plain, smooth) = (Jumps(false), Jumps(true));
        Assert.True(plain > 1.5 * smooth, $"{plain} plain, {smooth} smooth");
    }

    // A thin opaque shell in a ramp falls between whole steps here and there, which shows as rings; an integral does not miss it.
    [Fact]
    public void Render_AThinShell_HasNoRingsWhereItIsIntegrated()
    {
        var volume = Ramp();
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i is > 1000 and < 1020 ? 0.9f : 0).ToArray();
        var table = new TransferTable(0, 65536, alpha, Enumerable.Repeat(0xFFFFFF, TransferTable.Size).ToArray(), 1);
        var settings = new RaycastSettings { Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible) };
        var rays = Orbit(0, 80, 80, new Vector3(23.5f), 60);
        double Roughness(bool integrated)
        {
            var target = new uint[6400];
            Raycaster.Render(volume, settings with { Integrated = integrated }, rays, 80, 80, 1, target);
            return Enumerable.Range(30 * 80, 20 * 80).Where(i => i % 80 is > 30 and < 50).Average(i => Difference(target[i], target[i + 1]));
        }

        var (plain, integrated) = (Roughness(false), Roughness(true));
        Assert.True(plain > 5 * integrated, $"{plain} without, {integrated} with");
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Render_SeveralVolumes_AgreesWithTheScalarSpecification(PacketLanes lanes)
    {
        foreach (var (replaces, step, angle) in new[] { (false, 1f, 10), (true, 0.4f, 60), (true, 1.3f, 200) })
        {
            var (volume, settings) = Layered(replaces, step);
            settings = settings with { Clip = step == 1 ? new ClipShape([new Vector4(0.6f, 0, 0.8f, -8)]) : ClipShape.None, SamplePlane = new Vector4(0.1f, 0.1f, 1, 3), Jitter = angle > 100, Smooth = step < 1, Light = step < 1 ? BallLight() : null };
            uint[] packets = new uint[61 * 47], scalar = new uint[61 * 47];
            var rays = Orbit(angle, 61, 47, new Vector3(30, 25, 20), 130);
            Assert.True(Raycaster.Render(volume, settings, rays, 61, 47, 1, packets, lanes: lanes));
            Assert.True(Raycaster.Render(volume, settings, rays, 61, 47, 1, scalar, lanes: PacketLanes.Scalar));

            // Labels have hard borders, on either side of which a last digit may put a sample.
            Assert.InRange(packets.Zip(scalar).Count(p => Difference(p.First, p.Second) > 3), 0, packets.Length / 50);
            Assert.InRange(packets.Zip(scalar).Average(p => Difference(p.First, p.Second)), 0, 0.3);
        }
    }

    public static TheoryData<PacketLanes> Widths()
    {
        var data = new TheoryData<PacketLanes>();
        foreach (var lanes in new[] { PacketLanes.Four, PacketLanes.Eight, PacketLanes.Sixteen, PacketLanes.Scalar }.Where(Packets.Supports))
        {
            data.Add(lanes);
        }

        return data;
    }

    // A volume that lies somewhere else looks as if it were there: the same picture as of itself alone.
    [Fact]
    public void Render_AVolumeOverNothing_IsItsOwnPicture()
    {
        var balls = Balls<ushort>();
        var alone = Settings(balls, RayMode.Composite, true) with { SamplePlane = new Vector4(0, 0, 1, 0) };
        var nothing = PagedVolume.FromDense<byte>(new byte[48 * 48 * 48], 48, 48, 48);
        var none = new TransferTable(0, 1, new float[TransferTable.Size], new int[TransferTable.Size], 1);
        var over = alone with
        {
            Transfer = none, Empty = EmptySpace.Of(nothing, none.IsVisible),
            Layers =
            [
                new RayLayer
                {
                    Volume = balls, FromPicture = Matrix4x4.Identity, Transfer = alone.Transfer, Empty = alone.Empty, Shaded = true, HeadLight = alone.HeadLight,
                    KeyLight = alone.KeyLight, GradientFloor = alone.GradientFloor,
                },
            ],
        };
        uint[] a = new uint[2500], b = new uint[2500];
        Raycaster.Render(balls, alone, Orbit(25, 50, 50), 50, 50, 1, a);
        Raycaster.Render(nothing, over, Orbit(25, 50, 50), 50, 50, 1, b);
        Assert.InRange(a.Zip(b).Count(p => Difference(p.First, p.Second) > 3), 0, 12);
        Assert.Contains(a, p => p != a[0]);

        // And is picked as it is seen.
        var (origin, direction) = Orbit(25, 50, 50).Ray(24, 24);
        var there = new HostRaycaster(nothing, over).Pick(origin, direction);
        var here = new HostRaycaster(balls, alone).Pick(origin, direction);
        Assert.True(here.Found);
        Assert.Equal(here.Distance, there.Distance, 0.01);
        Assert.Equal(here.Value, there.Value, 1f);
    }

    // What the specification draws is held to figures, so that it does not move unnoticed: mean red, green, blue.
    [Theory]
    [InlineData(RayMode.Composite, false, 13.17, 23.27, 9.16)]
    [InlineData(RayMode.Composite, true, 9.12, 15.72, 6.46)]
    [InlineData(RayMode.Maximum, false, 21.33, 226.63, 62.23)]
    [InlineData(RayMode.Minimum, false, 0, 247.96, 62.23)]
    [InlineData(RayMode.Mean, false, 3.21, 244.75, 62.23)]
    [InlineData(RayMode.Isosurface, false, 6.65, 7.78, 3.80)]
    public void Trace_TheSpecification_KeepsItsFigures(RayMode mode, bool shaded, double red, double green, double blue)
    {
        var volume = Balls<ushort>();
        var target = new uint[50 * 50];
        Raycaster.Render(volume, Settings(volume, mode, shaded), Orbit(35, 50, 50), 50, 50, 1, target, lanes: PacketLanes.Scalar);
        Assert.Equal(red, target.Average(p => p & 255), 0.02);
        Assert.Equal(green, target.Average(p => p >> 8 & 255), 0.02);
        Assert.Equal(blue, target.Average(p => p >> 16 & 255), 0.02);
    }

    [Fact]
    public void Trace_ThroughAUniformSlab_FollowsBeerLambert()
    {
        var voxels = new ushort[32 * 32 * 32];
        Array.Fill(voxels, (ushort)40000);
        var volume = PagedVolume.FromDense<ushort>(voxels, 32, 32, 32);
        var table = new TransferTable(0, 65536, Enumerable.Repeat(0.02f, TransferTable.Size).ToArray(), Enumerable.Repeat(0xFFFFFF, TransferTable.Size).ToArray(), 1);
        var settings = new RaycastSettings { Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible) };
        var color = new HostRaycaster(volume, settings).Trace(new Vector3(15.5f, 15.5f, -10), Vector3.UnitZ, 0);

        // 31 voxels' lengths from one face's voxel centres to the other's: 1 − 0.98³¹.
        Assert.Equal(255 * (1 - Math.Pow(0.98, 31)), color & 0xFF, 0.6);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void ToTable_ShorterSteps_GiveTheSameOpacityAVoxel(double step)
    {
        var table = new TransferTable(0, 1, Enumerable.Repeat(0.3f, TransferTable.Size).ToArray(), new int[TransferTable.Size], (float)step);
        Assert.Equal(0.3, 1 - Math.Pow(1 - table.Alpha(0.5f), 1 / step), 5);
    }

    [Fact]
    public void Pick_Isosurface_HitsTheSphereToATwentiethOfAVoxel()
    {
        var volume = Ramp();
        var settings = Settings(volume, RayMode.Isosurface, false) with { IsoValue = 30000 };
        var hit = new HostRaycaster(volume, settings).Pick(new Vector3(23.5f, 23.5f, -30), Vector3.UnitZ);

        // The ramp is 65535 − 3000·r, so 30000 lies at r = 11.845 around (23.5, 23.5, 23.5).
        Assert.True(hit.Found);
        Assert.Equal(23.5 - 11.845 + 30, hit.Distance, 0.05);
    }

    // From a billion voxels away a step used to vanish in the distance's last digit, and the ray never ended.
    [Theory]
    [InlineData(RayMode.Composite)]
    [InlineData(RayMode.Maximum)]
    [InlineData(RayMode.Isosurface)]
    public void Trace_FromFarAway_Ends(RayMode mode)
    {
        var volume = Balls<ushort>();
        var settings = Settings(volume, mode, false);
        var eye = new Vector3(23.5f, 23.5f, -1e9f);
        new HostRaycaster(volume, settings).Trace(eye, Vector3.UnitZ, 0);
        new HostRaycaster(volume, settings).Pick(eye, Vector3.UnitZ);
        var rays = new RayGeometry(VoxelVector.FromXyz(eye), default, default, VoxelVector.UnitZ, default, default);
        Assert.True(Raycaster.Render(volume, settings, rays, 8, 8, 1, new uint[64]));
    }

    // Pixels many voxels wide spread a tile over more than its window holds; it is cut down to single rays then.
    [Fact]
    public void Render_PixelsFarApart_AreDrawnAllTheSame() => Agree(PagedVolume.FromDense<ushort>(Waves(200, 200, 200), 200, 200, 200), RayMode.Composite, false, 25, Packets.Widest, 9, new Vector3(100), 450);

    [Fact]
    public void Render_ASingleSlice_IsSeen()
    {
        var voxels = Waves(1, 40, 40);
        Agree(PagedVolume.FromDense<ushort>(voxels, 1, 40, 40), RayMode.Maximum, false, 30, Packets.Widest, 30, new Vector3(20, 20, 0), 80);
    }

    [Fact]
    public void Render_ClippedByAPlane_ShowsNothingBehindIt()
    {
        var volume = Balls<ushort>();
        var settings = Settings(volume, RayMode.Composite, false) with { Clip = new ClipShape([new Vector4(0, 0, 1, -1000)]) };
        var target = new uint[30 * 30];
        Raycaster.Render(volume, settings, Orbit(10, 30, 30), 30, 30, 1, target);
        Assert.All(target, p => Assert.Equal(0xFF000000u, p));
    }

    [Fact]
    public void Render_NotANumber_IsDrawnAsZero()
    {
        var voxels = new float[20 * 20 * 20];
        Array.Fill(voxels, float.NaN);
        voxels[4210] = 1;
        voxels[4211] = float.PositiveInfinity;
        var volume = PagedVolume.FromDense<float>(voxels, 20, 20, 20);
        var table = new TransferTable(0, 1, Enumerable.Range(0, TransferTable.Size).Select(i => i / 4096f).ToArray(), Enumerable.Repeat(0xFFFFFF, TransferTable.Size).ToArray(), 1);
        var settings = new RaycastSettings { Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible), Shaded = true };
        var target = new uint[900];
        Raycaster.Render(volume, settings, Orbit(0, 30, 30, new Vector3(10), 45), 30, 30, 1, target);
        Assert.Contains(target, p => p != 0xFF000000u);
        Assert.Equal(0xFF000000u, target[0]);
    }

    // Zero exactly where something can be seen; elsewhere a ray may leave the cube of d − 1 cells (or bricks) around without loss.
    [Fact]
    public void EmptySpace_Of_NeverLeapsOverWhatCanBeSeen()
    {
        var volume = PagedVolume.FromDense<ushort>(Waves(140, 70, 330), 140, 70, 330);
        var map = EmptySpace.Of(volume, (_, most) => most > 64500);
        bool[,,] visible = new bool[18, 9, 42];
        var (seen, leaps) = (0, 0);
        for (var i = 0; i < visible.Length; i++)
        {
            visible[i / 42 / 9, i / 42 % 9, i % 42] = volume.CellRange(0, i / 42 / 9, i / 42 % 9, i % 42).Most > 64500;
        }

        for (var i = 0; i < visible.Length; i++)
        {
            int z = i / 42 / 9, y = i / 42 % 9, x = i % 42, brick = (z / 8 * 2 + y / 8) * 6 + x / 8;
            var whole = map.OfBrick[brick] < 0;
            var d = whole ? -map.OfBrick[brick] : map.Maps[map.OfBrick[brick] + z % 8 * 64 + y % 8 * 8 + x % 8];
            Assert.Equal(visible[z, y, x], d == 0);
            seen += d == 0 ? 1 : 0;
            leaps += d > 1 ? 1 : 0;
            var (reach, unit) = (d - 1, whole ? 8 : 1);
            for (var qz = Math.Max(0, (z / unit - reach) * unit); d > 0 && qz < Math.Min(18, (z / unit + reach + 1) * unit); qz++)
            {
                for (var qy = Math.Max(0, (y / unit - reach) * unit); qy < Math.Min(9, (y / unit + reach + 1) * unit); qy++)
                {
                    for (var qx = Math.Max(0, (x / unit - reach) * unit); qx < Math.Min(42, (x / unit + reach + 1) * unit); qx++)
                    {
                        Assert.False(visible[qz, qy, qx]);
                    }
                }
            }
        }

        Assert.True(seen > 10 && leaps > 100);
    }

    private static void Agree(PagedVolume volume, RayMode mode, bool shaded, double angle, PacketLanes lanes, int pixels = 61, Vector3? middle = null, float distance = 110)
    {
        var settings = Settings(volume, mode, shaded);
        var rays = Orbit(angle, pixels, 47, middle, distance);
        uint[] packets = new uint[pixels * 47], scalar = new uint[pixels * 47];
        Assert.True(Raycaster.Render(volume, settings, rays, pixels, 47, 1, packets, lanes: lanes));
        Assert.True(Raycaster.Render(volume, settings, rays, pixels, 47, 1, scalar, lanes: PacketLanes.Scalar));

        // A silhouette may fall on either side of the last bit: a handful of pixels may differ more than 2 of 255.
        var far = packets.Zip(scalar).Count(p => Difference(p.First, p.Second) > 2);
        Assert.InRange(far, 0, packets.Length / 150);
        Assert.Contains(packets, p => p != packets[0]);
    }
}
