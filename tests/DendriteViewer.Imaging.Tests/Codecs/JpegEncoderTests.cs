using System.Buffers;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Tests.Codecs;

public sealed class JpegEncoderTests
{
    [Theory]
    [InlineData("grey", 70, 1, 0x11)]
    [InlineData("smooth", 70, 3, 0x22)]
    [InlineData("striped", 70, 3, 0x11)]
    [InlineData("smooth", 93, 3, 0x11)]
    public void Encode_SubsamplesColourWhereItIsSmooth(string content, int quality, int components, int sampling)
    {
        using var image = new RenderedImage(64, 48, PixelLayout.Rgbx);
        for (var i = 0; i < 64 * 48; i++)
        {
            var (u, v) = (i % 64, i / 64);
            var (r, g, b) = content switch
            {
                "grey" => (4 * v, 4 * v, 4 * v),
                "smooth" => (4 * v, 2 * u, 90),
                _ => u % 2 == 0 ? (250, 20, 20) : (20, 20, 250),
            };
            (image.Pixels.Span[4 * i], image.Pixels.Span[4 * i + 1], image.Pixels.Span[4 * i + 2]) = ((byte)r, (byte)g, (byte)b);
        }

        var target = new ArrayBufferWriter<byte>();
        using (var encoder = new JpegEncoder())
        {
            encoder.Encode(image, quality, target);
        }

        // The start-of-frame marker: FF C0, length, precision, height, width, components, then id and sampling of the first.
        var bytes = target.WrittenSpan;
        var at = bytes.IndexOf([(byte)0xFF, (byte)0xC0]);
        Assert.Equal((components, sampling), (bytes[at + 9], bytes[at + 11]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Encode_WithAndWithoutTheNativeLibrary_GivesThePicture(bool isNative)
    {
        using var image = new RenderedImage(64, 48, PixelLayout.Rgbx);
        for (var i = 0; i < 64 * 48; i++)
        {
            var pixel = image.Pixels.Span.Slice(4 * i, 3);
            (pixel[0], pixel[1], pixel[2]) = ((byte)(i % 64 * 3), 80, (byte)(i / 64 * 4));
        }

        var target = new ArrayBufferWriter<byte>();
        using (var encoder = new JpegEncoder(isNative))
        {
            encoder.Encode(image, 93, target);
        }

        using var read = SixLabors.ImageSharp.Image.Load<SixLabors.ImageSharp.PixelFormats.Rgb24>(target.WrittenSpan);
        Assert.Equal((64, 48), (read.Width, read.Height));
        Assert.InRange(read[32, 24].R, 90, 102);
        Assert.InRange(read[32, 24].G, 74, 86);
        Assert.InRange(read[32, 24].B, 90, 102);
    }
}
