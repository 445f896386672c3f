using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Native;

/// <summary>
/// libtiff, which decodes pixels. TIFFGetField and TIFFSetField are variadic: they are called with pointers and integers alone, which
/// x86-64 and arm64 Linux pass as they pass named arguments.
/// </summary>
internal static partial class LibTiff
{
    public const string Library = "libtiff.so.6";
    public const string Package = "libtiff6";

    public const uint SubfileType = 254, OldSubfileType = 255, ImageWidth = 256, ImageLength = 257, BitsPerSample = 258, Compression = 259,
        Photometric = 262, ImageDescription = 270, StripOffsets = 273, SamplesPerPixel = 277, RowsPerStrip = 278, XResolution = 282,
        YResolution = 283, ResolutionUnit = 296, Predictor = 317, TileWidth = 322, TileLength = 323, SubDirectories = 330,
        SampleFormat = 339, ImageDepth = 32997, TileDepth = 32998;

    // A tag of libtiff's own: which library inflates, 0 for zlib and 1 for libdeflate.
    private const uint DeflateSubcodec = 65570;

    // What these modules warn of changes no pixel: data beyond the last row, an older order of bits, an end code that is missing after it.
    private static readonly string[] s_harmless = ["PackBitsDecode", "JPEGPreDecode", "LZWPreDecode", "LZWDecode"];
    private static readonly WarningHandler s_onWarning = OnWarning;

    // The handlers are the process's, but libtiff calls them on the thread that decodes.
    [ThreadStatic]
    private static string? t_warned;

    static LibTiff()
    {
        SetErrorHandler(0);
        SetWarningHandler(0);
        SetWarningHandlerExt(Marshal.GetFunctionPointerForDelegate(s_onWarning));
    }

    private delegate void WarningHandler(nint client, nint module, nint format, nint arguments);

    [LibraryImport(Library, EntryPoint = "TIFFSetErrorHandler")]
    private static partial nint SetErrorHandler(nint handler);

    [LibraryImport(Library, EntryPoint = "TIFFSetWarningHandler")]
    private static partial nint SetWarningHandler(nint handler);

    [LibraryImport(Library, EntryPoint = "TIFFSetWarningHandlerExt")]
    private static partial nint SetWarningHandlerExt(nint handler);

    [LibraryImport(Library, EntryPoint = "TIFFOpen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Open(string path, string mode);

    [LibraryImport(Library, EntryPoint = "TIFFClose")]
    public static partial void Close(nint tiff);

    [LibraryImport(Library, EntryPoint = "TIFFGetFieldDefaulted")]
    private static partial int GetField32(TiffHandle tiff, uint tag, out uint value);

    [LibraryImport(Library, EntryPoint = "TIFFGetFieldDefaulted")]
    private static partial int GetField16(TiffHandle tiff, uint tag, out ushort value);

    [LibraryImport(Library, EntryPoint = "TIFFGetField")]
    private static partial int GetExact16(TiffHandle tiff, uint tag, out ushort value);

    [LibraryImport(Library, EntryPoint = "TIFFSetField")]
    private static partial int SetField(TiffHandle tiff, uint tag, int value);

    /// <summary>Goes to the directory at an offset of the file; 1 where that is one.</summary>
    [LibraryImport(Library, EntryPoint = "TIFFSetSubDirectory")]
    public static partial int SetSubDirectory(TiffHandle tiff, ulong offset);

    [LibraryImport(Library, EntryPoint = "TIFFIsTiled")]
    public static partial int IsTiled(TiffHandle tiff);

    [LibraryImport(Library, EntryPoint = "TIFFTileSize")]
    public static partial nint TileSize(TiffHandle tiff);

    [LibraryImport(Library, EntryPoint = "TIFFScanlineSize")]
    public static partial nint ScanlineSize(TiffHandle tiff);

    /// <summary>Bytes that a strip or tile takes in the file, as its directory says.</summary>
    [LibraryImport(Library, EntryPoint = "TIFFGetStrileByteCount")]
    public static partial ulong StoredBytes(TiffHandle tiff, uint stripOrTile);

    [LibraryImport(Library, EntryPoint = "TIFFReadEncodedStrip")]
    private static partial nint DecodeStrip(TiffHandle tiff, uint strip, Span<byte> target, nint size);

    [LibraryImport(Library, EntryPoint = "TIFFReadEncodedTile")]
    private static partial nint DecodeTile(TiffHandle tiff, uint tile, Span<byte> target, nint size);

    /// <summary>Decodes a strip or tile, all of the target.</summary>
    /// <returns>Null, or which part of libtiff failed or warned of pixels that it made up.</returns>
    public static string? Decode(TiffHandle tiff, bool isTile, uint number, Span<byte> target)
    {
        t_warned = null;
        var size = isTile ? DecodeTile(tiff, number, target, target.Length) : DecodeStrip(tiff, number, target, target.Length);
        return size == target.Length ? t_warned : "libtiff";
    }

    /// <summary>Lets zlib or libdeflate inflate the page, until another page is gone to; without the choice, zlib does.</summary>
    /// <returns>True.</returns>
    public static bool InflateBy(TiffHandle tiff, bool zlib) => SetField(tiff, DeflateSubcodec, zlib ? 0 : 1) >= 0;

    /// <summary>A field that is there, without the default of one that is not.</summary>
    public static bool TryField16(TiffHandle tiff, uint tag, out ushort value) => GetExact16(tiff, tag, out value) == 1;

    public static uint Field32(TiffHandle tiff, uint tag) => GetField32(tiff, tag, out var v) == 1 ? v : 0;

    public static ushort Field16(TiffHandle tiff, uint tag) => GetField16(tiff, tag, out var v) == 1 ? v : (ushort)0;

    private static void OnWarning(nint client, nint module, nint format, nint arguments)
    {
        var name = Marshal.PtrToStringUTF8(module) ?? "libtiff";
        if (!s_harmless.Contains(name))
        {
            t_warned ??= name;
        }
    }
}

internal sealed class TiffHandle : SafeHandle
{
    // "h" leaves the first directory unread: whoever opens a file goes to a page by its offset.
    public TiffHandle(string path) : base(0, ownsHandle: true) =>
        SetHandle(NativeLibraries.Call(LibTiff.Library, LibTiff.Package, () => LibTiff.Open(path, "rh")));

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibTiff.Close(handle);
        return true;
    }
}
