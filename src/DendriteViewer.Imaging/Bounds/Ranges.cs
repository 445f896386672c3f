namespace DendriteViewer.Imaging.Bounds;

/// <summary>
/// The range of every number that comes from outside: requests, messages of the hub, forms, the arguments of jobs, and options of the
/// command. Who reads a number checks it here, so that no loop, allocation or file is larger than somebody foresaw.
/// </summary>
public static class Ranges
{
    /// <summary>Bins that a depth profile has at most.</summary>
    public const int MostBins = 10_000;

    private const double MostUm = 1e8;

    /// <summary>Width of a depth bin.</summary>
    public static readonly NumberRange BinUm = new("bin", 0.01, 100_000, "µm");

    /// <summary>Width or height of a picture over HTTP.</summary>
    public static readonly NumberRange PictureSide = new("size", 16, 4096, "pixels each way, as WxH");

    /// <summary>Width or height of a picture by the command.</summary>
    public static readonly NumberRange FilePictureSide = new("--size", 1, 16_384, "pixels each way, as WxH");

    /// <summary>Width or height of a pane in device pixels; 0 hides it.</summary>
    public static readonly NumberRange PaneSide = new("A pane's size", 0, 16_384, "pixels");

    /// <summary>Device pixels a CSS pixel.</summary>
    public static readonly NumberRange PixelRatio = new("The pixel ratio", 0.1, 16);

    /// <summary>Which pane, of four.</summary>
    public static readonly NumberRange Pane = new("The pane", 0, 7);

    /// <summary>A time.</summary>
    public static readonly NumberRange Hours = new("hours", -1e6, 1e6, "h");

    /// <summary>A coordinate.</summary>
    public static readonly NumberRange Um = new("A coordinate", -MostUm, MostUm, "µm");

    /// <summary>A depth.</summary>
    public static readonly NumberRange DepthUm = new("A depth", -MostUm, MostUm, "µm");

    /// <summary>Zoom of slices; 0 fits the slice into its pane.</summary>
    public static readonly NumberRange UmPerPixel = new("umPerPixel", 0, 1_000_000, "µm");

    /// <summary>Thickness of a slab.</summary>
    public static readonly NumberRange SlabUm = new("slabUm", 0, 1_000_000, "µm");

    /// <summary>An angle; full turns add up while somebody orbits.</summary>
    public static readonly NumberRange Degrees = new("An angle", -1e6, 1e6, "degrees");

    /// <summary>Distance of the camera from its target; 0 where the view has none yet.</summary>
    public static readonly NumberRange CameraUm = new("The camera's distance", 0, MostUm, "µm");

    /// <summary>A voxel's value, of any voxel type.</summary>
    public static readonly NumberRange Value = new("A value", -3.4e38, 3.4e38);

    /// <summary>A colour as a number.</summary>
    public static readonly NumberRange Color = new("A colour", 0, 0xFFFFFF);

    /// <summary>An opacity.</summary>
    public static readonly NumberRange Opacity = new("An opacity", 0, 1);

    /// <summary>Width of the window of a slope along a series.</summary>
    public static readonly NumberRange WindowHours = new("--window-hours", 1e-6, 1e6, "h");

    /// <summary>Hours of plating of what is imported.</summary>
    public static readonly NumberRange ImportHours = new("The hours", 0, 1e6, "h");

    /// <summary>A voxel's size of what is imported.</summary>
    public static readonly NumberRange VoxelUm = new("The voxel size", 1e-6, 1e5, "µm");

    /// <summary>Length of a file with a series; what it holds takes several times as much memory while it is read.</summary>
    public static readonly NumberRange SeriesBytes = new("A series file", 0, 512 << 20, "bytes");

    /// <summary>Points that correct the interface or the outline.</summary>
    public static readonly NumberRange CorrectionPoints = new("The number of points", 0, 1000);

    /// <summary>Length of a file with a placement or landmarks.</summary>
    public static readonly NumberRange PlacementBytes = new("A placement's file", 0, 4 << 20, "bytes");
}
