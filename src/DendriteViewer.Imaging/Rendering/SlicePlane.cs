using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>A slice's place in the world: its middle, unit vectors to the right, down and through, and its scale.</summary>
public readonly record struct SlicePlane(WorldPoint Middle, WorldVector Right, WorldVector Down, WorldVector Normal)
{
    // Cosine of the angle, some thousandths of a degree, within which directions are the same.
    private const double Straight = 1 - 1e-9;

    /// <summary>The plane that a pane shows: through the focus, centred on the view's centre.</summary>
    public static SlicePlane Of(ViewState view, Pane pane)
    {
        var (right, down, normal) = AxesOf(pane);
        (right, down, normal) = (view.Rotation.Turn(right), view.Rotation.Turn(down), view.Rotation.Turn(normal));
        if (view.Roll.Of(pane) is var roll and not 0)
        {
            var (sin, cos) = Math.SinCos(roll * Math.PI / 180);
            (right, down) = (cos * right + sin * down, cos * down + -sin * right);
        }

        var offset = (view.Focus - view.Center).Dot(normal);
        return new SlicePlane(view.Center + offset * normal, right, down, normal);
    }

    /// <summary>Unit vectors to the right, down and through a slice that is not turned.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The pane shows no slice.</exception>
    public static (WorldVector Right, WorldVector Down, WorldVector Normal) AxesOf(Pane pane) => pane switch
    {
        Pane.Z => (new WorldVector(0, 0, 1), new WorldVector(0, 1, 0), new WorldVector(1, 0, 0)),
        Pane.Y => (new WorldVector(0, 0, 1), new WorldVector(1, 0, 0), new WorldVector(0, 1, 0)),
        Pane.X => (new WorldVector(0, 1, 0), new WorldVector(1, 0, 0), new WorldVector(0, 0, 1)),
        _ => throw new ArgumentOutOfRangeException(nameof(pane), pane, "The 3D pane shows no slice."),
    };

    /// <summary>Whether it is the pane's slice across its axis, with the axes to the right and down.</summary>
    public bool IsStraight(Pane pane)
    {
        var (right, down, _) = AxesOf(pane);
        return Right.Dot(right) > Straight && Down.Dot(down) > Straight;
    }

    /// <summary>Centre of pixel (u, v) in a picture of a size.</summary>
    public WorldPoint At(double u, double v, int width, int height, double umPerPixel) =>
        Middle + (u + 0.5 - width / 2.0) * umPerPixel * Right + (v + 0.5 - height / 2.0) * umPerPixel * Down;
}
