using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Tiff;

/// <summary>Single pieces of OME-XML.</summary>
internal static class OmeXml
{
    private const int LargestMetadata = 100_000_000;

    /// <summary>Parses it, without DTDs and entities.</summary>
    /// <exception cref="VolumeFormatException">It is no XML.</exception>
    public static XElement Parse(string xml, string path)
    {
        try
        {
            var settings = new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LargestMetadata,
            };
            using var reader = XmlReader.Create(new StringReader(xml.TrimStart()), settings);
            return XDocument.Load(reader).Root!;
        }
        catch (Exception e) when (e is XmlException or InvalidOperationException)
        {
            throw new VolumeFormatException($"{path} has a description in OME-XML that cannot be read; copy it again from its source.", e);
        }
    }

    /// <summary>The file's identity, or null where it has none.</summary>
    public static string? UuidOf(XElement root) => Normal(root.Attribute("UUID")?.Value);

    /// <summary>The identity that a description gives its file; null where it has none, or is no OME-XML.</summary>
    public static string? UuidOf(TiffDirectories file)
    {
        var text = file.First.Description;
        return OmeDescription.IsOme(text.AsSpan().TrimStart()) ? UuidOf(Parse(text, file.Path)) : null;
    }

    /// <summary>A UUID as it is compared: urn:uuid: and case do not count.</summary>
    public static string? Normal(string? uuid)
    {
        var text = uuid?.Trim().ToLowerInvariant();
        const string Urn = "urn:uuid:";
        text = text?.StartsWith(Urn, StringComparison.Ordinal) == true ? text[Urn.Length..] : text;
        return text is { Length: > 0 } ? text : null;
    }

    /// <summary>The file that holds the description, where this one says only so.</summary>
    public static string? MetadataFileOf(XElement root, string path) =>
        root.Elements().FirstOrDefault(e => e.Name.LocalName == "BinaryOnly") is not { } only ? null
            : only.Attribute("MetadataFile")?.Value is { Length: > 0 } name ? name
            : throw new VolumeFormatException($"{path} says that its description lies in another file, but not in which; copy the set "
                + "again from its source.");

    /// <summary>Reads a metadata file: OME-XML by itself, or in a TIFF.</summary>
    /// <param name="metadata">The file.</param>
    /// <param name="from">The root that names it, and may say which UUID it has.</param>
    /// <param name="path">The file of that root, for messages.</param>
    /// <exception cref="VolumeFormatException">It is missing, no such file, or another than is meant.</exception>
    public static XElement ReadMetadata(string metadata, XElement from, string path)
    {
        if (!File.Exists(metadata))
        {
            throw new VolumeFormatException($"{metadata}, where {Path.GetFileName(path)} says that its description lies, does not exist; "
                + "put it there.");
        }

        var root = ReadRoot(metadata);
        var meant = Normal(from.Elements().First(e => e.Name.LocalName == "BinaryOnly").Attribute("UUID")?.Value);
        if (meant is not null && UuidOf(root) is { } has && has != meant)
        {
            throw new VolumeFormatException($"{metadata} has the UUID {has}, but {Path.GetFileName(path)} says that its description has "
                + $"{meant}; "
                + "put that file there.");
        }

        return MetadataFileOf(root, metadata) is null
            ? root
            : throw new VolumeFormatException($"{metadata}, where {Path.GetFileName(path)} says that its description lies, names another; "
                + "copy the set again.");
    }

    private static XElement ReadRoot(string metadata)
    {
        var text = new FileInfo(metadata).Length < LargestMetadata ? File.ReadAllText(metadata, Encoding.UTF8) : "";
        if (text.TrimStart('\uFEFF', ' ', '\n', '\r', '\t') is ['<', ..] xml)
        {
            return Parse(xml, metadata);
        }

        return Parse(TiffDirectories.Read(metadata).First.Description, metadata);
    }

    /// <summary>The samples that a Pixels' Type means; null for one that is none.</summary>
    public static SampleType? SamplesOf(string type) => type.Trim().ToLowerInvariant() switch
    {
        "int8" => SampleType.Int8, "int16" => SampleType.Int16, "int32" => SampleType.Int32, "uint8" or "bit" => SampleType.UInt8,
        "uint16" => SampleType.UInt16, "uint32" => SampleType.UInt32, "float" => SampleType.Float32, "double" => SampleType.Float64,
        _ => null,
    };

    /// <summary>Takes the physical sizes, each with the unit of its axis; µm where none is given, as OME says.</summary>
    /// <exception cref="VolumeFormatException">One is no length.</exception>
    public static void TakeSizes(XElement pixels, string path, TiffLayout layout)
    {
        var isKnown = true;
        double? Length(string axis)
        {
            if (pixels.Attribute("PhysicalSize" + axis) is not { } size)
            {
                return null;
            }

            var unit = pixels.Attribute($"PhysicalSize{axis}Unit")?.Value ?? "µm";
            if (LengthUnits.InUm(unit) is not { } um)
            {
                layout.Remark($"OME's PhysicalSize{axis} is in '{unit}', which is no unit of length that is known, so it was not taken; "
                    + "give the voxel size.");
                isKnown = false;
                return null;
            }

            return double.TryParse(size.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && v > 0 && double.IsFinite(v)
                ? um * v
                : throw new VolumeFormatException($"{path}: OME's PhysicalSize{axis} is '{size.Value}', which is no length; give "
                    + "voxelSizeUm.");
        }

        var (x, y, z) = (Length("X"), Length("Y"), Length("Z"));
        if (!isKnown || (x ?? y) is not { } known)
        {
            if (isKnown && z is not null)
            {
                layout.Remark("OME's header gives a size along z alone, so no voxel size was taken.");
            }

            return;
        }

        if (x is null || y is null)
        {
            layout.Guess($"OME's header gives no size along {(x is null ? "x" : "y")}; pixels are taken to be square, of "
                + $"{known:0.######} µm.");
        }

        if (z is null)
        {
            layout.Guess($"OME's header gives no size along z; slices are taken to be as far apart as pixels along y, "
                + $"{y ?? known:0.######} µm.");
        }

        layout.Geometry = TiffLayout.Spacing((x ?? known, y ?? known, z ?? y ?? known), null, path, "OME's physical sizes");
    }
}
