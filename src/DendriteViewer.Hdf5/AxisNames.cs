using System.Text.Json;

namespace DendriteViewer.Hdf5;

/// <summary>What a file says of one axis of a dataset.</summary>
/// <param name="Name">As the file spells it; empty where it does not say.</param>
/// <param name="Positions">Path of the dataset with the positions along it, if the file names one.</param>
internal readonly record struct NamedAxis(string Name, string? Positions = null);

/// <summary>
/// The names of a dataset's axes, slowest first, from where programs write them: <c>axistags</c> (vigra, ilastik), <c>DIMENSION_LABELS</c>
/// and dimension scales (HDF5, netCDF, h5py), NeXus' <c>axes</c> of a group or a dataset with <c>NAME_indices</c> or <c>axis</c>, names
/// such as "zyx" in an attribute of their own, HDF5's image specification, and MATLAB, whose arrays are (row, column, page).
/// </summary>
/// <param name="Axes">One for each axis.</param>
/// <param name="From">Which part of the file says so.</param>
internal sealed record AxisNames(NamedAxis[] Axes, string From)
{
    private static readonly string[] s_orders =
        ["axes", "AXISORDER", "axisorder", "axis_order", "axis_labels", "axes_names", "dim_order", "dimension_order", "dims"];

    /// <summary>Finds them; null where nothing in the file names an axis.</summary>
    /// <param name="file">The file.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="path">Its path.</param>
    /// <param name="rank">Number of its axes.</param>
    /// <param name="access">Properties to open with.</param>
    public static AxisNames? Of(long file, long dataset, string path, int rank, long access) =>
        Tags(dataset, rank)
        ?? Plain(Attributes.Texts(dataset, "DIMENSION_LABELS"), rank, "DIMENSION_LABELS")
        ?? OfGroup(file, path, rank, access)
        ?? OfOrder(dataset, rank)
        ?? Scales(dataset, rank)
        ?? OfImage(dataset, rank)
        ?? OfMatlab(dataset, rank);

    private static AxisNames? Plain(string[] names, int rank, string from) =>
        names.Length == rank && names.Any(n => n is not ("" or "."))
            ? new AxisNames([.. names.Select(n => new NamedAxis(n is "." ? "" : n))], from) : null;

    private static AxisNames? Tags(long dataset, int rank)
    {
        if (Attributes.Text(dataset, "axistags") is not { } text)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            return Plain([.. json.RootElement.GetProperty("axes").EnumerateArray().Select(a => a.GetProperty("key").GetString() ?? "")],
                rank, "axistags");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    // "zyx", "z:y:x", "[z, y, x]", or a list.
    private static AxisNames? OfOrder(long dataset, int rank)
    {
        foreach (var attribute in s_orders)
        {
            var names = Split(Attributes.Texts(dataset, attribute), rank);
            if (Plain(names, rank, attribute) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string[] Split(string[] texts, int rank)
    {
        var names = texts is [var joined]
            ? joined.Trim('[', ']', '(', ')', ' ')
                .Split([':', ',', ';', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : texts;
        return names is [var word] && word.Length == rank && word.All(c => "zyxtcsZYXTCS".Contains(c, StringComparison.Ordinal))
            ? [.. word.Select(c => c.ToString())]
            : [.. names.Select(n => n.Trim('"', '\''))];
    }

    // Of an NXdata: axes lists them in order, or in any order with NAME_indices; in older files its datasets say themselves which axis
    // they are of.
    private static AxisNames? OfGroup(long file, string path, int rank, long access)
    {
        var group = Parent(path);
        var id = H5.OpenObject(file, group, access);
        if (id < 0)
        {
            return null;
        }

        try
        {
            var axes = new NamedAxis[rank];
            var listed = Split(Attributes.Texts(id, "axes"), rank);
            for (var i = 0; i < listed.Length; i++)
            {
                var indices = Attributes.Numbers(id, listed[i] + "_indices");
                var at = indices is [var one] ? one : indices.Length == 0 && listed.Length == rank ? i : -1;
                if (listed[i] is not "." && at >= 0 && at < rank && axes[(int)at].Name is null)
                {
                    axes[(int)at] = new NamedAxis(listed[i], Join(group, listed[i]));
                }
            }

            if (listed.Length > 0 && listed.Length <= rank && axes.Any(a => a.Name is not null))
            {
                return new AxisNames([.. axes.Select(a => a.Name is null ? new NamedAxis("") : a)], $"axes of {group}");
            }

            foreach (var name in H5.Links(id).Take(64))
            {
                var sibling = H5.OpenObject(id, name, access);
                if (sibling >= 0 && H5.TypeOf(sibling) == H5.TypeDataset && Attributes.Numbers(sibling, "axis") is [>= 1 and var n, ..]
                    && n <= rank)
                {
                    axes[(int)n - 1] = new NamedAxis(name, Join(group, name));
                }

                if (sibling >= 0)
                {
                    H5.CloseObject(sibling);
                }
            }

            return axes.Any(a => a.Name is not null)
                ? new AxisNames([.. axes.Select(a => a.Name is null ? new NamedAxis("") : a)], $"axes of {group}") : null;
        }
        finally
        {
            H5.CloseObject(id);
        }
    }

    private static AxisNames? Scales(long dataset, int rank)
    {
        var scales = Attributes.FirstReferences(dataset, "DIMENSION_LIST");
        if (scales.Length != rank)
        {
            return null;
        }

        var axes = new NamedAxis[rank];
        for (var i = 0; i < rank; i++)
        {
            axes[i] = new NamedAxis("");
            var scale = scales[i] == 0 ? -1 : H5.Referred(dataset, scales[i]);
            if (scale >= 0)
            {
                var name = H5.Name(scale);
                axes[i] = new NamedAxis(name[(name.LastIndexOf('/') + 1)..], name);
                H5.CloseObject(scale);
            }
        }

        return axes.Any(a => a.Name.Length > 0) ? new AxisNames(axes, "dimension scales") : null;
    }

    // HDF5's image specification: colours of a pixel, of a row, or a picture of each.
    private static AxisNames? OfImage(long dataset, int rank) =>
        rank != 3 || Attributes.Text(dataset, "IMAGE_SUBCLASS") != "IMAGE_TRUECOLOR" ? null
        : Plain(
            Attributes.Text(dataset, "INTERLACE_MODE") switch
            {
                "INTERLACE_PLANE" => ["channel", "y", "x"],
                "INTERLACE_LINE" => ["y", "channel", "x"],
                _ => ["y", "x", "channel"],
            },
            rank, "IMAGE_SUBCLASS");

    // MATLAB's first index is the fastest: rows, then columns, then pages.
    private static AxisNames? OfMatlab(long dataset, int rank) =>
        Attributes.Text(dataset, "MATLAB_class") is null || rank is < 2 or > 4 ? null
            : Plain(rank switch { 2 => ["x", "y"], 3 => ["z", "x", "y"], _ => ["time", "z", "x", "y"] }, rank, Matlab);

    /// <summary>What <see cref="From"/> is where MATLAB's convention says it.</summary>
    public const string Matlab = "MATLAB_class";

    internal static string Parent(string path) => path[..Math.Max(1, path.LastIndexOf('/'))];

    internal static string Join(string path, string name) => name.StartsWith('/') ? name : path.TrimEnd('/') + "/" + name;
}
