using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Segmentation;

/// <summary>From index coordinates of the pristine scan to those of another, where voxel centres are whole numbers.</summary>
internal sealed class VoxelMap(AffineTransform pristine, AffineTransform toScan, AffineTransform scan)
{
    /// <summary>Where voxel (z, y, x) of the pristine scan is.</summary>
    public (double Z, double Y, double X) At(double z, double y, double x)
    {
        var p = pristine.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5));
        var q = toScan.ToWorld(new VoxelPoint(p.Z, p.Y, p.X));
        var v = scan.ToVoxel(q);
        return (v.Z - 0.5, v.Y - 0.5, v.X - 0.5);
    }

    /// <summary>From one voxel of a row to the next.</summary>
    public (double Z, double Y, double X) StepX
    {
        get
        {
            var (a, b) = (At(0, 0, 0), At(0, 0, 1));
            return (b.Z - a.Z, b.Y - a.Y, b.X - a.X);
        }
    }

    /// <summary>Slices of the scan that slices [z0, z1) of the pristine one need, with what interpolation reads around them.</summary>
    public (int From, int To) RangeZ(int z0, int z1, VolumeShape shape)
    {
        var corners = from z in new[] { z0, z1 - 1 } from y in new[] { 0, shape.Y - 1 }
            from x in new[] { 0, shape.X - 1 } select At(z, y, x).Z;
        var all = corners.ToArray();
        return ((int)Math.Floor(all.Min()) - 1, (int)Math.Floor(all.Max()) + 3);
    }
}
