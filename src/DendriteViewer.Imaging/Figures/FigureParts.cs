using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Figures;

/// <summary>What is drawn with the pictures of a figure.</summary>
[Flags]
public enum FigureParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A scale bar in each picture.</summary>
    Scale = 1,

    /// <summary>What the colours are worth, where they mean a number.</summary>
    Colour = 2,

    /// <summary>What the colours mean, where they mean a class.</summary>
    Legend = 4,

    /// <summary>Names of the axes, the slices' places, and the volume's box in 3D.</summary>
    Axes = 8,

    /// <summary>The sites that were marked, and the annotations of the scan.</summary>
    Sites = 16,

    /// <summary>The band of depths, where the view shows it.</summary>
    Band = 32,

    /// <summary>Lines of text below: dataset, time, plane, window, voxel size.</summary>
    Caption = 64,

    /// <summary>The lines of the crosshair.</summary>
    Crosshair = 128,

    /// <summary>The time, large, in the first picture.</summary>
    Time = 256,
}

/// <summary>A site as a figure shows it.</summary>
/// <param name="At">Its place.</param>
/// <param name="RadiusUm">Its radius.</param>
/// <param name="Hours">When it was marked; it is dashed in views before.</param>
/// <param name="Label">Its name.</param>
/// <param name="Color">Its colour, 0xRRGGBB.</param>
/// <param name="Meaning">What the colour means.</param>
public sealed record FigureMark(WorldPoint At, double RadiusUm, double Hours, string Label, int Color, string Meaning)
{
    private const double SameHours = 1e-6;

    /// <summary>The labels that it carries, as dots below its mark.</summary>
    public IReadOnlyList<FigureLabel> Labels { get; init; } = [];

    /// <summary>Where it is at other hours than its own, by hours.</summary>
    public IReadOnlyList<FigurePlace> Track { get; init; } = [];

    /// <summary>Where it is in a view of some hours.</summary>
    public WorldPoint PlaceAt(double hours) =>
        Track.Where(p => Math.Abs(p.Hours - hours) < SameHours).Select(p => (WorldPoint?)p.At).FirstOrDefault() ?? At;

    /// <summary>All places, its own included, by hours.</summary>
    internal IEnumerable<FigurePlace> Places => Track.Append(new FigurePlace(Hours, At)).OrderBy(p => p.Hours);

    /// <summary>All that is drawn of it, by which pictures that are kept are told apart.</summary>
    public override string ToString() =>
        $"{At} {RadiusUm:R} {Hours:R} {Label} {Color} {Meaning} {string.Join(',', Labels)} {string.Join(',', Track)}";
}

/// <summary>A label that a site carries.</summary>
/// <param name="Color">Its colour, 0xRRGGBB.</param>
/// <param name="Name">Its name.</param>
public sealed record FigureLabel(int Color, string Name);

/// <summary>Where a site is at some hours.</summary>
/// <param name="Hours">The hours.</param>
/// <param name="At">The place.</param>
public readonly record struct FigurePlace(double Hours, WorldPoint At);

/// <summary>What a figure shows.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Volume">Its volume.</param>
/// <param name="View">The view.</param>
/// <param name="Marks">The sites.</param>
public sealed record FigureScene(Dataset Dataset, VolumeInfo Volume, ViewState View, IReadOnlyList<FigureMark> Marks)
{
    /// <summary>What the colours of a scan that is a segmentation mean, as <see cref="ScanLabels.Legend"/>; empty of grey levels.</summary>
    public IReadOnlyList<(int Color, string Meaning)> Labels { get; init; } = [];

    /// <summary>Annotations, of whichever scan.</summary>
    public IReadOnlyList<FigureShape> Shapes { get; init; } = [];

    /// <summary>The annotations of the scan that is shown.</summary>
    internal IEnumerable<FigureShape> ShapesNow =>
        Shapes.Where(s => s.Modality == Volume.Key.Modality && Math.Abs(s.Hours - Volume.Key.Hours) < 1e-9);

    /// <summary>All that is marked in it, by which pictures that are kept are told apart.</summary>
    public string MarksText => string.Join('\n', [.. Marks.Select(m => m.ToString()), .. Shapes.Select(s => s.ToString())]);

    /// <summary>How far apart the samples of a thick slab lie, µm, where they are sparser than its voxels; else null.</summary>
    internal double? SlabStepUm { get; init; }

    /// <summary>Whether the band is drawn: the view shows it, and there is an interface that depth is measured from.</summary>
    internal bool HasBand => View.BandVisible && Dataset.HasInterface;

    /// <summary>The scan whose values slices show less, or null where they show values.</summary>
    internal VolumeInfo? Subtracted => SliceRenderer.DifferenceOf(Volume, Dataset, View);
}

/// <summary>How large a figure is. A unit is 1/96 inch, the size of a CSS pixel.</summary>
/// <param name="Screen">Size of what is shown on the screen, in CSS pixels: what the view's zoom counts in, and the pictures'
/// aspect.</param>
/// <param name="WidthUnits">Width of the whole figure in units; null where the pictures are as large as on the screen.</param>
/// <param name="Scale">Pixels a unit.</param>
/// <param name="TextUnits">Size of the text, in units.</param>
public sealed record FigureSize((int Width, int Height) Screen, double? WidthUnits, double Scale, double TextUnits)
{
    /// <summary>Units an inch.</summary>
    public const double UnitsPerInch = 96;

    /// <summary>Width on paper.</summary>
    public static readonly NumberRange Millimetres = new("mm", 20, 500, "mm");

    /// <summary>Pixels an inch on paper.</summary>
    public static readonly NumberRange Dpi = new("dpi", 72, 600);

    /// <summary>Pixels a CSS pixel.</summary>
    public static readonly NumberRange Times = new("scale", 1, 4);

    /// <summary>Size of the text.</summary>
    public static readonly NumberRange TextPoints = new("text", 4, 36, "pt");

    /// <summary>As large as on the screen, or some times as fine.</summary>
    /// <exception cref="OutOfRangeException">A number is out of its range.</exception>
    public static FigureSize OfScreen((int Width, int Height) screen, double times, double textPoints) =>
        new(Checked(screen), null, Times.Check(times), Text(textPoints));

    /// <summary>Of a width on paper.</summary>
    /// <exception cref="OutOfRangeException">A number is out of its range.</exception>
    public static FigureSize OfPaper((int Width, int Height) screen, double mm, double dpi, double textPoints) => new(
        Checked(screen), Millimetres.Check(mm) / 25.4 * UnitsPerInch, Dpi.Check(dpi) / UnitsPerInch, Text(textPoints));

    /// <summary>Of a movie's frame: what is drawn with the pictures grows with the frame's height.</summary>
    internal static FigureSize OfFrame((int Width, int Height) screen, int height, double textPoints)
    {
        const double UsualHeight = 480;
        return new FigureSize(Checked(screen), null, Math.Max(0.5, height / UsualHeight), Text(textPoints));
    }

    private static double Text(double points) => TextPoints.Check(points) * UnitsPerInch / 72;

    private static (int, int) Checked((int Width, int Height) screen) =>
        ((int)Ranges.PictureSide.Check(screen.Width), (int)Ranges.PictureSide.Check(screen.Height));
}

/// <summary>A figure as it is asked for.</summary>
/// <param name="Panes">Which pictures: one, or all four in the viewer's order.</param>
/// <param name="Size">How large.</param>
/// <param name="Parts">What is drawn with them.</param>
/// <param name="IsDark">Whether what surrounds the pictures is black with white text, rather than white with black text.</param>
/// <param name="Note">A line of text of one's own below the caption; empty for none.</param>
public sealed record FigureSettings(IReadOnlyList<Pane> Panes, FigureSize Size, FigureParts Parts, bool IsDark, string Note = "")
{
    /// <summary>The four pictures as the viewer places them.</summary>
    public static readonly IReadOnlyList<Pane> All = [Pane.Z, Pane.Volume, Pane.Y, Pane.X];

    /// <summary>Most characters of a note.</summary>
    public const int MostNote = 300;
}
