using DendriteViewer.Kernels.Bricks;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>How the samples through a thick slab become one value.</summary>
public enum SlabMode
{
    /// <summary>Arithmetic mean of the samples.</summary>
    Mean,

    /// <summary>Smallest sample.</summary>
    Minimum,

    /// <summary>Largest sample.</summary>
    Maximum,
}

/// <summary>
/// A plane in index coordinates of a level, in which the centre of voxel (k, j, i) is the point (k, j, i):
/// pixel (u, v) is sampled at <c>Origin + u·Right + v·Down</c>, a slab further at <c>± n·Normal</c>. z, y, x order.
/// </summary>
/// <param name="Origin">Centre of pixel (0, 0).</param>
/// <param name="Right">Step from a pixel to the one right of it.</param>
/// <param name="Down">Step from a pixel to the one below it.</param>
/// <param name="Normal">Step from one sample of the slab to the next.</param>
/// <param name="SlabSamples">Samples through the slab, centred on the plane; 1 is a plain slice.</param>
/// <param name="Mode">How the samples of a slab are combined.</param>
/// <param name="Nearest">Nearest voxel instead of trilinear interpolation (label volumes).</param>
public readonly record struct SliceGeometry(
    Vector3 Origin, Vector3 Right, Vector3 Down, Vector3 Normal, int SlabSamples = 1, SlabMode Mode = SlabMode.Mean, bool Nearest = false);

/// <summary>
/// Resamples a plane, at any orientation, from the bricks of a level.
/// A <see cref="Vector3"/> here holds (x = z, y = y, z = x): components in array order.
/// Outside the volume (further than half a voxel from the outermost centres) a pixel is NaN.
/// </summary>
public static class SliceKernel
{
    /// <summary>Samples rows <paramref name="fromRow"/> to <paramref name="toRow"/> of a <paramref name="width"/> wide picture.</summary>
    /// <returns>The number of samples that were left out because their brick is not loaded.</returns>
    // Compiled fully at the first call: a picture is over before a method would have been found hot.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Sample<T>(BrickLevel level, in SliceGeometry plane, int width, int fromRow, int toRow, Span<float> target)
        where T : unmanaged, INumberBase<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, width * toRow);
        var missing = 0;
        var half = (plane.SlabSamples - 1) * 0.5f;
        for (var v = fromRow; v < toRow; v++)
        {
            var row = plane.Origin + v * plane.Down;
            var line = target.Slice(v * width, width);
            for (var u = 0; u < width; u++)
            {
                var centre = row + u * plane.Right;
                if (plane.SlabSamples > 1)
                {
                    line[u] = Slab<T>(level, plane, centre - half * plane.Normal, ref missing);
                    continue;
                }

                var run = plane.Nearest ? 0 : SliceRun.Length(level, centre, plane.Right, width - u);
                if (run <= 1)
                {
                    line[u] = At<T>(level, centre, plane.Nearest, ref missing);
                    continue;
                }

                if (level.BrickAt((int)centre.X, (int)centre.Y, (int)centre.Z) is { } brick)
                {
                    SliceRun.Sample<T>(level, brick, row, plane.Right, u, line.Slice(u, run));
                }
                else
                {
                    line.Slice(u, run).Fill(float.NaN);
                    missing += run;
                }

                u += run - 1;
            }
        }

        return missing;
    }

    private static float Slab<T>(BrickLevel level, in SliceGeometry plane, Vector3 p, ref int missing)
        where T : unmanaged, INumberBase<T>
    {
        var sum = 0f;
        var least = float.PositiveInfinity;
        var most = float.NegativeInfinity;
        var n = 0;
        for (var s = 0; s < plane.SlabSamples; s++, p += plane.Normal)
        {
            var value = At<T>(level, p, plane.Nearest, ref missing);
            if (float.IsNaN(value))
            {
                continue;
            }

            sum += value;
            least = MathF.Min(least, value);
            most = MathF.Max(most, value);
            n++;
        }

        return n == 0 ? float.NaN : plane.Mode switch { SlabMode.Minimum => least, SlabMode.Maximum => most, _ => sum / n };
    }

    /// <summary>One trilinear (or nearest) sample at a point in index coordinates (z, y, x); NaN outside or not loaded.</summary>
    public static float At<T>(BrickLevel level, float z, float y, float x, bool nearest = false) where T : unmanaged, INumberBase<T>
    {
        var missing = 0;
        return At<T>(level, new Vector3(z, y, x), nearest, ref missing);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float At<T>(BrickLevel level, Vector3 p, bool nearest, ref int missing) where T : unmanaged, INumberBase<T>
    {
        int nz = level.Z, ny = level.Y, nx = level.X;
        float z = p.X, y = p.Y, x = p.Z;
        if (!(z >= -0.5f && y >= -0.5f && x >= -0.5f && z <= nz - 0.5f && y <= ny - 0.5f && x <= nx - 0.5f))
        {
            return float.NaN;
        }

        z = Math.Clamp(z, 0, nz - 1);
        y = Math.Clamp(y, 0, ny - 1);
        x = Math.Clamp(x, 0, nx - 1);
        if (nearest)
        {
            if (!TryGet<T>(level, (int)(z + 0.5f), (int)(y + 0.5f), (int)(x + 0.5f), out var voxel))
            {
                missing++;
            }

            return voxel;
        }

        int z0 = (int)z, y0 = (int)y, x0 = (int)x;
        float fz = z - z0, fy = y - y0, fx = x - x0;
        int maskZ = (1 << level.ShiftZ) - 1, maskY = (1 << level.ShiftY) - 1, maskX = (1 << level.ShiftX) - 1;
        if ((z0 & maskZ) != maskZ && (y0 & maskY) != maskY && (x0 & maskX) != maskX)
        {
            // All eight corners lie in one brick; an edge brick is padded, and its padding has weight zero.
            if (level.BrickAt(z0, y0, x0) is not { } brick)
            {
                missing++;
                return float.NaN;
            }

            int strideY = brick.StepY, strideZ = brick.StepZ;
            ref var c = ref Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(brick.Data)), brick.Offset(z0 & maskZ, y0 & maskY, x0 & maskX));
            var c00 = Lerp(F(c), F(Unsafe.Add(ref c, 1)), fx);
            var c01 = Lerp(F(Unsafe.Add(ref c, strideY)), F(Unsafe.Add(ref c, strideY + 1)), fx);
            var c10 = Lerp(F(Unsafe.Add(ref c, strideZ)), F(Unsafe.Add(ref c, strideZ + 1)), fx);
            var c11 = Lerp(F(Unsafe.Add(ref c, strideZ + strideY)), F(Unsafe.Add(ref c, strideZ + strideY + 1)), fx);
            return Lerp(Lerp(c00, c01, fy), Lerp(c10, c11, fy), fz);
        }

        int z1 = Math.Min(z0 + 1, nz - 1), y1 = Math.Min(y0 + 1, ny - 1), x1 = Math.Min(x0 + 1, nx - 1);
        var ok = TryGet<T>(level, z0, y0, x0, out var v000)
            & TryGet<T>(level, z0, y0, x1, out var v001)
            & TryGet<T>(level, z0, y1, x0, out var v010)
            & TryGet<T>(level, z0, y1, x1, out var v011)
            & TryGet<T>(level, z1, y0, x0, out var v100)
            & TryGet<T>(level, z1, y0, x1, out var v101)
            & TryGet<T>(level, z1, y1, x0, out var v110)
            & TryGet<T>(level, z1, y1, x1, out var v111);
        if (!ok)
        {
            missing++;
            return float.NaN;
        }

        return Lerp(
            Lerp(Lerp(v000, v001, fx), Lerp(v010, v011, fx), fy),
            Lerp(Lerp(v100, v101, fx), Lerp(v110, v111, fx), fy), fz);
    }

    // The voxel at an index inside the level, or false where its brick is not loaded.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryGet<T>(BrickLevel level, int z, int y, int x, out float value) where T : unmanaged, INumberBase<T>
    {
        if (level.BrickAt(z, y, x) is not { } brick)
        {
            value = float.NaN;
            return false;
        }

        var at = brick.Offset(z & ((1 << level.ShiftZ) - 1), y & ((1 << level.ShiftY) - 1), x & ((1 << level.ShiftX) - 1));
        value = F(Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(brick.Data)), at));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float F<T>(T value) where T : unmanaged, INumberBase<T> => float.CreateTruncating(value);

    // An interpolation that gives its end points exactly and never multiplies a weight of zero into the result as NaN would.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Lerp(float a, float b, float t) => t == 0 ? a : a + (b - a) * t;
}
