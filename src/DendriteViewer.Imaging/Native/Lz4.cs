using System.Runtime.InteropServices;

namespace DendriteViewer.Imaging.Native;

internal static partial class Lz4
{
    public const string Library = "liblz4.so.1";
    public const string Package = "liblz4-1";

    [LibraryImport(Library, EntryPoint = "LZ4_decompress_safe")]
    private static partial int Decompress(ReadOnlySpan<byte> source, Span<byte> target, int sourceSize, int targetSize);

    /// <summary>Unpacks a block that must fill <paramref name="target"/>; false where it does not.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        try
        {
            return Decompress(source, target, source.Length, target.Length) == target.Length;
        }
        catch (DllNotFoundException e)
        {
            throw new NativeLibraryMissingException(Library, Package, e);
        }
    }
}
