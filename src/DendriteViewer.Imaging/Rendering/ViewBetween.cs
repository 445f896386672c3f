using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// Views between two, as a movie of several views goes from one to the next: places, angles and the window go evenly, zoom and distance by
/// equal factors, angles the shorter way. All else, as the timestep and the colours, is the second view's from the beginning. The same as
/// wwwroot/viewer/glide.js.
/// </summary>
public static class ViewBetween
{
    /// <summary>The view at a share of the way.</summary>
    /// <param name="a">Where it begins.</param>
    /// <param name="b">Where it ends.</param>
    /// <param name="volume">The volume that the second view shows, to which views that fit are fitted.</param>
    /// <param name="pane">Size of a slice on the screen, CSS pixels, in which the zoom counts.</param>
    /// <param name="aspect">Width of the 3D picture over its height.</param>
    /// <param name="share">0 for the first view's place to 1 for the second view itself.</param>
    public static ViewState Of(
        ViewState a, ViewState b, VolumeInfo volume, (int Width, int Height) pane, double aspect, double share)
    {
        if (share >= 1)
        {
            return b;
        }

        var t = Ease(Math.Max(0, share));
        var (from, to) = (CameraOf(a.Camera), CameraOf(b.Camera));
        return b with
        {
            Focus = Mix(a.Focus, b.Focus, t), Center = Mix(a.Center, b.Center, t),
            UmPerPixel = a.UmPerPixel == 0 && b.UmPerPixel == 0 ? 0 : Grow(ZoomOf(a), ZoomOf(b), t),
            WindowLow = Mix(a.WindowLow, b.WindowLow, t), WindowHigh = Mix(a.WindowHigh, b.WindowHigh, t),
            Rotation = new SliceRotation(
                Turn(a.Rotation.AboutZ, b.Rotation.AboutZ, t), Turn(a.Rotation.AboutY, b.Rotation.AboutY, t),
                Turn(a.Rotation.AboutX, b.Rotation.AboutX, t)),
            Roll = new SliceRoll(Turn(a.Roll.Z, b.Roll.Z, t), Turn(a.Roll.Y, b.Roll.Y, t), Turn(a.Roll.X, b.Roll.X, t)),
            Camera = new OrbitCamera(
                Turn(from.AzimuthDeg, to.AzimuthDeg, t), Mix(from.ElevationDeg, to.ElevationDeg, t),
                Grow(from.DistanceUm, to.DistanceUm, t), Mix(from.Target, to.Target, t)),
        };

        double ZoomOf(ViewState v) =>
            v.UmPerPixel > 0 ? v.UmPerPixel : ViewStates.FitUmPerPixel(volume, Pane.Z, pane.Width, pane.Height);

        OrbitCamera CameraOf(OrbitCamera c) =>
            c.DistanceUm > 0 ? c : c with { DistanceUm = RayFrame.FitDistance(volume, aspect), Target = volume.Center };
    }

    private static double Ease(double t) => t < 0.5 ? 4 * t * t * t : 1 - Math.Pow(2 - 2 * t, 3) / 2;

    private static double Mix(double a, double b, double t) => a + (b - a) * t;

    private static double Grow(double a, double b, double t) => Math.Exp(Mix(Math.Log(a), Math.Log(b), t));

    // The shorter way around; where both are as far, towards larger angles.
    private static double Turn(double a, double b, double t) => a + ((((b - a) % 360) + 540) % 360 - 180) * t;

    private static WorldPoint Mix(WorldPoint a, WorldPoint b, double t) => a + t * (b - a);
}
