using System.Buffers;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Native;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Imaging.Codecs;

/// <summary>JPEG by libjpeg-turbo. One encoder serves one caller at a time and keeps its native handle.</summary>
public sealed class JpegEncoder : SafeHandle
{
    private static readonly Lazy<bool> Present = new(() => NativeLibraries.IsPresent(TurboJpeg.Library));

    /// <exception cref="NativeLibraryMissingException">libturbojpeg is not installed.</exception>
    public JpegEncoder() : base(0, ownsHandle: true) =>
        SetHandle(NativeLibraries.Call(TurboJpeg.Library, TurboJpeg.Package, TurboJpeg.InitCompress));

    /// <summary>Whether libturbojpeg is installed; without it frames are PNG.</summary>
    public static bool IsAvailable => Present.Value;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Encodes a picture.</summary>
    /// <param name="image">Any layout.</param>
    /// <param name="quality">1–100; below 90 colour is subsampled 4:2:0.</param>
    /// <param name="target">Grown as needed; the encoded bytes are appended.</param>
    public void Encode(RenderedImage image, int quality, ArrayBufferWriter<byte> target)
    {
        var (format, sampling) = image.Layout switch
        {
            PixelLayout.Grey => (TurboJpeg.PixelGrey, TurboJpeg.SamplesGrey),
            PixelLayout.Rgb => (TurboJpeg.PixelRgb, quality < 90 ? TurboJpeg.Samples420 : TurboJpeg.Samples444),
            _ => (TurboJpeg.PixelRgbx, quality < 90 ? TurboJpeg.Samples420 : TurboJpeg.Samples444),
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
