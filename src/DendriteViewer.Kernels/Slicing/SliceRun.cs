using DendriteViewer.Kernels.Bricks;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// The pixels of a row that read inside one brick, away from its far faces: no clamping, no look-up of bricks. Most pixels
/// are of this kind; the others go the general way, which is the specification. For 8- and 16-bit unsigned voxels eight pixels
/// at a time: a 32-bit gather brings voxels x and x + 1, so a trilinear sample takes four. The arithmetic is that of the general way.
/// </summary>
internal static class SliceRun
{
    /// <summary>
    /// How many pixels from <paramref name="p"/> on stay in the interior of the brick that holds it; 0 where the first does not.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Length(BrickLevel level, Vector3 p, Vector3 step, int most)
    {
        var n = (float)most;
        return Axis(p.X, step.X, level.ShiftZ, level.Z, ref n) && Axis(p.Y, step.Y, level.ShiftY, level.Y, ref n)
            && Axis(p.Z, step.Z, level.ShiftX, level.X, ref n)
            ? (int)n
            : 0;

        static bool Axis(float p, float d, int shift, int size, ref float n)
        {
            if (!(p >= 0 && p < size - 1))
            {
                return false;
            }

            // The interior ends where the next voxel would lie in the next brick; a margin covers rounding.
            const float Margin = 1e-3f;
            var from = (float)((int)p >> shift << shift);
            var to = MathF.Min(from + (1 << shift) - 1, size - 1);
            if (p < from + Margin && d < 0 || p >= to - Margin)
            {
                return false;
            }

            if (d > 0)
            {
                n = MathF.Min(n, MathF.Floor((to - Margin - p) / d) + 1);
            }
            else if (d < 0)
            {
                n = MathF.Min(n, MathF.Floor((p - from - Margin) / -d) + 1);
            }

            return n >= 1;
        }
    }

    /// <summary>Samples pixels u … u + count − 1 of a row, all inside <paramref name="brick"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sample<T>(BrickLevel level, Brick brick, Vector3 row, Vector3 right, int u, Span<float> target)
        where T : unmanaged, INumberBase<T>
    {
        int maskZ = (1 << level.ShiftZ) - 1, maskY = (1 << level.ShiftY) - 1, maskX = (1 << level.ShiftX) - 1;
        int strideY = brick.StepY, strideZ = brick.StepZ;
        var i = 0;
        if ((typeof(T) == typeof(ushort) || typeof(T) == typeof(byte)) && Avx2.IsSupported && brick.IsTiled)
        {
            i = SampleEight<T>(brick, row, right, u, target, maskZ, maskY, maskX, level.ShiftY - Brick.TileShift, level.ShiftX - Brick.TileShift);
        }

        ref var voxels = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(brick.Data));
        for (; i < target.Length; i++)
        {
            var p = row + (u + i) * right;
            int z0 = (int)p.X, y0 = (int)p.Y, x0 = (int)p.Z;
            float fz = p.X - z0, fy = p.Y - y0, fx = p.Z - x0;
            ref var c = ref Unsafe.Add(ref voxels, brick.Offset(z0 & maskZ, y0 & maskY, x0 & maskX));
            var c00 = Mix(F(c), F(Unsafe.Add(ref c, 1)), fx);
            var c01 = Mix(F(Unsafe.Add(ref c, strideY)), F(Unsafe.Add(ref c, strideY + 1)), fx);
            var c10 = Mix(F(Unsafe.Add(ref c, strideZ)), F(Unsafe.Add(ref c, strideZ + 1)), fx);
            var c11 = Mix(F(Unsafe.Add(ref c, strideZ + strideY)), F(Unsafe.Add(ref c, strideZ + strideY + 1)), fx);
            target[i] = Mix(Mix(c00, c01, fy), Mix(c10, c11, fy), fz);
        }
    }

    // Where a voxel lies is a sum over the axes of voxels within a tile and tiles: z·StepZ + (z >> 4)·(a slab of tiles − 16·StepZ) + …
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int SampleEight<T>(
        Brick brick, Vector3 row, Vector3 right, int u, Span<float> target, int maskZ, int maskY, int maskX, int tilesShiftY, int tilesShiftX)
        where T : unmanaged, INumberBase<T>
    {
        int strideY = brick.StepY, strideZ = brick.StepZ;
        var tileX = Vector256.Create(Brick.TileStride - Brick.TileEdge);
        var tileY = Vector256.Create((Brick.TileStride << tilesShiftX) - Brick.TileEdge * strideY);
        var tileZ = Vector256.Create((Brick.TileStride << (tilesShiftX + tilesShiftY)) - Brick.TileEdge * strideZ);
        var lanes = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);
        var i = 0;
        fixed (byte* voxels = brick.Data)
        {
            for (; i <= target.Length - 8; i += 8)
            {
                var at = Vector256.Create((float)(u + i)) + lanes;
                var z = Vector256.Create(row.X) + at * right.X;
                var y = Vector256.Create(row.Y) + at * right.Y;
                var x = Vector256.Create(row.Z) + at * right.Z;
                Vector256<int> z0 = Avx.ConvertToVector256Int32WithTruncation(z), y0 = Avx.ConvertToVector256Int32WithTruncation(y), x0 = Avx.ConvertToVector256Int32WithTruncation(x);
                var fz = z - Vector256.ConvertToSingle(z0);
                var fy = y - Vector256.ConvertToSingle(y0);
                var fx = x - Vector256.ConvertToSingle(x0);
                (z0, y0, x0) = (z0 & Vector256.Create(maskZ), y0 & Vector256.Create(maskY), x0 & Vector256.Create(maskX));
                var corner = z0 * strideZ + y0 * strideY + x0
                    + (z0 >>> Brick.TileShift) * tileZ + (y0 >>> Brick.TileShift) * tileY + (x0 >>> Brick.TileShift) * tileX;
                var c00 = Pair<T>(voxels, corner, fx);
                var c01 = Pair<T>(voxels, corner + Vector256.Create(strideY), fx);
                var c10 = Pair<T>(voxels, corner + Vector256.Create(strideZ), fx);
                var c11 = Pair<T>(voxels, corner + Vector256.Create(strideZ + strideY), fx);
                var c0 = c00 + (c01 - c00) * fy;
                var c1 = c10 + (c11 - c10) * fy;
                (c0 + (c1 - c0) * fz).CopyTo(target[i..]);
            }
        }

        return i;
    }

    // Voxels x and x + 1 in one load of 32 bits; behind the last voxel a brick has room.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<float> Pair<T>(byte* voxels, Vector256<int> at, Vector256<float> fx)
    {
        var (mask, shift) = typeof(T) == typeof(byte) ? (0xFF, 8) : (0xFFFF, 16);
        var both = typeof(T) == typeof(byte) ? Avx2.GatherVector256((int*)voxels, at, 1) : Avx2.GatherVector256((int*)voxels, at, 2);
        var left = Vector256.ConvertToSingle(both & Vector256.Create(mask));
        return left + (Vector256.ConvertToSingle((both >>> shift) & Vector256.Create(mask)) - left) * fx;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float F<T>(T value) where T : unmanaged, INumberBase<T> => float.CreateTruncating(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Mix(float a, float b, float t) => a + (b - a) * t;
}
