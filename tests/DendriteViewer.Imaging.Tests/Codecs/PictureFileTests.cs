using System.Buffers.Binary;
using System.Text;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Rendering;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace DendriteViewer.Imaging.Tests.Codecs;

public sealed class PictureFileTests
{
    private const int Width = 37;
    private const int Height = 23;

    [Theory]
    [InlineData(PixelLayout.Grey, ".png")]
    [InlineData(PixelLayout.Rgb, ".png")]
    [InlineData(PixelLayout.Rgbx, ".png")]
    [InlineData(PixelLayout.Rgb, ".webp")]
    public void Still_OfALosslessFormat_KeepsEveryPixel(PixelLayout layout, string extension)
    {
        using var image = Noise(layout, seed: 1);
        using var file = new MemoryStream();

        PictureFile.Write(image, extension, file);

        Assert.Equal(Pixels(image), Pixels(file));
    }

    [Fact]
    public void Still_AsJpeg_IsNearThePicture()
    {
        using var image = new RenderedImage(Width, Height, PixelLayout.Rgb);
        image.Pixels.Span.Fill(90);
        using var file = new MemoryStream();

        PictureFile.Write(image, ".jpg", file);

        Assert.All(Pixels(file), p => Assert.InRange(p.R, 87, 93));
    }

    [Fact]
    public void Still_OfAnUnknownFormat_IsRefusedWithTheFormatsThatThereAre()
    {
        using var image = Noise(PixelLayout.Grey, seed: 1);

        var e = Assert.Throws<ArgumentException>(() => PictureFile.Write(image, ".bmp", Stream.Null));

        Assert.Contains(".png, .jpg, .jpeg, .webp", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Grey16_Written_KeepsAllSixteenBitsAndItsDescription()
    {
        var grey = Enumerable.Range(0, Width * Height).Select(i => (ushort)(i * 77)).ToArray();
        using var file = new MemoryStream();

        PictureFile.WriteGrey16(grey, Width, Height, file, "0 is the value 5");

        var bytes = file.ToArray();
        Assert.Equal(16, bytes[24]);
        Assert.Contains("0 is the value 5", Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        using var read = Image.Load<L16>(bytes);
        Assert.True(read.DangerousTryGetSinglePixelMemory(out var pixels));
        Assert.Equal(grey, pixels.ToArray().Select(p => p.PackedValue));
    }

    [Fact]
    public async Task Gif_OfSeveralPictures_HasAsManyFramesAndTheirTime()
    {
        using var file = new MemoryStream();

        await PictureFile.WriteGifAsync(Frames(3), TimeSpan.FromSeconds(0.08), file);

        file.Position = 0;
        using var read = Image.Load(file);
        Assert.Equal(3, read.Frames.Count);
        Assert.All(read.Frames, f => Assert.Equal(8, f.Metadata.GetGifMetadata().FrameDelay));
        Assert.Equal(0, read.Metadata.GetGifMetadata().RepeatCount);
    }

    [Fact]
    public async Task Gif_OfNoPicture_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => PictureFile.WriteGifAsync(Frames(0), TimeSpan.FromSeconds(0.1), Stream.Null));

    [Fact]
    public void Thumbnail_OfASmoothPicture_IsAFractionOfItsPixels()
    {
        using var image = new RenderedImage(480, 300, PixelLayout.Rgbx);
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            image.Pixels.Span[i] = (byte)(i / 4 % 480 / 2);
        }

        using var file = new MemoryStream();
        PictureFile.WriteThumbnail(image, file);

        Assert.Equal(0xFFD8, BinaryPrimitives.ReadUInt16BigEndian(file.ToArray()));
        Assert.InRange(file.Length, 500, 20_000);
    }

    private static async IAsyncEnumerable<RenderedImage> Frames(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return Noise(PixelLayout.Rgbx, i);
        }
    }

    private static RenderedImage Noise(PixelLayout layout, int seed)
    {
        var image = new RenderedImage(Width, Height, layout);
        new Random(seed).NextBytes(image.Pixels.Span);
        return image;
    }

    private static IEnumerable<Rgb24> Pixels(RenderedImage image)
    {
        var (bytes, channels) = (image.Pixels.ToArray(), RenderedImage.Channels(image.Layout));
        return Enumerable.Range(0, Width * Height).Select(i => channels == 1
            ? new Rgb24(bytes[i], bytes[i], bytes[i])
            : new Rgb24(bytes[i * channels], bytes[i * channels + 1], bytes[i * channels + 2]));
    }

    private static Rgb24[] Pixels(MemoryStream file)
    {
        using var read = Image.Load<Rgb24>(file.ToArray());
        Assert.Equal((Width, Height), (read.Width, read.Height));
        Assert.True(read.DangerousTryGetSinglePixelMemory(out var pixels));
        return pixels.ToArray();
    }
}
