using System.Buffers;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Codecs;

/// <summary>
/// JPEG by libjpeg-turbo, or by ImageSharp in twice the time where that library is missing. One encoder serves one caller at a time and
/// keeps its native handle.
/// </summary>
public sealed class JpegEncoder : SafeHandle
{
    private static readonly Lazy<bool> Present = new(() => NativeLibraries.IsPresent(TurboJpeg.Library));

    /// <summary>An encoder by whatever is installed.</summary>
    public JpegEncoder() : this(Present.Value)
    {
    }

    /// <param name="isNative">False to do without libjpeg-turbo.</param>
    internal JpegEncoder(bool isNative) : base(0, ownsHandle: true)
    {
        if (isNative)
        {
            SetHandle(NativeLibraries.Call(TurboJpeg.Library, TurboJpeg.Package, TurboJpeg.InitCompress));
        }
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Encodes a picture.</summary>
    /// <param name="image">Any layout.</param>
    /// <param name="quality">1–100; below 90 colour is subsampled 4:2:0 unless it changes much from pixel to pixel, and left out where there is none.</param>
    /// <param name="target">Grown as needed; the encoded bytes are appended.</param>
    public void Encode(RenderedImage image, int quality, ArrayBufferWriter<byte> target)
    {
        if (IsInvalid)
        {
            using var managed = new MemoryStream();
            PictureFile.WriteJpeg(image, quality, managed);
            target.Write(managed.GetBuffer().AsSpan(0, (int)managed.Length));
            return;
        }

        var (format, sampling) = image.Layout switch
        {
            PixelLayout.Grey => (TurboJpeg.PixelGrey, TurboJpeg.SamplesGrey),
            PixelLayout.Rgb => (TurboJpeg.PixelRgb, SamplingOf(image, quality)),
            _ => (TurboJpeg.PixelRgbx, SamplingOf(image, quality)),
        };
        var bound = TurboJpeg.BufferSize(image.Width, image.Height, sampling);
        var memory = target.GetMemory((int)bound);
        if (!MemoryMarshal.TryGetArray<byte>(memory, out var array))
        {
            throw new InvalidOperationException("An ArrayBufferWriter is backed by an array.");
        }

        var pin = GCHandle.Alloc(array.Array, GCHandleType.Pinned);
        try
        {
            target.Advance(Compress(image, quality, format, sampling, pin.AddrOfPinnedObject() + array.Offset, memory.Length));
        }
        finally
        {
            pin.Free();
        }
    }

    // What a subsampled picture loses is colour that differs from its neighbour's. A sixteenth of the pixels tells how much that is.
    private static int SamplingOf(RenderedImage image, int quality)
    {
        const int Rows = 4, Columns = 4, Strong = 10;
        var channels = RenderedImage.Channels(image.Layout);
        var pixels = image.Pixels.Span;
        long change = 0, count = 0, color = 0;
        for (var v = 0; v < image.Height; v += Rows)
        {
            var row = pixels.Slice(v * image.Width * channels, image.Width * channels);
            for (var u = 0; u + 1 < image.Width; u += Columns)
            {
                var a = row[(u * channels)..];
                var b = row[((u + 1) * channels)..];
                int red = a[0] - a[1], blue = a[2] - a[1];
                color |= (long)red | (long)blue;
                if (a[0] + a[1] + a[2] + b[0] + b[1] + b[2] > 0)
                {
                    change += Math.Abs(red - (b[0] - b[1])) + Math.Abs(blue - (b[2] - b[1]));
                    count++;
                }
            }
        }

        return quality >= 90 || change > Strong * count ? TurboJpeg.Samples444 : color == 0 && IsGrey(image) ? TurboJpeg.SamplesGrey : TurboJpeg.Samples420;
    }

    private static bool IsGrey(RenderedImage image)
    {
        var channels = RenderedImage.Channels(image.Layout);
        var pixels = image.Pixels.Span;
        for (var i = 0; i + 2 < pixels.Length; i += channels)
        {
            if (pixels[i] != pixels[i + 1] || pixels[i] != pixels[i + 2])
            {
                return false;
            }
        }

        return true;
    }

    private int Compress(RenderedImage image, int quality, int format, int sampling, nint at, int room)
    {
        var size = (nuint)room;
        var status = TurboJpeg.Compress(
            handle, image.Pixels.Span, image.Width, image.Width * RenderedImage.Channels(image.Layout), image.Height, format,
            ref at, ref size, sampling, quality, TurboJpeg.NoRealloc | (quality < 90 ? TurboJpeg.FastDct : 0));
        if (status != 0)
        {
            throw new InvalidOperationException($"libturbojpeg could not encode {image.Width}×{image.Height} pixels.");
        }

        return (int)size;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => TurboJpeg.Destroy(handle) == 0;
}
