using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// The specification of slices, one pixel at a time, compiled for the host and for every device. Outside the volume, further than half a
/// voxel
/// from the outermost centres, a pixel is NaN.
/// </summary>
internal static class SliceProgram
{
    /// <summary>The value of pixel (u, v).</summary>
    public static float Pixel<TMemory>(in TMemory memory, in SliceArguments a, int u, int v) where TMemory : struct, IVoxelMemory
    {
        var p = a.Origin + (float)u * a.Right + (float)v * a.Down - (a.Samples - 1) * 0.5f * a.Normal;
        float sum = 0, least = float.MaxValue, most = float.MinValue;
        var n = 0;
        for (var s = 0; s < a.Samples; s++)
        {
            if (IsInside(a.Grid, p))
            {
                var value = Sample(memory, a, p);
                sum += value;
                least = MathF.Min(least, value);
                most = MathF.Max(most, value);
                n++;
            }

            p += a.Normal;
        }

        var shown = a.Mode == (int)SlabMode.Minimum ? least : a.Mode == (int)SlabMode.Maximum ? most : sum / Math.Max(n, 1);
        return n == 0 ? float.NaN : shown;
    }

    /// <summary>One sample at a point; NaN outside.</summary>
    public static float At<TMemory>(in TMemory memory, in SliceArguments a, Float3 p) where TMemory : struct, IVoxelMemory =>
        IsInside(a.Grid, p) ? Sample(memory, a, p) : float.NaN;

    /// <summary>Whether a point is within half a voxel of the outermost centres.</summary>
    public static bool IsInside(in LevelShape grid, Float3 p) => p.X >= -0.5f && p.Y >= -0.5f && p.Z >= -0.5f
        && p.X <= grid.X - 0.5f && p.Y <= grid.Y - 0.5f && p.Z <= grid.Z - 0.5f;

    /// <summary>The value at a point inside.</summary>
    public static float Sample<TMemory>(in TMemory memory, in SliceArguments a, Float3 p) where TMemory : struct, IVoxelMemory
    {
        // Up to half a voxel outside the outermost centres their value goes on.
        p = Float3.Max(new Float3(0, 0, 0), Float3.Min(p, new Float3(a.Grid.X - 1, a.Grid.Y - 1, a.Grid.Z - 1)));
        if (a.Interpolation == (int)SliceInterpolation.Linear)
        {
            return VoxelProgram.ValueAt(memory, a.Grid, p);
        }

        // Tricubic sums over 4³ voxels; the nearest voxel is one of weight 1.
        var isCubic = a.Interpolation == (int)SliceInterpolation.Cubic;
        var half = isCubic ? 0 : 0.5f;
        int z0 = (int)(p.Z + half), y0 = (int)(p.Y + half), x0 = (int)(p.X + half), first = isCubic ? -1 : 0;
        float fz = p.Z - z0, fy = p.Y - y0, fx = p.X - x0, sum = 0;
        for (var i = 0; i < (isCubic ? 64 : 1); i++)
        {
            int k = i >> 4, j = i >> 2 & 3, n = i & 3;
            var weight = isCubic ? Weight(k, fz) * Weight(j, fy) * Weight(n, fx) : 1;
            sum += weight * VoxelProgram.VoxelAt(memory, a.Grid, z0 + first + k, y0 + first + j, x0 + first + n);
        }

        return sum;
    }

    /// <summary>
    /// Weight of one of the four voxels around a fraction t: a Catmull–Rom spline (R. Keys, IEEE Trans. ASSP 29, 1153, 1981, a = −½).
    /// </summary>
    private static float Weight(int i, float t)
    {
        float t2 = t * t, t3 = t2 * t;
        return i == 0 ? -0.5f * t3 + t2 - 0.5f * t : i == 1 ? 1.5f * t3 - 2.5f * t2 + 1 : i == 2 ? -1.5f * t3 + 2 * t2 + 0.5f * t
            : 0.5f * t3 - 0.5f * t2;
    }
}
