using System.Runtime.InteropServices;

namespace DendriteViewer.Hdf5;

/// <summary>Turns a block of samples whose axes stand in the file's order to z, y, x.</summary>
internal static class Turning
{
    // Both sides of a tile stay in the processor's nearest cache.
    private const int Tile = 32;

    /// <summary>Whether the axes stand in another order than z, y, x.</summary>
    /// <param name="axes">Which axis of the array is z, y and x; negative where it has none.</param>
    public static bool IsNeeded(ReadOnlySpan<int> axes)
    {
        var last = -1;
        foreach (var axis in axes)
        {
            if (axis >= 0 && axis < last)
            {
                return true;
            }

            last = Math.Max(last, axis);
        }

        return false;
    }

    /// <summary>Turns.</summary>
    /// <param name="source">Samples in the array's order, without its other axes.</param>
    /// <param name="target">As many, z, y, x.</param>
    /// <param name="axes">Which axis of the array is z, y and x; negative where it has none.</param>
    /// <param name="shape">Samples along z, y and x.</param>
    /// <param name="size">Bytes of a sample: 1, 2, 4 or 8.</param>
    public static void Turn(ReadOnlySpan<byte> source, Span<byte> target, ReadOnlySpan<int> axes, int[] shape, int size)
    {
        // What z, y and x step by in the source.
        var strides = new long[3];
        for (var i = 0; i < 3; i++)
        {
            strides[i] = 1;
            for (var k = 0; k < 3; k++)
            {
                strides[i] *= axes[i] >= 0 && axes[k] > axes[i] ? shape[k] : 1;
            }
        }

        switch (size)
        {
            case 1: Turn(source, target, strides, shape); break;
            case 2: Turn(MemoryMarshal.Cast<byte, ushort>(source), MemoryMarshal.Cast<byte, ushort>(target), strides, shape); break;
            case 4: Turn(MemoryMarshal.Cast<byte, uint>(source), MemoryMarshal.Cast<byte, uint>(target), strides, shape); break;
            default: Turn(MemoryMarshal.Cast<byte, ulong>(source), MemoryMarshal.Cast<byte, ulong>(target), strides, shape); break;
        }
    }

    // The target is written along x. Tiles over x and the axis that is the fastest of the source keep what is read of it in the cache.
    private static void Turn<T>(ReadOnlySpan<T> source, Span<T> target, long[] strides, int[] shape) where T : unmanaged
    {
        var (nz, ny, nx) = (shape[0], shape[1], shape[2]);
        var byZ = nz > 1 && (strides[0] < strides[1] || ny == 1);
        var (outer, inner) = byZ ? (ny, nz) : (nz, ny);
        for (var o = 0; o < outer; o++)
        {
            for (var i0 = 0; i0 < inner; i0 += Tile)
            {
                for (var x0 = 0; x0 < nx; x0 += Tile)
                {
                    for (var i = i0; i < Math.Min(inner, i0 + Tile); i++)
                    {
                        var (z, y) = byZ ? (i, o) : (o, i);
                        var from = z * strides[0] + y * strides[1];
                        var row = target.Slice((z * ny + y) * nx, nx);
                        for (var x = x0; x < Math.Min(nx, x0 + Tile); x++)
                        {
                            row[x] = source[(int)(from + x * strides[2])];
                        }
                    }
                }
            }
        }
    }
}
