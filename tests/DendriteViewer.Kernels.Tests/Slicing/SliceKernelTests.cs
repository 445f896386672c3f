using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Slicing;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Slicing;

public sealed class SliceKernelTests
{
    // A plane field 3z − 2y + x + 500 is reproduced exactly by trilinear interpolation, across brick borders too.
    [Fact]
    public void At_OfALinearField_IsTheFieldEverywhereInside() =>
        Prop.ForAll(Gen.Choose(0, 1_000_000).Three().ToArbitrary(), t =>
        {
            var table = Linear(21, 19, 35);
            float z = t.Item1 / 1e6f * 20, y = t.Item2 / 1e6f * 18, x = t.Item3 / 1e6f * 34;
            return Math.Abs(SliceKernel.At<ushort>(table, z, y, x) - (3 * z - 2 * y + x + 500)) < 0.01;
        }).QuickCheckThrowOnFailure();

    // Runs inside a brick and the general way must agree on every pixel, at any orientation and scale.
    [Fact]
    public void Sample_Rows_AreTheSamePointByPoint()
    {
        RowsAreTheSame<ushort>();
        RowsAreTheSame<byte>();
        RowsAreTheSame<short>();
        RowsAreTheSame<float>();
    }

    private static void RowsAreTheSame<T>() where T : unmanaged, INumberBase<T> =>
        Prop.ForAll(Gen.Choose(-1000, 1000).Select(i => i / 500f).ArrayOf(9).ToArbitrary(), n =>
        {
            var table = Noise<T>(40 + (n[8] > 0 ? 7 : 0), 37, 50);
            var plane = new SliceGeometry(new Vector3(20 + n[0] * 8, 18 + n[1] * 8, 25 + n[2] * 12), new Vector3(n[3], n[4], n[5]) / 3, new Vector3(n[6], n[7], n[8]) / 3, default);
            plane = plane with { Origin = plane.Origin - 30 * plane.Right - 8 * plane.Down };
            var target = new float[60 * 16];
            SliceKernel.Sample<T>(table, plane, 60, 0, 16, target);
            for (var i = 0; i < target.Length; i++)
            {
                var p = plane.Origin + i / 60 * plane.Down + i % 60 * plane.Right;
                var expected = SliceKernel.At<T>(table, p.X, p.Y, p.Z);
                if (float.IsNaN(expected) != float.IsNaN(target[i]) || Math.Abs(expected - target[i]) > 0.5f)
                {
                    return false;
                }
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void At_OutsideByMoreThanHalfAVoxel_IsNaN()
    {
        var table = Linear(8, 8, 8);
        Assert.True(float.IsNaN(SliceKernel.At<ushort>(table, -0.6f, 3, 3)));
        Assert.True(float.IsNaN(SliceKernel.At<ushort>(table, 3, 3, 7.6f)));
        Assert.Equal(500f + 9 - 6, SliceKernel.At<ushort>(table, 3, 3, -0.4f));
    }

    [Theory]
    [InlineData(SlabMode.Mean, 12)]
    [InlineData(SlabMode.Minimum, 6)]
    [InlineData(SlabMode.Maximum, 18)]
    public void Sample_OfASlab_CombinesItsSamples(SlabMode mode, float expected)
    {
        var table = Linear(16, 16, 16);
        var target = new float[1];
        var plane = new SliceGeometry(new Vector3(4, 0, 0), Vector3.UnitZ, Vector3.UnitY, Vector3.UnitX, 5, mode);
        Assert.Equal(0, SliceKernel.Sample<ushort>(table, plane, 1, 0, 1, target));
        Assert.Equal(500 + expected, target[0], 3);
    }

    [Fact]
    public void Sample_WithABrickMissing_CountsItAndLeavesNaN()
    {
        var table = Linear(16, 16, 16);
        table.Bricks[0] = null;
        var target = new float[16];
        var missing = SliceKernel.Sample<ushort>(table, new SliceGeometry(Vector3.Zero, Vector3.UnitZ, Vector3.UnitY, default), 16, 0, 1, target);
        Assert.True(missing is >= 8 and < 16);
        Assert.True(float.IsNaN(target[0]) && !float.IsNaN(target[15]));
    }

    private static BrickLevel Noise<T>(int nz, int ny, int nx) where T : unmanaged, INumberBase<T>
    {
        // Small bricks lie in rows; those of 16 and more lie in tiles. Both are taken in turn.
        var random = new Random(nz);
        var shift = random.Next(3, 6);
        return Of(nz, ny, nx, shift, _ => typeof(T) == typeof(float) ? T.CreateTruncating(random.Next(256)) : T.CreateTruncating(random.Next(1 << 16)));
    }

    private static BrickLevel Linear(int nz, int ny, int nx) =>
        Of(nz, ny, nx, 3, p => (ushort)(3 * p.Z - 2 * p.Y + p.X + 500));

    private static BrickLevel Of<T>(int nz, int ny, int nx, int shift, Func<(int Z, int Y, int X), T> value) where T : unmanaged
    {
        var edge = 1 << shift;
        var type = default(T) switch { byte => VoxelType.UInt8, ushort => VoxelType.UInt16, short => VoxelType.Int16, _ => VoxelType.Float32 };
        var level = new BrickLevel(nz, ny, nx, shift, shift, shift, 0, 0, 0, []);
        level = level with { Bricks = new Brick?[level.CountZ * level.CountY * level.CountX] };
        for (var b = 0; b < level.Bricks.Length; b++)
        {
            int z0 = b / level.CountX / level.CountY * edge, y0 = b / level.CountX % level.CountY * edge, x0 = b % level.CountX * edge;
            var voxels = Enumerable.Range(0, edge * edge * edge).Select(i => value((z0 + i / edge / edge, y0 + i / edge % edge, x0 + i % edge))).ToArray();
            level.Bricks[b] = new Brick(
                System.Runtime.InteropServices.MemoryMarshal.AsBytes(voxels.AsSpan()), type, edge, edge, edge,
                Math.Min(edge, nz - z0), Math.Min(edge, ny - y0), Math.Min(edge, nx - x0));
        }

        return level;
    }
}
