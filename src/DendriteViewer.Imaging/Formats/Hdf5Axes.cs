using DendriteViewer.Hdf5;

namespace DendriteViewer.Imaging.Formats;

/// <summary>Which axes of an HDF5 dataset are z, y, x and time, by the names that its file gives them, or by their order.</summary>
internal static class Hdf5Axes
{
    private static readonly char[] s_between = ['_', ' ', '-', '.', '(', ')', '[', ']', '/'];

    /// <summary>Answers the reader's question.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="asked">The dataset's axes.</param>
    /// <exception cref="Volumes.VolumeFormatException">An axis is neither space nor time.</exception>
    public static AxesAnswer Of(string path, AxesQuestion asked)
    {
        var (remarks, lengths) = (new List<string>(), asked.Lengths);
        var axes = lengths.Select((n, i) =>
            new FileAxis(asked.Names?.ElementAtOrDefault(i) ?? "", RoleOf(asked.Names?.ElementAtOrDefault(i)), n)).ToArray();
        if (!axes.Any(a => a.Role is AxisRole.Z or AxisRole.Y or AxisRole.X or AxisRole.Time or AxisRole.Channel)
            && axes.All(a => !RotationAngles.IsName(a.Name)))
        {
            if (axes.Any(a => a.Role == AxisRole.Other))
            {
                remarks.Add($"its axes are named {string.Join(", ", axes.Select(a => a.Name))}, which says nothing of z, y and x, so "
                    + "their order counts");
            }

            axes = [.. axes.Select(a => a with { Role = AxisRole.Unknown })];
        }
        else if (axes.Any(a => a.Role == AxisRole.Unknown))
        {
            axes = Filled(axes, remarks);
        }

        var name = $"{path}: its dataset {asked.Dataset}";
        if (axes.Any(a => a.Role != AxisRole.Unknown))
        {
            return Answer(AxisOrder.Of(name, axes), remarks);
        }

        // Without names, axes of one element before the others do not count, and a last one behind z, y and x is a channel.
        var counted = Math.Max(3, axes.Length - lengths.TakeWhile(n => n == 1).Count());
        var last = counted is 4 or 5 && lengths[^1] == 1 ? 1 : 0;
        var order = AxisOrder.Of(name, axes[..^last]);
        if (order.Time >= 0 && lengths[order.Time] > 1)
        {
            if (lengths[^1] is >= 2 and <= 4 && lengths[..^1].All(n => n > 4))
            {
                throw new Volumes.VolumeFormatException(
                    $"{name} is of {string.Join(" × ", lengths)} without names for its axes; the last, of {lengths[^1]} elements, looks "
                    + "like channels or vectors, and a scan has one value a voxel. "
                    + "Write the one to import by itself, or name the axes (DIMENSION_LABELS).");
            }

            remarks.Add($"its axes have no names, so the first, of {lengths[order.Time]} elements, is taken for time");
        }

        return Answer(order, remarks);
    }

    private static AxesAnswer Answer(AxisOrder o, List<string> remarks) => new([o.Time, o.Z, o.Y, o.X], [.. remarks]);

    // Names as programs vary them: "tomo_x", "y_pixel_offset", "Z (um)"; what only counts axes says nothing.
    private static AxisRole RoleOf(string? name)
    {
        var role = FileAxis.RoleOf(name);
        if (role != AxisRole.Other || RotationAngles.IsName(name))
        {
            return role;
        }

        var words = name!.ToLowerInvariant().Split(s_between, StringSplitOptions.RemoveEmptyEntries);
        var letters = words.Where(w => w is "x" or "y" or "z").Distinct().ToArray();
        return letters is [var letter] ? FileAxis.RoleOf(letter)
            : words.Contains("time") ? AxisRole.Time
            : words.All(w => w is "phony" or "dim" or "axis" || w.All(char.IsAsciiDigit)
                || (w[..^1] is "dim" or "axis" && char.IsAsciiDigit(w[^1]))) ? AxisRole.Unknown
            : AxisRole.Other;
    }

    // Axes without a name beside others that have one are what is left of z, y and x, in that order.
    private static FileAxis[] Filled(FileAxis[] axes, List<string> remarks)
    {
        var open = Enumerable.Range(0, axes.Length).Where(i => axes[i].Role == AxisRole.Unknown).ToArray();
        AxisRole[] left = [.. new[] { AxisRole.Z, AxisRole.Y, AxisRole.X }.Where(r => axes.All(a => a.Role != r))];
        if (open.Length == 0 || open.Length > left.Length)
        {
            return axes;
        }

        left = left[^open.Length..];
        for (var i = 0; i < open.Length; i++)
        {
            axes[open[i]] = axes[open[i]] with { Role = left[i] };
        }

        if (axes.Any(a => a.Role is not (AxisRole.Channel or AxisRole.Time) && a.Length > 1))
        {
            var taken = string.Join(", ", left.Select(r => r.ToString().ToLowerInvariant()));
            remarks.Add($"its axes without a name are taken for {taken} by their order");
        }

        return axes;
    }
}
