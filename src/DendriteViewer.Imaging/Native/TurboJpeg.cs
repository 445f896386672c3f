using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Native;

/// <summary>libjpeg-turbo's TurboJPEG 2 interface.</summary>
internal static partial class TurboJpeg
{
    public const string Library = "libturbojpeg.so.0";
    public const string Package = "libturbojpeg0";

    // TJPF_…, TJSAMP_…, TJFLAG_…
    public const int PixelRgb = 0, PixelRgbx = 2, PixelGrey = 6;
    public const int Samples444 = 0, Samples420 = 2, SamplesGrey = 3;
    public const int NoRealloc = 1024, FastDct = 2048;

    [LibraryImport(Library, EntryPoint = "tjInitCompress")]
    public static partial nint InitCompress();

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    public static partial int Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "tjBufSize")]
    public static partial nuint BufferSize(int width, int height, int subsampling);

    [LibraryImport(Library, EntryPoint = "tjCompress2")]
    public static partial int Compress(
        nint handle, ReadOnlySpan<byte> source, int width, int pitch, int height, int pixelFormat,
        ref nint target, ref nuint targetSize, int subsampling, int quality, int flags);
}
