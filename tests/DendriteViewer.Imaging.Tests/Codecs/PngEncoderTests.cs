using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Tests.Codecs;

public sealed class PngEncoderTests
{
    [Theory]
    [InlineData(PixelLayout.Grey, 1)]
    [InlineData(PixelLayout.Rgb, 3)]
    [InlineData(PixelLayout.Rgbx, 3)]
    public void Encode_Decoded_IsTheSamePixels(PixelLayout layout, int channels)
    {
        using var image = new RenderedImage(37, 11, layout);
        new Random(1).NextBytes(image.Pixels.Span);
        var output = new ArrayBufferWriter<byte>();
        PngEncoder.Encode(image, output);
        var png = output.WrittenSpan;
        Assert.Equal((37, 11), (BinaryPrimitives.ReadInt32BigEndian(png[16..]), BinaryPrimitives.ReadInt32BigEndian(png[20..])));
        var length = BinaryPrimitives.ReadInt32BigEndian(png[33..]);
        using var inflate = new ZLibStream(new MemoryStream(png.Slice(41, length).ToArray()), CompressionMode.Decompress);
        for (var y = 0; y < 11; y++)
        {
            var line = new byte[1 + 37 * channels];
            inflate.ReadExactly(line);
            for (var i = 0; i < 37 * channels; i++)
            {
                line[1 + i] += i >= channels ? line[1 + i - channels] : (byte)0;
                var stride = RenderedImage.Channels(layout);
                Assert.Equal(image.Pixels.Span[(y * 37 + i / channels) * stride + i % channels], line[1 + i]);
            }
        }
    }
}
