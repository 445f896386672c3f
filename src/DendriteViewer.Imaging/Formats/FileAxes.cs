using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>What one axis of an array stands for.</summary>
internal enum AxisRole
{
    /// <summary>The header does not say.</summary>
    Unknown,

    /// <summary>The first axis of a volume.</summary>
    Z,

    /// <summary>Rows of a slice.</summary>
    Y,

    /// <summary>Columns of a slice.</summary>
    X,

    /// <summary>One volume for each step.</summary>
    Time,

    /// <summary>Values of one voxel: channels, colours, components of a vector or tensor.</summary>
    Channel,

    /// <summary>Something else that the header names, such as a rotation angle or an energy.</summary>
    Other,
}

/// <summary>One axis of an array, as a header describes it.</summary>
/// <param name="Name">Its name in the file, for messages.</param>
/// <param name="Role">What it stands for.</param>
/// <param name="Length">Elements along it.</param>
internal readonly record struct FileAxis(string Name, AxisRole Role, long Length)
{
    /// <summary>An axis whose role follows from its name.</summary>
    public static FileAxis Named(string? name, long length) => new(name ?? "", RoleOf(name), length);

    /// <summary>The role that a name means in the formats that name axes (OME, vigra, xarray, NeXus, ImageJ), whatever its case.</summary>
    public static AxisRole RoleOf(string? name) => name?.Trim().ToLowerInvariant() switch
    {
        null or "" or "?" or "???" or "none" or "unknown" => AxisRole.Unknown,
        "z" or "slice" or "slices" or "depth" or "plane" or "planes" => AxisRole.Z,
        "y" or "row" or "rows" or "height" => AxisRole.Y,
        "x" or "col" or "cols" or "column" or "columns" or "width" => AxisRole.X,
        "t" or "time" or "times" or "frame" or "frames" or "timepoint" or "timepoints" => AxisRole.Time,
        "c" or "s" or "channel" or "channels" or "rgb" or "rgba" or "sample" or "samples"
            or "component" or "components" or "color" or "colour" or "vector" => AxisRole.Channel,
        _ => AxisRole.Other,
    };
}

/// <summary>Which axes of an array are z, y, x and time; -1 for one that it does not have.</summary>
/// <param name="Z">Index of z among the array's axes, slowest first.</param>
/// <param name="Y">Index of y.</param>
/// <param name="X">Index of x.</param>
/// <param name="Time">Index of time.</param>
internal readonly record struct AxisOrder(int Z, int Y, int X, int Time)
{
    /// <summary>
    /// Whether a C-order reader of [time,] z, y, x sees the right voxels without turning anything.
    /// Axes of one element may stand anywhere, since they move no voxel.
    /// </summary>
    public bool IsStandard
    {
        get
        {
            var last = -1;
            foreach (var axis in (ReadOnlySpan<int>)[Time, Z, Y, X])
            {
                if (axis >= 0)
                {
                    if (axis < last)
                    {
                        return false;
                    }

                    last = axis;
                }
            }

            return true;
        }
    }

    /// <summary>Finds z, y, x and time among the axes of an array.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="axes">The axes, slowest first.</param>
    /// <remarks>
    /// Where the header names no axis, the last three are z, y and x, and a fourth before them is time. An axis of one element whose role
    /// is not needed is left out. Where it names some, every longer axis must have a role that a scan has.
    /// </remarks>
    /// <exception cref="VolumeFormatException">
    /// An axis is neither space nor time, stands twice, or has no known role beside others that do.
    /// </exception>
    public static AxisOrder Of(string path, IReadOnlyList<FileAxis> axes)
    {
        if (axes.All(a => a.Role == AxisRole.Unknown))
        {
            return ByPosition(path, axes);
        }

        Span<int> found = [-1, -1, -1, -1];
        for (var i = 0; i < axes.Count; i++)
        {
            var axis = axes[i];
            var place = axis.Role switch { AxisRole.Z => 0, AxisRole.Y => 1, AxisRole.X => 2, AxisRole.Time => 3, _ => -1 };
            if (place < 0 && axis.Length == 1)
            {
                continue;
            }

            if (place < 0 || (found[place] >= 0 && axis.Length > 1 && axes[found[place]].Length > 1))
            {
                throw Refused(path, axes, axis, twice: place >= 0);
            }

            if (found[place] < 0 || axis.Length > 1)
            {
                found[place] = i;
            }
        }

        return new AxisOrder(found[0], found[1], found[2], found[3]);
    }

    private static AxisOrder ByPosition(string path, IReadOnlyList<FileAxis> axes)
    {
        var kept = Enumerable.Range(0, axes.Count).ToList();
        while (kept.Count > 3 && axes[kept[0]].Length == 1)
        {
            kept.RemoveAt(0);
        }

        int FromEnd(int n) => kept.Count >= n ? kept[^n] : -1;
        return kept.Count <= 4
            ? new AxisOrder(FromEnd(3), FromEnd(2), FromEnd(1), FromEnd(4))
            : throw new VolumeFormatException(
                $"{path} has {axes.Count} axes ({Describe(axes)}) without names, but a scan has z, y and x, and a fourth for time; "
                + "write one volume a file.");
    }

    private static VolumeFormatException Refused(string path, IReadOnlyList<FileAxis> axes, FileAxis axis, bool twice) => new(
        twice ? $"{path} has two axes for {axis.Role.ToString().ToLowerInvariant()} ({Describe(axes)}); correct the header."
        : axis.Role == AxisRole.Channel
            ? $"{path} has {axis.Length} channels along its axis {Name(axes, axis)} ({Describe(axes)}), "
                + "but a scan has one value a voxel; write the one to import by itself."
        : $"{path} has {axis.Length} elements along its axis {Name(axes, axis)} ({Describe(axes)}), which is neither z, y, x nor time; "
            + "write one volume a file, or correct the axis' name.");

    private static string Name(IReadOnlyList<FileAxis> axes, FileAxis axis) =>
        axis.Name.Length > 0 ? $"'{axis.Name}'" : $"number {axes.ToList().IndexOf(axis) + 1}";

    private static string Describe(IReadOnlyList<FileAxis> axes) =>
        string.Join(", ", axes.Select(a => $"{(a.Name.Length > 0 ? a.Name : "?")} {a.Length}"));
}
