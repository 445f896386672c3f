using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Masks;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>Draws the strokes of a version into whole volumes in memory, as an analysis counts them.</summary>
public static class MaskReplay
{
    /// <summary>Applies the strokes and fills of a version, in their order, to each of some sets of voxels.</summary>
    /// <param name="history">The history that the version is of.</param>
    /// <param name="version">The version.</param>
    /// <param name="transform">Voxel to world, µm.</param>
    /// <param name="sets">Sets on one grid; they are changed.</param>
    public static void Apply(MaskHistory history, MaskVersion version, AffineTransform transform, IReadOnlyList<BitVolume> sets)
    {
        var shape = new VolumeShape(sets[0].Z, sets[0].Y, sets[0].X);
        foreach (var stroke in version.Strokes)
        {
            var raster = MaskRaster.Of(history.Marks[stroke].Mark, shape, transform);
            foreach (var set in sets)
            {
                raster.Apply(set);
            }
        }
    }
}
