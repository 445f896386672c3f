using System.Numerics;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// The specification: one pixel at a time. A <see cref="Vector3"/> here holds (x = z, y = y, z = x): components in array order.
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
            var value = At(volume, p.X, p.Y, p.Z, plane.Nearest);
            if (!float.IsNaN(value))
            {
                (sum, least, most, n) = (sum + value, MathF.Min(least, value), MathF.Max(most, value), n + 1);
            }
        }

        return n == 0 ? float.NaN : plane.Mode switch { SlabMode.Minimum => least, SlabMode.Maximum => most, _ => sum / n };
    }

    /// <summary>One trilinear (or nearest) sample at a point in index coordinates (z, y, x); NaN outside.</summary>
    public static float At(PagedVolume volume, float z, float y, float x, bool nearest = false)
    {
        if (!(z >= -0.5f && y >= -0.5f && x >= -0.5f && z <= volume.Z - 0.5f && y <= volume.Y - 0.5f && x <= volume.X - 0.5f))
        {
            return float.NaN;
        }

        (z, y, x) = (Math.Clamp(z, 0, volume.Z - 1), Math.Clamp(y, 0, volume.Y - 1), Math.Clamp(x, 0, volume.X - 1));
        if (nearest)
        {
            return volume.At((int)(z + 0.5f), (int)(y + 0.5f), (int)(x + 0.5f));
        }

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
