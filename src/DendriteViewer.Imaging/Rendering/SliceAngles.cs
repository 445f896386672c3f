using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// How a slice lies, as people say it: how far its normal leans towards what is down and to the right in the unturned slice, in degrees,
/// and how far the frame of the three slices is turned about that normal. With n, d and r the unturned normal, down and right, the normal
/// is <c>(n·cos Down + d·sin Down)·cos Right + r·sin Right</c>.
/// </summary>
/// <param name="Down">Towards down, −180 to 180.</param>
/// <param name="Right">Towards right, −90 to 90.</param>
/// <param name="Spin">About the normal, from right to down, −180 to 180; it turns the two other slices.</param>
public readonly record struct SliceAngles(double Down, double Right, double Spin)
{
    /// <summary>Range of <see cref="Down"/>.</summary>
    public static readonly NumberRange DownRange = new("The angle", -180, 180, "degrees");

    /// <summary>Range of <see cref="Right"/>: what leans further lies the other way around.</summary>
    public static readonly NumberRange RightRange = new("The angle", -90, 90, "degrees");

    // Of a normal that points to the right the lean towards down means nothing.
    private const double NoLean = 1e-9;
    private static readonly string[] s_right = ["x", "x", "y"], s_down = ["y", "z", "z"];

    /// <summary>Names of the axes to the right and down in an unturned slice.</summary>
    public static (string Right, string Down) NamesOf(Pane pane) => (s_right[(int)pane], s_down[(int)pane]);

    /// <summary>The angles at which a slice lies.</summary>
    public static SliceAngles Of(SliceRotation rotation, Pane pane)
    {
        var (right, _, normal) = SlicePlane.AxesOf(pane);
        var leaning = Facing(rotation.Turn(normal), pane);
        var (r, d, _) = leaning.Axes(pane);
        var turned = rotation.Turn(right);
        return leaning with { Spin = Degrees(Math.Atan2(turned.Dot(d), turned.Dot(r))) };
    }

    /// <summary>The rotation of all slices at which this one lies so.</summary>
    public SliceRotation RotationOf(Pane pane)
    {
        var (right, down, normal) = SlicePlane.AxesOf(pane);
        var (r, d, n) = Axes(pane);
        return SliceRotation.Of(Turned(new(1, 0, 0)), Turned(new(0, 1, 0)), Turned(new(0, 0, 1)));

        // A vector by its parts along the unturned slice's axes.
        WorldVector Turned(WorldVector v) => v.Dot(right) * r + v.Dot(down) * d + v.Dot(normal) * n;
    }

    /// <summary>The angles of a slice through three points, that faces where it does now.</summary>
    /// <param name="rotation">The rotation now.</param>
    /// <param name="pane">Z, Y or X.</param>
    /// <param name="points">Three points, µm.</param>
    /// <param name="leastUm">How far from the longest side of their triangle the third point lies at least.</param>
    /// <exception cref="OutOfRangeException">The points lie on a line, or are not three.</exception>
    public static SliceAngles Through(SliceRotation rotation, Pane pane, IReadOnlyList<WorldPoint> points, double leastUm)
    {
        if (points.Count != 3)
        {
            throw new OutOfRangeException($"A plane goes through three points; there are {points.Count}.");
        }

        WorldVector a = points[1] - points[0], b = points[2] - points[0], across = Cross(a, b);
        var longest = Math.Max((points[2] - points[1]).Length, Math.Max(a.Length, b.Length));
        if (!(longest > 0) || !(across.Length / longest >= leastUm))
        {
            throw new OutOfRangeException(
                "The three points lie on one line, or nearly so, and many planes go through a line; set one of them further off it.");
        }

        var normal = across.Normalized();
        var now = rotation.Turn(SlicePlane.AxesOf(pane).Normal);
        return Facing(normal.Dot(now) < 0 ? -1 * normal : normal, pane) with { Spin = Of(rotation, pane).Spin };
    }

    // The angles of a normal; nothing is turned about it.
    private static SliceAngles Facing(WorldVector normal, Pane pane)
    {
        var (right, down, ahead) = SlicePlane.AxesOf(pane);
        double n = normal.Dot(ahead), d = normal.Dot(down), across = Math.Sqrt(n * n + d * d);
        return new SliceAngles(across < NoLean ? 0 : Degrees(Math.Atan2(d, n)), Degrees(Math.Atan2(normal.Dot(right), across)), 0);
    }

    // Where right, down and normal of the unturned slice go: turned about the normal, then towards right, then towards down.
    private (WorldVector Right, WorldVector Down, WorldVector Normal) Axes(Pane pane)
    {
        var (right, down, normal) = SlicePlane.AxesOf(pane);
        var ((sd, cd), (sr, cr), (ss, cs)) = (SinCos(Down), SinCos(Right), SinCos(Spin));
        var d = cd * down + -sd * normal;
        var n = cd * normal + sd * down;
        var (leaningRight, leaningNormal) = (cr * right + -sr * n, cr * n + sr * right);
        return (cs * leaningRight + ss * d, cs * d + -ss * leaningRight, leaningNormal);
    }

    private static WorldVector Cross(WorldVector a, WorldVector b) =>
        new(a.X * b.Y - a.Y * b.X, a.Z * b.X - a.X * b.Z, a.Y * b.Z - a.Z * b.Y);

    private static (double Sin, double Cos) SinCos(double deg) => Math.SinCos(deg * Math.PI / 180);

    private static double Degrees(double rad) => rad * 180 / Math.PI;
}
