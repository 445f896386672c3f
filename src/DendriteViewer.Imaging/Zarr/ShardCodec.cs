using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using DendriteViewer.Imaging.Native;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>
/// Zarr v3's <c>sharding_indexed</c>: bricks one after another, then for each brick its offset and size (two little-endian
/// 64-bit numbers, all ones for a brick that is not there), then the index's CRC-32C. Bricks are zstd frames with checksum.
/// </summary>
internal static class ShardCodec
{
    public const ulong Absent = ulong.MaxValue;

    public static int IndexSize(int bricks) => bricks * 16 + 4;

    public static void WriteIndex(ReadOnlySpan<(ulong Offset, ulong Size)> bricks, Span<byte> target)
    {
        for (var i = 0; i < bricks.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target[(16 * i)..], bricks[i].Offset);
            BinaryPrimitives.WriteUInt64LittleEndian(target[(16 * i + 8)..], bricks[i].Size);
        }

        var at = 16 * bricks.Length;
        BinaryPrimitives.WriteUInt32LittleEndian(target[at..], Crc32C(target[..at]));
    }

    /// <summary>The index, or null where its checksum is wrong.</summary>
    public static (ulong Offset, ulong Size)[]? ReadIndex(ReadOnlySpan<byte> source)
    {
        var at = source.Length - 4;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[at..]) != Crc32C(source[..at]))
        {
            return null;
        }

        var index = new (ulong, ulong)[at / 16];
        for (var i = 0; i < index.Length; i++)
        {
            index[i] = (BinaryPrimitives.ReadUInt64LittleEndian(source[(16 * i)..]), BinaryPrimitives.ReadUInt64LittleEndian(source[(16 * i + 8)..]));
        }

        return index;
    }

    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}

/// <summary>Grows one shard in memory.</summary>
internal sealed class ShardBuilder(int bricks, int zstdLevel) : IDisposable
{
    private readonly (ulong Offset, ulong Size)[] _index = Enumerable.Repeat((ShardCodec.Absent, ShardCodec.Absent), bricks).ToArray();
    private readonly ZstdCompressor _zstd = new(zstdLevel);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
    private int _length;

    public void Add(int brick, ReadOnlySpan<byte> voxels)
    {
        var bound = ZstdCompressor.Bound(voxels.Length);
        Reserve(bound);
        var n = _zstd.Compress(voxels, _buffer.AsSpan(_length, bound));
        _index[brick] = ((ulong)_length, (ulong)n);
        _length += n;
    }

    public ReadOnlyMemory<byte> Finish()
    {
        var size = ShardCodec.IndexSize(_index.Length);
        Reserve(size);
        ShardCodec.WriteIndex(_index, _buffer.AsSpan(_length, size));
        return _buffer.AsMemory(0, _length + size);
    }

    public void Reset()
    {
        Array.Fill(_index, (ShardCodec.Absent, ShardCodec.Absent));
        _length = 0;
    }

    public void Dispose()
    {
        _zstd.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Reserve(int more)
    {
        if (_length + more <= _buffer.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + more, 2 * _buffer.Length));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
