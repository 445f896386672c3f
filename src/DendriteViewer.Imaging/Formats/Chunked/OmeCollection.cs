using System.Globalization;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>Groups of OME-Zarr that hold images and are none: plates, wells, labels, and the series that bioformats2raw writes.</summary>
internal static class OmeCollection
{
    private const int MostSeries = 1000;

    /// <summary>Refuses a plate, a well, or a list of labels, and names an image in it.</summary>
    /// <exception cref="VolumeFormatException">It is one.</exception>
    public static void RefuseOthers(KeyStore store, string key, JsonObject attributes)
    {
        var (ome, path) = (attributes["ome"] as JsonObject, store.NameOf(key));
        if ((ome?["plate"] ?? attributes["plate"]) is JsonObject plate)
        {
            var well = (plate["wells"] as JsonArray)?.FirstOrDefault()?["path"]?.ToString() ?? "A/1";
            throw new VolumeFormatException($"{path} is a plate of many images; give the path of one, as {path}/{OneLine.Quote(well)}/0.");
        }

        if ((ome?["well"] ?? attributes["well"]) is JsonObject fields)
        {
            var field = (fields["images"] as JsonArray)?.FirstOrDefault()?["path"]?.ToString() ?? "0";
            throw new VolumeFormatException(
                $"{path} is a plate's well; give the path of one of its images, as {path}/{OneLine.Quote(field)}.");
        }

        if ((ome?["labels"] ?? attributes["labels"]) is JsonArray labels)
        {
            var names = string.Join(", ", labels.Take(20).Select(l => OneLine.Quote(l?.ToString() ?? "")));
            throw new VolumeFormatException(
                $"{path} lists the labels of an image ({names}); give the path of the image above it, or of one of them.");
        }
    }

    /// <summary>The images that bioformats2raw wrote, by name; null for another group.</summary>
    public static IReadOnlyList<string>? Series(KeyStore store, string key, JsonObject attributes)
    {
        if (attributes["bioformats2raw.layout"] is null && attributes["ome"]?["bioformats2raw.layout"] is null)
        {
            return null;
        }

        var listed = ZarrMetadata.AttributesOf(store, store.Join(key, "OME"));
        if ((listed["ome"]?["series"] ?? listed["series"]) is JsonArray { Count: > 0 } series)
        {
            return series.Take(MostSeries).Select(s => s?.ToString() ?? throw new FormatException("a series without a name")).ToArray();
        }

        var folders = store.Folders(key).Where(f => f.All(char.IsAsciiDigit) && f.Length < 10)
            .OrderBy(f => int.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        return folders.Length > 0 ? folders.Take(MostSeries).ToArray() : ["0"];
    }
}
