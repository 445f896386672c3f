using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Slicing.SlicedVolumes;

namespace DendriteViewer.Kernels.Tests.Slicing;

public sealed class SlicerTests
{
    public static TheoryData<PacketLanes> Lanes()
    {
        var data = new TheoryData<PacketLanes>();
        foreach (var lanes in new[] { PacketLanes.Scalar, PacketLanes.Four, PacketLanes.Eight, PacketLanes.Sixteen }.Where(Packets.Supports))
        {
            data.Add(lanes);
        }

        return data;
    }

    // A plane field 3z − 2y + x + 500 is reproduced exactly by trilinear interpolation, across brick borders too.
    [Fact]
    public void At_OfALinearField_IsTheFieldEverywhereInside() =>
        Prop.ForAll(Gen.Choose(0, 1_000_000).Three().ToArbitrary(), t =>
        {
            var volume = Linear(21, 19, 35, 3);
            float z = t.Item1 / 1e6f * 20, y = t.Item2 / 1e6f * 18, x = t.Item3 / 1e6f * 34;
            return Math.Abs(HostSlicer.At(volume, new VoxelVector(z, y, x)) - (3 * z - 2 * y + x + 500)) < 0.01;
        }).QuickCheckThrowOnFailure();

    // Packets and single pixels must agree at any orientation, scale, thickness and voxel type, inside and around the volume.
    [Theory]
    [MemberData(nameof(Lanes))]
    public void Render_AnyPlane_AgreesWithTheScalarSpecification(PacketLanes lanes)
    {
        Agree<ushort>(lanes);
        Agree<byte>(lanes);
        Agree<short>(lanes);
        Agree<sbyte>(lanes);
        Agree<float>(lanes);
    }

    private static void Agree<T>(PacketLanes lanes) where T : unmanaged, INumber<T>
    {
        var random = new Random(4);
        var small = Of(40, 37, 50, 3, _ => T.CreateTruncating(random.Next(256)));
        var tiled = Of(47, 70, 90, 5, _ => T.CreateTruncating(random.Next(256)));
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 500f).ArrayOf(13).ToArbitrary(), n =>
        {
            var volume = n[12] > 0 ? small : tiled;
            var plane = AnyPlane(n);
            var target = Draw(volume, plane, 60, 41, lanes);
            var far = 0;
            for (var i = 0; i < target.Length; i++)
            {
                var expected = new HostSlicer(volume, plane).Pixel(i % 60, i / 60);
                far += float.IsNaN(expected) != float.IsNaN(target[i]) || Math.Abs(expected - target[i]) > 0.5f ? 1 : 0;
            }

            // At the volume's very border rounding decides which side a sample is on.
            return far <= 6;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Lanes))]
    public void Render_AlongTheAxesAtOneVoxelAPixel_IsTheStoredVoxels(PacketLanes lanes)
    {
        var volume = Linear(40, 41, 90, 5);
        var target = Draw(volume, new SliceGeometry(new VoxelVector(17, 0, 0), VoxelVector.UnitX, VoxelVector.UnitY, default), 90, 41, lanes);
        for (var i = 0; i < target.Length; i++)
        {
            Assert.Equal(3 * 17 - 2 * (i / 90) + i % 90 + 500, target[i]);
        }
    }

    // Pixels many voxels wide do not fit a window; they are drawn all the same.
    [Theory]
    [MemberData(nameof(Lanes))]
    public void Render_PixelsFarApart_AreDrawnAllTheSame(PacketLanes lanes)
    {
        var volume = Linear(64, 64, 300, 6);
        var target = Draw(volume, new SliceGeometry(new VoxelVector(10, 0, 0), new VoxelVector(0, 0, 29), new VoxelVector(0, 7, 0), default), 10, 9, lanes);
        for (var i = 0; i < target.Length; i++)
        {
            Assert.Equal(30 - 14 * (i / 10) + 29 * (i % 10) + 500, target[i]);
        }
    }

    [Fact]
    public void Render_Nearest_IsAStoredVoxel()
    {
        var volume = Linear(40, 41, 90, 5);
        var plane = new SliceGeometry(new VoxelVector(10.313f, 5.07f, 7.11f), new VoxelVector(0.1371f, 0.2293f, 0.3119f), new VoxelVector(0.3307f, -0.1013f, 0.2177f), default, Interpolation: SliceInterpolation.Nearest);
        var target = Draw(volume, plane, 50, 30, Packets.Widest);
        for (var i = 0; i < target.Length; i++)
        {
            Assert.Equal(new HostSlicer(volume, plane).Pixel(i % 50, i / 50), target[i]);
        }
    }

    [Fact]
    public void Render_Cubic_AgreesWithTheScalarSpecification()
    {
        Cubic<ushort>(5);
        Cubic<byte>(3);
        Cubic<float>(5);
    }

    private static void Cubic<T>(int shift) where T : unmanaged, INumber<T>
    {
        var random = new Random(6);
        var volume = Of(40, 45, 50, shift, _ => T.CreateTruncating(random.Next(256)));
        var plane = new SliceGeometry(
            new VoxelVector(-3, 2, 4), new VoxelVector(0.43f, 0.29f, 0.61f), new VoxelVector(0.37f, 0.55f, -0.17f), new VoxelVector(0.3f, 0.1f, 0.2f), 3, SlabMode.Mean, SliceInterpolation.Cubic);
        var target = Draw(volume, plane, 70, 60, Packets.Widest);
        for (var i = 0; i < target.Length; i++)
        {
            Assert.Equal(new HostSlicer(volume, plane).Pixel(i % 70, i / 70), target[i], 0.05f);
        }
    }

    // A cubic field is reproduced to the last bits by a spline of its order (Catmull–Rom's is exact for quadratics), away from the border.
    [Fact]
    public void At_OfAQuadraticFieldByACubic_IsTheField()
    {
        var volume = Of(20, 20, 20, 4, p => (float)(p.Z * p.Z - 2 * p.Y * p.Y + p.X * p.X + p.Z * p.X));
        for (var i = 0; i < 100; i++)
        {
            float z = 2 + i * 0.137f, y = 3 + i * 0.119f, x = 2.5f + i * 0.131f;
            var value = HostSlicer.At(volume, new VoxelVector(z, y, x), SliceInterpolation.Cubic);
            Assert.Equal(z * z - 2 * y * y + x * x + z * x, value, 0.01f);
        }
    }

    [Fact]
    public void At_OutsideByMoreThanHalfAVoxel_IsNaN()
    {
        var volume = Linear(8, 8, 8, 3);
        Assert.True(float.IsNaN(HostSlicer.At(volume, new VoxelVector(-0.6f, 3, 3))));
        Assert.True(float.IsNaN(HostSlicer.At(volume, new VoxelVector(3, 3, 7.6f))));
        Assert.Equal(500f + 9 - 6, HostSlicer.At(volume, new VoxelVector(3, 3, -0.4f)));
    }

    [Theory]
    [InlineData(SlabMode.Mean, 12)]
    [InlineData(SlabMode.Minimum, 6)]
    [InlineData(SlabMode.Maximum, 18)]
    public void Render_OfASlab_CombinesItsSamples(SlabMode mode, float expected)
    {
        var plane = new SliceGeometry(new VoxelVector(4, 0, 0), VoxelVector.UnitX, VoxelVector.UnitY, VoxelVector.UnitZ, 5, mode);
        Assert.Equal(500 + expected, Draw(Linear(16, 16, 16, 3), plane, 1, 1, Packets.Widest)[0], 3);
    }

    private static float[] Draw(PagedVolume volume, SliceGeometry plane, int width, int height, PacketLanes lanes)
    {
        var target = new float[width * height];
        Assert.True(Slicer.Render(volume, plane, width, height, (u, v, row) => row.CopyTo(target.AsSpan(v * width + u)), lanes: lanes));
        return target;
    }
}
