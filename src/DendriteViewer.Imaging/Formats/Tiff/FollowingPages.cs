using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>
/// Images that lie one after another behind the first page's pixels without directories of their own: how ImageJ writes stacks beyond
/// 4 GB, and tifffile "truncated" ones.
/// </summary>
internal static class FollowingPages
{
    /// <summary>How many of them the file has room for, the first included, and at most the promised ones.</summary>
    /// <exception cref="VolumeFormatException">The first page is packed, or there is none but the first.</exception>
    public static int Held(TiffDirectories main, in TiffPageFormat page, int promised)
    {
        var bytes = (long)page.RowBytes(page.Width) * page.Height;
        var room = main.First is { Compression: 1, Data: { } from } && page.Bits == 8 * page.Samples.Size() && from <= main.FileBytes
            ? (main.FileBytes - from) / bytes
            : 0;

        // Of a file that was cut off, what is left is pixels only where the directory lies before them.
        var held = room >= promised ? promised : main.OffsetOf(0) < main.First.Data ? room : 1;
        return held > 1
            ? (int)held
            : throw new VolumeFormatException($"{main.Path} says that it has {promised} images, but has one; save it again from ImageJ.");
    }

    /// <summary>The samples of the frames.</summary>
    public static SampleStream Stream(TiffDirectories main, TiffPageFormat page, VolumeShape shape)
    {
        var (path, from) = (main.Path, main.First.Data!.Value);
        return new SampleStream(path, shape, page.Samples, main.Layout.IsBigEndian, null, () => FileStreams.Open(path, from, Packing.None));
    }
}
