using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// Slices by tricubic interpolation, a pixel at a time: four voxels of a row are one vector, sixteen rows make a sample. For pictures at
/// rest; the same values as <see cref="SliceProgram"/> but for the last bits.
/// </summary>
internal static class SliceCubic
{
    public static void RenderTile(SliceJob job, int u0, int v0, int size)
    {
        Span<float> row = stackalloc float[Math.Min(size, job.Width - u0)];
        for (var v = v0; v < Math.Min(v0 + size, job.Height); v++)
        {
            for (var u = 0; u < row.Length; u++)
            {
                row[u] = job.Volume.Type switch
                {
                    VoxelType.UInt8 => Pixel<byte>(job, u0 + u, v),
                    VoxelType.Int8 => Pixel<sbyte>(job, u0 + u, v),
                    VoxelType.UInt16 => Pixel<ushort>(job, u0 + u, v),
                    VoxelType.Int16 => Pixel<short>(job, u0 + u, v),
                    _ => Pixel<float>(job, u0 + u, v),
                };
            }

            job.Row(u0, v, row);
        }
    }

    private static float Pixel<T>(SliceJob job, int u, int v) where T : unmanaged, INumberBase<T>
    {
        ref readonly var plane = ref job.Plane;
        var p = plane.Origin + u * plane.Right + v * plane.Down - (plane.SlabSamples - 1) * 0.5f * plane.Normal;
        var (sum, least, most, n) = (0f, float.PositiveInfinity, float.NegativeInfinity, 0);
        for (var s = 0; s < plane.SlabSamples; s++, p += plane.Normal)
        {
            if (SliceProgram.IsInside(job.Shape, p))
            {
                var last = new Vector3(job.Volume.X - 1, job.Volume.Y - 1, job.Volume.Z - 1);
                var value = Sample<T>(job.Volume, Vector3.Clamp(p, Vector3.Zero, last));
                (sum, least, most, n) = (sum + value, MathF.Min(least, value), MathF.Max(most, value), n + 1);
            }
        }

        return n == 0 ? float.NaN : plane.Mode switch { SlabMode.Minimum => least, SlabMode.Maximum => most, _ => sum / n };
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sample<T>(PagedVolume volume, Vector3 p) where T : unmanaged, INumberBase<T>
    {
        int z = (int)p.Z, y = (int)p.Y, x = (int)p.X;
        Vector128<float> wz = Weights(p.Z - z), wy = Weights(p.Y - y);
        var sum = Vector128<float>.Zero;
        for (var k = 0; k < 4; k++)
        {
            for (var j = 0; j < 4; j++)
            {
                sum += Row<T>(volume, z + k - 1, y + j - 1, x - 1) * (wz[k] * wy[j]);
            }
        }

        return Vector128.Dot(sum, Weights(p.X - x));
    }

    // SliceProgram.Weight of all four.
    private static Vector128<float> Weights(float t)
    {
        float t2 = t * t, t3 = t2 * t;
        return Vector128.Create(-0.5f * t3 + t2 - 0.5f * t, 1.5f * t3 - 2.5f * t2 + 1, -1.5f * t3 + 2 * t2 + 0.5f * t,
            0.5f * t3 - 0.5f * t2);
    }

    // Voxels x … x + 3: at once where they lie in one tile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Row<T>(PagedVolume volume, int z, int y, int x) where T : unmanaged, INumberBase<T>
    {
        var grid = volume.Grid;
        if ((uint)z < (uint)grid.Z && (uint)y < (uint)grid.Y && x >= 0 && x + 3 < grid.X && (x & (Brick.TileEdge - 1)) <= Brick.TileEdge - 4
            && grid.BrickAt(z, y, x) is { IsTiled: true } brick)
        {
            ref var voxels = ref Unsafe.Add(
                ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(brick.Data)),
                brick.Offset(z & ((1 << grid.ShiftZ) - 1), y & ((1 << grid.ShiftY) - 1), x & ((1 << grid.ShiftX) - 1)));
            return Vector128.Create(
                Value(voxels), Value(Unsafe.Add(ref voxels, 1)), Value(Unsafe.Add(ref voxels, 2)), Value(Unsafe.Add(ref voxels, 3)));
        }

        return Vector128.Create(volume.At(z, y, x), volume.At(z, y, x + 1), volume.At(z, y, x + 2), volume.At(z, y, x + 3));

        static float Value(T v) => typeof(T) == typeof(float) ? PagedVolume.Finite(float.CreateTruncating(v)) : float.CreateTruncating(v);
    }
}
