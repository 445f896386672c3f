using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Values smoothed by (1, 4, 1)/6 along each axis, as a cubic B-spline of the voxels smooths at their centres, and how steep they are.
/// </summary>
internal static class Smoothed
{
    /// <summary>The smoothed value of a voxel that is no outermost one, and the square of its gradient's length, a µm.</summary>
    /// <param name="v">The voxels.</param>
    /// <param name="s">How many along each axis.</param>
    /// <param name="z">The voxel.</param>
    /// <param name="y">The voxel.</param>
    /// <param name="x">The voxel.</param>
    /// <param name="edges">Edges of a voxel, µm.</param>
    public static (float Value, float SlopeSquare) At(ReadOnlySpan<float> v, VolumeShape s, int z, int y, int x, VoxelSize edges)
    {
        float sum = 0, gz = 0, gy = 0, gx = 0;
        for (var a = -1; a <= 1; a++)
        {
            for (var b = -1; b <= 1; b++)
            {
                var row = (int)(((long)(z + a) * s.Y + y + b) * s.X + x);
                float wa = a == 0 ? 4 : 1, wb = b == 0 ? 4 : 1, line = v[row - 1] + 4 * v[row] + v[row + 1];
                sum += wa * wb * line;
                gz += a * wb * line;
                gy += b * wa * line;
                gx += wa * wb * (v[row + 1] - v[row - 1]);
            }
        }

        // Central differences over two voxels, of sums that weigh 36.
        var (dz, dy, dx) = (gz / (72 * edges.Z), gy / (72 * edges.Y), gx / (72 * edges.X));
        return (sum / 216, (float)(dz * dz + dy * dy + dx * dx));
    }
}
