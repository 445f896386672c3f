using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// The codecs of an array of Zarr v3: transpose, then bytes (or shards of chunks with codecs of their own), then what packs bytes.
/// </summary>
/// <param name="Order">Order of the axes in a chunk's bytes, the slowest first.</param>
/// <param name="BigEndian">The byte order of samples.</param>
/// <param name="Packings">What packs the bytes, in the order in which it was applied.</param>
/// <param name="Sharding">Where chunks lie in shards, how.</param>
internal sealed record ZarrCodecs(int[] Order, bool BigEndian, IReadOnlyList<ChunkPacking> Packings, Sharding? Sharding)
{
    /// <summary>Reads the list of codecs.</summary>
    /// <param name="store">The store, for messages.</param>
    /// <param name="key">The array, for messages.</param>
    /// <param name="codecs">The list.</param>
    /// <param name="axes">Number of the array's axes.</param>
    /// <param name="mayShard">Whether shards are read here; they are not within shards.</param>
    /// <exception cref="VolumeFormatException">One of them is not supported.</exception>
    /// <exception cref="FormatException">They are damaged.</exception>
    public static ZarrCodecs Of(KeyStore store, string key, JsonArray codecs, int axes, bool mayShard)
    {
        var (order, big, packings) = (Enumerable.Range(0, axes).ToArray(), false, new List<ChunkPacking>());
        foreach (var codec in codecs)
        {
            var (name, how) = NameOf(codec!);
            switch (name)
            {
                case "transpose":
                    order = Transposed(order, how!["order"]);
                    break;
                case "bytes" or "endian":
                    big = how?["endian"]?.GetValue<string>() == "big";
                    break;
                case "sharding_indexed" when mayShard && codecs.Count == 1:
                    return Sharded(store, key, how!, axes);
                default:
                    packings.Add(ZarrArrays.Packing(store, key, name));
                    break;
            }
        }

        return new ZarrCodecs(order, big, packings, null);
    }

    /// <summary>Name and configuration of what metadata name by a text, or by an object that has both.</summary>
    public static (string Name, JsonNode? Configuration) NameOf(JsonNode named) =>
        named is JsonValue plain ? (plain.GetValue<string>(), null) : (named["name"]!.GetValue<string>(), named["configuration"]);

    private static ZarrCodecs Sharded(KeyStore store, string key, JsonNode how, int axes)
    {
        var parts = Of(store, key, how["codecs"]!.AsArray(), axes, mayShard: false);
        var index = (how["index_codecs"] as JsonArray ?? []).Select(c => c!["name"]!.GetValue<string>()).ToArray();
        if (index.Any(c => c is not ("bytes" or "crc32c")))
        {
            throw ZarrArrays.Unsupported(store, key, "a packed index of shards");
        }

        var isAtStart = how["index_location"]?.GetValue<string>() == "start";
        return parts with { Sharding = new Sharding(ZarrArrays.Ints(how["chunk_shape"], axes), isAtStart, index.Contains("crc32c")) };
    }

    private static int[] Transposed(int[] order, JsonNode? by) => by switch
    {
        JsonValue v when v.GetValue<string>() == "C" => order,
        JsonValue v when v.GetValue<string>() == "F" => order.Reverse().ToArray(),
        JsonArray list when list.Select(i => i!.GetValue<int>()).ToArray() is var p && p.Order().SequenceEqual(order.Order()) =>
            p.Select(i => order[i]).ToArray(),
        _ => throw new FormatException("a transposition of other axes"),
    };
}
