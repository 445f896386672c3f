using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>Arrays of Zarr v2 (.zarray) and v3 (zarr.json), by the specifications at zarr-specs.readthedocs.io.</summary>
internal static class ZarrArrays
{
    private const int MostAxes = 32;
    private const int MostPerShard = 1 << 24;
    private static readonly HashSet<string> s_known =
    [
        "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs", "attributes",
        "storage_transformers", "dimension_names", "consolidated_metadata",
    ];

    /// <summary>The array that .zarray describes.</summary>
    /// <exception cref="VolumeFormatException">It is of a kind that is not supported.</exception>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static ChunkedArray V2(KeyStore store, string key, JsonObject m)
    {
        CheckVersion(store, key, m, 2);
        var shape = Longs(m["shape"]);
        var chunk = Ints(m["chunks"], shape.Length);
        var dtype = m["dtype"] is JsonValue d ? d.GetValue<string>() : throw Unsupported(store, key, "records");
        if (m["filters"] is JsonArray { Count: > 0 } filters)
        {
            throw Unsupported(store, key, $"the filter {filters[0]!["id"]}");
        }

        var samples = dtype.TrimStart('<', '>', '|', '=') switch
        {
            "b1" => SampleType.UInt8,
            "u8" => SampleType.UInt64,
            "i8" => SampleType.Int64,
            "f8" => SampleType.Float64,
            var name => Samples.TryParse(name, out var type) ? type : throw Unsupported(store, key, $"values of the type {dtype}"),
        };
        var axes = Enumerable.Range(0, shape.Length);
        return new ChunkedArray
        {
            Store = store,
            Key = key,
            Format = "Zarr v2",
            Shape = shape,
            Chunk = chunk,
            Shard = chunk,
            Samples = samples,
            BigEndian = dtype.StartsWith('>'),
            Order = m["order"]?.GetValue<string>() switch
            {
                null or "C" => axes.ToArray(),
                "F" => axes.Reverse().ToArray(),
                var order => throw Unsupported(store, key, $"the order {order}"),
            },
            Packings = m["compressor"] switch
            {
                null => [],
                JsonObject c => [Packing(store, key, c["id"]!.GetValue<string>())],
                var other => throw Unsupported(store, key, $"the compressor {other}"),
            },
            Naming = new ChunkNaming("", Separator(store, key, m["dimension_separator"], '.')),
            Fill = FillValues.Of(m["fill_value"], samples),
            FillName = FillName(m["fill_value"]),
        };
    }

    /// <summary>The array that zarr.json describes.</summary>
    /// <exception cref="VolumeFormatException">It is of a kind that is not supported.</exception>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static ChunkedArray V3(KeyStore store, string key, JsonObject m)
    {
        CheckVersion(store, key, m, 3);
        CheckExtensions(store, key, m);
        var shape = Longs(m["shape"]);
        var grid = m["chunk_grid"]!;
        if (grid["name"]!.GetValue<string>() != "regular")
        {
            throw Unsupported(store, key, $"the chunk grid {grid["name"]}");
        }

        var chunk = Ints(grid["configuration"]!["chunk_shape"], shape.Length);
        var samples = m["data_type"] is JsonValue d && d.GetValue<string>() is var name
            ? name == "bool" ? SampleType.UInt8
                : name.Length > 3 && Samples.TryParse(name, out var type) ? type
                : throw Unsupported(store, key, $"values of the type {name}")
            : throw Unsupported(store, key, $"values of the type {m["data_type"]?["name"] ?? "that it defines itself"}");
        var codecs = ZarrCodecs.Of(store, key, m["codecs"]!.AsArray(), shape.Length, mayShard: true);
        var inner = codecs.Sharding?.Inner ?? chunk;
        var perShard = chunk.Select((c, i) => c / inner[i]).Aggregate(1L, (a, b) => checked(a * b));
        if (codecs.Sharding is not null && (chunk.Where((c, i) => c % inner[i] != 0).Any() || perShard > MostPerShard))
        {
            throw new FormatException("shards that their chunks do not fill");
        }

        return new ChunkedArray
        {
            Store = store,
            Key = key,
            Format = codecs.Sharding is null ? "Zarr v3" : "Zarr v3, sharded",
            Shape = shape,
            Chunk = inner,
            Shard = chunk,
            Samples = samples,
            BigEndian = codecs.BigEndian,
            Order = codecs.Order,
            Packings = codecs.Packings,
            Sharding = codecs.Sharding,
            Naming = NamingOf(store, key, m["chunk_key_encoding"]!),
            Fill = FillValues.Of(m["fill_value"], samples),
            FillName = FillName(m["fill_value"]),
        };
    }

    /// <summary>How a codec's name packs bytes.</summary>
    /// <exception cref="VolumeFormatException">It is another.</exception>
    public static ChunkPacking Packing(KeyStore store, string key, string name) => name switch
    {
        "gzip" => ChunkPacking.Gzip,
        "zlib" or "numcodecs.zlib" => ChunkPacking.Zlib,
        "bz2" or "bzip2" or "numcodecs.bz2" => ChunkPacking.Bzip2,
        "zstd" => ChunkPacking.Zstd,
        "blosc" => ChunkPacking.Blosc,
        "lz4" or "numcodecs.lz4" => ChunkPacking.Lz4,
        "crc32c" => ChunkPacking.Crc32C,
        _ => throw Unsupported(store, key, $"the codec {name}"),
    };

    /// <summary>The lengths of an array's axes.</summary>
    /// <exception cref="FormatException">They are none, or too many.</exception>
    public static long[] Longs(JsonNode? node) =>
        (node as JsonArray ?? throw new FormatException("an array without a shape")) is { Count: > 0 and <= MostAxes } list
            ? list.Select(n => n!.GetValue<long>()).ToArray()
            : throw new FormatException($"an array of {((JsonArray)node!).Count} axes");

    /// <summary>As many whole numbers above 0 as there are axes.</summary>
    /// <exception cref="FormatException">They are others.</exception>
    public static int[] Ints(JsonNode? node, int count)
    {
        var numbers = (node as JsonArray ?? throw new FormatException("chunks without a shape")).Select(n => n!.GetValue<int>()).ToArray();
        return numbers.Length == count && numbers.All(n => n > 0) ? numbers : throw new FormatException("chunks of another number of axes");
    }

    /// <summary>A sentence for what is not read.</summary>
    public static VolumeFormatException Unsupported(KeyStore store, string key, string what) => new(
        $"{store.NameOf(key)} uses {what}, which is not supported; write it as numbers of 8 to 64 bits, packed by gzip, zlib, zstd, blosc"
        + " or lz4.");

    private static void CheckVersion(KeyStore store, string key, JsonObject m, int expected)
    {
        if (m["zarr_format"] is { } format && format.ToString() != expected.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            throw Unsupported(store, key, $"zarr_format {format} where {expected} was expected");
        }
    }

    // Whoever does not know a member of the metadata must not read the array, unless the member says that it may be left out.
    private static void CheckExtensions(KeyStore store, string key, JsonObject m)
    {
        if (m["storage_transformers"] is JsonArray { Count: > 0 } transformers)
        {
            throw Unsupported(store, key, $"the storage transformer {transformers[0]?["name"] ?? transformers[0]}");
        }

        foreach (var (name, value) in m.Where(p => !s_known.Contains(p.Key) && p.Value is not null))
        {
            if ((value as JsonObject)?["must_understand"]?.ToString() != "false")
            {
                throw Unsupported(store, key, $"the extension {OneLine.Quote(name)}");
            }
        }
    }

    private static ChunkNaming NamingOf(KeyStore store, string key, JsonNode encoding)
    {
        var (name, how) = ZarrCodecs.NameOf(encoding);
        return name switch
        {
            "default" => new ChunkNaming("c", Separator(store, key, how?["separator"], '/')),
            "v2" => new ChunkNaming("", Separator(store, key, how?["separator"], '.')),
            _ => throw Unsupported(store, key, $"the chunk key encoding {name}"),
        };
    }

    private static char Separator(KeyStore store, string key, JsonNode? node, char otherwise) => node?.GetValue<string>() switch
    {
        null => otherwise,
        "." => '.',
        "/" => '/',
        var other => throw Unsupported(store, key, $"the separator '{other}' in the names of chunks"),
    };

    private static string FillName(JsonNode? fill) => fill is null ? "which is null in the metadata and was taken as 0" : fill.ToString();
}
