using DendriteViewer.Kernels.Bricks;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>Reads bricks that <see cref="VolumeWriter"/> wrote. Every brick is checked: the shard index by CRC-32C, the brick by zstd's checksum.</summary>
public sealed class StoredReader : VolumeReader
{
    private readonly IBlobStore _store;
    private readonly string _prefix;
    private readonly ConcurrentDictionary<(int Level, int Z, int Y, int X), Lazy<Task<(ulong Offset, ulong Size)[]>>> _indexes = new();

    private StoredReader(IBlobStore store, string prefix, VoxelType type, IReadOnlyList<PyramidLevel> levels)
        : base(type, levels)
    {
        (_store, _prefix) = (store, prefix);
    }

    /// <summary>Reads what a writer has stored so far.</summary>
    internal static StoredReader Of(IBlobStore store, string prefix, VoxelType type, IReadOnlyList<PyramidLevel> levels) => new(store, prefix, type, levels);

    /// <summary>Opens a volume that <see cref="VolumeWriter"/> wrote.</summary>
    /// <param name="store">Where it lies.</param>
    /// <param name="prefix">Its prefix, ending in '/'.</param>
    /// <param name="sha256">What its metadata must be, or null for anything.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">Metadata is missing, damaged, or of a layout this version does not read.</exception>
    public static async Task<StoredReader> OpenAsync(IBlobStore store, string prefix, string? sha256, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var groupBytes = await BytesAsync(store, BlobNames.ZarrJson(prefix), ct);
        var group = Json(groupBytes, BlobNames.ZarrJson(prefix));
        try
        {
            var paths = group.GetProperty("attributes").GetProperty("ome").GetProperty("multiscales")[0].GetProperty("datasets");
            var levels = new List<PyramidLevel>();
            VoxelType? type = null;
            foreach (var path in paths.EnumerateArray())
            {
                var name = BlobNames.ZarrJson($"{prefix}{path.GetProperty("path").GetString()}/");
                var bytes = await BytesAsync(store, name, ct);
                hash.AppendData(bytes);
                levels.Add(ParseLevel(Json(bytes, name), levels, name, ref type));
            }

            hash.AppendData(groupBytes);
            if (sha256 is not null && Convert.ToHexStringLower(hash.GetHashAndReset()) != sha256)
            {
                throw new VolumeFormatException($"{prefix}zarr.json or a level's is not what was published: its checksum is another; import the volume again.");
            }

            return levels.Count > 0
                ? new StoredReader(store, prefix, type!.Value, levels)
                : throw new VolumeFormatException($"{prefix}zarr.json names no level; import the volume again.");
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw new VolumeFormatException($"{prefix}zarr.json is not the metadata of an OME-Zarr 0.5 volume that this version reads; import the volume again.", e);
        }
    }

    /// <summary>One brick as it is stored, a zstd frame, checked.</summary>
    /// <exception cref="VolumeFormatException">The brick or its shard's index is missing or damaged.</exception>
    public async Task<byte[]> ReadPackedBrickAsync(BrickIndex brick, CancellationToken ct)
    {
        byte[] kept = [];
        var voxels = System.Buffers.ArrayPool<byte>.Shared.Rent(BrickBytes(brick.Level));
        try
        {
            await ReadBrickAsync(brick, voxels.AsMemory(0, BrickBytes(brick.Level)), packed => kept = packed.ToArray(), ct);
            return kept;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(voxels);
        }
    }

    /// <inheritdoc/>
    public override Task ReadBrickAsync(BrickIndex brick, Memory<byte> voxels, CancellationToken ct) => ReadBrickAsync(brick, voxels, null, ct);

    private async Task ReadBrickAsync(BrickIndex brick, Memory<byte> voxels, Action<ReadOnlyMemory<byte>>? packedToo, CancellationToken ct)
    {
        var level = Levels[brick.Level];
        var inner = level.BricksOfShard;
        int sz = brick.Z / inner.Z, sy = brick.Y / inner.Y, sx = brick.X / inner.X;
        var name = BlobNames.Shard(_prefix, level.Number, sz, sy, sx);
        var index = await IndexAsync((level.Number, sz, sy, sx), name, inner, ct);
        var entry = index[((brick.Z % inner.Z * inner.Y) + brick.Y % inner.Y) * inner.X + brick.X % inner.X];
        if (entry.Offset == ShardCodec.Absent)
        {
            throw new VolumeFormatException($"{name} lacks brick {brick.Z}/{brick.Y}/{brick.X}; import the volume again.");
        }

        if (entry.Size > (ulong)ZstdCompressor.Bound(voxels.Length))
        {
            throw new VolumeFormatException($"{name}: the index says that brick {brick.Z}/{brick.Y}/{brick.X} has {entry.Size} bytes, more than it can have; import the volume again.");
        }

        var packed = System.Buffers.ArrayPool<byte>.Shared.Rent((int)entry.Size);
        try
        {
            await GuardAsync(name, () => _store.ReadAsync(name, (long)entry.Offset, packed.AsMemory(0, (int)entry.Size), ct));
            if (ZstdDecompressor.Current.TryDecompress(packed.AsSpan(0, (int)entry.Size), voxels.Span) is { } problem)
            {
                throw new VolumeFormatException($"{name}: brick {brick.Z}/{brick.Y}/{brick.X} at byte {entry.Offset} is damaged ({problem}); import the volume again.");
            }

            packedToo?.Invoke(packed.AsMemory(0, (int)entry.Size));
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(packed);
        }
    }

    private async Task<(ulong Offset, ulong Size)[]> IndexAsync((int, int, int, int) key, string name, VolumeShape inner, CancellationToken ct)
    {
        var lazy = _indexes.GetOrAdd(key, _ => new(() => ReadIndexAsync(name, (int)inner.Count, CancellationToken.None)));
        try
        {
            return await lazy.Value.WaitAsync(ct);
        }
        catch (Exception) when (lazy.Value.IsFaulted)
        {
            _indexes.TryRemove(new KeyValuePair<(int, int, int, int), Lazy<Task<(ulong, ulong)[]>>>(key, lazy));
            throw;
        }
    }

    private async Task<(ulong Offset, ulong Size)[]> ReadIndexAsync(string name, int bricks, CancellationToken ct)
    {
        var stat = await _store.StatAsync(name, ct) ?? throw new VolumeFormatException($"{name} is missing; import the volume again.");
        var bytes = new byte[ShardCodec.IndexSize(bricks)];
        if (stat.Size < bytes.Length)
        {
            throw new VolumeFormatException($"{name} has {stat.Size} bytes, too few for its index; import the volume again.");
        }

        await GuardAsync(name, () => _store.ReadAsync(name, stat.Size - bytes.Length, bytes, ct));
        var index = ShardCodec.ReadIndex(bytes) ?? throw new VolumeFormatException($"{name}: the index has a wrong checksum; import the volume again.");
        return index.All(e => e.Offset == ShardCodec.Absent || (e.Offset <= (ulong)stat.Size && e.Size <= (ulong)stat.Size - e.Offset))
            ? index
            : throw new VolumeFormatException($"{name}: the index points outside the shard; import the volume again.");
    }

    private static async ValueTask GuardAsync(string name, Func<ValueTask> read)
    {
        try
        {
            await read();
        }
        catch (Exception e) when (e is FileNotFoundException or EndOfStreamException)
        {
            throw new VolumeFormatException($"{name} is missing or cut short; import the volume again.", e);
        }
    }

    private static async Task<byte[]> BytesAsync(IBlobStore store, string name, CancellationToken ct) =>
        await store.TryReadAsync(name, ct) ?? throw new VolumeFormatException($"{name} is missing; import the volume again.");

    private static JsonElement Json(byte[] bytes, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new VolumeFormatException($"{name} is not JSON; import the volume again.", e);
        }
    }

    private static PyramidLevel ParseLevel(JsonElement array, List<PyramidLevel> before, string name, ref VoxelType? type)
    {
        var shape = Shape3(array.GetProperty("shape"));
        var sharding = array.GetProperty("codecs")[0];
        if (sharding.GetProperty("name").GetString() != "sharding_indexed")
        {
            throw new VolumeFormatException($"{name} is not sharded; import the volume again.");
        }

        if (!VoxelTypes.TryParse(array.GetProperty("data_type").GetString(), out var t) || (type is not null && type != t))
        {
            throw new VolumeFormatException($"{name} has the data type {array.GetProperty("data_type")}, which is not supported; import the volume again.");
        }

        type = t;
        var shard = Shape3(array.GetProperty("chunk_grid").GetProperty("configuration").GetProperty("chunk_shape"));
        var brick = Shape3(sharding.GetProperty("configuration").GetProperty("chunk_shape"));
        if (!Power(brick.Z) || !Power(brick.Y) || !Power(brick.X) || shard.Z % brick.Z != 0 || shard.Y % brick.Y != 0 || shard.X % brick.X != 0
            || brick.Count > 1 << 24 || shard.Count / brick.Count > 1 << 20)
        {
            throw new VolumeFormatException($"{name} has bricks of {brick} in shards of {shard}, which is not supported; import the volume again.");
        }

        var previous = before.LastOrDefault();
        if (previous is not null && previous.Brick != brick)
        {
            throw new VolumeFormatException($"{name} has other bricks than the level above it, which is not supported; import the volume again.");
        }

        if (previous is not null && shape != previous.Shape.Halved())
        {
            throw new VolumeFormatException($"{name} is not half of the level above it; import the volume again.");
        }

        return new PyramidLevel(
            before.Count, shape,
            previous is null ? 1 : previous.FactorZ * (previous.Shape.Z > 1 ? 2 : 1),
            previous is null ? 1 : previous.FactorY * (previous.Shape.Y > 1 ? 2 : 1),
            previous is null ? 1 : previous.FactorX * (previous.Shape.X > 1 ? 2 : 1),
            brick, shard);

        static bool Power(int n) => n is >= 8 and <= 64 && (n & (n - 1)) == 0;
    }

    private static VolumeShape Shape3(JsonElement e) => e.GetArrayLength() == 3 && e.EnumerateArray().All(v => v.GetInt32() > 0)
        ? new VolumeShape(e[0].GetInt32(), e[1].GetInt32(), e[2].GetInt32())
        : throw new FormatException("A shape has three positive numbers.");
}
