using System.Runtime.InteropServices;

namespace DendriteViewer.Hdf5.Filters;

/// <summary>HDF5's filter 32015, a zstd frame a chunk, by libzstd.</summary>
internal static partial class ZstdFilter
{
    public const int Id = 32015;
    private const string Library = "libzstd.so.1";
    private static long s_most;

    /// <summary>Registers the filter.</summary>
    /// <param name="most">Bytes of an unpacked chunk: a frame that says more is damaged.</param>
    /// <exception cref="Hdf5Exception">libzstd is not installed.</exception>
    public static void Register(long most)
    {
        RequireLibrary();
        s_most = Math.Max(s_most, most);
        UnpackingFilter.Register(Id, "zstd", (packed, _) => Unpack(packed));
    }

    /// <summary>Says what to install where libzstd is missing.</summary>
    /// <exception cref="Hdf5Exception">It is.</exception>
    public static void RequireLibrary()
    {
        if (!NativeLibrary.TryLoad(Library, out _))
        {
            throw new Hdf5Exception("it is packed by zstd, which is unpacked by libzstd; install Debian's package libzstd1 (apt-get "
                + "install libzstd1).");
        }
    }

    /// <summary>Unpacks a frame that must fill a target; false where it does not.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, Span<byte> target) =>
        Decompress(target, (nuint)target.Length, packed, (nuint)packed.Length) == (nuint)target.Length;

    // A frame need not say how long its content is: then it is at most a chunk.
    private static byte[]? Unpack(ReadOnlySpan<byte> packed)
    {
        var content = ContentSize(packed, (nuint)packed.Length);
        var said = content <= long.MaxValue;
        if (said && content > (ulong)s_most)
        {
            return null;
        }

        var target = new byte[said ? (long)content : s_most];
        var n = Decompress(target, (nuint)target.Length, packed, (nuint)packed.Length);
        return IsError(n) != 0 || (said && n != (nuint)target.Length) ? null : n == (nuint)target.Length ? target : target[..(int)n];
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_decompress")]
    private static partial nuint Decompress(Span<byte> target, nuint targetSize, ReadOnlySpan<byte> source, nuint sourceSize);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    // The two largest values mean that it is not said, and that this is no frame.
    [LibraryImport(Library, EntryPoint = "ZSTD_getFrameContentSize")]
    private static partial ulong ContentSize(ReadOnlySpan<byte> source, nuint size);
}
