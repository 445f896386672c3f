using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Native;

internal static partial class Blosc
{
    public const string Library = "libblosc.so.1";
    public const string Package = "libblosc1";

    [LibraryImport(Library, EntryPoint = "blosc_cbuffer_validate")]
    private static partial int Validate(ReadOnlySpan<byte> source, nuint sourceSize, out nuint size);

    [LibraryImport(Library, EntryPoint = "blosc_decompress_ctx")]
    private static partial int Decompress(ReadOnlySpan<byte> source, Span<byte> target, nuint targetSize, int threads);

    /// <summary>Unpacks a buffer that must fill <paramref name="target"/>; false where it is damaged or of another size.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        try
        {
            return Validate(source, (nuint)source.Length, out var size) == 0 && size == (nuint)target.Length
                && Decompress(source, target, (nuint)target.Length, 1) == target.Length;
        }
        catch (DllNotFoundException e)
        {
            throw new NativeLibraryMissingException(Library, Package, e);
        }
    }
}
