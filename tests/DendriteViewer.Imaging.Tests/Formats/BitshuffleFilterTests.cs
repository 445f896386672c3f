using System.Buffers.Binary;
using DendriteViewer.Hdf5.Filters;

namespace DendriteViewer.Imaging.Tests.Formats;

/// <summary>Bitshuffle unpacked here, against a plain statement of the format; damaged chunks are refused without an exception.</summary>
public sealed class BitshuffleFilterTests
{
    [Theory]
    [InlineData(1, 64, 8)]
    [InlineData(2, 1000, 0)]
    [InlineData(4, 4099, 128)]
    [InlineData(8, 7, 0)]
    [InlineData(3, 129, 16)]
    public void Elements_OfAnySizeAndCount_ComeBack(int element, int count, int block)
    {
        var bytes = new byte[element * count];
        new Random(element + count).NextBytes(bytes);
        var usual = Math.Max(128, 8192 / element / 8 * 8);
        var packed = Shuffled(bytes, element, block == 0 ? usual : block);
        Assert.Equal(bytes, BitshuffleFilter.Unpack(packed, [0, 3, (uint)element, (uint)block, 0], bytes.Length));
    }

    [Fact]
    public void Chunks_ThatAreDamaged_AreRefused()
    {
        Assert.Null(BitshuffleFilter.Unpack(new byte[16], [0, 3, 0], 100));
        Assert.Null(BitshuffleFilter.Unpack(new byte[16], [0, 3], 100));
        Assert.Null(BitshuffleFilter.Unpack(new byte[16], [0, 3, 2, 7, 0], 100));
        Assert.Null(BitshuffleFilter.Unpack(new byte[16], [0, 3, 2, 8, 9], 100));
        Assert.Null(BitshuffleFilter.Unpack(new byte[16], [0, 3, 2, 8, 0], 15));
        Assert.Null(BitshuffleFilter.Unpack(new byte[4], [0, 3, 2, 8, 2], 100));
        var random = new Random(3);
        for (var i = 0; i < 3000; i++)
        {
            // A header that may be right, then anything.
            var chunk = new byte[random.Next(12, 200)];
            random.NextBytes(chunk);
            BinaryPrimitives.WriteUInt64BigEndian(chunk, (ulong)random.Next(0, 400));
            BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8), (uint)random.Next(0, 64));
            var unpacked = BitshuffleFilter.Unpack(chunk, [0, 3, (uint)random.Next(0, 5), 0, (uint)random.Next(2, 4)], 300);
            Assert.True(unpacked is null || unpacked.Length <= 300);
        }
    }

    // Bit k of byte j of element n of a block stands in row 8 j + k, at bit n.
    private static byte[] Shuffled(byte[] bytes, int element, int block)
    {
        var (packed, count) = (new byte[bytes.Length], bytes.Length / element);
        bytes.CopyTo(packed, 0);
        for (var at = 0; count - at >= 8;)
        {
            var n = Math.Min(block, (count - at) / 8 * 8);
            Array.Clear(packed, at * element, n * element);
            for (var bit = 0; bit < n * element * 8; bit++)
            {
                var (i, j, k) = (bit / 8 / element, bit / 8 % element, bit % 8);
                if ((bytes[(at + i) * element + j] >> k & 1) != 0)
                {
                    packed[at * element + (8 * j + k) * (n / 8) + i / 8] |= (byte)(1 << (i % 8));
                }
            }

            at += n;
        }

        return packed;
    }
}
