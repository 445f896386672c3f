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

/// <summary>A zstd frame in a rented array.</summary>
internal readonly record struct PackedBrick(byte[] Buffer, int Length);

/// <summary>Gathers the bricks of one shard, by several threads, in whatever order they come.</summary>
/// <param name="places">Bricks that a shard has room for.</param>
/// <param name="bricks">Bricks that this one will hold.</param>
internal sealed class ShardBuilder(int places, int bricks) : IDisposable
{
    private readonly PackedBrick[] _packed = new PackedBrick[places];
    private int _missing = bricks;

    /// <summary>Adds a brick; true for the last.</summary>
    public bool Add(int place, PackedBrick brick)
    {
        _packed[place] = brick;
        return Interlocked.Decrement(ref _missing) == 0;
    }

    /// <summary>The shard, bricks in the order of their places, in a rented array; what the bricks lay in is given back.</summary>
    public (byte[] Buffer, int Length) Finish()
    {
        var index = new (ulong Offset, ulong Size)[places];
        var buffer = ArrayPool<byte>.Shared.Rent(checked(_packed.Sum(b => b.Length) + ShardCodec.IndexSize(places)));
        var at = 0;
        for (var i = 0; i < places; i++)
        {
            index[i] = _packed[i].Buffer is null ? (ShardCodec.Absent, ShardCodec.Absent) : ((ulong)at, (ulong)_packed[i].Length);
            _packed[i].Buffer.AsSpan(0, _packed[i].Length).CopyTo(buffer.AsSpan(at));
            at += _packed[i].Length;
        }

        ShardCodec.WriteIndex(index, buffer.AsSpan(at, ShardCodec.IndexSize(places)));
        Dispose();
        return (buffer, at + ShardCodec.IndexSize(places));
    }

    /// <summary>Gives back what the bricks lie in.</summary>
    public void Dispose()
    {
        foreach (var (buffer, _) in _packed)
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        Array.Clear(_packed);
    }
}
