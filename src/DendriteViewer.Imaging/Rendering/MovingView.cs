using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// How the volume that landmarks are placed in is shown beside the scan: by itself, where it lies now, with a place, a zoom and a window of
/// its own. Whatever else the view says holds for both.
/// </summary>
/// <param name="Modality">Its modality.</param>
/// <param name="Hours">Its hours.</param>
/// <param name="Focus">The crosshair in its panes, in the dataset's frame.</param>
/// <param name="Center">What lies in the middle of its slices.</param>
/// <param name="UmPerPixel">Zoom in µm a CSS pixel; 0 fits.</param>
/// <param name="WindowLow">Value shown as the first colour.</param>
/// <param name="WindowHigh">Value shown as the last colour.</param>
public sealed record MovingView(
    string Modality, double Hours, WorldPoint Focus, WorldPoint Center, double UmPerPixel, double WindowLow, double WindowHigh)
{
    /// <summary>The view of the volume's panes: without what belongs to the scan alone.</summary>
    /// <param name="view">The view of the scan.</param>
    public ViewState Of(ViewState view) => view with
    {
        Modality = Modality, Hours = Hours, Focus = Focus, Center = Center, UmPerPixel = UmPerPixel, WindowLow = WindowLow,
        WindowHigh = WindowHigh, FollowsInterface = false, Overlay = null, Threshold = null, Compare = null, Nested = null,
        Landmarks = null,
    };
}
