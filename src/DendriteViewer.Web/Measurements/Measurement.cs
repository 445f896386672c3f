using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Web.Annotations;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Measurements;

/// <summary>What is measured, and what its points are.</summary>
public enum MeasurementKind
{
    /// <summary>Length from the first point to the second.</summary>
    Ruler,

    /// <summary>Angle at the second point between the first and the third.</summary>
    Angle,

    /// <summary>Values along the line from the first point to the second.</summary>
    Profile,

    /// <summary>Area in a plane: the middle and a point of the rim.</summary>
    Circle,

    /// <summary>Area in a plane: two opposite corners; its sides lie along the plane's right and down.</summary>
    Rectangle,

    /// <summary>Area in a plane: three corners or more.</summary>
    Polygon,

    /// <summary>Volume: the middle and a point of the surface.</summary>
    Sphere,

    /// <summary>Volume: two opposite corners; its sides lie along the plane's right, down and normal.</summary>
    Box,

    /// <summary>A place.</summary>
    Point,

    /// <summary>Length along a line through two points or more.</summary>
    Polyline,

    /// <summary>A text at a place: the place, and where the text stands if that was chosen.</summary>
    Note,
}

/// <summary>
/// One measurement or annotation that somebody drew in a scan, with its result. Points are z, y, x in µm in the dataset's frame.
/// </summary>
public sealed record Measurement : IEdited<Measurement>
{
    /// <summary>Stable id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Counts the edits of this measurement from 1.</summary>
    public int Version { get; init; }

    /// <summary>What is measured.</summary>
    public required MeasurementKind Kind { get; init; }

    /// <summary>Its points, each z, y, x, µm; their number and meaning follow from the kind.</summary>
    public required double[][] PointsUm { get; init; }

    /// <summary>Unit vector to the right, z, y, x, of the plane it was drawn in; null where it was drawn in 3D.</summary>
    public double[]? Right { get; init; }

    /// <summary>Unit vector down in that plane.</summary>
    public double[]? Down { get; init; }

    /// <summary>
    /// Thickness along the plane's normal of what is measured in a plane, µm: that of the thick slice it was drawn in; 0 for one voxel.
    /// </summary>
    public double ThicknessUm { get; init; }

    /// <summary>Width of a profile across its line, µm; 0 for the line alone.</summary>
    public double WidthUm { get; init; }

    /// <summary>Hours of the scan that it was measured in.</summary>
    public double Hours { get; init; }

    /// <summary>Modality of the scan that it was measured in.</summary>
    public string Modality { get; init; } = "";

    /// <summary>Short name.</summary>
    public string Label { get; init; } = "";

    /// <summary>Colour as #rrggbb.</summary>
    public string Color { get; init; } = "";

    /// <summary>Free text; of a text note the text that is shown.</summary>
    public string Note { get; init => field = value ?? ""; } = "";

    /// <summary>Ids of the labels that it carries.</summary>
    public ValueList<string> Labels { get; init => field = value ?? ValueList<string>.Empty; } = ValueList<string>.Empty;

    /// <summary>Values of the dataset's fields.</summary>
    public FieldValues Fields { get; init => field = value ?? FieldValues.Empty; } = FieldValues.Empty;

    /// <summary>Who measured; the server sets it.</summary>
    public string Author { get; init; } = "";

    /// <summary>When it was last changed, Unix milliseconds.</summary>
    public long ChangedAt { get; init; }

    /// <summary>Whether it was deleted; the log keeps it.</summary>
    public bool Deleted { get; init; }

    /// <summary>What was measured; the server computes it.</summary>
    public MeasuredResult? Result { get; init; }

    /// <inheritdoc/>
    public Measurement AtVersion(int version, long? changedAt = null) =>
        this with { Version = version, ChangedAt = changedAt ?? ChangedAt };

    /// <inheritdoc/>
    public Measurement AsDeleted() => this with { Deleted = true };
}

/// <summary>Numbers of a measurement; which of them there are follows from its kind. docs/measuring.md defines each.</summary>
public sealed record MeasuredResult
{
    /// <summary>
    /// The data it was computed on: the scan, where it lies, and the interface that depths are measured from. Another tag now means that
    /// the scan was imported anew or registered, or the interface corrected, since.
    /// </summary>
    public required string Data { get; init; }

    /// <summary>Depth of each point below the interface, µm; empty where the dataset has no interface.</summary>
    public required double[] DepthsUm { get; init; }

    /// <summary>Length of a ruler, a profile or a polyline, or a radius, µm.</summary>
    public Measured? LengthUm { get; init; }

    /// <summary>Angle, degrees.</summary>
    public Measured? AngleDeg { get; init; }

    /// <summary>Values along a line.</summary>
    public LineProfile? Profile { get; init; }

    /// <summary>Size and values of a region.</summary>
    public RegionStatistics? Region { get; init; }
}

/// <summary>One edit of one measurement.</summary>
public sealed class MeasurementEdit : EditRow
{
    /// <summary>The measurement.</summary>
    public required string MeasurementId { get; set; }
}
