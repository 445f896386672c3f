using System.Buffers.Binary;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>One uncompressed 16-bit page in a classic little-endian TIFF, as reconstruction programs write slices.</summary>
internal sealed class ClassicTiffSlice(int width, int height, double pixelUm)
{
    public void Write(Stream file, ReadOnlySpan<byte> pixels)
    {
        const int Entries = 12, HeaderEnd = 8 + 2 + 12 * Entries + 4, Rationals = 16;
        Span<byte> head = stackalloc byte[HeaderEnd + Rationals];
        head[0] = head[1] = (byte)'I';
        head[2] = 42;
        head[4] = 8;
        head[8] = Entries;
        var at = 10;
        Entry(head, ref at, 256, 4, (uint)width);
        Entry(head, ref at, 257, 4, (uint)height);
        Entry(head, ref at, 258, 3, 16);
        Entry(head, ref at, 259, 3, 1);
        Entry(head, ref at, 262, 3, 1);
        Entry(head, ref at, 273, 4, HeaderEnd + Rationals);
        Entry(head, ref at, 277, 3, 1);
        Entry(head, ref at, 278, 4, (uint)height);
        Entry(head, ref at, 279, 4, (uint)pixels.Length);
        Entry(head, ref at, 282, 5, HeaderEnd);
        Entry(head, ref at, 283, 5, HeaderEnd + 8);
        Entry(head, ref at, 296, 3, 3);
        for (var i = 0; i < 2; i++)
        {
            // Pixels per cm.
            BinaryPrimitives.WriteUInt32LittleEndian(head[(HeaderEnd + 8 * i)..], (uint)Math.Round(1e7 / pixelUm));
            BinaryPrimitives.WriteUInt32LittleEndian(head[(HeaderEnd + 8 * i + 4)..], 1000);
        }

        file.Write(head);
        file.Write(pixels);
    }

    private static void Entry(Span<byte> head, ref int at, ushort tag, ushort type, uint value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(head[at..], tag);
        BinaryPrimitives.WriteUInt16LittleEndian(head[(at + 2)..], type);
        BinaryPrimitives.WriteUInt32LittleEndian(head[(at + 4)..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(head[(at + 8)..], value);
        at += 12;
    }
}
