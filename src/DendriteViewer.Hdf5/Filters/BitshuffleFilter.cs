using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DendriteViewer.Hdf5.Filters;

/// <summary>
/// HDF5's filter 32008 (github.com/kiyo-masui/bitshuffle). A chunk is cut into blocks of elements; in a block, bit k of byte j of all
/// elements stands together, in row 8 j + k, so that what hardly changes packs well. A block may then be packed by LZ4 or zstd; its
/// packed length, big endian, stands before it. The elements left over, fewer than eight, follow as they are.
/// </summary>
internal static partial class BitshuffleFilter
{
    public const int Id = 32008;

    /// <summary>The fifth of the filter's values where blocks are packed by zstd.</summary>
    public const uint Zstd = 3;

    private const uint Lz4 = 2;

    private const string Lz4Library = "liblz4.so.1";
    private const int HeaderBytes = 12, MostBlock = 1 << 26;
    private static long s_most;

    /// <summary>Whether blocks that LZ4 packed can be unpacked here.</summary>
    public static bool HasLz4 => NativeLibrary.TryLoad(Lz4Library, out _);

    /// <summary>Registers the filter.</summary>
    /// <param name="most">Bytes of an unpacked chunk: a header that says more is damaged.</param>
    /// <param name="packing">What packed the blocks.</param>
    /// <exception cref="Hdf5Exception">It was zstd, and libzstd is not installed.</exception>
    public static void Register(long most, uint packing)
    {
        if (packing == Zstd)
        {
            ZstdFilter.RequireLibrary();
        }

        s_most = Math.Max(s_most, most);
        UnpackingFilter.Register(Id, "bitshuffle", (packed, values) => Unpack(packed, values, s_most));
    }

    /// <summary>Unpacks a chunk.</summary>
    /// <param name="packed">Its bytes.</param>
    /// <param name="values">The filter's values: two of a version, bytes of an element, elements of a block (0 for the usual),
    /// packing.</param>
    /// <param name="most">The most bytes that it may unpack to.</param>
    /// <returns>The elements, or null where they are damaged.</returns>
    internal static byte[]? Unpack(ReadOnlySpan<byte> packed, ReadOnlySpan<uint> values, long most)
    {
        if (values.Length < 3 || values[2] is 0 or > 1 << 16)
        {
            return null;
        }

        var element = (int)values[2];
        var block = values.Length > 3 && values[3] > 0 ? (long)values[3] : Math.Max(128, 8192 / element / 8 * 8);
        var packing = values.Length > 4 ? values[4] : 0;
        var bytes = (long)packed.Length;
        if (packing is Lz4 or Zstd)
        {
            if (packed.Length < HeaderBytes)
            {
                return null;
            }

            bytes = (long)BinaryPrimitives.ReadUInt64BigEndian(packed);
            block = BinaryPrimitives.ReadUInt32BigEndian(packed[8..]) / (uint)element;
            packed = packed[HeaderBytes..];
        }
        else if (packing != 0)
        {
            return null;
        }

        if (bytes < 0 || bytes > most || bytes % element != 0 || block <= 0 || block % 8 != 0 || block * element > MostBlock)
        {
            return null;
        }

        var target = new byte[bytes];
        return UnpackBlocks(packed, target, element, (int)block, packing) ? target : null;
    }

    private static bool UnpackBlocks(ReadOnlySpan<byte> packed, Span<byte> target, int element, int block, uint packing)
    {
        var shuffled = packing == 0 ? [] : new byte[block * element];
        var left = target.Length / element;
        while (left >= 8)
        {
            var count = Math.Min(block, left / 8 * 8);
            var bytes = count * element;
            ReadOnlySpan<byte> rows;
            if (packing == 0)
            {
                if (packed.Length < bytes)
                {
                    return false;
                }

                rows = packed[..bytes];
                packed = packed[bytes..];
            }
            else
            {
                if (packed.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(packed) is var size && size > (uint)(packed.Length - 4))
                {
                    return false;
                }

                var one = packed.Slice(4, (int)size);
                packed = packed[(4 + (int)size)..];
                if (!(packing == Lz4 ? Decompress(one, shuffled, one.Length, bytes) == bytes
                    : ZstdFilter.TryUnpack(one, shuffled.AsSpan(0, bytes))))
                {
                    return false;
                }

                rows = shuffled.AsSpan(0, bytes);
            }

            Unshuffle(rows, target[..bytes], element, count);
            target = target[bytes..];
            left -= count;
        }

        // Fewer than eight elements.
        if (packed.Length < target.Length)
        {
            return false;
        }

        packed[..target.Length].CopyTo(target);
        return true;
    }

    // Eight elements at a time: their bits of one byte are eight bytes, one of each row, which are turned as a matrix of 8 × 8 bits.
    private static void Unshuffle(ReadOnlySpan<byte> rows, Span<byte> target, int element, int count)
    {
        var row = count / 8;
        for (var j = 0; j < element; j++)
        {
            var plane = rows.Slice(8 * j * row, 8 * row);
            for (var i = 0; i < row; i++)
            {
                ulong bits = 0;
                for (var k = 0; k < 8; k++)
                {
                    bits |= (ulong)plane[k * row + i] << (8 * k);
                }

                bits = Transposed(bits);
                for (int n = 0, at = 8 * i * element + j; n < 8; n++, at += element)
                {
                    target[at] = (byte)(bits >> (8 * n));
                }
            }
        }
    }

    // Bit 8 k + n becomes bit 8 n + k: blocks of 1, 2 and 4 bits change sides of the diagonal (Warren, Hacker's Delight, 7-3).
    private static ulong Transposed(ulong x)
    {
        var t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AA;
        x ^= t ^ (t << 7);
        t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCC;
        x ^= t ^ (t << 14);
        t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0;
        return x ^ t ^ (t << 28);
    }

    [LibraryImport(Lz4Library, EntryPoint = "LZ4_decompress_safe")]
    private static partial int Decompress(ReadOnlySpan<byte> source, Span<byte> target, int sourceSize, int targetSize);
}
