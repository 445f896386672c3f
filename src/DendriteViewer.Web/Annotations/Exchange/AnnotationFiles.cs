using System.Text.Encodings.Web;
using System.Text.Json;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>Writes and reads sites and annotations in every format that there is; which one a file is in, its content says.</summary>
public static class AnnotationFiles
{
    /// <summary>Sites and annotations that a file holds at most.</summary>
    public const int MostMarks = SiteLog.MostSites + MeasurementLog.MostMeasurements;

    internal static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a file.</summary>
    public static string Write(ExchangeFormat format, AnnotationSet set) => format switch
    {
        ExchangeFormat.GeoJson => GeoJsonFile.Write(set),
        ExchangeFormat.Neuroglancer => NeuroglancerFile.Write(set),
        _ => WholeFile.Write(set),
    };

    /// <summary>
    /// Reads a file: a table of sites or of annotations, a list of sites, the app's own JSON, GeoJSON in µm, or a layer or state of
    /// neuroglancer.
    /// </summary>
    /// <param name="text">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="scan">The scan of what does not say its own.</param>
    /// <exception cref="VolumeFormatException">The file as a whole cannot be read; the sentence says why.</exception>
    public static ReadMarks Read(string text, string file, DefaultScan scan)
    {
        if (!text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith("{"))
        {
            return DrawnTable.Is(text) ? new ReadMarks(DrawnTable.Read(text, file)) : ReadMarks.Of(SiteFiles.Read(text, file));
        }

        var head = JsonParts.Of(text, file, MostMarks, "features", "annotations", "sites");
        return head["format"] is { ValueKind: JsonValueKind.String } format && format.GetString() == WholeFile.Format
            ? WholeFile.Read(text, file)
            : head["type"] is { ValueKind: JsonValueKind.String } type && type.GetString() == "FeatureCollection"
                ? GeoJsonFile.Read(text, file, scan)
                : head.Has("annotations") || head.Has("layers")
                    ? NeuroglancerFile.Read(text, file, scan)
                    : throw new VolumeFormatException(
                        $"{file} is none of the formats that can be read: CSV of sites or annotations, JSON of sites, "
                        + $"{WholeFile.Format}, GeoJSON with a frame in µm, a layer or state of neuroglancer.");
    }
}
