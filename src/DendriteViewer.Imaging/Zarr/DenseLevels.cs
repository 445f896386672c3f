using System.Numerics;
using System.Runtime.InteropServices;
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
