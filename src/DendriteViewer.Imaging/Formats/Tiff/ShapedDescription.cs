using System.Text.Json;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>tifffile's description: {"shape": [5, 7, 9], "axes": "ZYX"}, the axes slowest first; without axes, they go by
/// position.</summary>
internal static class ShapedDescription
{
    private const string SaidBy = "tifffile's header";

    /// <summary>Whether a description is one.</summary>
    public static bool IsShaped(ReadOnlySpan<char> text) => text.StartsWith("{") && text.Contains("\"shape\"", StringComparison.Ordinal);

    /// <summary>How it lays pages out.</summary>
    /// <exception cref="VolumeFormatException">It contradicts the pages, or its axes are none of a scan's.</exception>
    public static TiffLayout Layout(string text, TiffDirectories main)
    {
        var layout = new TiffLayout("TIFF");
        if (Parse(text) is not var (shape, names, isTruncated))
        {
            layout.Remark($"Its description looks like tifffile's, but cannot be read; every page was taken for a slice.");
            layout.Frames = [[.. main.Slices.Select(p => new TiffPlace(main.Path, p))]];
            layout.TakeResolution(main);
            return layout;
        }

        var format = main.FormatOf(main.Slices[0]);
        var axes = Axes(main.Path, shape, names, layout);
        if (axes.Count < 2 || axes[^2].Length != format.Height || axes[^1].Length != format.Width)
        {
            throw new VolumeFormatException(
                $"{main.Path}: {SaidBy} gives the shape {string.Join(" × ", shape)}, but its pages are of {format.Height} × "
                    + $"{format.Width} (y × x); "
                + "correct the header, or write the file again.");
        }

        var pages = (IReadOnlyList<int>)main.Slices;
        if (isTruncated && main.Count == 1)
        {
            // A file of one directory, whose further pages follow the first one's pixels.
            var promised = axes.SkipLast(2).Aggregate(1L, (a, b) => Math.Min(int.MaxValue, a * Math.Min(int.MaxValue, b.Length)));
            layout.FollowingImages = FollowingPages.Held(main, format, (int)promised);
            pages = [.. Enumerable.Range(0, layout.FollowingImages.Value)];
        }

        if (axes.SkipLast(2).All(a => a.Length == 1))
        {
            // Pages that were written one by one, each with a shape of its own.
            layout.RemarkOnOne(SaidBy, 1, pages.Count);
            axes = [FileAxis.Named("z", pages.Count), FileAxis.Named("y", format.Height), FileAxis.Named("x", format.Width)];
        }

        layout.Frames = PageAxes.Arrange(main.Path, axes, pages, SaidBy, layout);
        layout.TakeResolution(main);
        return layout;
    }

    // Names fit axes one to one, or are not taken. A letter for an axis of no meaning (I, Q) is the slices', if no other is.
    private static List<FileAxis> Axes(string path, long[] shape, string? names, TiffLayout layout)
    {
        if (names is not null && names.Length != shape.Length)
        {
            throw new VolumeFormatException($"{path}: {SaidBy} names the axes {names}, but gives the shape {string.Join(" × ", shape)}; "
                + "correct the header.");
        }

        // tifffile writes a trailing axis of one for the samples of a pixel.
        var axes = shape.Select((n, i) => FileAxis.Named(names?[i].ToString(), n)).ToList();
        if (axes.Count > 2 && axes[^1] is { Length: 1, Role: AxisRole.Channel })
        {
            axes.RemoveAt(axes.Count - 1);
        }

        var vague = Enumerable.Range(0, axes.Count).Where(i => axes[i].Length > 1 && axes[i].Name is "I" or "Q").ToArray();
        if (vague is [var one] && axes.All(a => a.Role != AxisRole.Z || a.Length == 1))
        {
            layout.Remark($"Its axis '{axes[one].Name}' of {axes[one].Length} has no meaning by its name; it was taken for the slices.");
            axes[one] = new FileAxis(axes[one].Name, AxisRole.Z, axes[one].Length);
        }

        return axes;
    }

    private static (long[] Shape, string? Axes, bool IsTruncated)? Parse(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            var shape = root.GetProperty("shape").EnumerateArray().Select(n => n.GetInt64()).ToArray();
            var axes = root.TryGetProperty("axes", out var a) && a.ValueKind == JsonValueKind.String ? a.GetString() : null;
            var isTruncated = root.TryGetProperty("truncated", out var t) && t.ValueKind == JsonValueKind.True;
            return shape.Length > 0 && shape.All(n => n > 0) ? (shape, axes, isTruncated) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
