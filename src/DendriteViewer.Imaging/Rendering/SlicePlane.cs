using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>A slice's place in the world: its middle, unit vectors to the right, down and through, and its scale.</summary>
public readonly record struct SlicePlane(WorldPoint Middle, WorldVector Right, WorldVector Down, WorldVector Normal)
{
    /// <summary>The plane that a pane shows: through the focus, centred on the view's centre.</summary>
    public static SlicePlane Of(ViewState view, Pane pane)
    {
        var (right, down, normal) = pane switch
        {
            Pane.Z => (new WorldVector(0, 0, 1), new WorldVector(0, 1, 0), new WorldVector(1, 0, 0)),
            Pane.Y => (new WorldVector(0, 0, 1), new WorldVector(1, 0, 0), new WorldVector(0, 1, 0)),
            Pane.X => (new WorldVector(0, 1, 0), new WorldVector(1, 0, 0), new WorldVector(0, 0, 1)),
            _ => throw new ArgumentOutOfRangeException(nameof(pane), pane, "The 3D pane shows no slice."),
        };
        (right, down, normal) = (view.Rotation.Turn(right), view.Rotation.Turn(down), view.Rotation.Turn(normal));
        var offset = (view.Focus - view.Center).Dot(normal);
        return new SlicePlane(view.Center + offset * normal, right, down, normal);
    }

    /// <summary>Centre of pixel (u, v) in a picture of a size.</summary>
    public WorldPoint At(double u, double v, int width, int height, double umPerPixel) =>
        Middle + (u + 0.5 - width / 2.0) * umPerPixel * Right + (v + 0.5 - height / 2.0) * umPerPixel * Down;
}
