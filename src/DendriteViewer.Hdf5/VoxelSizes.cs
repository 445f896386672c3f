using System.Runtime.InteropServices;

namespace DendriteViewer.Hdf5;

/// <summary>A voxel's size as a file gives it.</summary>
/// <param name="Size">z, y, x.</param>
/// <param name="Units">The unit of each.</param>
/// <param name="From">Which part of the file says so.</param>
internal sealed record VoxelSizes(double[] Size, string[] Units, string From)
{
    private const int MostPositions = 1 << 20;

    /// <summary>
    /// Of a dataset: <c>element_size_um</c> (as ilastik and BigDataViewer write it), <c>voxel_size</c> or <c>pixel_size</c> with
    /// units, or, of an NXdata, what its axes step by.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="path">Its path.</param>
    /// <param name="access">Properties to open with.</param>
    /// <param name="axes">Which axis of the dataset is z, y and x; negative where it has none.</param>
    public static VoxelSizes? Of(long file, long dataset, string path, long access, ReadOnlySpan<int> axes)
    {
        if (Attributes.Numbers(dataset, "element_size_um") is { Length: >= 3 } um)
        {
            return new VoxelSizes(um[^3..], ["um", "um", "um"], "element_size_um");
        }

        foreach (var name in (ReadOnlySpan<string>)["voxel_size", "pixel_size"])
        {
            if (Attributes.Numbers(dataset, name) is { Length: 1 or 3 } size
                && (Attributes.Text(dataset, name + "_units") ?? Attributes.Text(dataset, name + "_unit") ?? Attributes.Text(dataset, "units")) is { } unit)
            {
                return new VoxelSizes(size.Length == 3 ? size : [size[0], size[0], size[0]], [unit, unit, unit], name);
            }
        }

        return OfAxes(file, path, access, axes);
    }

    private static VoxelSizes? OfAxes(long file, string path, long access, ReadOnlySpan<int> axes)
    {
        var group = path[..Math.Max(1, path.LastIndexOf('/'))];
        var parent = H5.OpenObject(file, group, access);
        if (parent < 0)
        {
            return null;
        }

        var names = Attributes.Texts(parent, "axes");
        names = names is [var joined] ? joined.Split(':', ',') : names;
        var (sizes, units) = (new double[3], new string[3]);
        var found = true;
        for (var i = 0; i < 3 && found; i++)
        {
            found = axes[i] >= 0 && axes[i] < names.Length && names[axes[i]] is { Length: > 0 } name and not "." && Step(parent, name, access, out sizes[i], out units[i]);
        }

        H5.CloseObject(parent);
        return found ? new VoxelSizes(sizes, units, $"axes of {group}") : null;
    }

    private static bool Step(long group, string name, long access, out double step, out string unit)
    {
        (step, unit) = (0, "");
        var axis = H5.OpenDataset(group, name, access);
        if (axis < 0)
        {
            return false;
        }

        var space = H5.DatasetSpace(axis);
        try
        {
            if (space < 0 || SampleKind.Of(axis) is null || Attributes.Text(axis, "units") is not { } text || Spaces.Extent(space) is not [>= 2 and <= MostPositions and var n])
            {
                return false;
            }

            var at = new double[n];
            if (H5.Read(axis, H5.Variable("H5T_NATIVE_DOUBLE_g"), H5.All, H5.All, 0, MemoryMarshal.AsBytes(at.AsSpan())) < 0)
            {
                return false;
            }

            // Positions that are not even are no grid.
            (step, unit) = ((at[^1] - at[0]) / (n - 1), text);
            for (ulong i = 1; i < n; i++)
            {
                if (!(Math.Abs(at[i] - at[i - 1] - step) <= 0.01 * Math.Abs(step)))
                {
                    return false;
                }
            }

            step = Math.Abs(step);
            return true;
        }
        finally
        {
            H5.CloseSpace(space);
            H5.CloseObject(axis);
        }
    }
}
