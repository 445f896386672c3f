using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Where a 3D picture is seen from: the eye and the picture's axes in the world, unit vectors.</summary>
public readonly record struct RayFrame(WorldPoint Eye, WorldVector Right, WorldVector Down, WorldVector Forward)
{
    // From so far away a volume is a dot.
    private const double FarthestFits = 100;

    /// <summary>The frame of a camera; <paramref name="aspect"/> is the picture's width over its height.</summary>
    public static RayFrame Of(VolumeInfo volume, OrbitCamera camera, double aspect)
    {
        double az = camera.AzimuthDeg * Math.PI / 180, el = Math.Clamp(camera.ElevationDeg, -89.5, 89.5) * Math.PI / 180;
        var distance = camera.DistanceUm > 0 ? Math.Min(camera.DistanceUm, FarthestFits * FitDistance(volume, 1)) : FitDistance(volume, aspect);
        var target = camera.DistanceUm > 0 ? camera.Target : volume.Center;
        var back = new WorldVector(-Math.Sin(el), -Math.Cos(el) * Math.Cos(az), Math.Cos(el) * Math.Sin(az));
        var right = new WorldVector(0, Math.Sin(az), Math.Cos(az));
        var down = new WorldVector(Math.Cos(el), -Math.Sin(el) * Math.Cos(az), Math.Sin(el) * Math.Sin(az));
        return new RayFrame(target + distance * back, right, down, -1 * back);
    }

    /// <summary>The distance from which a whole volume is seen from any side: its bounding sphere touches the field of view.</summary>
    public static double FitDistance(VolumeInfo volume, double aspect)
    {
        var (low, high) = volume.Bounds;
        return Math.Max(1, 1 / aspect) * (high - low).Length / 2 / Math.Sin(OrbitCamera.FieldOfViewDeg * Math.PI / 360);
    }

    /// <summary>Unit vector to the key light: over the viewer's left shoulder.</summary>
    public WorldVector ToKeyLight => (-1 * Forward + -0.7 * Right + -0.7 * Down).Normalized();

    /// <summary>A pixel's size over its distance.</summary>
    public static double PixelOf(int height) => 2 * Math.Tan(OrbitCamera.FieldOfViewDeg * Math.PI / 360) / height;

    /// <summary>Rays through the pixels of a picture of the whole size, in index coordinates of a level.</summary>
    internal RayGeometry RaysIn(VolumeInfo volume, PyramidLevel level, int width, int height)
    {
        var transform = volume.Transform.ForLevel(level.FactorZ, level.FactorY, level.FactorX);
        var pixel = PixelOf(height);
        var first = Forward + (-(width - 1) / 2.0 * pixel) * Right + (-(height - 1) / 2.0 * pixel) * Down;
        var origin = transform.ToVoxel(Eye);
        return new RayGeometry(
            new VoxelVector((float)(origin.Z - 0.5), (float)(origin.Y - 0.5), (float)(origin.X - 0.5)), default, default,
            Direction(first), Direction(pixel * Right), Direction(pixel * Down));

        VoxelVector Direction(WorldVector v)
        {
            var p = transform.ToVoxel(v);
            return new VoxelVector((float)p.Z, (float)p.Y, (float)p.X);
        }
    }
}
