using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace DendriteViewer.Hdf5;

/// <summary>A voxel's size as a file gives it.</summary>
/// <param name="Size">z, y, x.</param>
/// <param name="Units">The unit of each.</param>
/// <param name="From">Which part of the file says so.</param>
internal sealed partial record VoxelSizes(double[] Size, string[] Units, string From)
{
    private const int MostPositions = 1 << 20;
    private static readonly string[] s_sizes =
        ["voxel_size", "pixel_size", "voxelsize", "VoxelSize", "voxelSize", "spacing", "element_size", "resolution"];
    private static readonly string[] s_units = ["um", "µm", "nm", "mm", "m", "cm"];

    /// <summary>
    /// Of a dataset: <c>element_size_um</c> (as ilastik and Fiji write it, z, y, x), <c>voxel_size</c> or <c>pixel_size</c> with units, one
    /// or one for each axis, or what the positions along its axes step by, each in its own unit.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="names">What the file says of its axes, if it does.</param>
    /// <param name="access">Properties to open with.</param>
    /// <param name="axes">Which axis of the dataset is z, y and x; negative where it has none.</param>
    /// <param name="extent">Elements along the dataset's axes.</param>
    /// <param name="remarks">Takes why a size that is there was not taken.</param>
    public static VoxelSizes? Of(
        long file, long dataset, AxisNames? names, long access, ReadOnlySpan<int> axes, ulong[] extent, List<string> remarks)
    {
        foreach (var unit in s_units)
        {
            foreach (var name in (ReadOnlySpan<string>)["element_size_" + unit, "voxel_size_" + unit, "pixel_size_" + unit])
            {
                if (Attributes.Numbers(dataset, name) is { Length: > 0 } given && OfAxes(given, axes, extent.Length) is { } size)
                {
                    SayOrder(size, name, axes, remarks);
                    return new VoxelSizes(size, [unit, unit, unit], name);
                }
            }
        }

        return OfAttributes(dataset, axes, extent.Length, remarks) ?? OfPositions(file, names, access, axes, extent, remarks);
    }

    // One number for all; one for z, y and x; or one for each axis of the dataset, where it has others.
    private static double[]? OfAxes(double[] given, ReadOnlySpan<int> axes, int rank) =>
        given.Length == 1 ? [given[0], given[0], given[0]]
        : given.Length == rank && rank > 3 && axes[0] >= 0 && axes[1] >= 0 && axes[2] >= 0
            ? [given[axes[0]], given[axes[1]], given[axes[2]]]
        : given.Length >= 3 ? given[^3..]
        : null;

    // Three sizes are z, y, x, as the programs that write them mean; beside axes in another order that is a guess.
    private static void SayOrder(double[] size, string name, ReadOnlySpan<int> axes, List<string> remarks)
    {
        if (Turning.IsNeeded(axes) && (size[0] != size[1] || size[1] != size[2]))
        {
            remarks.Add($"its {name} is taken for z, y, x, though its axes stand in another order");
        }
    }

    private static VoxelSizes? OfAttributes(long dataset, ReadOnlySpan<int> axes, int rank, List<string> remarks)
    {
        foreach (var name in s_sizes)
        {
            if (Attributes.Numbers(dataset, name) is not { Length: > 0 } given || OfAxes(given, axes, rank) is not { } size)
            {
                continue;
            }

            string[] units = [];
            foreach (var attribute in (ReadOnlySpan<string>)[name + "_units", name + "_unit", name + "Units", name + "Unit", "units",
                "unit"])
            {
                units = units.Length > 0 ? units : Attributes.Texts(dataset, attribute);
            }

            if (units.Length is not (1 or 3))
            {
                remarks.Add(string.Create(CultureInfo.InvariantCulture,
                    $"its {name} ({string.Join(" × ", given)}) is without a unit, so it was not taken"));
                continue;
            }

            SayOrder(size, name, axes, remarks);
            return new VoxelSizes(size, units.Length == 1 ? [units[0], units[0], units[0]] : units, name);
        }

        if (Attributes.Text(dataset, "axistags") is { } tags && Resolution().IsMatch(tags))
        {
            remarks.Add("its axistags give a resolution without a unit, so it was not taken");
        }

        return null;
    }

    private static VoxelSizes? OfPositions(
        long file, AxisNames? names, long access, ReadOnlySpan<int> axes, ulong[] extent, List<string> remarks)
    {
        var (sizes, units, problems, found) = (new double[3], new string[3], new List<string>(), 0);
        for (var i = 0; i < 3; i++)
        {
            if (axes[i] < 0 || names?.Axes[axes[i]] is not { Positions: { } positions, Name: var name })
            {
                continue;
            }

            switch (Step(file, positions, access, extent[axes[i]], out sizes[i], out units[i]))
            {
                case null:
                    found++;
                    break;
                case { Length: > 0 } problem:
                    problems.Add($"the positions along its axis {name} {problem}");
                    break;
            }
        }

        if (found == 3)
        {
            return new VoxelSizes(sizes, units, names!.From);
        }

        if (problems.Count > 0)
        {
            remarks.Add($"{string.Join(", ", problems)}; so no voxel size is taken");
        }
        else if (found > 0)
        {
            remarks.Add($"only {found} of z, y and x have positions in {names!.From}, so no voxel size is taken");
        }

        return null;
    }

    // Null where the positions are even; else what is wrong with them, empty where there are none.
    private static string? Step(long file, string positions, long access, ulong count, out double step, out string unit)
    {
        (step, unit) = (0, "");
        var axis = H5.OpenDataset(file, positions, access);
        if (axis < 0)
        {
            return "";
        }

        try
        {
            if (SampleKind.Of(axis) is null || Spaces.OfDataset(axis) is not [>= 2 and <= MostPositions and var n])
            {
                return "";
            }

            // As many as elements, or the edges between them.
            if (n != count && n != count + 1)
            {
                return $"are {n}, but it has {count} elements";
            }

            var at = new double[n];
            if (H5.Read(axis, H5.Variable("H5T_NATIVE_DOUBLE_g"), H5.All, H5.All, 0, MemoryMarshal.AsBytes(at.AsSpan())) < 0)
            {
                return "cannot be read";
            }

            if (Attributes.Text(axis, "units") is not { Length: > 0 } text)
            {
                return "are without units";
            }

            // Positions that are not even are no grid.
            (step, unit) = ((at[^1] - at[0]) / (n - 1), text);
            for (ulong i = 1; i < n; i++)
            {
                if (!(Math.Abs(at[i] - at[i - 1] - step) <= 0.01 * Math.Abs(step)))
                {
                    return "are not even";
                }
            }

            step = Math.Abs(step);
            return null;
        }
        finally
        {
            H5.CloseObject(axis);
        }
    }

    [GeneratedRegex("\"resolution\"\\s*:\\s*(?!0[.0]*\\s*[,}])[0-9]")]
    private static partial Regex Resolution();
}
