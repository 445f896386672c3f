using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Native;

internal static partial class Zstd
{
    public const string Library = "libzstd.so.1";
    public const string Package = "libzstd1";
    public const int CompressionLevel = 100;
    public const int ChecksumFlag = 201;

    [LibraryImport(Library, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateCompressor();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeCompressor(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_CCtx_setParameter")]
    public static partial nuint SetParameter(nint context, int parameter, int value);

    [LibraryImport(Library, EntryPoint = "ZSTD_compress2")]
    public static partial nuint Compress(nint context, Span<byte> target, nuint targetSize, ReadOnlySpan<byte> source, nuint sourceSize);

    [LibraryImport(Library, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint Bound(nuint sourceSize);

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecompressor();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompressor(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressDCtx")]
    public static partial nuint Decompress(nint context, Span<byte> target, nuint targetSize, ReadOnlySpan<byte> source, nuint sourceSize);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(Library, EntryPoint = "ZSTD_getErrorName")]
    private static partial nint ErrorName(nuint code);

    public static string ErrorText(nuint code) => Marshal.PtrToStringUTF8(ErrorName(code)) ?? "unknown";
}

internal sealed class ZstdCompressor : SafeHandle
{
    public ZstdCompressor(int level) : base(0, ownsHandle: true)
    {
        SetHandle(NativeLibraries.Call(Zstd.Library, Zstd.Package, Zstd.CreateCompressor));
        Zstd.SetParameter(handle, Zstd.CompressionLevel, level);
        Zstd.SetParameter(handle, Zstd.ChecksumFlag, 1);
    }

    public override bool IsInvalid => handle == 0;

    public static int Bound(int size) => (int)Zstd.Bound((nuint)size);

    public int Compress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var n = Zstd.Compress(handle, target, (nuint)target.Length, source, (nuint)source.Length);
        return Zstd.IsError(n) == 0 ? (int)n : throw new InvalidOperationException($"zstd: {Zstd.ErrorText(n)}.");
    }

    protected override bool ReleaseHandle() => Zstd.FreeCompressor(handle) == 0;
}

internal sealed class ZstdDecompressor : SafeHandle
{
    [ThreadStatic]
    private static ZstdDecompressor? _current;

    private ZstdDecompressor() : base(0, ownsHandle: true) =>
        SetHandle(NativeLibraries.Call(Zstd.Library, Zstd.Package, Zstd.CreateDecompressor));

    /// <summary>One context a thread, made on first use.</summary>
    public static ZstdDecompressor Current => _current ??= new ZstdDecompressor();

    public override bool IsInvalid => handle == 0;

    /// <summary>Fills <paramref name="target"/> exactly; otherwise says why not (a wrong checksum included).</summary>
    public string? TryDecompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var n = Zstd.Decompress(handle, target, (nuint)target.Length, source, (nuint)source.Length);
        return Zstd.IsError(n) != 0 ? Zstd.ErrorText(n)
            : n != (nuint)target.Length ? $"{n} bytes where {target.Length} were expected"
            : null;
    }

    protected override bool ReleaseHandle() => Zstd.FreeDecompressor(handle) == 0;
}
