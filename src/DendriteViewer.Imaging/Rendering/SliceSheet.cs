using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>What a slice pane shows: a plane, or the sheet at one depth from the interface. Equal ones show the same places.</summary>
/// <param name="Plane">The plane; of a sheet, a level one through its middle, above and below which it lies.</param>
/// <param name="Curve">The depth that it follows, or null for a plane.</param>
public readonly record struct SliceSheet(SlicePlane Plane, InterfaceSheet? Curve)
{
    /// <summary>What a pane shows in a view of a dataset.</summary>
    /// <param name="view">The view.</param>
    /// <param name="pane">Z, Y or X.</param>
    /// <param name="dataset">Whose interface a slice may follow; null where no slice does.</param>
    public static SliceSheet Of(ViewState view, Pane pane, Dataset? dataset)
    {
        if (dataset is null || !InterfaceSheet.IsShownIn(view, pane, dataset))
        {
            return new SliceSheet(SlicePlane.Of(view, pane), null);
        }

        var curve = new InterfaceSheet(dataset.Depth, dataset.Outline, Math.Round(dataset.Depth.DepthOf(view.Focus).Um, 6));
        var (right, down, normal) = SlicePlane.AxesOf(pane);
        return new SliceSheet(new SlicePlane(curve.Onto(view.Center), right, down, normal), curve);
    }

    /// <summary>Centre of pixel (u, v) in a picture of a size.</summary>
    public WorldPoint At(double u, double v, int width, int height, double umPerPixel)
    {
        var p = Plane.At(u, v, width, height, umPerPixel);
        return Curve is null ? p : Curve.Onto(p);
    }
}

/// <summary>All places at one depth from the interface.</summary>
/// <param name="Depth">How depth is measured.</param>
/// <param name="Outline">Within which there is an interface, or null for everywhere.</param>
/// <param name="DepthUm">The depth; negative in the metal.</param>
public sealed record InterfaceSheet(DepthFrame Depth, CellOutline? Outline, double DepthUm)
{
    /// <summary>Why no slice follows the interface of a dataset that has none, and what to do.</summary>
    public const string NoInterface = "This dataset has no interface that a slice could follow; give depth.interfaceUm in its "
        + "dataset.json, as a number of µm or \"auto\", and import it again.";

    /// <summary>
    /// Whether a pane shows one: the slice across the depth axis, in a view that follows the interface that the dataset has.
    /// </summary>
    public static bool IsShownIn(ViewState view, Pane pane, Dataset dataset) =>
        view.FollowsInterface && dataset.HasInterface && pane == PaneOf(dataset.Depth.Axis);

    /// <summary>The slice across an axis.</summary>
    public static Pane PaneOf(Axis axis) => axis switch { Axis.Y => Pane.Y, Axis.X => Pane.X, _ => Pane.Z };

    /// <summary>The place of the sheet above or below a point.</summary>
    public WorldPoint Onto(WorldPoint p)
    {
        var (_, u, v) = InterfaceSurface.Split(Depth.Axis, p.Z, p.Y, p.X);
        return InterfaceSurface.Join(Depth.Axis, Depth.CoordinateOf(new Depth(DepthUm), u, v), u, v);
    }

    /// <summary>Whether the interface is known above or below a point: it was seen near there, within the cell's outline.</summary>
    public bool IsKnownAt(WorldPoint p)
    {
        var (_, u, v) = InterfaceSurface.Split(Depth.Axis, p.Z, p.Y, p.X);
        return Depth.Surface?.IsSeenAt(u, v) != false && Outline?.Contains(u, v) != false;
    }
}
