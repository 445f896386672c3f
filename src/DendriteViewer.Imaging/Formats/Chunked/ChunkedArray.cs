using System.Buffers.Binary;
using System.Collections.Concurrent;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>How chunks are cut into chunks of their own inside one blob.</summary>
/// <param name="Inner">Shape of an inner chunk.</param>
/// <param name="IndexAtStart">Whether the index precedes them.</param>
/// <param name="IndexChecked">Whether a CRC-32C ends the index.</param>
internal sealed record Sharding(int[] Inner, bool IndexAtStart, bool IndexChecked);

/// <summary>A chunk's samples and its lengths along the array's axes.</summary>
internal sealed record ChunkSamples(byte[] Bytes, int[] Shape);

/// <summary>Indexes of shards that were read, until they are many.</summary>
internal sealed class ShardIndexes
{
    private const long MostBytes = 64 << 20;
    private readonly ConcurrentDictionary<string, byte[]?> _read = new();
    private long _bytes;

    /// <summary>The index of a shard; askers at the same time may read it twice.</summary>
    public async ValueTask<byte[]?> GetAsync(string key, Func<string, Task<byte[]?>> read)
    {
        if (_read.TryGetValue(key, out var index))
        {
            return index;
        }

        index = await read(key);
        if (Interlocked.Add(ref _bytes, 64 + (index?.Length ?? 0)) > MostBytes)
        {
            _read.Clear();
            Interlocked.Exchange(ref _bytes, 0);
        }

        return _read[key] = index;
    }
}

/// <summary>An array of a chunked store: its shape, its chunks, and how each is written.</summary>
internal sealed record ChunkedArray
{
    private readonly ShardIndexes _indexes = new();

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

    /// <summary>Names of the chunks' (or shards') blobs.</summary>
    public required ChunkNaming Naming { get; init; }

    /// <summary>Little-endian sample where a chunk is absent.</summary>
    public required byte[] Fill { get; init; }

    /// <summary>The fill, for people: a number, or that the metadata do not define it.</summary>
    public string FillName { get; init; } = "0";

    /// <summary>Which chunks are there; null where the store cannot be listed, or was not.</summary>
    public ChunkListing? Listing { get; init; }

    /// <summary>The chunks' (or shards') grid.</summary>
    public ChunkGrid Grid => new(Shape.Select((s, i) => (s + Shard[i] - 1) / Shard[i]).ToArray());

    /// <summary>The array's name, for people.</summary>
    public string Name => Store.NameOf(Key);

    /// <summary>N5: a chunk begins with its own, perhaps smaller, shape.</summary>
    public bool HasChunkHeader { get; init; }

    /// <summary>A chunk's bytes as they are stored, or null where it is absent.</summary>
    /// <exception cref="VolumeFormatException">
    /// It cannot be read, though it is listed; the shard's index is damaged; or the chunk is cut short.
    /// </exception>
    public async ValueTask<byte[]?> ReadPackedAsync(long[] at, CancellationToken ct)
    {
        var blob = BlobAt(at);
        if (Listing?.Has(blob) == false)
        {
            return null;
        }

        var key = Store.Join(Key, Naming.Of(blob));
        try
        {
            if (Sharding is null)
            {
                return await Store.ReadAsync(key, ct) ?? Absent(key);
            }

            var index = await _indexes.GetAsync(key, k => ReadIndexAsync(k, Sharding, ct)) ?? Absent(key);
            return index is null || PlaceOf(at, index) is not var (offset, length) ? null
                : await Store.ReadAsync(key, offset, length, ct) ?? throw new InvalidDataException("it went away while it was read");
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged(key, e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException && e is not BlobStoreException))
        {
            throw new VolumeFormatException(
                $"{Store.NameOf(key)} cannot be read ({e.Message.TrimEnd('.')}); check its permissions and the disk.", e);
        }
    }

    // What is listed is not absent.
    private byte[]? Absent(string key) => Listing is null ? null
        : throw new VolumeFormatException($"{Store.NameOf(key)} is listed, but cannot be read; copy it again from its source.");

    /// <summary>Samples of a stored chunk, packed in <see cref="Order"/>. Axes of a chunk at the end may be shorter in N5.</summary>
    /// <exception cref="VolumeFormatException">It is damaged.</exception>
    public ChunkSamples Unpack(long[] at, byte[] packed)
    {
        try
        {
            var shape = Chunk;
            if (HasChunkHeader)
            {
                (packed, shape) = WithoutHeader(at, packed);
            }

            var count = shape.Aggregate(1, (a, b) => checked(a * b));
            return new(ChunkCodecs.Unpack(packed, Packings, checked(count * Samples.Size())), shape);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw Damaged(BlobOf(at), e);
        }
    }

    /// <summary>The blob that holds a chunk, for people.</summary>
    public string NameOf(long[] at) => $"{Store.Path}/{BlobOf(at)}";

    /// <summary>Place in <see cref="Grid"/> of the blob that holds a chunk.</summary>
    public long[] BlobAt(long[] at) => Sharding is null ? at : at.Select((c, i) => c * Chunk[i] / Shard[i]).ToArray();

    private string BlobOf(long[] at) => Store.Join(Key, Naming.Of(BlobAt(at)));

    private VolumeFormatException Damaged(string key, Exception e) =>
        new($"{Store.NameOf(key)} is damaged ({e.Message.TrimEnd('.')}); copy it again from its source.", e);

    private async Task<byte[]?> ReadIndexAsync(string key, Sharding sharding, CancellationToken ct)
    {
        var size = 16L * Shard.Select((s, i) => s / Chunk[i]).Aggregate(1, (a, b) => checked(a * b)) + (sharding.IndexChecked ? 4 : 0);
        return await Store.ReadAsync(key, sharding.IndexAtStart ? 0 : -size, size, ct) is not { } index ? null
            : sharding.IndexChecked && ShardCodec.ReadIndex(index) is null ? throw new InvalidDataException("the checksum of its index is wrong")
            : index;
    }

    private (long Offset, long Length)? PlaceOf(long[] at, byte[] index)
    {
        var n = 0;
        for (var i = 0; i < at.Length; i++)
        {
            var per = Shard[i] / Chunk[i];
            n = n * per + (int)(at[i] % per);
        }

        var offset = BinaryPrimitives.ReadUInt64LittleEndian(index.AsSpan(16 * n));
        var length = BinaryPrimitives.ReadUInt64LittleEndian(index.AsSpan(16 * n + 8));
        return (offset, length) == (ShardCodec.Absent, ShardCodec.Absent) ? null
            : offset > long.MaxValue / 2 || length > int.MaxValue ? throw new InvalidDataException("its index points nowhere")
            : ((long)offset, (long)length);
    }

    // Mode, number of axes, their lengths with the fastest first, all big endian. Only a block at the array's end may be smaller than the
    // others, and it holds what is left of the array.
    private (byte[] Data, int[] Shape) WithoutHeader(long[] at, byte[] bytes)
    {
        var n = Shape.Length;
        if (bytes.Length < 4 + 4 * n || BinaryPrimitives.ReadUInt16BigEndian(bytes) != 0 || BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)) != n)
        {
            throw new InvalidDataException("its header is not that of a block");
        }

        var shape = Enumerable.Range(0, n).Select(i => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 + 4 * (n - 1 - i)))).ToArray();
        var least = Chunk.Select((c, i) => Math.Min(c, Shape[i] - at[i] * c)).ToArray();
        return shape.Where((s, i) => s < least[i] || s > Chunk[i]).Any()
            ? throw new InvalidDataException(
                $"its header says {string.Join(" × ", shape)} values where {string.Join(" × ", least)} are needed")
            : (bytes[(4 + 4 * n)..], shape);
    }
}
