using System.Buffers.Binary;
using System.IO.Compression;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// Runs of a fill as few bytes: their number, then zlib of what each number adds to that of the run before, first of all z, then y, x and
/// the runs' lengths. A region that grew in noise has some 100,000 runs; they are some 100 kB so, and over a megabyte as text.
/// </summary>
internal static class MaskRuns
{
    private const int MostBytesOfANumber = 5;

    /// <summary>Packs runs.</summary>
    /// <returns>The bytes; none where the runs are no runs, or too many, which is refused by whoever checks the entry.</returns>
    public static byte[] Pack(ReadOnlySpan<int> runs)
    {
        if (runs.Length % 4 != 0 || runs.Length > 4 * FillMark.MostRuns)
        {
            return [];
        }

        var (plain, at) = (new byte[MostBytesOfANumber * runs.Length], 0);
        for (var column = 0; column < 4; column++)
        {
            for (var i = column; i < runs.Length; i += 4)
            {
                var step = unchecked(runs[i] - Predicted(runs, i));
                for (var rest = (uint)((step << 1) ^ (step >> 31)); ; rest >>= 7)
                {
                    plain[at++] = (byte)(rest < 0x80 ? rest : rest | 0x80);
                    if (rest < 0x80)
                    {
                        break;
                    }
                }
            }
        }

        using var packed = new MemoryStream();
        Span<byte> count = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(count, runs.Length / 4);
        packed.Write(count);
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(plain.AsSpan(0, at));
        }

        return packed.ToArray();
    }

    /// <summary>How many runs are packed, as their first bytes say.</summary>
    public static int CountOf(ReadOnlySpan<byte> packed) => packed.Length < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(packed);

    /// <summary>The runs, as <see cref="FillMark.Runs"/>; null where the bytes are damaged.</summary>
    public static int[]? TryUnpack(byte[] packed)
    {
        if (packed.Length < 4 || CountOf(packed) is not (>= 0 and <= FillMark.MostRuns and var count))
        {
            return null;
        }

        try
        {
            // One byte more than there may be, so that bytes that go on for ever are not read to their end.
            var plain = new byte[MostBytesOfANumber * 4 * count + 1];
            using var zlib = new ZLibStream(new MemoryStream(packed, 4, packed.Length - 4), CompressionMode.Decompress);
            return Read(plain.AsSpan(0, zlib.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false)), count);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static int[]? Read(ReadOnlySpan<byte> plain, int count)
    {
        var (runs, at) = (new int[4 * count], 0);
        for (var column = 0; column < 4; column++)
        {
            for (var i = column; i < runs.Length; i += 4)
            {
                var (value, shift) = (0u, 0);
                byte next;
                do
                {
                    if (at == plain.Length || shift > 28)
                    {
                        return null;
                    }

                    next = plain[at++];
                    value |= (uint)(next & 0x7F) << shift;
                    shift += 7;
                }
                while (next >= 0x80);

                runs[i] = unchecked(Predicted(runs, i) + ((int)(value >> 1) ^ -(int)(value & 1)));
            }
        }

        return at == plain.Length ? runs : null;
    }

    // A run's end is counted from its beginning, the rest from the run before.
    private static int Predicted(ReadOnlySpan<int> runs, int i) => i % 4 == 3 ? runs[i - 1] : i >= 4 ? runs[i - 4] : 0;
}
