using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Tests.Formats.Chunked;

/// <summary>The formats that a test writes an array in.</summary>
public enum ChunkedKind
{
    /// <summary>Zarr v2 with dots in the names of chunks.</summary>
    V2,

    /// <summary>Zarr v2 with a folder an axis.</summary>
    V2Nested,

    /// <summary>Zarr v3.</summary>
    V3,

    /// <summary>Zarr v3, two chunks along each axis in a shard.</summary>
    V3Sharded,

    /// <summary>N5.</summary>
    N5,
}

/// <summary>Writes arrays of 16-bit numbers as other programs would: keys and what lies under them.</summary>
internal static class ChunkedWriter
{
    private static readonly JsonSerializerOptions s_plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The value at a place of an array: every digit tells the place along one axis, and none is 0.</summary>
    public static ushort ValueAt(params int[] at) => (ushort)at.Aggregate(1, (v, i) => v * 10 + i);

    /// <summary>An array.</summary>
    /// <param name="kind">The format.</param>
    /// <param name="key">Where it lies, "" for the root.</param>
    /// <param name="shape">Its lengths, the slowest axis first.</param>
    /// <param name="chunk">Lengths of a chunk.</param>
    /// <param name="value">The value at a place.</param>
    /// <param name="names">Names of the axes as the format itself has them, or null.</param>
    /// <param name="isAbsent">Whether a chunk is left out.</param>
    /// <param name="attributes">What is added to the attributes.</param>
    public static Dictionary<string, byte[]> Array(
        ChunkedKind kind, string key, int[] shape, int[] chunk, Func<int[], ushort> value, string[]? names = null,
        Func<int[], bool>? isAbsent = null, JsonObject? attributes = null)
    {
        var keys = new Dictionary<string, byte[]>();
        Put(keys, key, Metadata(kind, shape, chunk, names, attributes));
        var shards = new Dictionary<string, (byte[]?[] Chunks, int[] At)>();
        foreach (var at in Places(shape.Select((s, i) => (s + chunk[i] - 1) / chunk[i]).ToArray()))
        {
            var bytes = isAbsent?.Invoke(at) == true ? null : Chunk(kind, at, shape, chunk, value);
            if (kind == ChunkedKind.V3Sharded)
            {
                var shard = Join(key, "c/" + string.Join('/', at.Select(i => i / 2)));
                shards.TryAdd(shard, (new byte[]?[1 << at.Length], at));
                shards[shard].Chunks[at.Aggregate(0, (n, i) => n * 2 + i % 2)] = bytes;
            }
            else if (bytes is not null)
            {
                keys[Join(key, NameOf(kind, at))] = bytes;
            }
        }

        foreach (var (name, (chunks, _)) in shards.Where(s => s.Value.Chunks.Any(c => c is not null)))
        {
            keys[name] = Shard(chunks);
        }

        return keys;
    }

    /// <summary>Name of a chunk below its array.</summary>
    public static string NameOf(ChunkedKind kind, params int[] at) => kind switch
    {
        ChunkedKind.V2 => string.Join('.', at),
        ChunkedKind.V2Nested => string.Join('/', at),
        ChunkedKind.N5 => string.Join('/', at.Reverse()),
        ChunkedKind.V3 => "c/" + string.Join('/', at),
        _ => "c/" + string.Join('/', at.Select(i => i / 2)),
    };

    /// <summary>Attributes of a group.</summary>
    public static Dictionary<string, byte[]> Group(ChunkedKind kind, string key, object attributes)
    {
        var json = JsonSerializer.SerializeToNode(attributes);
        return kind switch
        {
            ChunkedKind.N5 => new() { [Join(key, "attributes.json")] = Bytes(json) },
            ChunkedKind.V2 or ChunkedKind.V2Nested => new()
            {
                [Join(key, ".zgroup")] = Bytes(new JsonObject { ["zarr_format"] = 2 }),
                [Join(key, ".zattrs")] = Bytes(json),
            },
            _ => new()
            {
                [Join(key, "zarr.json")] = Bytes(new JsonObject { ["zarr_format"] = 3, ["node_type"] = "group", ["attributes"] = json }),
            },
        };
    }

    /// <summary>The sentence with which something is refused.</summary>
    public static string RefusalOf(string path) =>
        Assert.Throws<VolumeFormatException>(() => VolumeFiles.Open(path, new VolumeManifest())).Message;

    /// <summary>All of some.</summary>
    public static Dictionary<string, byte[]> All(params Dictionary<string, byte[]>[] parts) => parts.SelectMany(p => p).ToDictionary();

    /// <summary>Lays keys out as a folder.</summary>
    public static string ToFolder(this Dictionary<string, byte[]> keys, string folder)
    {
        foreach (var (key, bytes) in keys)
        {
            var path = Path.Combine(folder, key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }

        return folder;
    }

    /// <summary>Packs keys into a zip archive.</summary>
    public static string ToZip(this Dictionary<string, byte[]> keys, string path)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (key, bytes) in keys)
        {
            using var stream = zip.CreateEntry(key, CompressionLevel.NoCompression).Open();
            stream.Write(bytes);
        }

        return path;
    }

    /// <summary>Writes keys below a prefix of a store.</summary>
    public static async Task<string> ToStoreAsync(this Dictionary<string, byte[]> keys, IBlobStore store, string prefix)
    {
        foreach (var (key, bytes) in keys)
        {
            await store.WriteAsync($"{prefix}/{key}", bytes, default);
        }

        return $"blob:{prefix}";
    }

    private static string Join(string key, string name) => key.Length == 0 ? name : $"{key}/{name}";

    // As other programs write it: "<u2" and not "\u003Cu2".
    private static byte[] Bytes(JsonNode? json) => JsonSerializer.SerializeToUtf8Bytes(json, s_plain);

    private static void Put(Dictionary<string, byte[]> keys, string key, Dictionary<string, JsonObject> metadata)
    {
        foreach (var (name, json) in metadata)
        {
            keys[Join(key, name)] = Bytes(json);
        }
    }

    private static Dictionary<string, JsonObject> Metadata(
        ChunkedKind kind, int[] shape, int[] chunk, string[]? names, JsonObject? attributes)
    {
        static JsonArray Numbers(IEnumerable<int> values) => new([.. values.Select(v => (JsonNode)v)]);
        var more = attributes?.DeepClone().AsObject() ?? [];
        switch (kind)
        {
            case ChunkedKind.V2 or ChunkedKind.V2Nested:
                var v2 = new JsonObject
                {
                    ["zarr_format"] = 2, ["shape"] = Numbers(shape), ["chunks"] = Numbers(chunk), ["dtype"] = "<u2", ["order"] = "C",
                    ["compressor"] = null, ["filters"] = null, ["fill_value"] = 0,
                };
                if (kind == ChunkedKind.V2Nested)
                {
                    v2["dimension_separator"] = "/";
                }

                if (names is not null)
                {
                    more["_ARRAY_DIMENSIONS"] = JsonSerializer.SerializeToNode(names);
                }

                return more.Count == 0 ? new() { [".zarray"] = v2 } : new() { [".zarray"] = v2, [".zattrs"] = more };
            case ChunkedKind.N5:
                more["dimensions"] = Numbers(shape.Reverse());
                more["blockSize"] = Numbers(chunk.Reverse());
                more["dataType"] = "uint16";
                more["compression"] = new JsonObject { ["type"] = "raw" };
                if (names is not null)
                {
                    more["axes"] = JsonSerializer.SerializeToNode(names.Reverse());
                }

                return new() { ["attributes.json"] = more };
            default:
                static JsonObject Named(string name, JsonObject? how = null) => how is null
                    ? new() { ["name"] = name } : new() { ["name"] = name, ["configuration"] = how };
                var bytes = Named("bytes", new JsonObject { ["endian"] = "little" });
                var isSharded = kind == ChunkedKind.V3Sharded;
                var sharding = new JsonObject
                {
                    ["chunk_shape"] = Numbers(chunk), ["codecs"] = new JsonArray(bytes.DeepClone()),
                    ["index_codecs"] = new JsonArray(bytes.DeepClone(), Named("crc32c")),
                };
                return new()
                {
                    ["zarr.json"] = new JsonObject
                    {
                        ["zarr_format"] = 3, ["node_type"] = "array", ["shape"] = Numbers(shape), ["data_type"] = "uint16",
                        ["chunk_grid"] = Named(
                            "regular", new JsonObject { ["chunk_shape"] = Numbers(chunk.Select(c => isSharded ? 2 * c : c)) }),
                        ["chunk_key_encoding"] = Named("default", new JsonObject { ["separator"] = "/" }),
                        ["fill_value"] = 0,
                        ["codecs"] = new JsonArray(isSharded ? Named("sharding_indexed", sharding) : bytes),
                        ["dimension_names"] = names is null ? null : JsonSerializer.SerializeToNode(names),
                        ["attributes"] = more,
                    },
                };
        }
    }

    private static byte[] Chunk(ChunkedKind kind, int[] at, int[] shape, int[] chunk, Func<int[], ushort> value)
    {
        // N5's last blocks are smaller; a chunk of Zarr holds anything beyond the array.
        var lengths = kind == ChunkedKind.N5 ? chunk.Select((c, i) => Math.Min(c, shape[i] - at[i] * c)).ToArray() : chunk;
        var bytes = new List<byte>();
        if (kind == ChunkedKind.N5)
        {
            bytes.AddRange([0, 0, 0, (byte)lengths.Length]);
            foreach (var n in lengths.Reverse())
            {
                bytes.AddRange([0, 0, (byte)(n >> 8), (byte)n]);
            }
        }

        foreach (var inside in Places(lengths))
        {
            var place = inside.Select((p, i) => at[i] * chunk[i] + p).ToArray();
            var v = place.Zip(shape).All(p => p.First < p.Second) ? value(place) : (ushort)9;
            bytes.AddRange(kind == ChunkedKind.N5 ? [(byte)(v >> 8), (byte)v] : [(byte)v, (byte)(v >> 8)]);
        }

        return [.. bytes];
    }

    private static byte[] Shard(byte[]?[] chunks)
    {
        var (data, index) = (new List<byte>(), new byte[16 * chunks.Length]);
        for (var i = 0; i < chunks.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(index.AsSpan(16 * i), chunks[i] is null ? ulong.MaxValue : (ulong)data.Count);
            BinaryPrimitives.WriteUInt64LittleEndian(index.AsSpan(16 * i + 8), (ulong?)chunks[i]?.Length ?? ulong.MaxValue);
            data.AddRange(chunks[i] ?? []);
        }

        var sum = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(sum, ShardCodec.Crc32C(index));
        return [.. data, .. index, .. sum];
    }

    private static IEnumerable<int[]> Places(int[] counts)
    {
        var total = counts.Aggregate(1, (a, b) => a * b);
        for (var n = 0; n < total; n++)
        {
            var (at, rest) = (new int[counts.Length], n);
            for (var i = counts.Length - 1; i >= 0; i--)
            {
                (at[i], rest) = (rest % counts[i], rest / counts[i]);
            }

            yield return at;
        }
    }
}
