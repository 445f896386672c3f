using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>An axis as metadata name it.</summary>
/// <param name="Name">Its name, or null.</param>
/// <param name="Type">space, time, channel or another kind; null where the metadata do not say.</param>
/// <param name="Unit">Unit of lengths along it, or null.</param>
internal sealed partial record NamedAxis(string? Name, string? Type = null, string? Unit = null)
{
    // Pictures no smaller than this, with three or four values behind every pixel, are pictures in colour.
    private const int LeastPicture = 32;

    /// <summary>What the name alone means. Programs number axes that were never named: dim_0.</summary>
    public AxisRole NamedRole => Name is null || NumberedName().IsMatch(Name) ? AxisRole.Unknown : FileAxis.RoleOf(Name);

    /// <summary>What the axis stands for, its type before its name.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="VolumeFormatException">Type and name are of different kinds.</exception>
    public AxisRole RoleIn(string path)
    {
        var named = NamedRole;
        var type = Type?.Trim().ToLowerInvariant();
        var typed = type switch { "time" => AxisRole.Time, "channel" => AxisRole.Channel, _ => AxisRole.Unknown };
        var isSpace = type == "space";
        if ((typed != AxisRole.Unknown && named is not (AxisRole.Unknown or AxisRole.Other) && named != typed)
            || (isSpace && named is AxisRole.Time or AxisRole.Channel))
        {
            throw new VolumeFormatException(
                $"{path} has an axis named '{Name}' of the type '{Type}', which do not go together; correct its metadata.");
        }

        return typed != AxisRole.Unknown ? typed : named;
    }

    /// <summary>Finds z, y, x and time among the axes of an array.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="shape">The array's lengths, the slowest axis first.</param>
    /// <param name="own">The axes as the array names them, or null.</param>
    /// <param name="image">The axes as an image names them that the array is a level of, or null.</param>
    /// <param name="remarks">Told what was guessed.</param>
    /// <exception cref="VolumeFormatException">They are those of no scan, or the two disagree.</exception>
    public static AxisOrder OrderOf(
        string path, long[] shape, IReadOnlyList<NamedAxis>? own, IReadOnlyList<NamedAxis>? image, List<string> remarks)
    {
        if (own is not null && image is not null && own.Zip(image).Any(p => IsConflict(p.First.NamedRole, p.Second.RoleIn(path))))
        {
            throw new VolumeFormatException(
                $"{path} names its axes {Names(own)}, but its image names them {Names(image)}; correct the one that is wrong.");
        }

        var axes = image ?? own;
        if (axes is null || axes.All(a => a.RoleIn(path) == AxisRole.Unknown))
        {
            return Unnamed(path, shape, remarks);
        }

        return AxisOrder.Of(path, axes.Select((a, i) => new FileAxis(a.Name ?? "", a.RoleIn(path), shape[i])).ToArray());
    }

    // OME-Zarr had five axes, t, c, z, y and x, before it had names for them.
    private static AxisOrder Unnamed(string path, long[] shape, List<string> remarks)
    {
        if (shape is [.., var rows, var columns, 3 or 4] && rows >= LeastPicture && columns >= LeastPicture)
        {
            var said = $"names no axes, and its last, of {shape[^1]} elements behind {rows} × {columns}, is like that of colours";
            remarks.Add(shape.Length <= 3
                ? $"It {said}; it was taken as x."
                : throw new VolumeFormatException($"{path} {said}; name its axes, or write one value a voxel."));
        }

        var names = shape.Length == 5 ? ["t", "c", "z", "y", "x"] : Enumerable.Repeat<string?>(null, shape.Length);
        var order = AxisOrder.Of(path, names.Select((n, i) => FileAxis.Named(n, shape[i])).ToArray());
        if (order.Time >= 0 && shape[order.Time] > 1)
        {
            remarks.Add(
                $"Its {shape.Length} axes have no names, so axis {order.Time + 1}, of {shape[order.Time]} elements, was taken as time and"
                + " the last three as z, y and x.");
        }

        return order;
    }

    private static bool IsConflict(AxisRole a, AxisRole b) =>
        a is not (AxisRole.Unknown or AxisRole.Other) && b is not (AxisRole.Unknown or AxisRole.Other) && a != b;

    private static string Names(IEnumerable<NamedAxis> axes) => string.Join(", ", axes.Select(a => a.Name ?? "?"));

    [GeneratedRegex("^(dim|axis|d|phony_dim)[_ ]?[0-9]+$", RegexOptions.IgnoreCase)]
    private static partial Regex NumberedName();
}
