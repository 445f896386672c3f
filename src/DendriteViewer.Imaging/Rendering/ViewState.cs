using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>One of the four pictures of the viewer.</summary>
public enum Pane
{
    /// <summary>Across z: right is x, down is y.</summary>
    Z,

    /// <summary>Across y: right is x, down is z.</summary>
    Y,

    /// <summary>Across x: right is y, down is z.</summary>
    X,

    /// <summary>The 3D picture.</summary>
    Volume,
}

/// <summary>How the 3D picture is made.</summary>
public enum VolumeMode
{
    /// <summary>Transfer function, front to back.</summary>
    Composite,

    /// <summary>Largest value on each ray.</summary>
    Maximum,

    /// <summary>The surface of one value.</summary>
    Isosurface,

    /// <summary>Smallest value on each ray.</summary>
    Minimum,

    /// <summary>Mean of the values on each ray.</summary>
    Mean,
}

/// <summary>
/// Where the 3D picture is seen from. At azimuth and elevation 0 one looks along +y, x to the right, z (depth) down;
/// azimuth turns about z, elevation lifts the eye above the electrode.
/// </summary>
/// <param name="AzimuthDeg">−180 to 180.</param>
/// <param name="ElevationDeg">−89 to 89.</param>
/// <param name="DistanceUm">From eye to target; 0 shows the whole volume.</param>
/// <param name="Target">What is looked at.</param>
public sealed record OrbitCamera(double AzimuthDeg, double ElevationDeg, double DistanceUm, WorldPoint Target)
{
    /// <summary>Vertical field of view.</summary>
    public const double FieldOfViewDeg = 30;
}

/// <summary>A box along the world's axes, µm.</summary>
public readonly record struct ClipBox(WorldPoint Low, WorldPoint High);

/// <summary>Another volume of the dataset in the 3D picture: another modality, or the same at another time.</summary>
/// <param name="Modality">Its modality.</param>
/// <param name="Hours">Its hours, or null for those of the view.</param>
/// <param name="Transfer">Its colours and opacities.</param>
/// <param name="Replaces">Whether it takes the place of what lies where it lies, as a fine scan inside a coarse one; else it is over it.</param>
public sealed record Overlay(string Modality, double? Hours, TransferFunction Transfer, bool Replaces)
{
    /// <summary>Whether a volume is shown label by label: an analysis made it, or its colours are those of labels.</summary>
    /// <param name="volume">The overlay's volume.</param>
    public bool IsOfLabels(VolumeInfo volume) => volume.IsLabels || Transfer.IsOfLabels;
}
/// <summary>A cut of the 3D picture along one of the slices, wherever that is and however it is turned.</summary>
/// <param name="Along">The slice's pane.</param>
/// <param name="KeepsFar">Whether what lies behind the slice, in the direction of its axis, is kept; else what lies before.</param>
public readonly record struct SliceCut(Pane Along, bool KeepsFar);

/// <summary>Everything that decides a picture, and nothing else. Immutable; a change makes another.</summary>
public sealed record ViewState
{
    /// <summary>Hours of the timestep shown.</summary>
    public double Hours { get; init; }

    /// <summary>Modality shown.</summary>
    public string Modality { get; init; } = "projection";

    /// <summary>The crosshair: the point through which the three slices go.</summary>
    public WorldPoint Focus { get; init; }

    /// <summary>What lies in the middle of the slice panes.</summary>
    public WorldPoint Center { get; init; }

    /// <summary>Slice zoom in µm a CSS pixel; 0 fits the volume into each pane.</summary>
    public double UmPerPixel { get; init; }

    /// <summary>Orientation of the slices.</summary>
    public SliceRotation Rotation { get; init; }

    /// <summary>How far each slice's picture is turned in its own plane.</summary>
    public SliceRoll Roll { get; init; }

    /// <summary>
    /// Whether the slice across the depth axis follows the interface: it shows what lies as deep as the crosshair. Only of datasets that
    /// have an interface.
    /// </summary>
    public bool FollowsInterface { get; init; }

    /// <summary>Thickness of the slices in µm; 0 is a plain slice.</summary>
    public double SlabUm { get; init; }

    /// <summary>How a thick slice is combined.</summary>
    public SlabMode SlabMode { get; init; }

    /// <summary>What lies between the voxels of a slice; <see cref="SliceInterpolation.Cubic"/> is drawn at rest.</summary>
    public SliceInterpolation Interpolation { get; init; }

    /// <summary>Value shown as the first colour.</summary>
    public double WindowLow { get; init; }

    /// <summary>Value shown as the last colour.</summary>
    public double WindowHigh { get; init; } = 1;

    /// <summary>Name of the slices' colour map.</summary>
    public string ColorMap { get; init; } = "grey";

    /// <summary>Where the 3D picture is seen from.</summary>
    public OrbitCamera Camera { get; init; } = new(30, 20, 0, default);

    /// <summary>How the 3D picture is made.</summary>
    public VolumeMode Mode { get; init; }

    /// <summary>The value of the isosurface.</summary>
    public double IsoValue { get; init; }

    /// <summary>Gradient shading in 3D.</summary>
    public bool Shaded { get; init; } = true;

    /// <summary>Ambient occlusion and shadows of what is shaded, in a picture at rest.</summary>
    public bool Shadows { get; init; } = true;

    /// <summary>Colours and opacities in 3D.</summary>
    public TransferFunction Transfer { get; init; } = TransferFunction.Of([new(0, 0xFFFFFF, 0), new(1, 0xFFFFFF, 0.1)]);

    /// <summary>What the 3D picture is cut to.</summary>
    public ClipBox? Clip { get; init; }

    /// <summary>The depths that the 3D picture is cut to.</summary>
    public Band? DepthClip { get; init; }

    /// <summary>The slice that the 3D picture is cut along.</summary>
    public SliceCut? Cut { get; init; }

    /// <summary>What else is shown in the 3D picture; in <see cref="VolumeMode.Composite"/> alone.</summary>
    public Overlay? Overlay { get; init; }

    /// <summary>The finer scan that slices show inside its outline, or null for none.</summary>
    public NestedLook? Nested { get; init; }

    /// <summary>Electrolyte darker than this is tinted in slices, as void or lithium would be; null for none.</summary>
    public double? Threshold { get; init; }

    /// <summary>The timestep, or the finer scan, that is compared with the one shown; or null.</summary>
    public Comparison? Compare { get; init; }

    /// <summary>
    /// The volume that landmarks are placed in, beside the scan; null where none are. It takes the place of a comparison.
    /// </summary>
    public MovingView? Landmarks { get; init; }

    /// <summary>
    /// The view of the panes beside: of the volume that landmarks are placed in, or of the other timestep, or with the other finer scan,
    /// where it is drawn as a picture of its own; null where there is none of them, or only differences are drawn.
    /// </summary>
    public ViewState? Other => Landmarks is { } moving ? moving.Of(this)
        : Compare is { Mode: not CompareMode.Difference } c ? this with
        {
            Hours = c.Hours, Nested = c.Inside ?? Nested, Compare = null,

            // 3D shows no scan inside an outline: beside the picture stands an overview of the whole.
            Camera = c.Inside is null ? Camera : Camera with { DistanceUm = 0 },
        }
        : null;

    /// <summary>
    /// The labels that are laid over the scan: the overlay's volume where an analysis made it, or where it is coloured label by label.
    /// </summary>
    public VolumeInfo? LabelsIn(Dataset dataset) =>
        Overlay is { } o && dataset.Find(o.Modality, o.Hours ?? Hours) is { } over && o.IsOfLabels(over) ? over : null;

    /// <summary>The band that is drawn.</summary>
    public Band Band { get; init; } = Band.Default;

    /// <summary>Whether the band is drawn.</summary>
    public bool BandVisible { get; init; } = true;

    /// <summary>The pane that fills the view, or null for all four.</summary>
    public Pane? Maximized { get; init; }

    /// <summary>The selected site, or empty.</summary>
    public string Selected { get; init; } = "";
}
