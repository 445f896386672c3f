using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Measuring;
using DendriteViewer.Web.Accounts;

namespace DendriteViewer.Web.Measurements;

/// <summary>What a measurement may be, whoever sends it: a browser or a program. What cannot be is refused in one sentence.</summary>
public static partial class MeasurementRules
{
    /// <summary>Points that a polyline has at most.</summary>
    public const int MostPoints = 500;

    /// <summary>Characters that a note has at most.</summary>
    public const int MostNote = 4000;

    private const int MostLabel = 60;
    private const double LeastSizeUm = 1e-6;

    /// <summary>The measurement as it is kept, not computed yet: points rounded to a picometre, vectors made exact.</summary>
    /// <param name="dataset">What it was drawn in.</param>
    /// <param name="m">The measurement as it was sent.</param>
    /// <returns>It, and the volume that it is of.</returns>
    /// <exception cref="ArgumentException">A value cannot be; the sentence names it.</exception>
    public static (Measurement Measurement, VolumeInfo Volume) Check(Dataset dataset, Measurement m)
    {
        CheckLook(m);
        return CheckShape(dataset, m);
    }

    /// <summary>The same without a look at name, colour and note, of what is given another shape.</summary>
    /// <exception cref="ArgumentException">A value cannot be; the sentence names it.</exception>
    public static (Measurement Measurement, VolumeInfo Volume) CheckShape(Dataset dataset, Measurement m)
    {
        var name = m.Label is { Length: > 0 and <= MostLabel } ? m.Label : "The measurement";
        Check(Enum.IsDefined(m.Kind), 
            "A measurement's kind is ruler, angle, profile, circle, rectangle, polygon, sphere, box, point, polyline or note.");
        CheckPoints(name, m);
        Ranges.SlabUm.Of("thicknessUm").Check(m.ThicknessUm);
        Ranges.SlabUm.Of("widthUm").Check(m.WidthUm);
        Check(m.WidthUm == 0 || m.Kind == MeasurementKind.Profile, $"{name} has a width, which only a profile has.");
        Ranges.Hours.Check(m.Hours);
        var volume = m.Modality is { } modality && dataset.Find(modality, m.Hours) is { IsLabels: false } v ? v
            : throw new ArgumentException(
                $"{name} is of a scan that the dataset does not have; give modality and hours of one that it has.");
        m = m with { PointsUm = [.. m.PointsUm.Select(p => p.Select(c => Math.Round(c, 6)).ToArray())], Hours = volume.Key.Hours };
        Check((m.Right is null) == (m.Down is null), $"{name} has one of right and down; give both, or neither where it was drawn in 3D.");
        if (m.Right is not null)
        {
            Ranges.Um.Of("right").Check(m.Right, 3);
            Ranges.Um.Of("down").Check(m.Down, 3);
            var frame = FrameOf(m, PointOf(m.PointsUm[0]));
            m = m with { Right = Exact(frame.Right), Down = Exact(frame.Down) };
            CheckPlane(name, m, frame, volume);
        }

        Check(m.Right is not null || m.Kind is not (MeasurementKind.Circle or MeasurementKind.Rectangle or MeasurementKind.Polygon),
            $"{name} lies in a plane; give the plane's right and down.");
        RegionOf(m);
        return (m, volume);

        static double[] Exact(WorldVector v) => [v.Z, v.Y, v.X];
    }

    /// <summary>Whether a kind is measured by the voxels that it covers, and not by its points alone.</summary>
    public static bool ReadsVoxels(MeasurementKind kind) => kind is not (MeasurementKind.Ruler or MeasurementKind.Angle
        or MeasurementKind.Point or MeasurementKind.Polyline or MeasurementKind.Note);

    /// <summary>Checks a measurement's name, colour and note.</summary>
    /// <exception cref="ArgumentException">One cannot be; the sentence says why.</exception>
    public static void CheckLook(Measurement m)
    {
        Check(m.Label is { Length: <= MostLabel }, $"A measurement's label has at most {MostLabel} characters.");
        Check(!m.Label!.Any(char.IsControl), "A measurement's label has a character that cannot be shown; take it out.");
        Check(m.Note is { Length: <= MostNote }, $"A measurement's note has at most {MostNote} characters.");
        Check(!m.Note!.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')),
            "A measurement's note has a character that cannot be shown; take it out.");
        Check(m.Kind != MeasurementKind.Note || !string.IsNullOrWhiteSpace(m.Note), "A text note has no text; write one.");
        Check(m.Color is "" || (m.Color is not null && Colour().IsMatch(m.Color)), "A measurement's colour is #rrggbb, or empty.");
    }

    /// <summary>Measurements as somebody may see them: without the names of people where only a link to look was given.</summary>
    public static IReadOnlyList<Measurement> For(DatasetGrant grant, IReadOnlyList<Measurement> all) =>
        grant.SeesNames ? all : [.. all.Select(m => m with { Author = "" })];

    /// <summary>The region of a measurement that has one; else null.</summary>
    /// <exception cref="ArgumentException">It has no size, or a polygon crosses itself.</exception>
    internal static Region? RegionOf(Measurement m)
    {
        var first = PointOf(m.PointsUm[0]);
        var frame = m.Right is null ? RegionFrame.Straight(first) : FrameOf(m, first);
        var second = PointOf(m.PointsUm[m.PointsUm.Length > 1 ? 1 : 0]);
        var radius = (second - first).Length;
        var (u, v, w) = frame.ToFrame(second);
        var middle = frame.From(frame.ToWorld(u / 2, v / 2, m.Kind == MeasurementKind.Box ? w / 2 : 0));
        switch (m.Kind)
        {
            case MeasurementKind.Circle:
                CheckSize(radius);
                return new Region(frame, new DiscShape(radius) { ThicknessUm = m.ThicknessUm });
            case MeasurementKind.Sphere:
                CheckSize(radius);
                return new Region(frame, new BallShape(radius));
            case MeasurementKind.Rectangle:
                CheckSize(Math.Abs(u), Math.Abs(v));
                return new Region(middle, new BoxShape(Math.Abs(u) / 2, Math.Abs(v) / 2) { ThicknessUm = m.ThicknessUm });
            case MeasurementKind.Box:
                CheckSize(Math.Abs(u), Math.Abs(v), Math.Abs(w));
                return new Region(middle, new BoxShape(Math.Abs(u) / 2, Math.Abs(v) / 2, Math.Abs(w) / 2));
            case MeasurementKind.Polygon:
                var corners = m.PointsUm.Select(p => frame.ToFrame(PointOf(p))).Select(p => (p.U, p.V)).ToArray();
                return new Region(frame, new PolygonShape(corners) { ThicknessUm = m.ThicknessUm });
            default:
                return null;
        }
    }

    internal static WorldPoint PointOf(double[] p) => new(p[0], p[1], p[2]);

    internal static RegionFrame FrameOf(Measurement m, WorldPoint origin) =>
        RegionFrame.Of(origin, new WorldVector(m.Right![0], m.Right[1], m.Right[2]), new WorldVector(m.Down![0], m.Down[1], m.Down[2]));

    private static void CheckPoints(string name, Measurement m)
    {
        var (least, most) = m.Kind switch
        {
            MeasurementKind.Angle => (3, 3),
            MeasurementKind.Polygon => (3, PolygonShape.MostCorners),
            MeasurementKind.Point => (1, 1),
            MeasurementKind.Polyline => (2, MostPoints),
            MeasurementKind.Note => (1, 2),
            _ => (2, 2),
        };
        var count = m.PointsUm?.Length ?? 0;
        var takes = least == most ? $"{least}" : $"{least} to {most}";
        Check(count >= least && count <= most, $"{name} has {count} points; {m.Kind.ToString().ToLowerInvariant()} takes {takes}.");
        Array.ForEach(m.PointsUm!, p => Ranges.Um.Of("A point").Check(p, 3));
    }

    // What is flat must be flat: to within a thousandth of a voxel, as numbers that were rounded on their way.
    private static void CheckPlane(string name, Measurement m, RegionFrame frame, VolumeInfo volume)
    {
        if (m.Kind is MeasurementKind.Circle or MeasurementKind.Rectangle or MeasurementKind.Polygon)
        {
            var off = m.PointsUm.Max(p => Math.Abs(frame.ToFrame(PointOf(p)).W));
            Check(off <= Math.Max(1e-3 * volume.VoxelSize.Least, 1e-5), $"{name} has points that do not lie in its plane.");
        }
    }

    private static void CheckSize(params ReadOnlySpan<double> sizes)
    {
        foreach (var size in sizes)
        {
            Check(size > LeastSizeUm, "The region has no size; draw it from one place to another.");
        }
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException(otherwise);
        }
    }

    [GeneratedRegex("^#[0-9a-fA-F]{6}$")]
    private static partial Regex Colour();
}
