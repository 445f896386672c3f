using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Formats;

/// <summary>How a file holds a sample. The store knows fewer types (<see cref="VoxelType"/>); <see cref="Samples"/> says which takes which.</summary>
public enum SampleType
{
    /// <summary>8-bit unsigned.</summary>
    UInt8,

    /// <summary>8-bit signed.</summary>
    Int8,

    /// <summary>16-bit unsigned.</summary>
    UInt16,

    /// <summary>16-bit signed.</summary>
    Int16,

    /// <summary>32-bit unsigned.</summary>
    UInt32,

    /// <summary>32-bit signed.</summary>
    Int32,

    /// <summary>64-bit unsigned.</summary>
    UInt64,

    /// <summary>64-bit signed.</summary>
    Int64,

    /// <summary>16-bit IEEE float.</summary>
    Float16,

    /// <summary>32-bit IEEE float.</summary>
    Float32,

    /// <summary>64-bit IEEE float.</summary>
    Float64,
}

/// <summary>
/// From samples to voxels. Types that the store has stay as they are; 16-bit floats, larger integers and 64-bit floats become 32-bit
/// floats: integers only where that changes none of them, 64-bit floats rounded to the nearest, unless different ones would become one
/// (<see cref="FloatRounding"/>).
/// </summary>
public static class Samples
{
    /// <summary>Bytes of a sample.</summary>
    public static int Size(this SampleType type) => type switch
    {
        SampleType.UInt8 or SampleType.Int8 => 1,
        SampleType.UInt16 or SampleType.Int16 or SampleType.Float16 => 2,
        SampleType.UInt32 or SampleType.Int32 or SampleType.Float32 => 4,
        _ => 8,
    };

    /// <summary>numpy's name: uint8, …, float64.</summary>
    public static string Name(this SampleType type) => type.ToString().ToLowerInvariant();

    /// <summary>What the store keeps such samples as.</summary>
    public static VoxelType StoredAs(this SampleType type) => type switch
    {
        SampleType.UInt8 => VoxelType.UInt8,
        SampleType.Int8 => VoxelType.Int8,
        SampleType.UInt16 => VoxelType.UInt16,
        SampleType.Int16 => VoxelType.Int16,
        _ => VoxelType.Float32,
    };

    /// <summary>Whether the store keeps such samples as they are.</summary>
    public static bool IsStored(this SampleType type) =>
        type is SampleType.UInt8 or SampleType.Int8 or SampleType.UInt16 or SampleType.Int16 or SampleType.Float32;

    /// <summary>The type of a name: numpy's long and short forms (uint16, u2, &lt;i4, &gt;f8), byte order left out.</summary>
    public static bool TryParse(string? name, out SampleType type)
    {
        SampleType? found = name?.TrimStart('<', '>', '|', '=').ToLowerInvariant() switch
        {
            "uint8" or "u1" or "u8" => SampleType.UInt8,
            "int8" or "i1" or "i8" => SampleType.Int8,
            "uint16" or "u2" or "u16" => SampleType.UInt16,
            "int16" or "i2" or "i16" => SampleType.Int16,
            "uint32" or "u4" or "u32" => SampleType.UInt32,
            "int32" or "i4" or "i32" => SampleType.Int32,
            "uint64" or "u64" => SampleType.UInt64,
            "int64" or "i64" => SampleType.Int64,
            "float16" or "f2" or "f16" => SampleType.Float16,
            "float32" or "f4" or "f32" => SampleType.Float32,
            "float64" or "f64" => SampleType.Float64,
            _ => null,
        };
        type = found ?? default;
        return found is not null;
    }

    /// <summary>Turns samples into voxels, little endian.</summary>
    /// <param name="type">What the samples are.</param>
    /// <param name="bigEndian">Their byte order.</param>
    /// <param name="source">The samples; their bytes may be turned around in place.</param>
    /// <param name="target">As many voxels of <see cref="StoredAs"/>.</param>
    /// <param name="path">Named where a value does not fit.</param>
    /// <param name="isChecked">Whether the volume was accepted before: 64-bit floats are rounded without another look at them.</param>
    /// <exception cref="VolumeFormatException">
    /// An integer that a 32-bit float does not hold, a float beyond its range, or floats that would fall together.
    /// </exception>
    public static void Convert(SampleType type, bool bigEndian, Span<byte> source, Span<byte> target, string path, bool isChecked = false)
    {
        if (bigEndian)
        {
            Turn(type.Size(), source);
        }

        switch (type)
        {
            case SampleType.UInt32: Widen<uint>(source, target, path, v => (float)v, v => (double)v); break;
            case SampleType.Int32: Widen<int>(source, target, path, v => (float)v, v => (double)v); break;
            case SampleType.UInt64: Widen<ulong>(source, target, path, v => (float)v, v => IsExact(v) ? (float)v : double.NaN); break;
            case SampleType.Int64: Widen<long>(source, target, path, v => (float)v, v => IsExact(v < 0 ? (ulong)-v : (ulong)v) ? (float)v : double.NaN); break;
            case SampleType.Float16:
                var halves = MemoryMarshal.Cast<byte, Half>(source);
                var singles = MemoryMarshal.Cast<byte, float>(target);
                for (var i = 0; i < singles.Length; i++)
                {
                    singles[i] = (float)halves[i];
                }

                break;
            case SampleType.Float64:
                FloatRounding.Round(MemoryMarshal.Cast<byte, double>(source), MemoryMarshal.Cast<byte, float>(target), path, isChecked);
                break;
            default:
                source.CopyTo(target);
                break;
        }
    }

    private static bool IsExact(ulong v) => v == 0 || 64 - System.Numerics.BitOperations.LeadingZeroCount(v) - System.Numerics.BitOperations.TrailingZeroCount(v) <= 24;

    private static void Widen<T>(ReadOnlySpan<byte> source, Span<byte> target, string path, Func<T, float> toFloat, Func<T, double> exact) where T : unmanaged
    {
        var from = MemoryMarshal.Cast<byte, T>(source);
        var to = MemoryMarshal.Cast<byte, float>(target);
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = toFloat(from[i]);
            if (exact(from[i]) != to[i])
            {
                throw TooLarge(path, from[i].ToString()!);
            }
        }
    }

    private static void Turn(int size, Span<byte> bytes)
    {
        switch (size)
        {
            case 2:
                var two = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(two, two);
                break;
            case 4:
                var four = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(four, four);
                break;
            case 8:
                var eight = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(eight, eight);
                break;
        }
    }

    /// <summary>Says that a value is none that the store has.</summary>
    internal static VolumeFormatException TooLarge(string path, string value) =>
        new($"{path} holds the value {value}, which a 32-bit float cannot keep; convert it to 8 or 16 bits or 32-bit float first.");
}
