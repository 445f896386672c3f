using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Measuring;

/// <summary>
/// A region's own axes in the world: two unit vectors that span its plane, right and down as a picture has them, and its normal, all at
/// right angles. Coordinates in it are u, v, w in µm from its origin.
/// </summary>
/// <param name="Origin">Middle of the region.</param>
/// <param name="Right">Unit vector of u.</param>
/// <param name="Down">Unit vector of v.</param>
/// <param name="Normal">Unit vector of w, through the plane; of its two directions the one whose largest component is positive.</param>
public readonly record struct RegionFrame(WorldPoint Origin, WorldVector Right, WorldVector Down, WorldVector Normal)
{
    // So far two vectors may be from a right angle, or from the length 1, as numbers that came over a wire are.
    private const double Tolerance = 1e-3;

    /// <summary>The frame along the world's axes: u is x, v is y, w is z.</summary>
    public static RegionFrame Straight(WorldPoint origin) =>
        new(origin, new WorldVector(0, 0, 1), new WorldVector(0, 1, 0), new WorldVector(1, 0, 0));

    /// <summary>The frame of a plane.</summary>
    /// <param name="origin">A point of the plane.</param>
    /// <param name="right">To the right in it; made exactly of length 1.</param>
    /// <param name="down">Down in it; made exactly perpendicular to <paramref name="right"/>.</param>
    /// <exception cref="ArgumentException">The vectors are not of length 1 and at right angles to within a thousandth.</exception>
    public static RegionFrame Of(WorldPoint origin, WorldVector right, WorldVector down)
    {
        if (!(Math.Abs(right.Length - 1) < Tolerance && Math.Abs(down.Length - 1) < Tolerance && Math.Abs(right.Dot(down)) < Tolerance))
        {
            throw new ArgumentException("A plane has two vectors, right and down, of length 1 and at right angles.");
        }

        right = right.Normalized();
        down = (down + -right.Dot(down) * right).Normalized();
        var normal = Cross(right, down);
        var most = new[] { normal.Z, normal.Y, normal.X }.MaxBy(Math.Abs);
        return new RegionFrame(origin, right, down, most < 0 ? -1 * normal : normal);
    }

    /// <summary>The same axes from another origin.</summary>
    public RegionFrame From(WorldPoint origin) => this with { Origin = origin };

    /// <summary>A world point in the frame.</summary>
    public (double U, double V, double W) ToFrame(WorldPoint p) => ToFrame(p - Origin);

    /// <summary>A displacement in the frame.</summary>
    public (double U, double V, double W) ToFrame(WorldVector d) => (d.Dot(Right), d.Dot(Down), d.Dot(Normal));

    /// <summary>A point of the frame in the world.</summary>
    public WorldPoint ToWorld(double u, double v, double w) => Origin + u * Right + v * Down + w * Normal;

    private static WorldVector Cross(WorldVector a, WorldVector b) => new(
        a.X * b.Y - a.Y * b.X, a.Z * b.X - a.X * b.Z, a.Y * b.Z - a.Z * b.Y);
}
