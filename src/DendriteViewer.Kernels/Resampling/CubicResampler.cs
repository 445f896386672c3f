using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Resampling;

/// <summary>
/// Reads a scan along lines that need not go through its voxels, with Catmull–Rom's cubic in each axis: where scans are moved onto
/// one another, linear interpolation would blur edges by up to half a voxel, and thin lithium with them.
/// </summary>
/// <remarks>
/// A scan that is moved only a little is read along lines nearly parallel to x. Over a vector's lanes the line then stays in one row
/// of voxels, so that every tap is one unaligned load of neighbouring voxels with weights that differ from lane to lane; where the line
/// passes into another row, lanes are read one by one, by the scalar version, which is the specification.
/// </remarks>
public static class CubicResampler
{
    /// <summary>Reads a line of voxels.</summary>
    /// <param name="slices">Slices across z, each y · x voxels; those that the line needs are not null.</param>
    /// <param name="y">Rows of a slice.</param>
    /// <param name="x">Voxels of a row.</param>
    /// <param name="start">First place, in index coordinates (z, y, x), where voxel centres are whole numbers.</param>
    /// <param name="step">From place to place.</param>
    /// <param name="target">Values; NaN further than half a voxel outside the volume.</param>
    public static void ReadLine(
        float[]?[] slices, int y, int x, (double Z, double Y, double X) start, (double Z, double Y, double X) step, Span<float> target)
    {
        var i = 0;
        var lanes = Vector<float>.Count;
        for (; i < target.Length; i += lanes)
        {
            var n = Math.Min(lanes, target.Length - i);
            var (z0, y0, x0) = (start.Z + i * step.Z, start.Y + i * step.Y, start.X + i * step.X);
            var (z1, y1, x1) = (z0 + (lanes - 1) * step.Z, y0 + (lanes - 1) * step.Y, x0 + (lanes - 1) * step.X);
            int kz = (int)Math.Floor(z0), ky = (int)Math.Floor(y0), kx = (int)Math.Floor(x0);
            if (n == lanes && kz == (int)Math.Floor(z1) && ky == (int)Math.Floor(y1) && kx + lanes - 1 == (int)Math.Floor(x1) && step.X > 0
                && kz >= 1 && kz + 2 < slices.Length && ky >= 1 && ky + 2 < y && kx >= 1 && kx + lanes + 1 < x)
            {
                ReadLanes(slices, x, kz, ky, kx, (z0 - kz, y0 - ky, x0 - kx), step, target.Slice(i, lanes));
                continue;
            }

            for (var k = i; k < i + n; k++)
            {
                target[k] = Read(slices, y, x, start.Z + k * step.Z, start.Y + k * step.Y, start.X + k * step.X);
            }
        }
    }

    /// <summary>Reads one place, in index coordinates; NaN further than half a voxel outside the volume.</summary>
    public static float Read(float[]?[] slices, int y, int x, double pz, double py, double px)
    {
        if (!(pz >= -0.5 && pz <= slices.Length - 0.5 && py >= -0.5 && py <= y - 0.5 && px >= -0.5 && px <= x - 0.5))
        {
            return float.NaN;
        }

        int kz = (int)Math.Floor(pz), ky = (int)Math.Floor(py), kx = (int)Math.Floor(px);
        Span<float> wz = stackalloc float[4], wy = stackalloc float[4], wx = stackalloc float[4];
        Weights((float)(pz - kz), wz);
        Weights((float)(py - ky), wy);
        Weights((float)(px - kx), wx);
        var sum = 0f;
        for (var a = 0; a < 4; a++)
        {
            var slice = slices[Math.Clamp(kz + a - 1, 0, slices.Length - 1)]!;
            for (var b = 0; b < 4; b++)
            {
                var row = Math.Clamp(ky + b - 1, 0, y - 1) * x;
                for (var c = 0; c < 4; c++)
                {
                    sum += wz[a] * wy[b] * wx[c] * slice[row + Math.Clamp(kx + c - 1, 0, x - 1)];
                }
            }
        }

        return sum;
    }

    // E. Catmull, R. Rom, 1974: the cubic through four points whose slope at the middle two is that of their neighbours' chord.
    private static void Weights(float t, Span<float> w)
    {
        w[0] = ((2 - t) * t - 1) * t / 2;
        w[1] = ((3 * t - 5) * t * t + 2) / 2;
        w[2] = ((4 - 3 * t) * t + 1) * t / 2;
        w[3] = (t - 1) * t * t / 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ReadLanes(
        float[]?[] slices, int x, int kz, int ky, int kx, (double Z, double Y, double X) at, (double Z, double Y, double X) step, Span<float> target)
    {
        var ramp = Vector<float>.Indices;
        var (z0, z1, z2, z3) = Weights(new Vector<float>((float)at.Z) + (float)step.Z * ramp);
        var (y0, y1, y2, y3) = Weights(new Vector<float>((float)at.Y) + (float)step.Y * ramp);
        var (x0, x1, x2, x3) = Weights(new Vector<float>((float)at.X) + (float)(step.X - 1) * ramp);
        var sum = Vector<float>.Zero;
        for (var a = 0; a < 4; a++)
        {
            var wz = a switch { 0 => z0, 1 => z1, 2 => z2, _ => z3 };
            ref var first = ref slices[kz + a - 1]![(ky - 1) * x + kx - 1];
            sum += wz * (y0 * Row(ref first) + y1 * Row(ref Unsafe.Add(ref first, x)) + y2 * Row(ref Unsafe.Add(ref first, 2 * x)) + y3 * Row(ref Unsafe.Add(ref first, 3 * x)));
        }

        sum.CopyTo(target);

        Vector<float> Row(ref float p) =>
            x0 * Vector.LoadUnsafe(ref p) + x1 * Vector.LoadUnsafe(ref p, 1) + x2 * Vector.LoadUnsafe(ref p, 2) + x3 * Vector.LoadUnsafe(ref p, 3);
    }

    private static (Vector<float> A, Vector<float> B, Vector<float> C, Vector<float> D) Weights(Vector<float> t)
    {
        var half = new Vector<float>(0.5f);
        return (((2 * Vector<float>.One - t) * t - Vector<float>.One) * t * half, ((3 * t - new Vector<float>(5)) * t * t + new Vector<float>(2)) * half,
            ((new Vector<float>(4) - 3 * t) * t + Vector<float>.One) * t * half, (t - Vector<float>.One) * t * t * half);
    }
}
