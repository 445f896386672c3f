using System.Numerics;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// The specification: one pixel at a time.
/// Outside the volume (further than half a voxel from the outermost centres) a pixel is NaN.
/// </summary>
public static class SliceScalar
{
    /// <summary>The value of pixel (u, v).</summary>
    public static float Pixel(PagedVolume volume, in SliceGeometry plane, int u, int v)
    {
        var p = plane.Origin + u * plane.Right + v * plane.Down - (plane.SlabSamples - 1) * 0.5f * plane.Normal;
        var (sum, least, most, n) = (0f, float.PositiveInfinity, float.NegativeInfinity, 0);
        for (var s = 0; s < plane.SlabSamples; s++, p += plane.Normal)
        {
            var value = At(volume, p.Z, p.Y, p.X, plane.Interpolation);
            if (!float.IsNaN(value))
            {
                (sum, least, most, n) = (sum + value, MathF.Min(least, value), MathF.Max(most, value), n + 1);
            }
        }

        return n == 0 ? float.NaN : plane.Mode switch { SlabMode.Minimum => least, SlabMode.Maximum => most, _ => sum / n };
    }

    /// <summary>One sample at a point in index coordinates (z, y, x); NaN outside.</summary>
    public static float At(PagedVolume volume, float z, float y, float x, SliceInterpolation interpolation = SliceInterpolation.Linear)
    {
        if (!Inside(volume, new VoxelVector(z, y, x), out var at))
        {
            return float.NaN;
        }

        (z, y, x) = (at.Z, at.Y, at.X);
        return interpolation switch
        {
            SliceInterpolation.Nearest => volume.At((int)(z + 0.5f), (int)(y + 0.5f), (int)(x + 0.5f)),
            SliceInterpolation.Cubic => Cubic(volume, z, y, x),
            _ => Linear(volume, z, y, x),
        };
    }

    /// <summary>Whether a point is within half a voxel of the outermost centres, and where it is sampled then.</summary>
    internal static bool Inside(PagedVolume volume, Vector3 p, out Vector3 at)
    {
        var last = new Vector3(volume.X - 1, volume.Y - 1, volume.Z - 1);
        at = Vector3.Clamp(p, Vector3.Zero, last);
        return p.X >= -0.5f && p.Y >= -0.5f && p.Z >= -0.5f && p.X <= last.X + 0.5f && p.Y <= last.Y + 0.5f && p.Z <= last.Z + 0.5f;
    }

    /// <summary>Weights of the four voxels around a fraction t: a Catmull–Rom spline (R. Keys, IEEE Trans. ASSP 29, 1153, 1981, a = −½).</summary>
    internal static Vector128<float> Weights(float t)
    {
        float t2 = t * t, t3 = t2 * t;
        return Vector128.Create(-0.5f * t3 + t2 - 0.5f * t, 1.5f * t3 - 2.5f * t2 + 1, -1.5f * t3 + 2 * t2 + 0.5f * t, 0.5f * t3 - 0.5f * t2);
    }

    private static float Cubic(PagedVolume volume, float z, float y, float x)
    {
        int z0 = (int)z, y0 = (int)y, x0 = (int)x;
        Vector128<float> wz = Weights(z - z0), wy = Weights(y - y0), wx = Weights(x - x0);
        var sum = 0f;
        for (var i = 0; i < 64; i++)
        {
            sum += wz[i >> 4] * wy[i >> 2 & 3] * wx[i & 3] * volume.At(z0 - 1 + (i >> 4), y0 - 1 + (i >> 2 & 3), x0 - 1 + (i & 3));
        }

        return sum;
    }

    private static float Linear(PagedVolume volume, float z, float y, float x)
    {
        int z0 = (int)z, y0 = (int)y, x0 = (int)x;
        float fz = z - z0, fy = y - y0, fx = x - x0;
        return Mix(
            Mix(Mix(volume.At(z0, y0, x0), volume.At(z0, y0, x0 + 1), fx), Mix(volume.At(z0, y0 + 1, x0), volume.At(z0, y0 + 1, x0 + 1), fx), fy),
            Mix(Mix(volume.At(z0 + 1, y0, x0), volume.At(z0 + 1, y0, x0 + 1), fx), Mix(volume.At(z0 + 1, y0 + 1, x0), volume.At(z0 + 1, y0 + 1, x0 + 1), fx), fy), fz);

        static float Mix(float a, float b, float t) => a + (b - a) * t;
    }

    internal static void RenderTile(SliceJob job, int u0, int v0, int size)
    {
        Span<float> row = stackalloc float[Math.Min(size, job.Width - u0)];
        for (var v = v0; v < Math.Min(v0 + size, job.Height); v++)
        {
            for (var u = 0; u < row.Length; u++)
            {
                row[u] = Pixel(job.Volume, job.Plane, u0 + u, v);
            }

            job.Row(u0, v, row);
        }
    }
}
