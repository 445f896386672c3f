using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>An array that is opened by itself: what it says, and what the groups above it say of it.</summary>
internal static class SingleArray
{
    /// <summary>The array as an image of one level.</summary>
    /// <exception cref="VolumeFormatException">Its axes are those of no scan, or it disagrees with an image that names it.</exception>
    public static ChunkedImage Of(ArrayHeader header)
    {
        var (array, remarks) = (header.Array, new List<string>());
        var itself = new GroupAbove(array.Name, header.Attributes, "", array.Store, array.Key);
        var image = LevelIn(itself, header, remarks)
            ?? GroupsAbove.First(array.Store, array.Key, group => LevelIn(group, header, remarks), remarks);
        if (image is not null)
        {
            return image with { Remarks = [.. remarks, .. image.Remarks] };
        }

        if (array.Naming.FastestFirst)
        {
            return N5Image.Of(header);
        }

        var order = NamedAxis.OrderOf(array.Name, array.Shape, header.Axes, null, remarks);
        var geometry = CoordinateArrays.GeometryOf(header, order, remarks);
        remarks.AddRange(AttributeRemarks(header.Attributes));
        return new ChunkedImage(array.Format, order, [ChunkedLevel.OfUnitScale(array)], geometry, remarks);
    }

    // The level of an image that the array is, if a group's image names it.
    private static ChunkedImage? LevelIn(GroupAbove group, ArrayHeader header, List<string> remarks)
    {
        var list = group.Attributes["ome"]?["multiscales"] ?? group.Attributes["multiscales"];
        foreach (var entry in (list as JsonArray ?? []).OfType<JsonObject>())
        {
            var level = (entry["datasets"] as JsonArray ?? []).ToList().FindIndex(d => PathOf(d) == group.Path);
            if (level < 0 || ZarrMetadata.IsOfN5(list!.AsArray()))
            {
                continue;
            }

            OmeMultiscale image;
            try
            {
                image = OmeMultiscale.Of(group.Name, entry, group.Attributes["ome"]?["version"]?.ToString());
            }
            catch (Exception e) when (ZarrMetadata.IsUnreadable(e))
            {
                remarks.Add($"It is a level of the image {group.Name}, whose size was not taken: {ZarrMetadata.Brief(e)}.");
                return null;
            }

            return level < image.Datasets.Count ? OmeImage.OfLevel(header, image, level, group.Name) : null;
        }

        return null;
    }

    private static string? PathOf(JsonNode? dataset) =>
        (dataset as JsonObject)?["path"] is JsonValue v && v.TryGetValue<string>(out var path) ? path.Trim('/') : null;

    // Sizes and scales that programs add, each in its own way.
    private static IEnumerable<string> AttributeRemarks(JsonObject attributes)
    {
        foreach (var name in new[] { "resolution", "voxel_size", "pixelResolution", "spacing" })
        {
            if (attributes[name] is { } size)
            {
                var unit = (attributes["units"] ?? attributes["unit"])?.ToJsonString();
                var said = OneLine.Quote(size.ToJsonString()) + (unit is null ? "" : $" in {OneLine.Quote(unit)}");
                yield return $"Its attribute {name} is {said}, which no standard defines, so it was not taken.";
            }
        }

        if (attributes["scale_factor"] is not null || attributes["add_offset"] is not null)
        {
            yield return $"Its values are packed (scale_factor {attributes["scale_factor"]?.ToJsonString() ?? "1"}, add_offset"
                + $" {attributes["add_offset"]?.ToJsonString() ?? "0"}), which was not undone.";
        }
    }
}
