using System.Globalization;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>Lays pages out as slices and times, in the order of axes that a header names, and holds that against the pages that there
/// are.</summary>
internal static class PageAxes
{
    // More slices and times than any file has.
    private const long Most = 10_000_000;

    /// <summary>The pages of each time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="axes">The axes that the header names, slowest first, y and x of the pages last.</param>
    /// <param name="pages">Numbers of the pages that there are, in order.</param>
    /// <param name="saidBy">Which header it is, for people: "ImageJ's header".</param>
    /// <param name="layout">Told what was left out.</param>
    /// <exception cref="VolumeFormatException">The axes are none of a scan's, or there is not one whole time.</exception>
    public static TiffPlace[][] Arrange(
        string path, IReadOnlyList<FileAxis> axes, IReadOnlyList<int> pages, string saidBy, TiffLayout layout)
    {
        var order = AxisOrder.Of(path, axes);
        var leading = axes.Count - 2;
        if (order.Y != leading || order.X != leading + 1)
        {
            throw new VolumeFormatException(
                $"{path}: {saidBy} names the axes {string.Join(", ", axes.Select(a => $"{a.Name} {a.Length}"))}, so that a page is not y "
                    + "by x, which is not supported; write pages of rows along y.");
        }

        long Length(int axis) => axis >= 0 && axis < leading ? axes[axis].Length : 1;
        long Stride(int axis) => axis < 0 ? 0 : axes.Take(leading).Skip(axis + 1).Aggregate(1L, (a, b) => a * b.Length);
        var (slices, times) = (Length(order.Z), Length(order.Time));
        if (slices < 1 || times < 1 || slices > Most || times > Most || slices * times > Most)
        {
            throw new VolumeFormatException($"{path}: {saidBy} says that it has {times} × {slices} pages; the file is damaged.");
        }

        var (strideZ, strideT) = (Stride(order.Z), Stride(order.Time));
        var slowTime = times == 1 || strideT >= slices;
        var whole = Whole(path, slices, times, pages.Count, slowTime, saidBy, layout);
        TiffPlace At(int t, int z) => new(path, pages[(int)(t * strideT + z * strideZ)]);
        return [.. Enumerable.Range(0, (int)whole).Select(t => Enumerable.Range(0, (int)slices).Select(z => At(t, z)).ToArray())];
    }

    // Times of which every slice is there; a remark where they are not all that was promised, or not all that is there.
    private static long Whole(string path, long slices, long times, long pages, bool slowTime, string saidBy, TiffLayout layout)
    {
        if (slices * times == pages)
        {
            return times;
        }

        var promised = times > 1
            ? string.Create(CultureInfo.InvariantCulture, $"{times} times of {slices} slices, {times} × {slices} = {times * slices} pages")
            : string.Create(CultureInfo.InvariantCulture, $"{slices} slices");
        var whole = slowTime ? Math.Min(times, pages / slices) : pages >= slices * times ? times : 0;
        if (whole == 0)
        {
            throw new VolumeFormatException(
                $"{path}: {saidBy} promises {promised}, but the file has {pages} page(s); copy it again from its source, or correct the "
                    + "header.");
        }

        var left = pages - whole * slices;
        layout.Remark(
            $"{Capital(saidBy)} promises {promised}, but the file has {pages}: {whole} whole time(s) of {slices} slices were taken, "
                + $"{left} page(s) left out.");
        return whole;
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
