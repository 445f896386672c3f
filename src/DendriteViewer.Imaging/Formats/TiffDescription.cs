using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats;

/// <summary>A page of a TIFF.</summary>
/// <param name="File">Its file.</param>
/// <param name="Page">Its number in that file, from 0.</param>
internal readonly record struct TiffPlace(string File, int Page);

/// <summary>
/// What programs write into a TIFF's first page beside pixels: OME-XML (ome-model.readthedocs.io), ImageJ's lines, and the resolution: how
/// pages are slices and times, and how large a voxel is.
/// </summary>
internal sealed class TiffDescription
{
    // What scanners and drawing programs write; no microscope has such pixels by chance.
    private static readonly double[] s_printers = [72, 75, 96, 100, 120, 144, 150, 180, 200, 240, 300, 360, 400, 600, 720, 1200, 2400];

    private TiffDescription(string format) => Format = format;

    public string Format { get; }

    /// <summary>Slices of each time, or null where every page is a slice of one.</summary>
    public TiffPlace[][]? Frames { get; private set; }

    /// <summary>ImageJ writes stacks beyond 4 GB as one page and says how many follow it without one of their own.</summary>
    public int? FollowingImages { get; private set; }

    public FileGeometry? Geometry { get; private set; }

    public List<string> Remarks { get; } = [];

    /// <summary>Reads the description of the first page.</summary>
    /// <param name="tiff">At its first page.</param>
    /// <param name="path">Its file.</param>
    /// <param name="pages">Pages it has.</param>
    /// <param name="confine">Asked for each other file that is named.</param>
    public static TiffDescription Of(TiffHandle tiff, string path, int pages, Func<string, string> confine)
    {
        var text = Tiff.Text(tiff, Tiff.ImageDescription) ?? "";
        var trimmed = text.TrimStart();
        if (trimmed.StartsWith('<') && trimmed.Contains("<OME", StringComparison.Ordinal))
        {
            return Ome(trimmed, path, pages, confine);
        }

        return text.StartsWith("ImageJ=", StringComparison.Ordinal) ? ImageJ(tiff, text, path, pages) : Plain(tiff, path);
    }

    private static TiffDescription Plain(TiffHandle tiff, string path)
    {
        var d = new TiffDescription("TIFF");
        if (PixelUm(tiff, path) is not var (x, y))
        {
            return d;
        }

        var dpi = 25400 / x;
        if (s_printers.Any(p => Math.Abs(dpi - p) < 0.005 * p))
        {
            d.Remarks.Add(string.Create(CultureInfo.InvariantCulture, $"Its resolution of {dpi:0} dots an inch is what programs write that know none, so it was not taken."));
            return d;
        }

        d.Remarks.Add("Its slices are taken to be as far apart as its pixels.");
        d.Geometry = Spacing(x, y, y, path, "resolution");
        return d;
    }

    // name=value lines; pages run through channels, then slices, then times.
    private static TiffDescription ImageJ(TiffHandle tiff, string text, string path, int pages)
    {
        var d = new TiffDescription("TIFF, ImageJ");
        var fields = text.Split('\n').Select(l => l.Split('=', 2)).Where(l => l.Length == 2).GroupBy(l => l[0].Trim()).ToDictionary(g => g.Key, g => g.First()[1].Trim());
        int Count(string name) => !fields.TryGetValue(name, out var t) ? 1
            : int.TryParse(t, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : throw new VolumeFormatException($"{path}: ImageJ's {name} is '{t}'; the file is damaged.");
        if (Count("channels") > 1)
        {
            throw new VolumeFormatException($"{path} has {Count("channels")} channels, but a scan has one; split them in ImageJ.");
        }

        var (images, slices, frames) = (Count("images"), Count("slices"), Count("frames"));
        var all = images > 1 && pages == 1 ? images : pages;
        d.FollowingImages = all > pages ? all : null;
        if (frames > 1 && (long)slices * frames == all)
        {
            d.Frames = Enumerable.Range(0, frames).Select(t => Enumerable.Range(t * slices, slices).Select(i => new TiffPlace(path, i)).ToArray()).ToArray();
        }

        // The resolution is pixels a unit, whatever the field beside it says.
        var unit = fields.GetValueOrDefault("unit")?.Replace("\\u00B5", "µ", StringComparison.OrdinalIgnoreCase);
        if (LengthUnits.InUm(unit) is { } um && Tiff.Real(tiff, Tiff.XResolution) is { } rx and > 0 && Tiff.Real(tiff, Tiff.YResolution) is { } ry and > 0 && float.IsFinite(rx) && float.IsFinite(ry))
        {
            double x = um / rx, y = um / ry;
            var z = fields.TryGetValue("spacing", out var s) && double.TryParse(s, NumberStyles.Float, CultureInfo.InvariantCulture, out var spacing) && double.IsFinite(spacing) && spacing != 0 ? um * Math.Abs(spacing) : y;
            if (!fields.ContainsKey("spacing"))
            {
                d.Remarks.Add("Its slices are taken to be as far apart as its pixels.");
            }

            d.Geometry = Spacing(x, y, z, path, "ImageJ's unit and spacing");
        }

        return d;
    }

    private static TiffDescription Ome(string xml, string path, int pages, Func<string, string> confine)
    {
        var d = new TiffDescription("OME-TIFF");
        XElement image;
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 100_000_000 });
            var images = XDocument.Load(reader).Root!.Elements().Where(e => e.Name.LocalName == "Image").ToArray();
            if (images.Length > 1)
            {
                d.Remarks.Add($"Of its {images.Length} images the first was taken.");
            }

            image = images.First().Elements().First(e => e.Name.LocalName == "Pixels");
        }
        catch (Exception e) when (e is XmlException or InvalidOperationException)
        {
            throw new VolumeFormatException($"{path} has a description in OME-XML that cannot be read; copy it again from its source.", e);
        }

        int Size(string name) => int.TryParse(image.Attribute(name)?.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) && n is > 0 and < 10_000_000 ? n
            : throw new VolumeFormatException($"{path}: OME's {name} is '{image.Attribute(name)?.Value}'; the file is damaged.");
        var (sz, st) = (Size("SizeZ"), Size("SizeT"));
        if (Size("SizeC") != 1)
        {
            throw new VolumeFormatException($"{path} has {Size("SizeC")} channels, but a scan has one; write the one to import by itself.");
        }

        if ((long)sz * st > 10_000_000)
        {
            throw new VolumeFormatException($"{path} says that it has {sz} × {st} pages; the file is damaged.");
        }

        var timeFirst = image.Attribute("DimensionOrder")?.Value is { } order && order.IndexOf('T', StringComparison.Ordinal) < order.IndexOf('Z', StringComparison.Ordinal);
        d.Frames = Places(image, path, pages, sz, st, timeFirst, confine);
        double? Length(string axis) => image.Attribute("PhysicalSize" + axis) is not { } a ? null
            : double.TryParse(a.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && v > 0 && double.IsFinite(v)
                ? LengthUnits.InUm(image.Attribute($"PhysicalSize{axis}Unit")?.Value ?? "µm") is { } um ? um * v : null
                : throw new VolumeFormatException($"{path}: OME's PhysicalSize{axis} is '{a.Value}', which is no length; give voxelSizeUm.");
        if (Length("X") is { } x && Length("Y") is { } y)
        {
            d.Geometry = Spacing(x, y, Length("Z") ?? y, path, "OME's physical sizes");
        }

        return d;
    }

    // TiffData elements place pages; without any, pages run in the order of dimensions.
    private static TiffPlace[][] Places(XElement image, string path, int pages, int sz, int st, bool timeFirst, Func<string, string> confine)
    {
        var places = Enumerable.Range(0, st).Select(_ => new TiffPlace?[sz]).ToArray();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var data in image.Elements().Where(e => e.Name.LocalName == "TiffData"))
        {
            int Of(string name, int otherwise) => data.Attribute(name) is not { } a ? otherwise : int.TryParse(a.Value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var n) && n >= 0 ? n : throw new VolumeFormatException($"{path}: TiffData's {name} is '{a.Value}'; the file is damaged.");
            var named = data.Elements().FirstOrDefault(e => e.Name.LocalName == "UUID")?.Attribute("FileName")?.Value;
            var file = path;
            if (named is not null && named != Path.GetFileName(path))
            {
                file = files.TryGetValue(named, out var known) ? known : files[named] = named.Contains('\0', StringComparison.Ordinal) ? path : confine(Path.GetFullPath(named, folder));
                if (!File.Exists(file))
                {
                    throw new VolumeFormatException($"{file}, which {Path.GetFileName(path)} says holds some of its pages, does not exist; put it there.");
                }
            }

            var (z, t, ifd) = (Of("FirstZ", 0), Of("FirstT", 0), Of("IFD", 0));
            var count = Of("PlaneCount", data.Attribute("IFD") is not null ? 1 : sz * st);
            for (var i = 0; i < count && z < sz && t < st; i++)
            {
                places[t][z] = new TiffPlace(file, ifd + i);
                (z, t) = timeFirst ? (t + 1 == st ? (z + 1, 0) : (z, t + 1)) : (z + 1 == sz ? (0, t + 1) : (z + 1, t));
            }
        }

        if (places.All(f => f.All(p => p is null)) && (long)sz * st <= pages)
        {
            return Enumerable.Range(0, st).Select(t => Enumerable.Range(0, sz).Select(z => new TiffPlace(path, timeFirst ? z * st + t : t * sz + z)).ToArray()).ToArray();
        }

        return places.Select((f, t) => f.Select((p, z) => p ?? throw new VolumeFormatException($"{path} lacks slice {z}{(st > 1 ? $" of time {t}" : "")} of its {sz}; copy it again from its source.")).ToArray()).ToArray();
    }

    private static (double X, double Y)? PixelUm(TiffHandle tiff, string path)
    {
        if (Tiff.Real(tiff, Tiff.XResolution) is not { } x || Tiff.Real(tiff, Tiff.YResolution) is not { } y || !Tiff.TryField16(tiff, Tiff.ResolutionUnit, out var unit))
        {
            return null;
        }

        return unit switch { 2 => 25400.0, 3 => 1e4, _ => (double?)null } is not { } um || !(x > 0) || !(y > 0) || !float.IsFinite(x) || !float.IsFinite(y) ? null : (um / x, um / y);
    }

    private static FileGeometry Spacing(double x, double y, double z, string path, string from) =>
        LengthUnits.Geometry([[x, 0, 0], [0, y, 0], [0, 0, z]], [x / 2, y / 2, z / 2], path, from);
}
