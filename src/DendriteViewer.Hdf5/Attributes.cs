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

    /// <summary>A dataset that holds one text; null for anything else.</summary>
    public static string? TextDataset(long at, string name, long access)
    {
        var dataset = H5.OpenDataset(at, name, access);
        if (dataset < 0)
        {
            return null;
        }

        var (type, space) = (H5.DatasetType(dataset), H5.DatasetSpace(dataset));
        try
        {
            var count = type < 0 || space < 0 ? 0 : Spaces.Extent(space).Aggregate((UInt128)1, (a, b) => a * b);
            if (count != 1 || H5.ClassOf(type) != H5.ClassString || H5.SizeOf(type) > MostBytes)
            {
                return null;
            }

            var bytes = new byte[(int)H5.SizeOf(type)];
            return H5.Read(dataset, type, H5.All, H5.All, 0, bytes) < 0 ? null
                : H5.IsVariableString(type) > 0 ? Marshal.PtrToStringUTF8(MemoryMarshal.Read<nint>(bytes))
                : Encoding.UTF8.GetString(bytes).TrimEnd('\0', ' ');
        }
        finally
        {
            H5.CloseSpace(space);
            H5.CloseType(type);
            H5.CloseObject(dataset);
        }
    }

    /// <summary>A dataset of at most a million numbers; null for anything else.</summary>
    public static double[]? NumberDataset(long at, string name, long access)
    {
        var dataset = H5.OpenDataset(at, name, access);
        if (dataset < 0)
        {
            return null;
        }

        try
        {
            var count = Spaces.OfDataset(dataset).Aggregate((UInt128)1, (a, b) => a * b);
            if (SampleKind.Of(dataset) is null || count > MostBytes)
            {
                return null;
            }

            var values = new double[(int)count];
            return H5.Read(dataset, H5.Variable("H5T_NATIVE_DOUBLE_g"), H5.All, H5.All, 0, MemoryMarshal.AsBytes(values.AsSpan())) < 0
                ? null : values;
        }
        finally
        {
            H5.CloseObject(dataset);
        }
    }

    public static double[] Numbers(long of, string name) => Read(of, name, [], (attribute, type, count) =>
    {
        if (H5.ClassOf(type) is not (H5.ClassInteger or H5.ClassFloat))
        {
            return [];
        }

        var values = new double[count];
        return H5.ReadAttribute(attribute, H5.Variable("H5T_NATIVE_DOUBLE_g"), MemoryMarshal.AsBytes(values.AsSpan())) < 0 ? [] : values;
    });

    /// <summary>The first object reference of each element of an attribute of lists of references; 0 for an empty list.</summary>
    public static ulong[] FirstReferences(long of, string name) => Read<ulong[]>(of, name, [], (attribute, type, count) =>
    {
        if (H5.ClassOf(type) != H5.ClassVariableLength)
        {
            return [];
        }

        var under = H5.BaseOf(type);
        var isReference = under >= 0 && H5.ClassOf(under) == H5.ClassReference && H5.SizeOf(under) == sizeof(ulong);
        H5.CloseType(under);

        // Each is a length and a pointer, which the process' end frees.
        var lists = new nint[2 * count];
        return !isReference || H5.SizeOf(type) != 16 || H5.ReadAttribute(attribute, type, MemoryMarshal.AsBytes(lists.AsSpan())) < 0
            ? []
            : [.. Enumerable.Range(0, count)
                .Select(i => lists[2 * i] > 0 && lists[2 * i + 1] != 0 ? (ulong)Marshal.ReadInt64(lists[2 * i + 1]) : 0UL)];
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

    /// <summary>Elements along each axis of a dataset; none of a single value, or of what has no extent.</summary>
    public static ulong[] OfDataset(long dataset)
    {
        var space = H5.DatasetSpace(dataset);
        var extent = space < 0 ? [] : Extent(space);
        H5.CloseSpace(space);
        return extent;
    }

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
