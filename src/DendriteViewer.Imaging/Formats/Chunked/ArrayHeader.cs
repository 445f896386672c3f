using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>What the metadata of one array say.</summary>
/// <param name="Array">The array.</param>
/// <param name="Axes">Its axes as it names them itself, the slowest first; null where it does not.</param>
/// <param name="Attributes">What its writer's program added.</param>
internal sealed record ArrayHeader(ChunkedArray Array, IReadOnlyList<NamedAxis>? Axes, JsonObject Attributes)
{
    private static readonly string[] s_names = ["_ARRAY_DIMENSIONS", "axis_names", "axes"];

    /// <summary>Reads the header of an array; null where there is none.</summary>
    /// <exception cref="VolumeFormatException">It is of a kind that is not supported.</exception>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static ArrayHeader? TryRead(KeyStore store, string key)
    {
        if (JsonText.Read(store, store.Join(key, "zarr.json")) is { } v3)
        {
            var names = v3["dimension_names"] as JsonArray;
            return IsArrayNode(v3) ? Of(ZarrArrays.V3(store, key, v3), v3["attributes"] as JsonObject ?? [], names) : null;
        }

        if (JsonText.Read(store, store.Join(key, ".zarray")) is { } v2)
        {
            return Of(ZarrArrays.V2(store, key, v2), JsonText.Read(store, store.Join(key, ".zattrs")) ?? [], null);
        }

        return N5Header(store, key) is { } n5 ? Of(N5Arrays.Of(store, key, n5), n5, null) : null;
    }

    /// <summary>Whether there is an array at a key, whatever it is.</summary>
    public static bool IsThere(KeyStore store, string key) =>
        JsonText.Read(store, store.Join(key, "zarr.json")) is { } v3 ? IsArrayNode(v3)
        : store.Read(store.Join(key, ".zarray")) is not null || N5Header(store, key) is not null;

    /// <summary>Number of axes of the array at a key, whatever it is; 0 where its metadata do not say.</summary>
    public static int AxesAt(KeyStore store, string key)
    {
        var zarr = JsonText.Read(store, store.Join(key, "zarr.json")) ?? JsonText.Read(store, store.Join(key, ".zarray"));
        var header = zarr ?? N5Header(store, key);
        return ((header?["shape"] ?? header?["dimensions"]) as JsonArray)?.Count ?? 0;
    }

    private static bool IsArrayNode(JsonObject v3) => v3["node_type"]?.GetValue<string>() == "array";

    private static JsonObject? N5Header(KeyStore store, string key) =>
        JsonText.Read(store, store.Join(key, "attributes.json")) is { } n5 && n5["dimensions"] is JsonArray && n5["blockSize"] is JsonArray
            ? n5
            : null;

    private static ArrayHeader Of(ChunkedArray array, JsonObject attributes, JsonArray? dimensionNames)
    {
        var list = dimensionNames
            ?? s_names.Select(n => attributes[n] as JsonArray).FirstOrDefault(l => l is not null && l.All(n => n is JsonValue));

        // N5 has the fastest axis first, but for COSEM's transforms.
        var isReversed = array.Naming.FastestFirst && list is not null;
        list ??= array.Naming.FastestFirst ? attributes["transform"]?["axes"] as JsonArray : null;
        if (list is null)
        {
            return new ArrayHeader(array, array.Naming.FastestFirst ? ImageJAxes(array, attributes) : null, attributes);
        }

        var names = list.Select(n => n?.GetValue<string>()).ToArray();
        names = isReversed ? names.Reverse().ToArray() : names;
        return names.Length == array.Shape.Length
            ? new ArrayHeader(array, names.Select(n => new NamedAxis(n)).ToArray(), attributes)
            : throw new VolumeFormatException(
                $"{array.Name} names {names.Length} axes ({string.Join(", ", names)}), but has {array.Shape.Length}; correct this.");
    }

    // ImageJ's plugin leaves out axes of one element, and gives the numbers of the others: x, y, channels, slices, frames, fastest first.
    private static NamedAxis[]? ImageJAxes(ChunkedArray array, JsonObject attributes)
    {
        var counts = new (string Name, string Key)[] { ("t", "numFrames"), ("z", "numSlices"), ("c", "numChannels") }
            .Select(a => (a.Name, Count: attributes[a.Key] is JsonValue v && v.TryGetValue<long>(out var n) ? n : 0)).ToArray();
        var leading = counts.Where(c => c.Count > 1).ToArray();
        return counts.All(c => c.Count > 0) && leading.Select(c => c.Count).SequenceEqual(array.Shape.SkipLast(2))
            ? [.. leading.Select(c => new NamedAxis(c.Name)), new NamedAxis("y"), new NamedAxis("x")]
            : null;
    }
}
