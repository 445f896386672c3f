using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Native;

/// <summary>
/// libtiff. TIFFGetField is variadic: it is called with pointer arguments alone, which x86-64 and arm64 Linux pass alike.
/// </summary>
internal static partial class Tiff
{
    public const string Library = "libtiff.so.6";
    public const string Package = "libtiff6";

    public const uint ImageWidth = 256, ImageLength = 257, BitsPerSample = 258, Compression = 259, Photometric = 262, ImageDescription = 270, StripOffsets = 273, SamplesPerPixel = 277,
        RowsPerStrip = 278, XResolution = 282, YResolution = 283, ResolutionUnit = 296, TileWidth = 322, TileLength = 323, SampleFormat = 339;

    static Tiff()
    {
        SetErrorHandler(0);
        SetWarningHandler(0);
    }

    [LibraryImport(Library, EntryPoint = "TIFFSetErrorHandler")]
    private static partial nint SetErrorHandler(nint handler);

    [LibraryImport(Library, EntryPoint = "TIFFSetWarningHandler")]
    private static partial nint SetWarningHandler(nint handler);

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

    [LibraryImport(Library, EntryPoint = "TIFFGetField")]
    private static partial int GetFloat(TiffHandle tiff, uint tag, out float value);

    [LibraryImport(Library, EntryPoint = "TIFFGetField")]
    private static partial int GetPointer(TiffHandle tiff, uint tag, out nint value);

    [LibraryImport(Library, EntryPoint = "TIFFIsBigEndian")]
    public static partial int IsBigEndian(TiffHandle tiff);

    [LibraryImport(Library, EntryPoint = "TIFFReadDirectory")]
    public static partial int ReadDirectory(TiffHandle tiff);

    [LibraryImport(Library, EntryPoint = "TIFFSetDirectory")]
    public static partial int SetDirectory(TiffHandle tiff, uint directory);

    [LibraryImport(Library, EntryPoint = "TIFFIsTiled")]
    public static partial int IsTiled(TiffHandle tiff);

    [LibraryImport(Library, EntryPoint = "TIFFStripSize")]
    public static partial nint StripSize(TiffHandle tiff);

    [LibraryImport(Library, EntryPoint = "TIFFTileSize")]
    public static partial nint TileSize(TiffHandle tiff);

    [LibraryImport(Library, EntryPoint = "TIFFScanlineSize")]
    public static partial nint ScanlineSize(TiffHandle tiff);

    [LibraryImport(Library, EntryPoint = "TIFFReadEncodedStrip")]
    public static partial nint ReadStrip(TiffHandle tiff, uint strip, Span<byte> target, nint size);

    [LibraryImport(Library, EntryPoint = "TIFFReadEncodedTile")]
    public static partial nint ReadTile(TiffHandle tiff, uint tile, Span<byte> target, nint size);

    /// <summary>A field that is there, without the default of one that is not.</summary>
    public static bool TryField16(TiffHandle tiff, uint tag, out ushort value) => GetExact16(tiff, tag, out value) == 1;

    public static float? Real(TiffHandle tiff, uint tag) => GetFloat(tiff, tag, out var v) == 1 ? v : null;

    /// <summary>Text, which libtiff ends with a zero.</summary>
    public static string? Text(TiffHandle tiff, uint tag) => GetPointer(tiff, tag, out var v) == 1 && v != 0 ? Marshal.PtrToStringUTF8(v) : null;

    /// <summary>The first of the offsets that a directory lists; there is at least one.</summary>
    public static long? FirstOffset(TiffHandle tiff) => GetPointer(tiff, StripOffsets, out var v) == 1 && v != 0 ? Marshal.ReadInt64(v) : null;

    public static uint Field32(TiffHandle tiff, uint tag) => GetField32(tiff, tag, out var v) == 1 ? v : 0;

    public static ushort Field16(TiffHandle tiff, uint tag) => GetField16(tiff, tag, out var v) == 1 ? v : (ushort)0;
}

internal sealed class TiffHandle : SafeHandle
{
    public TiffHandle(string path) : base(0, ownsHandle: true) =>
        SetHandle(NativeLibraries.Call(Tiff.Library, Tiff.Package, () => Tiff.Open(path, "r")));

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        Tiff.Close(handle);
        return true;
    }
}
