using System.Numerics;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Kernels.Tests.Raycasting;

public sealed class RaycasterTests
{
    private const int N = 48;

    [Theory]
    [InlineData(RayMode.Composite, false, 0)]
    [InlineData(RayMode.Composite, true, 30)]
    [InlineData(RayMode.Composite, true, 200)]
    [InlineData(RayMode.Maximum, false, 75)]
    [InlineData(RayMode.Isosurface, false, 130)]
    public void Render_Packets_AgreeWithTheScalarSpecification(RayMode mode, bool shaded, int angle)
    {
        var volume = Balls();
        var settings = Settings(volume, mode, shaded);
        var rays = Orbit(angle, 61, 47);
        uint[] packets = new uint[61 * 47], scalar = new uint[61 * 47];
        Assert.True(Raycaster.Render(volume, settings, rays, 61, 47, 1, packets));
        Assert.True(Raycaster.Render(volume, settings, rays, 61, 47, 1, scalar, scalarOnly: true));

        // A silhouette may fall on either side of the last bit: a handful of pixels may differ more than 2 of 255.
        var far = packets.Zip(scalar).Count(p => Difference(p.First, p.Second) > 2);
        Assert.InRange(far, 0, packets.Length / 200);
        Assert.Contains(packets, p => p != packets[0]);
    }

    [Fact]
    public void Render_WithEmptySpace_GivesTheSamePictureAsWithoutLeaping()
    {
        var volume = Balls();
        var settings = Settings(volume, RayMode.Composite, shaded: true);
        var everything = settings with { Empty = EmptySpace.Of(volume, (_, _) => true) };
        uint[] leaping = new uint[40 * 40], walking = new uint[40 * 40];
        Raycaster.Render(volume, settings, Orbit(20, 40, 40), 40, 40, 1, leaping, scalarOnly: true);
        Raycaster.Render(volume, everything, Orbit(20, 40, 40), 40, 40, 1, walking, scalarOnly: true);
        Assert.InRange(leaping.Zip(walking).Count(p => Difference(p.First, p.Second) > 3), 0, 8);
    }

    [Fact]
    public void Trace_ThroughAUniformSlab_FollowsBeerLambert()
    {
        var voxels = new ushort[32 * 32 * 32 + 2];
        Array.Fill(voxels, (ushort)40000);
        var volume = new RayVolume(voxels, 32, 32, 32);
        var table = new TransferTable(Enumerable.Repeat(0.02f, TransferTable.Size).ToArray(), Enumerable.Repeat(0xFFFFFF, TransferTable.Size).ToArray(), 1);
        var settings = new RaycastSettings { Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible) };
        var color = RaycastScalar.Trace(volume, settings, new Vector3(15.5f, 15.5f, -10), Vector3.UnitZ, 0);

        // 32 samples from one face's voxel centres to the other's: 1 − 0.98³².
        Assert.Equal(255 * (1 - Math.Pow(0.98, 32)), color & 0xFF, 1.5);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    public void ToTable_ShorterSteps_GiveTheSameOpacityAVoxel(double step)
    {
        var table = new TransferTable(Enumerable.Repeat(0.3f, TransferTable.Size).ToArray(), new int[TransferTable.Size], (float)step);
        Assert.Equal(0.3, 1 - Math.Pow(1 - table.Alpha[7], 1 / step), 5);
    }

    [Fact]
    public void Pick_Isosurface_HitsTheSphereToATenthOfAVoxel()
    {
        var volume = Ramp();
        var settings = Settings(volume, RayMode.Isosurface, false) with { IsoValue = 30000 };
        var hit = RaycastScalar.Pick(volume, settings, new Vector3(23.5f, 23.5f, -30), Vector3.UnitZ);

        // The ramp is 65535 − 3000·r, so 30000 lies at r = 11.845 around (23.5, 23.5, 23.5).
        Assert.True(hit.Found);
        Assert.Equal(23.5 - 11.845 + 30, hit.Distance, 0.1);
    }

    // From a billion voxels away a step used to vanish in the distance's last digit, and the ray never ended.
    [Theory]
    [InlineData(RayMode.Composite)]
    [InlineData(RayMode.Maximum)]
    [InlineData(RayMode.Isosurface)]
    public void Trace_FromFarAway_Ends(RayMode mode)
    {
        var volume = Balls();
        var settings = Settings(volume, mode, false);
        var eye = new Vector3(23.5f, 23.5f, -1e9f);
        RaycastScalar.Trace(volume, settings, eye, Vector3.UnitZ, 0);
        RaycastScalar.Pick(volume, settings, eye, Vector3.UnitZ);
        var rays = new RayGeometry(eye, default, default, Vector3.UnitZ, default, default);
        Assert.True(Raycaster.Render(volume, settings, rays, 8, 8, 1, new uint[64]));
    }

    [Fact]
    public void Render_ClippedByAPlane_ShowsNothingBehindIt()
    {
        var volume = Balls();
        var settings = Settings(volume, RayMode.Composite, false) with { ClipPlanes = [new Vector4(0, 0, 1, -1000)] };
        var target = new uint[30 * 30];
        Raycaster.Render(volume, settings, Orbit(10, 30, 30), 30, 30, 1, target);
        Assert.All(target, p => Assert.Equal(0xFF000000u, p));
    }

    [Fact]
    public void EmptySpace_Of_IsTheChebyshevDistanceToTheNearestVisibleCell()
    {
        var volume = Balls();
        var map = EmptySpace.Of(volume, (_, most) => most > 20000);
        for (var i = 0; i < map.Distance.Length; i++)
        {
            var (z, y, x) = (i / volume.CellsX / volume.CellsY, i / volume.CellsX % volume.CellsY, i % volume.CellsX);
            var best = 255;
            for (var k = 0; k < map.Distance.Length; k++)
            {
                if (volume.CellLeast[k] <= volume.CellMost[k] && volume.CellMost[k] > 20000)
                {
                    var (a, b, c) = (k / volume.CellsX / volume.CellsY, k / volume.CellsX % volume.CellsY, k % volume.CellsX);
                    best = Math.Min(best, Math.Max(Math.Abs(a - z), Math.Max(Math.Abs(b - y), Math.Abs(c - x))));
                }
            }

            Assert.Equal(best, map.Distance[i]);
        }
    }

    private static RayVolume Balls()
    {
        var random = new Random(3);
        var voxels = new ushort[N * N * N + 2];
        var centers = Enumerable.Range(0, 5).Select(_ => new Vector3(random.Next(8, 40), random.Next(8, 40), random.Next(8, 40))).ToArray();
        for (var i = 0; i < N * N * N; i++)
        {
            var p = new Vector3(i % N, i / N % N, i / N / N);
            var d = centers.Min(c => Vector3.Distance(c, p));
            voxels[i] = (ushort)Math.Clamp((7 - d) * 9000, 0, 65535);
        }

        return new RayVolume(voxels, N, N, N);
    }

    private static RayVolume Ramp()
    {
        var voxels = new ushort[N * N * N + 2];
        for (var i = 0; i < N * N * N; i++)
        {
            voxels[i] = (ushort)Math.Clamp(65535 - 3000 * Vector3.Distance(new Vector3(i % N, i / N % N, i / N / N), new Vector3(23.5f)), 0, 65535);
        }

        return new RayVolume(voxels, N, N, N);
    }

    private static RaycastSettings Settings(RayVolume volume, RayMode mode, bool shaded)
    {
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i < 500 ? 0 : Math.Min(0.6f, (i - 500) / 3000f)).ToArray();
        var colors = Enumerable.Range(0, TransferTable.Size).Select(i => (i >> 4) | ((255 - (i >> 4)) << 8) | 0x400000).ToArray();
        var table = new TransferTable(alpha, colors, 1);
        var empty = mode == RayMode.Isosurface ? EmptySpace.Of(volume, (l, m) => l <= 30000 && m >= 30000) : EmptySpace.Of(volume, table.IsVisible);
        return new RaycastSettings { Mode = mode, Transfer = table, Empty = empty, Shaded = shaded, IsoValue = 30000, HeadLight = Vector3.UnitZ, KeyLight = Vector3.Normalize(Vector3.One) };
    }

    private static RayGeometry Orbit(double degrees, int width, int height)
    {
        var q = Quaternion.CreateFromYawPitchRoll((float)(degrees * Math.PI / 180), 0.4f, 0);
        Vector3 forward = Vector3.Transform(Vector3.UnitZ, q), right = Vector3.Transform(Vector3.UnitX, q), down = Vector3.Transform(Vector3.UnitY, q);
        var eye = new Vector3(N / 2f) - 110 * forward;
        var pixel = 0.5f / height;
        return new RayGeometry(eye, default, default, forward - width / 2f * pixel * right - height / 2f * pixel * down, pixel * right, pixel * down);
    }

    private static int Difference(uint a, uint b) =>
        Math.Max(Math.Abs((int)(a & 255) - (int)(b & 255)), Math.Max(Math.Abs((int)(a >> 8 & 255) - (int)(b >> 8 & 255)), Math.Abs((int)(a >> 16 & 255) - (int)(b >> 16 & 255))));
}
