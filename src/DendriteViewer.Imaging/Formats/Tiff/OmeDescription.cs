using System.Globalization;
using System.Xml.Linq;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>OME-XML (ome-model.readthedocs.io) in a TIFF's first page: one image of z and t, in one file or several.</summary>
internal static class OmeDescription
{
    private const string SaidBy = "OME's header";
    private const int MostPlanes = 2_000_000;

    /// <summary>Whether a description is one.</summary>
    public static bool IsOme(ReadOnlySpan<char> text) => text.StartsWith("<")
        && (text.Contains("<OME", StringComparison.Ordinal) || text.Contains(":OME", StringComparison.Ordinal));

    /// <summary>How it lays pages out, and the voxels' size.</summary>
    /// <exception cref="VolumeFormatException">It contradicts the pages, or asks for what is not supported.</exception>
    public static TiffLayout Layout(string xml, TiffFileSet files)
    {
        var path = files.Main.Path;
        var layout = new TiffLayout("OME-TIFF");
        var root = OmeXml.Parse(xml, path);
        var own = OmeXml.UuidOf(root);
        if (OmeXml.MetadataFileOf(root, path) is { } metadata)
        {
            root = OmeXml.ReadMetadata(files.Resolve(metadata), root, path);
            layout.Remark($"Its description lies in {metadata}, which was read.");
        }

        var (pixels, images) = FirstImage(root, path, layout);
        var (sz, st) = (Size(pixels, "SizeZ", path), Size(pixels, "SizeT", path));

        if ((long)sz * st > MostPlanes)
        {
            throw new VolumeFormatException($"{path} says that it has {sz} × {st} pages; the file is damaged.");
        }

        var order = pixels.Attribute("DimensionOrder")?.Value ?? "XYZCT";
        var timeFirst = order.IndexOf('T', StringComparison.Ordinal) < order.IndexOf('Z', StringComparison.Ordinal);
        var planes = new OmePlanes(files, own, layout);
        layout.Frames = planes.Places(pixels, sz, st, timeFirst) ?? PageAxes.Arrange(
            path, Axes(files.Main, sz, st, timeFirst), files.Main.Slices, SaidBy, layout);
        Check(pixels, files, layout.Frames[0][0]);
        if (images == 1)
        {
            planes.RemarkOnUnused(layout.Frames);
        }

        OmeXml.TakeSizes(pixels, path, layout);
        return layout;
    }

    /// <summary>Takes the voxels' size from the first of many files of one slice each.</summary>
    public static void TakeSizes(string xml, TiffDirectories main, int count, TiffLayout layout)
    {
        var (pixels, _) = FirstImage(OmeXml.Parse(xml, main.Path), main.Path, layout);
        OmeXml.TakeSizes(pixels, main.Path, layout);
        layout.RemarkOnCount(SaidBy, (long)Size(pixels, "SizeZ", main.Path) * Size(pixels, "SizeT", main.Path), count);
    }

    private static (XElement Pixels, int Images) FirstImage(XElement root, string path, TiffLayout layout)
    {
        var images = root.Elements().Where(e => e.Name.LocalName == "Image").ToArray();
        if (images.Length > 1)
        {
            layout.Remark($"Of its {images.Length} images the first was taken.");
        }

        var pixels = images.FirstOrDefault()?.Elements().FirstOrDefault(e => e.Name.LocalName == "Pixels")
            ?? throw new VolumeFormatException($"{path} has a description in OME-XML without an image; copy it again from its source.");
        return Size(pixels, "SizeC", path) is var channels && channels == 1
            ? (pixels, images.Length)
            : throw new VolumeFormatException($"{path} has {channels} channels, but a scan has one; write the one to import by itself.");
    }

    private static List<FileAxis> Axes(TiffDirectories main, int sz, int st, bool timeFirst)
    {
        var format = main.FormatOf(main.Slices[0]);
        FileAxis z = FileAxis.Named("z", sz), t = FileAxis.Named("t", st);
        return [timeFirst ? z : t, timeFirst ? t : z, FileAxis.Named("y", format.Height), FileAxis.Named("x", format.Width)];
    }

    private static int Size(XElement pixels, string name, string path) =>
        int.TryParse(pixels.Attribute(name)?.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n)
            && n is > 0 and < 10_000_000
            ? n
            : throw new VolumeFormatException($"{path}: OME's {name} is '{pixels.Attribute(name)?.Value}'; the file is damaged.");

    // The header's size and type against those of the first slice's page.
    private static void Check(XElement pixels, TiffFileSet files, TiffPlace first)
    {
        var (path, page) = (files.Main.Path, files.Of(first.File).FormatOf(first.Page));
        foreach (var (name, has) in new[] { ("SizeX", page.Width), ("SizeY", page.Height) })
        {
            if (pixels.Attribute(name) is not null && Size(pixels, name, path) is var said && said != has)
            {
                throw new VolumeFormatException(
                    $"{path}: OME's header gives {name} {said}, but its pages are of {page.Width} × {page.Height} (x × y); correct the "
                        + "header.");
            }
        }

        if (pixels.Attribute("Type")?.Value is { } type && OmeXml.SamplesOf(type) is { } samples && samples != page.Samples)
        {
            throw new VolumeFormatException(
                $"{path}: OME's header gives the type {type}, but its pages are of {page.Samples.Name()}; correct the header.");
        }
    }
}
