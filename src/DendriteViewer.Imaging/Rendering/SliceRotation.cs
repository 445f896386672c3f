using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>An orientation of the slices: turned about z, then y, then x, in degrees; all zero is along the axes.</summary>
public readonly record struct SliceRotation(double AboutZ, double AboutY, double AboutX)
{
    // Closer to a quarter turn about y than this, the turns about z and x are one and the same.
    private const double NoTurn = 1e-9;

    /// <summary>Whether the slices lie along the axes.</summary>
    public bool IsNone => this == default;

    /// <summary>A vector of the unturned frame in the turned one.</summary>
    public WorldVector Turn(WorldVector v)
    {
        double cx = Cos(AboutX), sx = Sin(AboutX), cy = Cos(AboutY), sy = Sin(AboutY), cz = Cos(AboutZ), sz = Sin(AboutZ);
        v = new WorldVector(v.Z, cz * v.Y + sz * v.X, -sz * v.Y + cz * v.X);
        v = new WorldVector(cy * v.Z - sy * v.X, v.Y, sy * v.Z + cy * v.X);
        return new WorldVector(cx * v.Z + sx * v.Y, -sx * v.Z + cx * v.Y, v.X);
    }

    /// <summary>
    /// The rotation that turns the axes to these three perpendicular unit vectors. Where y is turned by a quarter, what is turned about z
    /// and x is counted about x.
    /// </summary>
    /// <param name="z">Where the z axis goes.</param>
    /// <param name="y">Where the y axis goes.</param>
    /// <param name="x">Where the x axis goes; with the two others it is right-handed.</param>
    public static SliceRotation Of(WorldVector z, WorldVector y, WorldVector x)
    {
        var flat = Math.Sqrt(z.Z * z.Z + z.Y * z.Y);
        var aboutY = Degrees(Math.Atan2(z.X, flat));
        return flat < NoTurn
            ? new SliceRotation(0, aboutY, Degrees(Math.Atan2(y.Z, y.Y)))
            : new SliceRotation(Degrees(Math.Atan2(-y.X, x.X)), aboutY, Degrees(Math.Atan2(-z.Y, z.Z)));
    }

    private static double Cos(double deg) => Math.Cos(deg * Math.PI / 180);

    private static double Sin(double deg) => Math.Sin(deg * Math.PI / 180);

    // Not −0, which a link would write.
    private static double Degrees(double rad) => rad * 180 / Math.PI + 0.0;
}

/// <summary>How far the pictures of the slices are turned in their own planes, in degrees from right to down.</summary>
/// <param name="Z">Of the z slice.</param>
/// <param name="Y">Of the y slice.</param>
/// <param name="X">Of the x slice.</param>
public readonly record struct SliceRoll(double Z, double Y, double X)
{
    /// <summary>Whether no picture is turned.</summary>
    public bool IsNone => this == default;

    /// <summary>Of one slice.</summary>
    public double Of(Pane pane) => pane switch { Pane.Z => Z, Pane.Y => Y, _ => X };
}
