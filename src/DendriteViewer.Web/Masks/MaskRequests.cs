using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Web.Masks;

/// <summary>A stroke as a page or a program sends it.</summary>
public sealed record StrokeRequest
{
    /// <summary>Whether it clears voxels.</summary>
    public bool Erase { get; init; }

    /// <summary>disc or ball.</summary>
    public BrushShape Shape { get; init; }

    /// <summary>Radius of the brush, µm.</summary>
    public double RadiusUm { get; init; }

    /// <summary>The way, z, y, x in µm.</summary>
    public double[][]? PointsUm { get; init; }

    /// <summary>Normal of the slice, z, y, x; of a disc.</summary>
    public double[]? Normal { get; init; }

    /// <summary>A name that whoever sends it made, so that it is painted once however often it is sent.</summary>
    public string? Id { get; init; }

    /// <summary>The stroke, checked.</summary>
    /// <exception cref="OutOfRangeException">Something is missing or out of its range.</exception>
    public BrushMark ToMark()
    {
        new NumberRange("The number of a stroke's points", 1, BrushMark.MostPoints).Check(PointsUm?.Length ?? 0);
        return new BrushMark(Erase, Shape, RadiusUm, [.. PointsUm!.Select(p => FillRequest.Point(p, "A stroke's points"))],
            Shape == BrushShape.Disc ? FillRequest.Vector(Normal) : default).Checked();
    }
}

/// <summary>A fill as a page or a program sends it.</summary>
public sealed record FillRequest
{
    /// <summary>Whether to take away the piece of the mask at the point; else the hole there is filled.</summary>
    public bool Erase { get; init; }

    /// <summary>The point, z, y, x in µm.</summary>
    public double[]? AtUm { get; init; }

    /// <summary>Normal of the slice that is filled, z, y, x; none fills in space.</summary>
    public double[]? Normal { get; init; }

    /// <summary>
    /// How far grey values of the scan may lie from that at the point: what is connected with it grows from there. Null where the mask
    /// alone decides.
    /// </summary>
    public double? Tolerance { get; init; }

    /// <summary>Modality of the scan whose grey values are followed; null for the first one of that time.</summary>
    public string? Modality { get; init; }

    /// <summary>A name that whoever sends it made, so that it is filled once however often it is sent.</summary>
    public string? Id { get; init; }

    internal static WorldPoint Point(double[]? p, string name) =>
        Ranges.Um.Of(name).Check(p, 3) is [var z, var y, var x] ? new(z, y, x) : default;

    internal static WorldVector Vector(double[]? v) => new NumberRange("A normal", -1e6, 1e6).Check(v, 3) is [var z, var y, var x]
        && Math.Sqrt(z * z + y * y + x * x) > 1e-6
        ? new(z, y, x) : throw new OutOfRangeException("A normal is three numbers z, y, x that are not all 0.");
}

/// <summary>What is asked of a mask's versions.</summary>
public sealed record VersionRequest
{
    /// <summary>Of a new version: what somebody writes of it.</summary>
    public string? Note { get; init; }

    /// <summary>Which version is restored or chosen; 0 is the automatic mask.</summary>
    public int? Version { get; init; }

    /// <summary>The version that is restored or chosen.</summary>
    /// <exception cref="OutOfRangeException">None is given.</exception>
    internal int Asked => Version ?? throw new OutOfRangeException("Say which version; 0 is the automatic mask.");
}
