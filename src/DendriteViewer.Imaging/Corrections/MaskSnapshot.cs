using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using DendriteViewer.Imaging.Zarr;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// The voxels of a corrected mask after an entry of its log, kept beside the log so that whoever opens the mask draws only what came later.
/// The log alone is the truth: a snapshot that is missing, damaged or of another mask is passed over, and the whole log is drawn.
/// </summary>
/// <param name="Head">What it is of.</param>
/// <param name="Bricks">The corrected bricks of the finest level, a bit a voxel.</param>
internal sealed record MaskSnapshot(MaskSnapshot.Header Head, IReadOnlyList<(BrickIndex Brick, ulong[] Set)> Bricks)
{
    /// <summary>Bytes of one at most; a mask that needs more is drawn from its log.</summary>
    public const int MostBytes = 32 << 20;

    private const int HashBytes = 32, MostHeader = 1 << 20, MostWords = MaskVoxels.MostBricks * 4096;

    /// <summary>What a snapshot is of.</summary>
    /// <param name="Sequence">The last entry of the log that it has.</param>
    /// <param name="Base">The automatic mask, by the name of recipe and scans.</param>
    /// <param name="Strokes">The strokes that made up the mask then.</param>
    /// <param name="Words">Words of 64 voxels of a brick.</param>
    public sealed record Header(int Sequence, string Base, int[] Strokes, int Words);

    /// <summary>
    /// A SHA-256 of the rest, and a zlib stream: the header's length, the header as JSON, then of each brick z, y, x and its words, all
    /// little-endian. Null where that is too large to be kept.
    /// </summary>
    public byte[]? ToBytes()
    {
        using var packed = new MemoryStream();
        packed.Write(new byte[HashBytes]);
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var head = JsonSerializer.SerializeToUtf8Bytes(Head);
            Span<byte> four = stackalloc byte[4];
            Write(head.Length, four);
            zlib.Write(head);
            foreach (var (brick, set) in Bricks)
            {
                Write(brick.Z, four);
                Write(brick.Y, four);
                Write(brick.X, four);
                zlib.Write(MemoryMarshal.AsBytes(set.AsSpan()));
            }

            void Write(int number, Span<byte> to)
            {
                BinaryPrimitives.WriteInt32LittleEndian(to, number);
                zlib.Write(to);
            }
        }

        if (packed.Length > MostBytes)
        {
            return null;
        }

        var bytes = packed.ToArray();
        SHA256.HashData(bytes.AsSpan(HashBytes), bytes);
        return bytes;
    }

    /// <summary>Reads one, or null where it is damaged or of a form that this version does not know.</summary>
    public static MaskSnapshot? TryParse(byte[] bytes)
    {
        if (bytes.Length is < HashBytes or > MostBytes
            || !SHA256.HashData(bytes.AsSpan(HashBytes)).AsSpan().SequenceEqual(bytes.AsSpan(0, HashBytes)))
        {
            return null;
        }

        try
        {
            using var zlib = new ZLibStream(new MemoryStream(bytes, HashBytes, bytes.Length - HashBytes), CompressionMode.Decompress);
            var four = new byte[4];
            if (ReadNumber() is not (> 0 and <= MostHeader and var length))
            {
                return null;
            }

            var json = new byte[length];
            zlib.ReadExactly(json);
            var head = JsonSerializer.Deserialize<Header>(json);
            if (head is not { Words: > 0 and <= MostWords, Strokes: not null, Base: not null })
            {
                return null;
            }

            var bricks = new List<(BrickIndex, ulong[])>();
            while (ReadNumber() is { } z && ReadNumber() is { } y && ReadNumber() is { } x)
            {
                if (bricks.Count == MaskVoxels.MostBricks)
                {
                    return null;
                }

                var set = new ulong[head.Words];
                zlib.ReadExactly(MemoryMarshal.AsBytes(set.AsSpan()));
                bricks.Add((new BrickIndex(0, z, y, x), set));
            }

            return new MaskSnapshot(head, bricks);

            int? ReadNumber() =>
                zlib.ReadAtLeast(four, 4, throwOnEndOfStream: false) == 4 ? BinaryPrimitives.ReadInt32LittleEndian(four) : null;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or JsonException)
        {
            return null;
        }
    }
}
