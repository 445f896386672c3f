using DendriteViewer.Imaging.Rendering;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Png.Chunks;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;

namespace DendriteViewer.Imaging.Codecs;

/// <summary>
/// Pictures that are kept: stills, thumbnails, 16-bit grey and animations, written by ImageSharp. Streamed frames go through
/// <see cref="JpegEncoder"/> and <see cref="PngEncoder"/>, which take a third of the time. Nothing is decoded here but frames of movies
/// that this program wrote itself: ImageSharp 2 has known flaws with crafted files, so that pictures from outside must not reach it.
/// </summary>
public static class PictureFile
{
    private const int ThumbnailQuality = 82;

    /// <summary>File name extensions of stills that <see cref="Write"/> knows.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".webp"];

    /// <summary>Writes a still in the format that an extension names.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="extension">With its dot, as .png (lossless, packed hard), .jpg (quality 95, colour not subsampled) or .webp
    /// (lossless).</param>
    /// <param name="target">Takes the file's bytes.</param>
    /// <param name="description">What the picture shows, kept in a PNG as its Description; null for none.</param>
    /// <exception cref="ArgumentException">No such format.</exception>
    public static void Write(RenderedImage image, string extension, Stream target, string? description = null)
    {
        IImageEncoder encoder = extension.ToLowerInvariant() switch
        {
            ".png" => new SixLabors.ImageSharp.Formats.Png.PngEncoder
            {
                CompressionLevel = PngCompressionLevel.BestCompression, ColorType = ColorTypeOf(image),
            },
            ".jpg" or ".jpeg" => Jpeg(quality: 95, JpegColorType.YCbCrRatio444),
            ".webp" => new WebpEncoder { FileFormat = WebpFileFormatType.Lossless },
            _ => throw new ArgumentException($"'{extension}' is no format of pictures; use {string.Join(", ", Extensions)}."),
        };
        using var wrapped = Wrap(image);
        Describe(wrapped, description);
        wrapped.Save(target, encoder);
    }

    /// <summary>Writes a figure as PNG that says how large it is on paper.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="dpi">Pixels an inch.</param>
    /// <param name="target">Takes the file's bytes.</param>
    /// <param name="description">What it shows, kept as its Description.</param>
    public static void WriteFigure(RenderedImage image, double dpi, Stream target, string description)
    {
        using var wrapped = Wrap(image);
        (wrapped.Metadata.ResolutionUnits, wrapped.Metadata.HorizontalResolution, wrapped.Metadata.VerticalResolution) =
            (PixelResolutionUnit.PixelsPerInch, dpi, dpi);
        Describe(wrapped, description);
        wrapped.Save(target, new SixLabors.ImageSharp.Formats.Png.PngEncoder
        {
            CompressionLevel = PngCompressionLevel.DefaultCompression, ColorType = ColorTypeOf(image),
        });
    }

    /// <summary>Writes a JPEG small enough for a page of many pictures.</summary>
    public static void WriteThumbnail(RenderedImage image, Stream target) => WriteJpeg(image, ThumbnailQuality, target);

    /// <summary>Writes a JPEG.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="quality">1–100; below 90 colour is subsampled 4:2:0.</param>
    /// <param name="target">Takes the file's bytes.</param>
    public static void WriteJpeg(RenderedImage image, int quality, Stream target)
    {
        using var wrapped = Wrap(image);
        wrapped.Save(target, Jpeg(quality, quality < 90 ? JpegColorType.YCbCrRatio420 : JpegColorType.YCbCrRatio444));
    }

    /// <summary>Writes grey values as a PNG of 16 bits a pixel.</summary>
    /// <param name="grey">Row by row, <paramref name="width"/> · <paramref name="height"/> values.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="target">Takes the file's bytes.</param>
    /// <param name="description">What 0 and 65535 mean, kept in the file.</param>
    public static void WriteGrey16(ReadOnlySpan<ushort> grey, int width, int height, Stream target, string description)
    {
        using var image = Image.LoadPixelData<L16>(System.Runtime.InteropServices.MemoryMarshal.Cast<ushort, L16>(grey), width, height);
        Describe(image, description);
        image.Save(target, new SixLabors.ImageSharp.Formats.Png.PngEncoder
        {
            BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.Grayscale, CompressionLevel = PngCompressionLevel.BestCompression,
        });
    }

    /// <summary>Writes pictures of one size as an animation that repeats for ever.</summary>
    /// <param name="frames">The pictures; each is disposed of when it is written.</param>
    /// <param name="frameTime">How long each is shown, 0.02 s or more; GIF counts hundredths of a second.</param>
    /// <param name="target">Takes the file's bytes.</param>
    /// <exception cref="ArgumentException">There is no picture, or a later one has another size.</exception>
    public static async Task WriteGifAsync(IAsyncEnumerable<RenderedImage> frames, TimeSpan frameTime, Stream target)
    {
        Image<Rgb24>? all = null;
        try
        {
            await foreach (var frame in frames)
            {
                using (frame)
                {
                    using var next = Rgb(frame);
                    next.Frames.RootFrame.Metadata.GetGifMetadata().FrameDelay = Math.Max(2, (int)Math.Round(frameTime.TotalSeconds * 100));
                    if (all is null)
                    {
                        all = next.Clone();
                    }
                    else
                    {
                        all.Frames.AddFrame(next.Frames.RootFrame);
                    }
                }
            }

            (all ?? throw new ArgumentException("An animation needs a picture.")).Metadata.GetGifMetadata().RepeatCount = 0;
            all.Save(target, new GifEncoder { ColorTableMode = GifColorTableMode.Local });
        }
        finally
        {
            all?.Dispose();
        }
    }

    /// <summary>Writes pictures that this program drew and kept as PNG as an animation that repeats for ever.</summary>
    /// <param name="frames">The pictures' files, of one size, and for how many hundredths of a second each is shown, 2 or more.</param>
    /// <param name="target">Takes the file's bytes.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="ArgumentException">There is no picture, or a later one has another size.</exception>
    public static async Task WriteGifAsync(IAsyncEnumerable<(byte[] Png, int Hundredths)> frames, Stream target, CancellationToken ct)
    {
        Image<Rgb24>? all = null;
        try
        {
            await foreach (var (png, hundredths) in frames.WithCancellation(ct))
            {
                var next = Image.Load<Rgb24>(png, new PngDecoder());
                next.Frames.RootFrame.Metadata.GetGifMetadata().FrameDelay = Math.Max(2, hundredths);
                if (all is null)
                {
                    all = next;
                    continue;
                }

                using (next)
                {
                    all.Frames.AddFrame(next.Frames.RootFrame);
                }
            }

            (all ?? throw new ArgumentException("An animation needs a picture.")).Metadata.GetGifMetadata().RepeatCount = 0;
            await all.SaveAsync(target, new GifEncoder { ColorTableMode = GifColorTableMode.Local }, ct);
        }
        finally
        {
            all?.Dispose();
        }
    }

    private static SixLabors.ImageSharp.Formats.Jpeg.JpegEncoder Jpeg(int quality, JpegColorType color) =>
        new() { Quality = quality, ColorType = color };

    private static PngColorType ColorTypeOf(RenderedImage image) =>
        image.Layout == PixelLayout.Grey ? PngColorType.Grayscale : PngColorType.Rgb;

    private static void Describe(Image image, string? description)
    {
        if (description is not null)
        {
            image.Metadata.GetPngMetadata().TextData.Add(new PngTextData("Description", description, "", ""));
        }
    }

    private static Image Wrap(RenderedImage image) => image.Layout == PixelLayout.Grey
        ? Image.LoadPixelData<L8>(image.Pixels.Span, image.Width, image.Height)
        : Rgb(image);

    // The fourth byte of a pixel is padding, not transparency.
    private static Image<Rgb24> Rgb(RenderedImage image)
    {
        switch (image.Layout)
        {
            case PixelLayout.Rgb:
                return Image.LoadPixelData<Rgb24>(image.Pixels.Span, image.Width, image.Height);
            case PixelLayout.Grey:
                using (var grey = Image.LoadPixelData<L8>(image.Pixels.Span, image.Width, image.Height))
                {
                    return grey.CloneAs<Rgb24>();
                }

            default:
                using (var padded = Image.LoadPixelData<Rgba32>(image.Pixels.Span, image.Width, image.Height))
                {
                    return padded.CloneAs<Rgb24>();
                }
        }
    }
}
