using System.Text.Json.Nodes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>Arrays of N5, from attributes.json, by the specification at github.com/saalfeldlab/n5.</summary>
internal static class N5Arrays
{
    /// <summary>The array that attributes.json describes.</summary>
    /// <exception cref="Volumes.VolumeFormatException">It is of a kind that is not supported.</exception>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static ChunkedArray Of(KeyStore store, string key, JsonObject m)
    {
        // The fastest axis comes first there.
        var shape = ZarrArrays.Longs(m["dimensions"]).Reverse().ToArray();
        var chunk = ZarrArrays.Ints(m["blockSize"], shape.Length).Reverse().ToArray();
        var name = m["dataType"]!.GetValue<string>();
        var samples = name.Length > 3 && Samples.TryParse(name, out var type)
            ? type
            : throw ZarrArrays.Unsupported(store, key, $"values of the type {name}");
        var how = (m["compression"] is JsonObject { Count: > 0 } c ? c["type"] : m["compressionType"])?.GetValue<string>();
        ChunkPacking[] packings = how is null or "raw" ? []
            : how == "gzip" && m["compression"]?["useZlib"]?.GetValue<bool>() == true ? [ChunkPacking.Zlib]
            : how is "gzip" or "bzip2" or "zstd" or "blosc" ? [ZarrArrays.Packing(store, key, how)]
            : throw ZarrArrays.Unsupported(store, key, $"the compression {how}");
        return new ChunkedArray
        {
            Store = store,
            Key = key,
            Format = "N5",
            Shape = shape,
            Chunk = chunk,
            Shard = chunk,
            Samples = samples,
            BigEndian = true,
            HasChunkHeader = true,
            Order = Enumerable.Range(0, shape.Length).ToArray(),
            Packings = packings,
            Naming = new ChunkNaming("", '/', FastestFirst: true),
            Fill = new byte[samples.Size()],
        };
    }
}
