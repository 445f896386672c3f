using System.Globalization;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// ImageJ's description: lines of name=value. Pages run through channels, then slices, then times; lengths along each axis have that axis'
/// unit. SCIFIO (ImageJ2) writes the same lines, and axes of its own, the fastest first.
/// </summary>
internal static partial class ImageJDescription
{
    private const string SaidBy = "ImageJ's header";

    /// <summary>Whether a description is one.</summary>
    public static bool IsImageJ(string text) =>
        text.StartsWith("ImageJ=", StringComparison.Ordinal) || text.StartsWith("SCIFIO=", StringComparison.Ordinal);

    /// <summary>How it lays pages out, and the voxels' size.</summary>
    /// <exception cref="VolumeFormatException">It has channels, or counts that not one whole time fits.</exception>
    public static TiffLayout Layout(string text, TiffDirectories main)
    {
        var layout = new TiffLayout("TIFF, ImageJ");
        var fields = Fields(text);
        layout.Frames = Frames(fields, main, layout);
        ImageJCalibration.Take(fields, main, layout);
        return layout;
    }

    /// <summary>Takes the voxels' size from the first of many files of one slice each.</summary>
    public static void TakeSizes(string text, TiffDirectories main, int count, TiffLayout layout)
    {
        var fields = Fields(text);
        ImageJCalibration.Take(fields, main, layout);
        long Count(string name) => fields.TryGetValue(name, out var t)
            && int.TryParse(t, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 1;
        layout.RemarkOnCount(SaidBy, Math.Max(Count("images"), Count("slices") * Count("frames")), count);
    }

    private static Dictionary<string, string> Fields(string text) => text.Split('\n').Select(l => l.Split('=', 2)).Where(l => l.Length == 2)
        .GroupBy(l => l[0].Trim()).ToDictionary(g => g.Key, g => Unescaped(g.First()[1].Trim()));

    private static TiffPlace[][] Frames(Dictionary<string, string> fields, TiffDirectories main, TiffLayout layout)
    {
        int? Count(string name) => !fields.TryGetValue(name, out var t) ? null
            : int.TryParse(t, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) && n > 0 ? n
            : throw new VolumeFormatException($"{main.Path}: ImageJ's {name} is '{t}', which is no count; the file is damaged.");
        if (Count("channels") is > 1 and var channels)
        {
            throw new VolumeFormatException($"{main.Path} has {channels} channels, but a scan has one; split them in ImageJ.");
        }

        // ImageJ writes stacks beyond 4 GB as one page and says how many images follow it without a directory.
        var format = main.FormatOf(main.Slices[0]);
        var (images, slices, frames) = (Count("images"), Count("slices"), Count("frames"));
        var promised = (long)(slices ?? 1) * (frames ?? 1) is > 1 and var product ? product : images ?? 1;
        var pages = (IReadOnlyList<int>)main.Slices;
        if (main.Count == 1 && promised > 1)
        {
            layout.FollowingImages = FollowingPages.Held(main, format, (int)Math.Min(int.MaxValue, promised));
            pages = [.. Enumerable.Range(0, layout.FollowingImages.Value)];
        }

        if (images is { } total && (slices ?? frames) is not null && total != promised && total != pages.Count)
        {
            layout.Remark($"ImageJ's header gives images={total}, but slices and frames of {promised}.");
        }

        var axes = new List<FileAxis> { FileAxis.Named("y", format.Height), FileAxis.Named("x", format.Width) };
        if (AxesOfScifio(fields, main.Path, format) is { } named)
        {
            return PageAxes.Arrange(main.Path, named, pages, SaidBy, layout);
        }

        var (sz, st) = Counts(slices, frames, images, pages.Count, layout);
        axes.InsertRange(0, [FileAxis.Named("time", st), FileAxis.Named("z", sz)]);
        if (sz == 1 && st > 1)
        {
            layout.Remark($"Each of its {st} times has one slice, as its header says; if they are the slices of one scan, correct that in "
                + "ImageJ (Image > Properties).");
        }

        return PageAxes.Arrange(main.Path, axes, pages, SaidBy, layout);
    }

    // Slices and times, where the header leaves one of them out.
    private static (int Slices, int Times) Counts(int? slices, int? frames, int? images, int pages, TiffLayout layout)
    {
        // One image is what a program leaves that joins single files: of several, every page is a slice.
        if ((slices ?? 1) * (long)(frames ?? 1) == 1 && (images ?? 1) == 1)
        {
            layout.RemarkOnOne(SaidBy, images ?? slices ?? frames, pages);
            return (pages, 1);
        }

        switch (slices, frames)
        {
            case ({ } s, { } t):
                return (s, t);
            case ({ } s, null) when pages > s && pages % s == 0:
                layout.Remark($"ImageJ's header gives {s} slices and no count of times, but the file has {pages} pages: {pages / s} times "
                    + $"of {s} slices.");
                return (s, pages / s);
            case ({ } s, null):
                return (s, 1);
            case (null, > 1 and var t) when pages > t && pages % t == 0:
                layout.Remark($"ImageJ's header gives {t} times and no count of slices, but the file has {pages} pages: {t} times of "
                    + $"{pages / t} slices.");
                return (pages / t, t);
            case (null, > 1 and var t):
                return (1, t);
            default:
                return (images!.Value, 1);
        }
    }

    private static List<FileAxis>? AxesOfScifio(Dictionary<string, string> fields, string path, in TiffPageFormat page)
    {
        if (!fields.TryGetValue("axes", out var names) || !fields.TryGetValue("lengths", out var lengths))
        {
            return null;
        }

        var (n, l) = (names.Split(','), lengths.Split(','));
        var axes = n.Zip(l, (name, length) => FileAxis.Named(
            name, long.TryParse(length, NumberStyles.Integer, CultureInfo.InvariantCulture, out var v) && v > 0 ? v : -1)).Reverse()
            .ToList();
        var isWhole = n.Length == l.Length && axes.Count >= 2 && axes.All(a => a.Length > 0);
        return isWhole && axes[^1].Length == page.Width && axes[^2].Length == page.Height
            ? axes
            : throw new VolumeFormatException(
                $"{path}: SCIFIO's header gives the axes {names} of {lengths}, but its pages are of {page.Width} × {page.Height} (x × y); "
                    + "correct the header.");
    }

    // ImageJ writes what is not ASCII as \u and four digits.
    private static string Unescaped(string text) =>
        Escape().Replace(text, m => ((char)Convert.ToInt32(m.Groups[1].Value, 16)).ToString());

    [GeneratedRegex(@"\\u([0-9A-Fa-f]{4})")]
    private static partial Regex Escape();
}
