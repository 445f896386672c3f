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
    public static int Length(in BrickTable table, Vector3 p, Vector3 step, int most)
    {
        var n = (float)most;
        return Axis(p.X, step.X, table.BrickShiftZ, table.ShapeZ, ref n) && Axis(p.Y, step.Y, table.BrickShiftY, table.ShapeY, ref n)
            && Axis(p.Z, step.Z, table.BrickShiftX, table.ShapeX, ref n)
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
    public static void Sample<T>(in BrickTable table, byte[] brick, Vector3 row, Vector3 right, int u, Span<float> target)
        where T : unmanaged, INumberBase<T>
    {
        int maskZ = (1 << table.BrickShiftZ) - 1, maskY = (1 << table.BrickShiftY) - 1, maskX = (1 << table.BrickShiftX) - 1;
        int strideY = 1 << table.BrickShiftX, strideZ = 1 << (table.BrickShiftX + table.BrickShiftY);
        var i = 0;
        if ((typeof(T) == typeof(ushort) || typeof(T) == typeof(byte)) && Avx2.IsSupported)
        {
            i = SampleEight<T>(brick, row, right, u, target, maskZ, maskY, maskX, table.BrickShiftX, table.BrickShiftY);
        }

        ref var voxels = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(brick));
        for (; i < target.Length; i++)
        {
            var p = row + (u + i) * right;
            int z0 = (int)p.X, y0 = (int)p.Y, x0 = (int)p.Z;
            float fz = p.X - z0, fy = p.Y - y0, fx = p.Z - x0;
            ref var c = ref Unsafe.Add(ref voxels, (z0 & maskZ) * strideZ + (y0 & maskY) * strideY + (x0 & maskX));
            var c00 = Mix(F(c), F(Unsafe.Add(ref c, 1)), fx);
            var c01 = Mix(F(Unsafe.Add(ref c, strideY)), F(Unsafe.Add(ref c, strideY + 1)), fx);
            var c10 = Mix(F(Unsafe.Add(ref c, strideZ)), F(Unsafe.Add(ref c, strideZ + 1)), fx);
            var c11 = Mix(F(Unsafe.Add(ref c, strideZ + strideY)), F(Unsafe.Add(ref c, strideZ + strideY + 1)), fx);
            target[i] = Mix(Mix(c00, c01, fy), Mix(c10, c11, fy), fz);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int SampleEight<T>(
        byte[] brick, Vector3 row, Vector3 right, int u, Span<float> target, int maskZ, int maskY, int maskX, int shiftX, int shiftY)
    {
        var lanes = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);
        int strideY = 1 << shiftX, strideZ = 1 << (shiftX + shiftY), i = 0;
        var last = Vector256.Create(brick.Length - 4);
        fixed (byte* voxels = brick)
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
                var corner = ((z0 & Vector256.Create(maskZ)) << (shiftX + shiftY)) + ((y0 & Vector256.Create(maskY)) << shiftX) + (x0 & Vector256.Create(maskX));
                var c00 = Pair<T>(voxels, corner, last, fx);
                var c01 = Pair<T>(voxels, corner + Vector256.Create(strideY), last, fx);
                var c10 = Pair<T>(voxels, corner + Vector256.Create(strideZ), last, fx);
                var c11 = Pair<T>(voxels, corner + Vector256.Create(strideZ + strideY), last, fx);
                var c0 = c00 + (c01 - c00) * fy;
                var c1 = c10 + (c11 - c10) * fy;
                (c0 + (c1 - c0) * fz).CopyTo(target[i..]);
            }
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe Vector256<float> Pair<T>(byte* voxels, Vector256<int> at, Vector256<int> last, Vector256<float> fx)
    {
        if (typeof(T) == typeof(byte))
        {
            // Four bytes are read where two are wanted; near the brick's end they begin earlier, and are shifted into place.
            var from = Vector256.Min(at, last);
            var four = Avx2.ShiftRightLogicalVariable(Avx2.GatherVector256((int*)voxels, from, 1), ((at - from) << 3).AsUInt32());
            var first = Vector256.ConvertToSingle(four & Vector256.Create(0xFF));
            return first + (Vector256.ConvertToSingle((four >>> 8) & Vector256.Create(0xFF)) - first) * fx;
        }

        var both = Avx2.GatherVector256((int*)voxels, at, 2);
        var left = Vector256.ConvertToSingle(both & Vector256.Create(0xFFFF));
        return left + (Vector256.ConvertToSingle(both >>> 16) - left) * fx;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float F<T>(T value) where T : unmanaged, INumberBase<T> => float.CreateTruncating(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Mix(float a, float b, float t) => a + (b - a) * t;
}
