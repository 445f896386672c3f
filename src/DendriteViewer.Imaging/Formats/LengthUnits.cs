using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Units of length as files spell them, and geometry from what files give.</summary>
internal static class LengthUnits
{
    /// <summary>µm in a unit, or null where it is no unit of length.</summary>
    public static double? InUm(string? unit) => unit?.Trim().ToLowerInvariant() switch
    {
        "m" or "meter" or "metre" or "meters" or "metres" => 1e6,
        "cm" or "centimeter" or "centimetre" => 1e4,
        "mm" or "millimeter" or "millimetre" or "millimeters" => 1e3,
        "um" or "µm" or "μm" or "micron" or "microns" or "micrometer" or "micrometre" or "micrometers" or "\\u00b5m" => 1,
        "nm" or "nanometer" or "nanometre" or "nanometers" => 1e-3,
        "å" or "angstrom" or "angstroms" => 1e-4,
        "inch" or "inches" or "in" => 25400,
        _ => null,
    };

    /// <summary>
    /// A transform as <see cref="Geometry"/> makes it, or null and a remark where the steps are zero, not finite, or span no space. Not
    /// taken rather than refused, since a size that is given by hand takes its place.
    /// </summary>
    public static FileGeometry? TryGeometry(double[][] steps, double[] middle, string path, string from, ICollection<string> remarks)
    {
        try
        {
            if (steps.All(s => s.All(double.IsFinite)) && middle.All(double.IsFinite))
            {
                return Geometry(steps, middle, path, from);
            }
        }
        catch (VolumeFormatException)
        {
            // Said below.
        }

        var invariant = System.Globalization.CultureInfo.InvariantCulture;
        var shown = string.Join(" and ", steps.Select(s => $"({string.Join(", ", s.Select(v => v.ToString("R", invariant)))})"));
        remarks.Add($"Its {from} say that a voxel steps by {shown} µm along x, y and z, which is no size, so they were not taken; "
            + "give voxelSizeUm.");
        return null;
    }

    /// <summary>A transform from the steps that index x, y and z take in world x, y, z, and where the middle of the first voxel lies; all in µm.</summary>
    /// <exception cref="VolumeFormatException">The steps span no space.</exception>
    public static FileGeometry Geometry(double[][] steps, double[] middle, string path, string from)
    {
        var rows = new double[12];
        for (var world = 0; world < 3; world++)
        {
            for (var index = 0; index < 3; index++)
            {
                rows[4 * world + index] = steps[2 - index][2 - world];
            }

            rows[4 * world + 3] = middle[2 - world] - (rows[4 * world] + rows[4 * world + 1] + rows[4 * world + 2]) / 2;
        }

        try
        {
            return new FileGeometry(new AffineTransform(rows), from);
        }
        catch (ArgumentException e)
        {
            throw new VolumeFormatException($"{path}: its {from} span no space (a voxel has no size in some direction); give voxelSizeUm, or correct the file.", e);
        }
    }
}
