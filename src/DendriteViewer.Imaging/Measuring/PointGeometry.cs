using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>A number and how far off it may be, both in the same unit.</summary>
/// <param name="Value">The number.</param>
/// <param name="Error">Plus or minus.</param>
public readonly record struct Measured(double Value, double Error);

/// <summary>
/// Lengths and angles between points that somebody placed. A place is known to half a voxel, whichever way one looks, so that is what a
/// length may be off by: the voxel's extent in the direction of the length, halved.
/// </summary>
public static class PointGeometry
{
    /// <summary>Distance of two points, µm.</summary>
    /// <param name="from">One point.</param>
    /// <param name="to">The other.</param>
    /// <param name="transform">The volume's, for its voxels.</param>
    public static Measured Length(WorldPoint from, WorldPoint to, AffineTransform transform) =>
        new((to - from).Length, HalfVoxel(transform, to - from));

    /// <summary>
    /// Length of a line through points, µm. Its error is the root of the sum of squares of its segments' errors, each as of a line of two
    /// points.
    /// </summary>
    /// <param name="points">Two points or more, in order.</param>
    /// <param name="transform">The volume's, for its voxels.</param>
    public static Measured Length(IReadOnlyList<WorldPoint> points, AffineTransform transform)
    {
        var segments = Enumerable.Range(1, points.Count - 1).Select(i => Length(points[i - 1], points[i], transform)).ToArray();
        return new Measured(segments.Sum(s => s.Value), Math.Sqrt(segments.Sum(s => s.Error * s.Error)));
    }

    /// <summary>The angle at <paramref name="vertex"/> between two arms, degrees, 0 to 180.</summary>
    /// <param name="first">End of one arm.</param>
    /// <param name="vertex">Where they meet.</param>
    /// <param name="second">End of the other arm.</param>
    /// <param name="transform">The volume's, for its voxels.</param>
    /// <exception cref="ArgumentException">An arm has no length.</exception>
    public static Measured Angle(WorldPoint first, WorldPoint vertex, WorldPoint second, AffineTransform transform)
    {
        var (a, b) = (first - vertex, second - vertex);
        if (!(a.Length > 0 && b.Length > 0))
        {
            throw new ArgumentException("An arm of the angle has no length; place its three points apart.");
        }

        // By both sine and cosine, which keeps the digits of small and of flat angles.
        var sine = new WorldVector(a.Y * b.X - a.X * b.Y, a.X * b.Z - a.Z * b.X, a.Z * b.Y - a.Y * b.Z).Length;
        var angle = Math.Atan2(sine, a.Dot(b));

        // Each arm's end may be off by half a voxel across it.
        var error = double.Hypot(HalfVoxel(transform, a) / a.Length, HalfVoxel(transform, b) / b.Length);
        return new Measured(angle * 180 / Math.PI, Math.Min(180, error * 180 / Math.PI));
    }

    /// <summary>Half of a voxel's size in a direction, µm: half of the way along it in which one voxel is passed.</summary>
    public static double HalfVoxel(AffineTransform transform, WorldVector direction)
    {
        var v = transform.ToVoxel(direction.Normalized());
        var length = Math.Sqrt(v.Z * v.Z + v.Y * v.Y + v.X * v.X);
        return length > 0 ? 0.5 / length : transform.VoxelSize.Least / 2;
    }
}
