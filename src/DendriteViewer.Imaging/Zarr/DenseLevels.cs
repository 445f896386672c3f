using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>Assembles a level's bricks into one array.</summary>
public static class DenseLevels
{
    public static async Task<float[]> ReadFloatAsync(VolumeReader reader, PyramidLevel level, CancellationToken ct)
    {
        var dense = new float[level.Shape.Count];
        await ForRowsAsync(reader, level, ct, (row, at) => ToFloat(row, reader.Type, dense.AsSpan((int)at)));
        return dense;
    }

    /// <summary>Voxels [low, high) of a level, from the bricks that they lie in and no others.</summary>
    /// <param name="reader">The volume.</param>
    /// <param name="level">The level.</param>
    /// <param name="low">First voxel along each axis.</param>
    /// <param name="high">Voxel after the last; within the level, and above <paramref name="low"/>.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<float[]> ReadBoxAsync(
        VolumeReader reader, PyramidLevel level, VoxelIndex low, VoxelIndex high, CancellationToken ct)
    {
        var shape = new VolumeShape(high.Z - low.Z, high.Y - low.Y, high.X - low.X);
        var dense = new float[shape.Count];
        var b = level.Brick;
        var (first, last) = (new VoxelIndex(low.Z / b.Z, low.Y / b.Y, low.X / b.X),
            new VoxelIndex((high.Z - 1) / b.Z, (high.Y - 1) / b.Y, (high.X - 1) / b.X));
        var n = new VolumeShape(last.Z - first.Z + 1, last.Y - first.Y + 1, last.X - first.X + 1);
        var voxel = reader.Type.Size();
        await Parallel.ForAsync(0L, n.Count, ComputeLane.Options(ct), async (i, token) =>
        {
            var at = new VoxelIndex(first.Z + (int)(i / n.SliceCount), first.Y + (int)(i / n.X % n.Y), first.X + (int)(i % n.X));
            var brick = await reader.ReadBrickAsync(new BrickIndex(level.Number, at.Z, at.Y, at.X), token);
            var (x0, x1) = (Math.Max(low.X, at.X * b.X), Math.Min(high.X, (at.X + 1) * b.X));
            for (var z = Math.Max(low.Z, at.Z * b.Z); z < Math.Min(high.Z, (at.Z + 1) * b.Z); z++)
            {
                for (var y = Math.Max(low.Y, at.Y * b.Y); y < Math.Min(high.Y, (at.Y + 1) * b.Y); y++)
                {
                    var row = ((z - at.Z * b.Z) * b.Y + y - at.Y * b.Y) * b.X + x0 - at.X * b.X;
                    var target = ((long)(z - low.Z) * shape.Y + y - low.Y) * shape.X + x0 - low.X;
                    ToFloat(brick.AsSpan(row * voxel, (x1 - x0) * voxel), reader.Type, dense.AsSpan((int)target));
                }
            }
        });
        return dense;
    }

    // Calls back with each brick's rows (bytes of the voxels inside the shape) and the index of their first voxel.
    private delegate void RowAction(ReadOnlySpan<byte> row, long at);

    private static Task ForRowsAsync(VolumeReader reader, PyramidLevel level, CancellationToken ct, RowAction action)
    {
        var (n, s, b) = (level.BrickCount, level.Shape, level.Brick);
        var voxel = reader.Type.Size();
        return Parallel.ForAsync(0L, n.Count, ComputeLane.Options(ct), async (i, token) =>
        {
            int bz = (int)(i / n.SliceCount), by = (int)(i / n.X % n.Y), bx = (int)(i % n.X);
            var brick = await reader.ReadBrickAsync(new BrickIndex(level.Number, bz, by, bx), token);
            int z0 = bz * b.Z, y0 = by * b.Y, x0 = bx * b.X;
            var bytes = Math.Min(b.X, s.X - x0) * voxel;
            for (var z = 0; z < Math.Min(b.Z, s.Z - z0); z++)
            {
                for (var y = 0; y < Math.Min(b.Y, s.Y - y0); y++)
                {
                    action(brick.AsSpan((z * b.Y + y) * b.X * voxel, bytes), ((long)(z0 + z) * s.Y + y0 + y) * s.X + x0);
                }
            }
        });
    }

    internal static void ToFloat(ReadOnlySpan<byte> row, VoxelType type, Span<float> target)
    {
        switch (type)
        {
            case VoxelType.UInt8: Convert<byte>(row, target); break;
            case VoxelType.Int8: Convert(MemoryMarshal.Cast<byte, sbyte>(row), target); break;
            case VoxelType.UInt16: Convert(MemoryMarshal.Cast<byte, ushort>(row), target); break;
            case VoxelType.Int16: Convert(MemoryMarshal.Cast<byte, short>(row), target); break;
            default: MemoryMarshal.Cast<byte, float>(row).CopyTo(target); break;
        }
    }

    private static void Convert<T>(ReadOnlySpan<T> row, Span<float> target) where T : unmanaged, INumber<T>
    {
        for (var i = 0; i < row.Length; i++)
        {
            target[i] = float.CreateTruncating(row[i]);
        }
    }
}
