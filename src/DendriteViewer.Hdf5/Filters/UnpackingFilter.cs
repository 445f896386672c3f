using System.Runtime.InteropServices;

namespace DendriteViewer.Hdf5.Filters;

/// <summary>
/// A filter that the library calls to unpack a chunk. The library has undone the filters behind it (a checksum) and will undo those
/// before it (a shuffle); it also knows which chunks went without (the mask), and which were never written.
/// </summary>
internal static class UnpackingFilter
{
    private const int Version = 1;
    private const uint Reverse = 0x100;

    // What the library holds must not be collected, and lives as long as the process.
    private static readonly List<Callback> s_callbacks = [];

    /// <summary>Unpacks one chunk: null where it is damaged.</summary>
    public delegate byte[]? Unpacker(ReadOnlySpan<byte> packed, ReadOnlySpan<uint> values);

    private delegate nuint Callback(uint flags, nuint valueCount, nint values, nuint bytes, nint bufferSize, nint buffer);

    /// <summary>Registers a filter, in place of what is registered under its number.</summary>
    public static void Register(int id, string name, Unpacker unpack)
    {
        nuint Call(uint flags, nuint valueCount, nint values, nuint bytes, nint bufferSize, nint buffer)
        {
            try
            {
                return (flags & Reverse) == 0 ? 0 : Unpack(unpack, valueCount, values, bytes, bufferSize, buffer);
            }
            catch (Exception)
            {
                // Nothing may be thrown through the library, which takes 0 for a failure.
                return 0;
            }
        }

        Callback callback = Call;
        s_callbacks.Add(callback);
        var filter = new H5.FilterClass
        {
            Version = Version, Id = id, HasDecoder = 1, Name = Marshal.StringToCoTaskMemUTF8(name),
            Function = Marshal.GetFunctionPointerForDelegate(callback),
        };
        H5.Check(H5.Register(filter), $"libhdf5 takes no filter {name}");
    }

    private static nuint Unpack(Unpacker unpack, nuint valueCount, nint values, nuint bytes, nint bufferSize, nint buffer)
    {
        // The library's buffer, whose address and size are changed where another takes its place.
        var packed = new byte[checked((int)bytes)];
        Marshal.Copy(Marshal.ReadIntPtr(buffer), packed, 0, packed.Length);
        var numbers = new int[(int)Math.Min(valueCount, 32)];
        Marshal.Copy(values, numbers, 0, numbers.Length);
        if (unpack(packed, MemoryMarshal.Cast<int, uint>(numbers)) is not { Length: > 0 } unpacked)
        {
            return 0;
        }

        var target = H5.Allocate((nuint)unpacked.Length, false);
        if (target == 0)
        {
            return 0;
        }

        Marshal.Copy(unpacked, 0, target, unpacked.Length);
        H5.Free(Marshal.ReadIntPtr(buffer));
        Marshal.WriteIntPtr(buffer, target);
        Marshal.WriteIntPtr(bufferSize, unpacked.Length);
        return (nuint)unpacked.Length;
    }
}
