using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>
/// A part of the world whose voxels are counted: those whose centres lie in it. A flat region (circle, rectangle, polygon) is given a
/// thickness, so that it is a solid too: by default that of the voxels which its plane passes through.
/// </summary>
/// <param name="Frame">Where it lies.</param>
/// <param name="Shape">What it is there.</param>
public sealed record Region(RegionFrame Frame, RegionShape Shape)
{
    /// <summary>
    /// Extent of a volume's voxels along a direction, µm: so thick is the layer of voxels that a plane across the direction passes through.
    /// Along an axis of the volume it is the voxel's edge, and the layer is one voxel thin.
    /// </summary>
    /// <param name="transform">The volume's.</param>
    /// <param name="direction">A unit vector.</param>
    public static double VoxelExtent(AffineTransform transform, WorldVector direction) =>
        Enumerable.Range(0, 3).Sum(axis => Math.Abs(transform.Column(axis).Dot(direction)));

    /// <summary>The region with the thickness that statistics of a volume use: of a flat one at least a voxel's extent.</summary>
    /// <param name="transform">The volume's.</param>
    public Region For(AffineTransform transform) => Shape.ThicknessUm is { } t
        ? this with { Shape = Shape with { ThicknessUm = Math.Max(t, VoxelExtent(transform, Frame.Normal)) } }
        : this;

    /// <summary>Voxel indices, first and last along each axis, outside of which no voxel's centre is in the region.</summary>
    internal (long[] First, long[] Last) IndexBounds(AffineTransform transform)
    {
        var (hu, hv, hw) = Shape.HalfExtent;
        double[] low = [double.MaxValue, double.MaxValue, double.MaxValue], high = [double.MinValue, double.MinValue, double.MinValue];
        for (var i = 0; i < 8; i++)
        {
            var p = transform.ToVoxel(Frame.ToWorld((i & 1) != 0 ? hu : -hu, (i & 2) != 0 ? hv : -hv, (i & 4) != 0 ? hw : -hw));
            double[] at = [p.Z, p.Y, p.X];
            for (var a = 0; a < 3; a++)
            {
                (low[a], high[a]) = (Math.Min(low[a], at[a]), Math.Max(high[a], at[a]));
            }
        }

        // A voxel more on each side, for what rounding does.
        return (Array.ConvertAll(low, v => (long)Math.Floor(v) - 1), Array.ConvertAll(high, v => (long)Math.Ceiling(v) + 1));
    }

    /// <summary>The centres of the voxels of a row.</summary>
    internal RowLine Row(AffineTransform transform, long z, long y)
    {
        var (u, v, w) = Frame.ToFrame(transform.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, 0.5)));
        var (du, dv, dw) = Frame.ToFrame(transform.Column(2));
        return new RowLine(u, v, w, du, dv, dw);
    }
}
