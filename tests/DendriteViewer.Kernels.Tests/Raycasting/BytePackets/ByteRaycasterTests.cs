using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Raycasting.BytePackets;
using DendriteViewer.Kernels.Sampling;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Raycasting.Scenes;

namespace DendriteViewer.Kernels.Tests.Raycasting.BytePackets;

/// <summary>
/// Byte packets against their specification, and both against finer sampling. Processors without AVX2 have none to test.
/// </summary>
public sealed class ByteRaycasterTests
{
    private const int Pixels = 72;

    // A faint table: every sample counts, and none is steep.
    private static RaycastSettings Faint(PagedVolume volume, RayMode mode, bool shaded)
    {
        var s = Settings(volume, mode, shaded);
        var alpha = Enumerable.Range(0, TransferTable.Size).Select(i => i < 160 ? 0 : 0.05f * (i - 160) / TransferTable.Size).ToArray();
        var colors = Enumerable.Range(0, TransferTable.Size).Select(i => (i >> 3) | ((255 - (i >> 3)) << 8) | 0x400000).ToArray();
        var table = new TransferTable(s.Transfer.Low, s.Transfer.Low + TransferTable.Size / s.Transfer.Scale, alpha, colors, 1);
        return s with { Transfer = table, Empty = EmptySpace.Of(volume, table.IsVisible), InMotion = true, Values = ValuesOf(volume) };
    }

    private static (float, float) ValuesOf(PagedVolume volume)
    {
        var (least, most) = (float.MaxValue, float.MinValue);
        for (var i = 0; i < volume.Z * volume.Y * volume.X; i++)
        {
            var value = volume.At(i / volume.X / volume.Y, i / volume.X % volume.Y, i % volume.X);
            (least, most) = (Math.Min(least, value), Math.Max(most, value));
        }

        return (least, most);
    }

    [BytePacketTheory]
    [InlineData(RayMode.Composite, false)]
    [InlineData(RayMode.Composite, true)]
    [InlineData(RayMode.Maximum, false)]
    [InlineData(RayMode.Minimum, false)]
    [InlineData(RayMode.Mean, false)]
    public void Render_FromEverySide_AgreesWithTheSpecification(RayMode mode, bool shaded)
    {
        var volume = PagedVolume.FromDense<byte>(Waves(70, 90, 80).Select(v => (byte)(v >> 8)).ToArray(), 70, 90, 80);
        var settings = Faint(volume, mode, shaded);
        for (var degrees = 0; degrees < 360; degrees += 45)
        {
            Agree(volume, settings, Orbit(degrees, Pixels, Pixels, new Vector3(40, 45, 35), 160), shaded ? 4 : 1);
            Agree(volume, settings, Turned(Orbit(degrees, Pixels, Pixels, new Vector3(40, 45, 35), 160), 1.3f), shaded ? 4 : 1);
        }
    }

    // Odd sizes, any type, any direction, roll, distance (also inside the volume) and clipping, missing bricks, parallel rays.
    [BytePacketFact]
    public void Render_AnyView_AgreesWithTheSpecification() =>
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 1000f).ArrayOf(12).ToArbitrary(), n =>
        {
            var (agrees, label) = AgreesIn(n);
            return agrees.Label(label);
        }).QuickCheckThrowOnFailure();

    // The eye is inside, and all rays begin on the last plane of a slab of blocks: their first slope must not be read beyond what was
    // copied.
    [BytePacketFact]
    public void Render_FromTheLastPlaneOfASlab_AgreesWithTheSpecification()
    {
        var (agrees, label) = AgreesIn(
            [-0.116f, 0.092f, -0.905f, -0.826f, -0.307f, -0.209f, 0.654f, -0.958f, -0.314f, -0.804f, 0.215f, -0.621f]);
        Assert.True(agrees, label);
    }

    private static (bool Agrees, string Label) AgreesIn(float[] n)
    {
        var volume = AnyVolume(n);
        var middle = new Vector3(volume.X, volume.Y, volume.Z) / 2;
        var mode = n[0] > -0.4f ? RayMode.Composite : n[0] > -0.6f ? RayMode.Maximum : n[0] > -0.8f ? RayMode.Minimum : RayMode.Mean;
        var settings = Faint(volume, mode, n[1] > 0) with
        {
            Clip = n[6] > 0 ? Curved(n, 5) : ClipShape.None,
            BoxLow = n[7] > 0.5f ? new VoxelVector(Z: 1.4f, Y: 3.3f, X: 7.25f) : float.NegativeInfinity * VoxelVector.One,
            GradientScale = new VoxelVector(0.4f + 0.6f * MathF.Abs(n[2]), 1, 0.7f), Background = n[3] > 0 ? 0x204060 : 0,
        };
        var rays = Turned(Orbit(180 * n[8], Pixels, Pixels, middle, 60 + 60 * n[9]), 3 * n[10]);
        rays = n[11] > 0.6f ? Parallel(rays, 0.5f + MathF.Abs(n[4])) : rays;
        var (differences, label) = Differences(volume, settings, rays);
        var far = differences.Count(d => d > (settings.Shaded ? 5 : 2));
        return (far <= differences.Length / (settings.Shaded ? 50 : 100),
            $"{far} pixels differ, the most by {differences.Max()}: {settings.Mode}, shaded {settings.Shaded}, {volume.Type}, {label}");
    }

    private static PagedVolume AnyVolume(float[] n) => (int)(4.99f * MathF.Abs(n[5])) switch
    {
        0 => PagedVolume.FromDense<byte>(Waves(33, 47, 61).Select(v => (byte)(v >> 8)).ToArray(), 33, 47, 61),
        1 => PagedVolume.FromDense<short>(Waves(61, 33, 47).Select(v => (short)(v - 32768)).ToArray(), 61, 33, 47),
        2 => TwoLevels<float>(b => b % 2 == (n[3] > 0 ? 1 : 0), 1e-4f, -3),
        3 => TwoLevels<byte>(b => b % 3 == 1, 1 / 257f),
        _ => PagedVolume.FromDense<ushort>(Waves(90, 70, 80), 90, 70, 80),
    };

    // Rays along the middle one, as far apart as those of an eye are at some distance.
    private static RayGeometry Parallel(RayGeometry g, float apart)
    {
        Vector3 right = Vector3.Normalize(g.DirectionRight) * apart, down = Vector3.Normalize(g.DirectionDown) * apart;
        var middle = (Vector3)g.Direction + (Pixels - 1) / 2f * ((Vector3)g.DirectionRight + (Vector3)g.DirectionDown);
        return new RayGeometry(
            VoxelVector.FromXyz((Vector3)g.Origin - (Pixels - 1) / 2f * (right + down)), VoxelVector.FromXyz(right),
                VoxelVector.FromXyz(down),
            VoxelVector.FromXyz(middle), default, default);
    }

    // The same rays in pixels that are turned in the picture.
    private static RayGeometry Turned(RayGeometry g, float by)
    {
        Vector3 right = g.DirectionRight, down = g.DirectionDown, middle = (Vector3)g.Direction + (Pixels - 1) / 2f * (right + down);
        var (r, d) = (MathF.Cos(by) * right + MathF.Sin(by) * down, MathF.Cos(by) * down - MathF.Sin(by) * right);
        return g with
        {
            Direction = VoxelVector.FromXyz(middle - (Pixels - 1) / 2f * (r + d)), DirectionRight = VoxelVector.FromXyz(r),
                DirectionDown = VoxelVector.FromXyz(d),
        };
    }

    private static void Agree(PagedVolume volume, RaycastSettings settings, RayGeometry rays, int tolerance)
    {
        var (differences, label) = Differences(volume, settings, rays);
        Assert.True(
            differences.Count(d => d > tolerance) <= differences.Length / 150,
            $"{differences.Count(d => d > tolerance)} pixels differ by more than {tolerance}, the most by {differences.Max()}: {label}");
    }

    private static (int[] Differences, string Label) Differences(PagedVolume volume, RaycastSettings settings, RayGeometry rays)
    {
        uint[] packets = new uint[Pixels * Pixels], specified = new uint[Pixels * Pixels];
        var job = new RayJob(volume, settings, rays, 1, Pixels, Pixels, packets);
        Assert.True(ByteRaycaster.Covers(job, out var transfer));
        Assert.True(ByteRaycaster.Render(job, transfer!, CancellationToken.None));
        ByteRaySpecification.Render(job with { Target = specified }, transfer!, ByteRaycaster.Tile);

        // What byte packets left to others is not specified.
        var differences = packets.Zip(specified).Select(p => p.Second == 0 ? 0 : Difference(p.First, p.Second)).ToArray();
        var leftOut = specified.Count(p => p == 0);
        return (differences, $"{leftOut} pixels left out, mean {differences.Average():0.00}, rays {rays}");
    }
}
