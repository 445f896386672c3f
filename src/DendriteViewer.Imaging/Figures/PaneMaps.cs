using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>Where the places of a slice are in a figure: what <see cref="SliceRenderer"/> draws, as the browser's sliceMap.</summary>
/// <param name="Sheet">The slice's plane, or the sheet that follows the interface.</param>
/// <param name="Box">Where its picture is.</param>
/// <param name="UmPerUnit">Scale, µm a unit.</param>
internal readonly record struct SliceMap(SliceSheet Sheet, FigureBox Box, double UmPerUnit)
{
    /// <summary>The slice's plane; of a sheet, a level one through its middle.</summary>
    public SlicePlane Plane => Sheet.Plane;

    /// <summary>Where a point is in the figure, and its distance in µm from the plane, or in depth from the sheet, signed.</summary>
    public (FigurePoint At, double OffUm) ToFigure(WorldPoint p)
    {
        var d = p - Plane.Middle;
        return (new FigurePoint(Box.X + Box.Width / 2 + d.Dot(Plane.Right) / UmPerUnit,
            Box.Y + Box.Height / 2 + d.Dot(Plane.Down) / UmPerUnit),
            Sheet.Curve is { } curve ? curve.Depth.DepthOf(p).Um - curve.DepthUm : d.Dot(Plane.Normal));
    }

    /// <summary>The point of the slice at a place of the figure.</summary>
    public WorldPoint ToWorld(FigurePoint p)
    {
        var at = Plane.Middle + (p.X - Box.X - Box.Width / 2) * UmPerUnit * Plane.Right
            + (p.Y - Box.Y - Box.Height / 2) * UmPerUnit * Plane.Down;
        return Sheet.Curve?.Onto(at) ?? at;
    }
}

/// <summary>
/// Where the world's places are in a figure's 3D picture: the projection of <see cref="VolumeRenderer"/>, as the browser's cameraMap.
/// </summary>
internal readonly record struct CameraMap(RayFrame Frame, FigureBox Box, double DistanceUm)
{
    /// <summary>The projection of a camera.</summary>
    public static CameraMap Of(VolumeInfo volume, OrbitCamera camera, FigureBox box)
    {
        var frame = RayFrame.Of(volume, camera, box.Width / box.Height);
        var target = camera.DistanceUm > 0 ? camera.Target : volume.Center;
        return new CameraMap(frame, box, (target - frame.Eye).Length);
    }

    /// <summary>µm a unit at the distance of what the camera looks at.</summary>
    public double UmPerUnit => DistanceUm * RayFrame.PixelOf(1) / Box.Height;

    /// <summary>Where a point is in the figure and its distance along the view in µm, or null behind the eye.</summary>
    public (FigurePoint At, double AlongUm)? ToFigure(WorldPoint p)
    {
        var d = p - Frame.Eye;
        var along = d.Dot(Frame.Forward);
        if (along <= 1e-6)
        {
            return null;
        }

        var scale = Box.Height / RayFrame.PixelOf(1);
        return (new FigurePoint(
            Box.X + Box.Width / 2 + scale * d.Dot(Frame.Right) / along, Box.Y + Box.Height / 2 + scale * d.Dot(Frame.Down) / along), along);
    }
}
