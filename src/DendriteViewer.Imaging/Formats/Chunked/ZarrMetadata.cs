using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>A level of an image.</summary>
/// <param name="Array">Its samples.</param>
/// <param name="Scale">Length of a voxel along each axis.</param>
/// <param name="Translation">Where the middle of the first voxel lies.</param>
internal sealed record ChunkedLevel(ChunkedArray Array, double[] Scale, double[] Translation);

/// <summary>An image: its levels, finest first.</summary>
/// <param name="Format">The format, for people.</param>
/// <param name="Axes">Name of each axis, slowest first: t, c, z, y, x.</param>
/// <param name="Levels">The levels.</param>
/// <param name="Geometry">Where the finest lies, where it says so with a unit.</param>
/// <param name="Remarks">What was not taken.</param>
internal sealed record ChunkedImage(string Format, char[] Axes, IReadOnlyList<ChunkedLevel> Levels, FileGeometry? Geometry, IReadOnlyList<string> Remarks);

/// <summary>
/// Finds the array to read in a Zarr or N5 store: an OME-Zarr image's finest level, an array, or a group's only array. Written from the
/// specifications (zarr-specs.readthedocs.io v2 and v3, ngff.openmicroscopy.org 0.4 and 0.5, github.com/saalfeldlab/n5).
/// </summary>
internal static class ZarrMetadata
{
    private const int MostDepth = 8;
    private const int MostLevels = 32;

    /// <summary>Whether a store holds Zarr or N5.</summary>
    public static bool IsChunked(KeyStore store) => new[] { "zarr.json", ".zarray", ".zgroup", ".zattrs", "attributes.json" }.Any(k => store.Read(k) is not null);

    /// <summary>Opens what a store holds, its finest level.</summary>
    /// <exception cref="VolumeFormatException">Nothing, too much, or what is not supported.</exception>
    public static VolumeFile Open(KeyStore store)
    {
        var image = Guarded(store, () => Find(store, "", 0, allLevels: false));
        return new ChunkedFile(image.Levels[0].Array with { Format = image.Format }, image.Axes, image.Geometry, image.Remarks);
    }

    /// <summary>All levels of what a store holds.</summary>
    /// <exception cref="VolumeFormatException">Nothing, too much, or what is not supported.</exception>
    public static ChunkedImage Levels(KeyStore store) => Guarded(store, () => Find(store, "", 0, allLevels: true));

    private static ChunkedImage Guarded(KeyStore store, Func<ChunkedImage> find)
    {
        try
        {
            return find();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or NullReferenceException or ArgumentException or OverflowException or InvalidCastException)
        {
            throw new VolumeFormatException($"{store.Path} has metadata that cannot be read ({e.Message.Split('\n', '|')[0].TrimEnd('.', ' ')}); copy it again from its source.", e);
        }
    }

    private static ChunkedImage Find(KeyStore store, string key, int depth, bool allLevels)
    {
        if (TryArray(store, key) is { } array)
        {
            var axes = AxesOf(array.Shape.Length);
            return new ChunkedImage(array.Format, axes, [new ChunkedLevel(array, Enumerable.Repeat(1.0, axes.Length).ToArray(), new double[axes.Length])], null, []);
        }

        var attributes = AttributesOf(store, key);
        if ((attributes["ome"]?["multiscales"] ?? attributes["multiscales"])?[0]?.AsObject() is { } image)
        {
            return ImageOf(store, key, image, allLevels);
        }

        // bioformats2raw puts the first image below "0".
        if (depth < MostDepth && (attributes["bioformats2raw.layout"] is not null || attributes["ome"]?["bioformats2raw.layout"] is not null))
        {
            return Find(store, store.Join(key, "0"), depth + 1, allLevels);
        }

        var arrays = store.Children(key).Select(c => store.Join(key, c)).Where(c => IsArray(store, c)).Take(20).ToArray();
        return arrays switch
        {
            [var only] => Find(store, only, depth + 1, allLevels),
            [] => throw new VolumeFormatException($"{(key.Length == 0 ? store.Path : $"{store.Path}/{key}")} holds no image and no array; give the folder that does."),
            _ => throw new VolumeFormatException($"{(key.Length == 0 ? store.Path : $"{store.Path}/{key}")} holds several arrays ({string.Join(", ", arrays)}); give the path of the one to import."),
        };
    }

    private static ChunkedImage ImageOf(KeyStore store, string key, JsonObject image, bool allLevels)
    {
        var datasets = image["datasets"]!.AsArray();
        var finest = ArrayOf(datasets[0]!);
        var axes = image["axes"] is JsonArray list
            ? list.Select(a => a is JsonValue v ? (Name: v.GetValue<string>(), Unit: (string?)null) : (Name: a!["name"]!.GetValue<string>(), Unit: a["unit"]?.GetValue<string>())).ToArray()
            : AxesOf(finest.Shape.Length).Select(a => (Name: a.ToString(), Unit: (string?)null)).ToArray();
        if (axes.Any(a => a.Name.Length != 1) || axes.Length != finest.Shape.Length)
        {
            throw new VolumeFormatException($"{store.Path} has the axes {string.Join(", ", axes.Select(a => a.Name))}, but a scan has z, y and x, and before them t for time.");
        }

        var levels = datasets.Take(allLevels ? MostLevels : 1).Select((d, i) => LevelOf(i == 0 ? finest : ArrayOf(d!), d!)).ToArray();
        var (scale, translation) = (levels[0].Scale, levels[0].Translation);
        var space = axes.Select((a, i) => (a.Name, a.Unit, Index: i)).Where(a => a.Name is "z" or "y" or "x").ToArray();
        var units = space.Select(a => LengthUnits.InUm(a.Unit)).ToArray();
        var remarks = new List<string>();
        FileGeometry? geometry = null;
        var isPlaced = datasets[0]!["coordinateTransformations"] is not null;
        if (isPlaced && units.Any(u => u is null))
        {
            remarks.Add("It gives a scale without a unit, so it was not taken.");
        }
        else if (isPlaced && space.Length >= 2)
        {
            // x, y, z; a slice is as thick as its pixels are wide.
            double Of(string name, double[] values, double otherwise) => space.FirstOrDefault(a => a.Name == name) is { Name: not null } a ? values[a.Index] * units[Array.FindIndex(space, s => s.Name == name)]!.Value : otherwise;
            var (sx, sy) = (Of("x", scale, 0), Of("y", scale, 0));
            geometry = LengthUnits.Geometry(
                [[sx, 0, 0], [0, sy, 0], [0, 0, Of("z", scale, Math.Min(Math.Abs(sx), Math.Abs(sy)))]], [Of("x", translation, 0), Of("y", translation, 0), Of("z", translation, 0)], store.Path, "OME-NGFF's scale");
        }

        return new ChunkedImage($"OME-Zarr {image["version"]?.GetValue<string>() ?? "0.5"}", axes.Select(a => a.Name[0]).ToArray(), levels, geometry, remarks);

        ChunkedArray ArrayOf(JsonNode level)
        {
            var path = store.Join(key, level["path"]!.GetValue<string>());
            return TryArray(store, path) ?? throw new VolumeFormatException($"{store.Path}/{path}, a level of its image, does not exist; copy it again from its source.");
        }

        // The level's own scale and translation first, then the image's.
        ChunkedLevel LevelOf(ChunkedArray array, JsonNode level)
        {
            double[] scale = Enumerable.Repeat(1.0, axes.Length).ToArray(), translation = new double[axes.Length];
            foreach (var t in (level["coordinateTransformations"] as JsonArray ?? []).Concat(image["coordinateTransformations"] as JsonArray ?? []))
            {
                switch (t!["type"]!.GetValue<string>())
                {
                    case "scale":
                        var factors = Numbers(t["scale"]);
                        (scale, translation) = (scale.Zip(factors, (a, b) => a * b).ToArray(), translation.Zip(factors, (a, b) => a * b).ToArray());
                        break;
                    case "translation":
                        translation = translation.Zip(Numbers(t["translation"]), (a, b) => a + b).ToArray();
                        break;
                }
            }

            return new ChunkedLevel(array, scale, translation);
        }

        double[] Numbers(JsonNode? node)
        {
            var numbers = (node as JsonArray ?? throw new FormatException("a transformation without numbers")).Select(n => n!.GetValue<double>()).ToArray();
            return numbers.Length == axes.Length && numbers.All(double.IsFinite) ? numbers : throw new FormatException("a transformation for another number of axes");
        }
    }

    private static char[] AxesOf(int count) => count is >= 1 and <= 5 ? "tczyx"[(5 - count)..].ToCharArray() is ['c', .. var zyx] ? ['t', .. zyx] : "tczyx"[(5 - count)..].ToCharArray()
        : throw new FormatException($"{count} axes");

    private static JsonObject AttributesOf(KeyStore store, string key)
    {
        if (Json(store, key, "zarr.json") is { } v3)
        {
            return v3["attributes"] as JsonObject ?? [];
        }

        return Json(store, key, ".zattrs") ?? Json(store, key, "attributes.json") ?? [];
    }

    private static JsonObject? Json(KeyStore store, string key, string name) =>
        store.Read(store.Join(key, name)) is { } bytes
            ? JsonNode.Parse(bytes.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes, null, new JsonDocumentOptions { MaxDepth = 64 }) as JsonObject ?? throw new FormatException($"{name} is no object")
            : null;

    private static ChunkedArray? TryArray(KeyStore store, string key) =>
        Json(store, key, "zarr.json") is { } v3 ? (v3["node_type"]?.GetValue<string>() == "array" ? V3(store, key, v3) : null)
        : Json(store, key, ".zarray") is { } v2 ? V2(store, key, v2)
        : Json(store, key, "attributes.json") is { } n5 && n5["dimensions"] is not null && n5["blockSize"] is not null ? N5(store, key, n5)
        : null;

    private static bool IsArray(KeyStore store, string key) =>
        Json(store, key, "zarr.json") is { } v3 ? v3["node_type"]?.GetValue<string>() == "array"
        : store.Read(store.Join(key, ".zarray")) is not null || Json(store, key, "attributes.json")?["dimensions"] is not null;

    private static ChunkedArray V2(KeyStore store, string key, JsonObject m)
    {
        var shape = Longs(m["shape"]);
        var chunk = Ints(m["chunks"], shape.Length);
        var dtype = m["dtype"] is JsonValue d ? d.GetValue<string>() : throw Unsupported(store, key, "records");
        if (m["filters"] is JsonArray { Count: > 0 } filters)
        {
            throw Unsupported(store, key, $"the filter {filters[0]!["id"]}");
        }

        var samples = dtype is "|b1" ? SampleType.UInt8 : dtype switch { ['<' or '>' or '|' or '=', .. var name] => name, _ => dtype } switch
        {
            "u8" => SampleType.UInt64,
            "i8" => SampleType.Int64,
            "f8" => SampleType.Float64,
            var name => Samples.TryParse(name, out var type) ? type : throw Unsupported(store, key, $"values of the type {dtype}"),
        };
        var separator = m["dimension_separator"]?.GetValue<string>() ?? ".";
        return new ChunkedArray
        {
            Store = store, Key = key, Format = "Zarr v2", Shape = shape, Chunk = chunk, Shard = chunk, Samples = samples, BigEndian = dtype.StartsWith('>'),
            Order = m["order"]?.GetValue<string>() == "F" ? Enumerable.Range(0, shape.Length).Reverse().ToArray() : Enumerable.Range(0, shape.Length).ToArray(),
            Packings = m["compressor"] is JsonObject c ? [Packing(store, key, c["id"]!.GetValue<string>())] : [],
            KeyOf = at => string.Join(separator, at), Fill = FillOf(m["fill_value"], samples),
        };
    }

    private static ChunkedArray V3(KeyStore store, string key, JsonObject m)
    {
        var shape = Longs(m["shape"]);
        var grid = m["chunk_grid"]!;
        if (grid["name"]!.GetValue<string>() != "regular")
        {
            throw Unsupported(store, key, $"the chunk grid {grid["name"]}");
        }

        var chunk = Ints(grid["configuration"]!["chunk_shape"], shape.Length);
        var samples = m["data_type"] is JsonValue d && d.GetValue<string>() is var name
            ? name == "bool" ? SampleType.UInt8 : name.Length > 3 && Samples.TryParse(name, out var type) ? type : throw Unsupported(store, key, $"values of the type {name}")
            : throw Unsupported(store, key, "values of a type of its own");
        var encoding = m["chunk_key_encoding"]!;
        var isV2 = encoding["name"]!.GetValue<string>() == "v2";
        var separator = encoding["configuration"]?["separator"]?.GetValue<string>() ?? (isV2 ? "." : "/");
        var codecs = Codecs(store, key, m["codecs"]!.AsArray(), shape.Length, mayShard: true);
        var inner = codecs.Sharding?.Inner ?? chunk;
        if (codecs.Sharding is not null && (chunk.Where((c, i) => c % inner[i] != 0).Any() || chunk.Select((c, i) => c / inner[i]).Aggregate(1L, (a, b) => checked(a * b)) > 1 << 24))
        {
            throw new FormatException("shards that their chunks do not fill");
        }

        return new ChunkedArray
        {
            Store = store, Key = key, Format = codecs.Sharding is null ? "Zarr v3" : "Zarr v3, sharded", Shape = shape, Chunk = inner, Shard = chunk, Samples = samples,
            BigEndian = codecs.Big, Order = codecs.Order, Packings = codecs.Packings, Sharding = codecs.Sharding,
            KeyOf = at => isV2 ? string.Join(separator, at) : "c" + separator + string.Join(separator, at), Fill = FillOf(m["fill_value"], samples),
        };
    }

    // transpose, then bytes (or shards of chunks with codecs of their own), then what packs bytes.
    private static (int[] Order, bool Big, List<ChunkPacking> Packings, Sharding? Sharding) Codecs(KeyStore store, string key, JsonArray codecs, int axes, bool mayShard)
    {
        var (order, big, packings) = (Enumerable.Range(0, axes).ToArray(), false, new List<ChunkPacking>());
        foreach (var codec in codecs)
        {
            var (name, how) = codec is JsonValue plain ? (plain.GetValue<string>(), null) : (codec!["name"]!.GetValue<string>(), codec["configuration"]);
            switch (name)
            {
                case "transpose":
                    order = how!["order"] switch
                    {
                        JsonValue v when v.GetValue<string>() == "C" => order,
                        JsonValue v when v.GetValue<string>() == "F" => order.Reverse().ToArray(),
                        JsonArray list when list.Select(i => i!.GetValue<int>()).ToArray() is var p && p.Order().SequenceEqual(Enumerable.Range(0, axes)) => p.Select(i => order[i]).ToArray(),
                        _ => throw new FormatException("a transposition of other axes"),
                    };
                    break;
                case "bytes" or "endian":
                    big = how?["endian"]?.GetValue<string>() == "big";
                    break;
                case "sharding_indexed" when mayShard && codecs.Count == 1:
                    var parts = Codecs(store, key, how!["codecs"]!.AsArray(), axes, mayShard: false);
                    var index = (how["index_codecs"] as JsonArray ?? []).Select(c => c!["name"]!.GetValue<string>()).ToArray();
                    if (index.Any(c => c is not ("bytes" or "crc32c")))
                    {
                        throw Unsupported(store, key, "a packed index of shards");
                    }

                    return (parts.Order, parts.Big, parts.Packings, new Sharding(Ints(how["chunk_shape"], axes), how["index_location"]?.GetValue<string>() == "start", index.Contains("crc32c")));
                default:
                    packings.Add(Packing(store, key, name));
                    break;
            }
        }

        return (order, big, packings, null);
    }

    private static ChunkedArray N5(KeyStore store, string key, JsonObject m)
    {
        // The fastest axis comes first there.
        var shape = Longs(m["dimensions"]).Reverse().ToArray();
        var chunk = Ints(m["blockSize"], shape.Length).Reverse().ToArray();
        var name = m["dataType"]!.GetValue<string>();
        var samples = name.Length > 3 && Samples.TryParse(name, out var type) ? type : throw Unsupported(store, key, $"values of the type {name}");
        var how = m["compression"]?["type"]?.GetValue<string>() ?? m["compressionType"]?.GetValue<string>() ?? "raw";
        ChunkPacking[] packings = how == "raw" ? [] : how == "gzip" && m["compression"]?["useZlib"]?.GetValue<bool>() == true ? [ChunkPacking.Zlib]
            : how is "gzip" or "bzip2" or "zstd" or "blosc" ? [Packing(store, key, how)] : throw Unsupported(store, key, $"the compression {how}");
        return new ChunkedArray
        {
            Store = store, Key = key, Format = "N5", Shape = shape, Chunk = chunk, Shard = chunk, Samples = samples, BigEndian = true, HasChunkHeader = true,
            Order = Enumerable.Range(0, shape.Length).ToArray(), Packings = packings, KeyOf = at => string.Join('/', at.Reverse()), Fill = new byte[samples.Size()],
        };
    }

    private static ChunkPacking Packing(KeyStore store, string key, string name) => name switch
    {
        "gzip" => ChunkPacking.Gzip,
        "zlib" => ChunkPacking.Zlib,
        "bz2" or "bzip2" => ChunkPacking.Bzip2,
        "zstd" => ChunkPacking.Zstd,
        "blosc" => ChunkPacking.Blosc,
        "lz4" => ChunkPacking.Lz4,
        "crc32c" => ChunkPacking.Crc32C,
        _ => throw Unsupported(store, key, $"the codec {name}"),
    };

    private static long[] Longs(JsonNode? node) => (node as JsonArray ?? throw new FormatException("an array without a shape")).Select(n => n!.GetValue<long>()).ToArray();

    private static int[] Ints(JsonNode? node, int count)
    {
        var numbers = (node as JsonArray ?? throw new FormatException("chunks without a shape")).Select(n => n!.GetValue<int>()).ToArray();
        return numbers.Length == count && numbers.All(n => n > 0) ? numbers : throw new FormatException("chunks of another number of axes");
    }

    // A number, true or false, a name of what is no number, or its bits as 0x…
    private static byte[] FillOf(JsonNode? node, SampleType type)
    {
        var text = node?.ToString() ?? "0";
        var bits = new byte[8];
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bits, ulong.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        }
        else if (type is SampleType.UInt64)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bits, ulong.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var v) ? v : 0);
        }
        else
        {
            var value = text switch { "" or "null" or "false" or "False" => 0, "true" or "True" => 1, "NaN" => double.NaN, "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) };
            System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bits, type switch
            {
                SampleType.Float16 => BitConverter.HalfToUInt16Bits((Half)value),
                SampleType.Float32 => BitConverter.SingleToUInt32Bits((float)value),
                SampleType.Float64 => BitConverter.DoubleToUInt64Bits(value),
                _ => (ulong)(long)value,
            });
        }

        return bits[..type.Size()];
    }

    private static VolumeFormatException Unsupported(KeyStore store, string key, string what) =>
        new($"{(key.Length == 0 ? store.Path : $"{store.Path}/{key}")} uses {what}, which is not supported; write it as numbers of 8 to 64 bits, packed by gzip, zlib, zstd, blosc or lz4.");
}
