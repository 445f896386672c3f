using System.Runtime.InteropServices;
using System.Text;

namespace DendriteViewer.Hdf5;

/// <summary>Attributes of groups and datasets, as text or as numbers; what is of another kind, or too long, counts as absent.</summary>
internal static class Attributes
{
    private const long MostBytes = 1 << 20;

    public static string? Text(long of, string name) => Texts(of, name) is [var one, ..] ? one : null;

    public static string[] Texts(long of, string name) => Read(of, name, [], (attribute, type, count) =>
    {
        if (H5.ClassOf(type) != H5.ClassString)
        {
            return [];
        }

        var size = (int)H5.SizeOf(type);
        var bytes = new byte[count * size];
        if (H5.ReadAttribute(attribute, type, bytes) < 0)
        {
            return [];
        }

        // Of variable length: pointers, which the process' end frees.
        return H5.IsVariableString(type) > 0
            ? MemoryMarshal.Cast<byte, nint>(bytes).ToArray().Select(p => Marshal.PtrToStringUTF8(p) ?? "").ToArray()
            : bytes.Chunk(size).Select(b => Encoding.UTF8.GetString(b).TrimEnd('\0', ' ')).ToArray();
    });

    public static double[] Numbers(long of, string name) => Read(of, name, [], (attribute, type, count) =>
    {
        if (H5.ClassOf(type) is not (H5.ClassInteger or H5.ClassFloat))
        {
            return [];
        }

        var values = new double[count];
        return H5.ReadAttribute(attribute, H5.Variable("H5T_NATIVE_DOUBLE_g"), MemoryMarshal.AsBytes(values.AsSpan())) < 0 ? [] : values;
    });

    private static T Read<T>(long of, string name, T absent, Func<long, long, int, T> read)
    {
        if (H5.HasAttribute(of, name) <= 0)
        {
            return absent;
        }

        var attribute = H5.OpenAttribute(of, name, 0);
        if (attribute < 0)
        {
            return absent;
        }

        var (type, space) = (H5.AttributeType(attribute), H5.AttributeSpace(attribute));
        try
        {
            if (type < 0 || space < 0)
            {
                return absent;
            }

            var count = Spaces.Extent(space).Aggregate((UInt128)1, (a, b) => a * b);
            return count * H5.SizeOf(type) > MostBytes || count == 0 ? absent : read(attribute, type, (int)count);
        }
        finally
        {
            H5.CloseSpace(space);
            H5.CloseType(type);
            H5.CloseAttribute(attribute);
        }
    }
}

/// <summary>Extents of dataspaces.</summary>
internal static class Spaces
{
    private const int MostRank = 32;

    /// <summary>Elements along each axis; of a single value, none.</summary>
    public static ulong[] Extent(long space)
    {
        var rank = H5.Rank(space);
        if (rank is <= 0 or > MostRank)
        {
            return [];
        }

        var extent = new ulong[rank];
        return H5.Extent(space, extent, 0) < 0 ? throw new Hdf5Exception("its dataset has no extent; the file is damaged.") : extent;
    }
}
