using System.Numerics;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Where a volume can be sampled.</summary>
internal static class RayBox
{
    // Just inside, so that rounding leaves every sample in the cell, and with the gradient, of the side that is in the box.
    private const float Inside = 2e-3f;

    /// <summary>Corners of the box (x, y, z): the outermost voxels' centres, or half a voxel around a single layer.</summary>
    public static (Vector3 Low, Vector3 High) Of(PagedVolume volume)
    {
        var (x, y, z) = (Axis(volume.X, volume.From.X, volume.To.X), Axis(volume.Y, volume.From.Y, volume.To.Y),
            Axis(volume.Z, volume.From.Z, volume.To.Z));
        return (new(x.Low, y.Low, z.Low), new(x.High, y.High, z.High));

        static (float Low, float High) Axis(int size, int from, int to) =>
            size == 1 ? (-0.5f, 0.5f) : (from == 0 ? 0 : from + Inside, (to == size ? size - 1 : to) - Inside);
    }

    /// <summary>The same within the clipping box.</summary>
    public static (Vector3 Low, Vector3 High) Of(PagedVolume volume, RaycastSettings s)
    {
        var (low, high) = Of(volume);
        return (Vector3.Max(low, s.BoxLow), Vector3.Min(high, s.BoxHigh));
    }
}
