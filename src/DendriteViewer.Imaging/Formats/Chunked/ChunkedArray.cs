using System.Buffers.Binary;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>How chunks are cut into chunks of their own inside one blob.</summary>
/// <param name="Inner">Shape of an inner chunk.</param>
/// <param name="IndexAtStart">Whether the index precedes them.</param>
/// <param name="IndexChecked">Whether a CRC-32C ends the index.</param>
internal sealed record Sharding(int[] Inner, bool IndexAtStart, bool IndexChecked);

/// <summary>An array of a chunked store: its shape, its chunks, and how each is written.</summary>
internal sealed record ChunkedArray
{
    public required KeyStore Store { get; init; }

    /// <summary>Key of the array, "" for the store's root.</summary>
    public required string Key { get; init; }

    /// <summary>The format, for people.</summary>
    public required string Format { get; init; }

    /// <summary>Lengths along the axes, slowest first.</summary>
    public required long[] Shape { get; init; }

    /// <summary>Shape of the smallest chunk that is read by itself.</summary>
    public required int[] Chunk { get; init; }

    public required SampleType Samples { get; init; }

    public bool BigEndian { get; init; }

    /// <summary>Order of the axes in a chunk's bytes, the slowest first.</summary>
    public required int[] Order { get; init; }

    public IReadOnlyList<ChunkPacking> Packings { get; init; } = [];

    public Sharding? Sharding { get; init; }

    /// <summary>Shape of a shard; that of a chunk where there are none.</summary>
    public required int[] Shard { get; init; }

    /// <summary>Name of a chunk's (or shard's) blob.</summary>
    public required Func<long[], string> KeyOf { get; init; }

    /// <summary>Little-endian sample where a chunk is absent.</summary>
    public required byte[] Fill { get; init; }

    /// <summary>N5: a chunk begins with its own, perhaps smaller, shape.</summary>
    public bool HasChunkHeader { get; init; }

    public int ChunkSamples => Chunk.Aggregate(1, (a, b) => checked(a * b));

    /// <summary>Samples of a chunk, packed in <see cref="Order"/>, or null where it is absent. Axes of a chunk at the end may be shorter in N5.</summary>
    /// <exception cref="VolumeFormatException">It is damaged.</exception>
    public (byte[] Bytes, int[] Shape)? ReadChunk(long[] at)
    {
        var key = Store.Join(Key, KeyOf(Sharding is null ? at : at.Select((c, i) => c * Chunk[i] / Shard[i]).ToArray()));
        try
        {
            var packed = Sharding is { } sharding ? ReadFromShard(key, at, sharding) : Store.Read(key);
            if (packed is null)
            {
                return null;
            }

            var shape = Chunk;
            if (HasChunkHeader)
            {
                (packed, shape) = WithoutHeader(packed);
            }

            return (ChunkCodecs.Unpack(packed, Packings, checked(shape.Aggregate(1, (a, b) => checked(a * b)) * Samples.Size())), shape);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw new VolumeFormatException($"{Store.Path}/{key} is damaged ({e.Message.TrimEnd('.')}); copy it again from its source.", e);
        }
    }

    private byte[]? ReadFromShard(string key, long[] at, Sharding sharding)
    {
        var per = Shard.Select((s, i) => s / Chunk[i]).ToArray();
        var count = per.Aggregate(1, (a, b) => checked(a * b));
        var size = 16L * count + (sharding.IndexChecked ? 4 : 0);
        if (Store.Read(key, sharding.IndexAtStart ? 0 : -size, size) is not { } index)
        {
            return null;
        }

        if (sharding.IndexChecked && ShardCodec.ReadIndex(index) is null)
        {
            throw new InvalidDataException("the checksum of its index is wrong");
        }

        var n = 0;
        for (var i = 0; i < per.Length; i++)
        {
            n = n * per[i] + (int)(at[i] % per[i]);
        }

        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(index.AsSpan(16 * n)), length = BinaryPrimitives.ReadUInt64LittleEndian(index.AsSpan(16 * n + 8));
        return (offset, length) == (ShardCodec.Absent, ShardCodec.Absent) ? null
            : offset > long.MaxValue / 2 || length > int.MaxValue ? throw new InvalidDataException("its index points nowhere")
            : Store.Read(key, (long)offset, (long)length);
    }

    // Mode, number of axes, their lengths with the fastest first, all big endian.
    private (byte[] Data, int[] Shape) WithoutHeader(byte[] bytes)
    {
        var n = Shape.Length;
        if (bytes.Length < 4 + 4 * n || BinaryPrimitives.ReadUInt16BigEndian(bytes) != 0 || BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)) != n)
        {
            throw new InvalidDataException("its header is not that of a block");
        }

        var shape = Enumerable.Range(0, n).Select(i => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 + 4 * (n - 1 - i)))).ToArray();
        return shape.Where((s, i) => s <= 0 || s > Chunk[i]).Any() ? throw new InvalidDataException("its header is not that of a block") : (bytes[(4 + 4 * n)..], shape);
    }
}
