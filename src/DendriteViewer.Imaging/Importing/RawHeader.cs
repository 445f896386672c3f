using System.Globalization;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Importing;

/// <summary>
/// A detached NRRD header for raw voxels, which says what they do not: shape, type, byte order, voxel size and place. NRRD counts axes from
/// the fastest, so x comes first, and its origin is the middle of the first voxel.
/// </summary>
internal static class RawHeader
{
    /// <summary>The ending of a header's name, behind the whole name of the raw file.</summary>
    public const string Ending = ".nhdr";

    /// <summary>Its text.</summary>
    /// <param name="data">Name of the raw file, which lies beside it.</param>
    /// <param name="shape">Of the voxels.</param>
    /// <param name="type">Of the voxels.</param>
    /// <param name="transform">Voxel to world, µm.</param>
    public static string Of(string data, VolumeShape shape, VoxelType type, AffineTransform transform)
    {
        var rows = transform.Rows.ToArray();
        var middle = transform.ToWorld(new VoxelPoint(0.5, 0.5, 0.5));
        var directions = Enumerable.Range(0, 3).Select(axis => Vector(rows[8 + 2 - axis], rows[4 + 2 - axis], rows[2 - axis]));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            NRRD0004
            type: {type.ZarrName()}
            dimension: 3
            space dimension: 3
            sizes: {shape.X} {shape.Y} {shape.Z}
            space directions: {string.Join(' ', directions)}
            kinds: domain domain domain
            space units: "um" "um" "um"
            space origin: {Vector(middle.X, middle.Y, middle.Z)}
            endian: little
            encoding: raw
            data file: {data}

            """).ReplaceLineEndings("\n");
    }

    private static string Vector(double x, double y, double z) => string.Create(CultureInfo.InvariantCulture, $"({x:R},{y:R},{z:R})");
}
