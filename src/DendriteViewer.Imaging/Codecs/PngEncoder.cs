using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Codecs;

/// <summary>
/// Lossless PNG, 8-bit grey or RGB (ISO/IEC 15948). Rows are filtered with Sub, which suits smooth slices, and deflated
/// at the fastest level: a frame is sent once.
/// </summary>
public static class PngEncoder
{
    /// <summary>Encodes a picture.</summary>
    /// <param name="image">Any layout; the fourth channel is left out.</param>
    /// <param name="target">The encoded bytes are appended.</param>
    /// <param name="level">How hard to compress.</param>
    public static void Encode(RenderedImage image, IBufferWriter<byte> target, CompressionLevel level = CompressionLevel.Fastest)
    {
        target.Write((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = 8;
        header[9] = image.Layout == PixelLayout.Grey ? (byte)0 : (byte)2;
        Chunk(target, "IHDR"u8, header);

        using var data = new MemoryStream(image.Width * image.Height);
        using (var deflate = new ZLibStream(data, level, leaveOpen: true))
        {
            int channels = RenderedImage.Channels(image.Layout), kept = channels == 1 ? 1 : 3;
            var line = ArrayPool<byte>.Shared.Rent(1 + image.Width * kept);
            try
            {
                for (var y = 0; y < image.Height; y++)
                {
                    FilterSub(image.Pixels.Span.Slice(y * image.Width * channels, image.Width * channels), channels, kept, line);
                    deflate.Write(line, 0, 1 + image.Width * kept);

                    // A large picture takes a second here.
                    ComputeLane.GiveWay();
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(line);
            }
        }

        Chunk(target, "IDAT"u8, data.GetBuffer().AsSpan(0, (int)data.Length));
        Chunk(target, "IEND"u8, []);
    }

    private static void FilterSub(ReadOnlySpan<byte> row, int channels, int kept, Span<byte> line)
    {
        line[0] = 1;
        line = line[1..];
        var pixels = row.Length / channels;
        for (var c = 0; c < kept; c++)
        {
            byte before = 0;
            for (int x = 0, i = c, o = c; x < pixels; x++, i += channels, o += kept)
            {
                line[o] = (byte)(row[i] - before);
                before = row[i];
            }
        }
    }

    private static void Chunk(IBufferWriter<byte> target, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        var crc = new Crc32();
        crc.Append(type);
        crc.Append(content);
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, content.Length);
        target.Write(word);
        target.Write(type);
        target.Write(content);
        BinaryPrimitives.WriteUInt32BigEndian(word, crc.GetCurrentHashAsUInt32());
        target.Write(word);
    }
}
