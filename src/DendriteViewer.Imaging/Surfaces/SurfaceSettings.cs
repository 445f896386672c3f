using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Surfaces;

/// <summary>How a surface is written.</summary>
public enum SurfaceFormat
{
    /// <summary>Binary STL: three corners a triangle, 50 bytes.</summary>
    Stl,

    /// <summary>Binary PLY: each vertex once, 12 bytes, and 13 bytes a triangle.</summary>
    Ply,
}

/// <summary>A surface of a volume.</summary>
/// <param name="Level">Pyramid level: each has half as many voxels along each axis, and about a quarter of the triangles.</param>
/// <param name="Format">How it is written.</param>
public sealed record SurfaceSettings(int Level, SurfaceFormat Format)
{
    /// <summary>Triangles at most.</summary>
    public const int MostTriangles = 100_000_000;

    /// <summary>Of a scan: the surface of this value. Null for labels.</summary>
    public double? Value { get; init; }

    /// <summary>Of a scan: whether what is at most the value is inside, as voids are, rather than what is at least the value.</summary>
    public bool IsDarkInside { get; init; }

    /// <summary>Of labels: the first number that is inside.</summary>
    public int FromLabel { get; init; } = 1;

    /// <summary>Of labels: the last number that is inside.</summary>
    public int ToLabel { get; init; } = int.MaxValue;

    /// <summary>Checks it against a volume.</summary>
    /// <exception cref="OutOfRangeException">A number is out of its range.</exception>
    public SurfaceSettings Checked(VolumeInfo volume)
    {
        new NumberRange("level", 0, volume.Levels - 1).Check(Level);
        if (volume.IsLabels)
        {
            if (FromLabel < 1 || ToLabel < FromLabel)
            {
                throw new OutOfRangeException($"Labels {FromLabel} to {ToLabel} are none; give numbers from 1, the smaller first.");
            }

            return this with { Value = null };
        }

        if (Value is not { } value)
        {
            throw new OutOfRangeException("The surface of a scan needs the value that it is the surface of.");
        }

        // A value that no voxel has on its other side gives no surface, or the volume's whole border.
        new NumberRange("The surface's value", volume.Least, volume.Most).Check(value);
        return this;
    }

    /// <summary>What is at or above zero inside, of a voxel's value.</summary>
    internal Func<float, float> FieldOf(VolumeInfo volume)
    {
        if (volume.IsLabels)
        {
            var (from, to) = (FromLabel, ToLabel);
            return v => v >= from && v <= to ? 0.5f : -0.5f;
        }

        var (value, sign) = ((float)Value!.Value, IsDarkInside ? -1f : 1f);
        return v => float.IsNaN(v) ? float.MinValue : sign * (v - value);
    }

    /// <summary>What it is the surface of, in words.</summary>
    public string Describe(VolumeKey volume) => Value is { } v
        ? FormattableString.Invariant($"{volume}, {(IsDarkInside ? "at most" : "at least")} {v:G6}")
        : ToLabel == int.MaxValue && FromLabel == 1 ? $"{volume}, all labels" : $"{volume}, labels {FromLabel} to {ToLabel}";
}

/// <summary>What a surface is.</summary>
/// <param name="Vertices">Number of vertices.</param>
/// <param name="Triangles">Number of triangles.</param>
/// <param name="VolumeUm3">The volume that it encloses, µm³.</param>
/// <param name="AreaUm2">Its area, µm².</param>
public readonly record struct SurfaceFacts(long Vertices, long Triangles, double VolumeUm3, double AreaUm2);
