using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Kernels.Statistics;

/// <summary>Counts voxel values on a device, by Histogram.cl: the counts of <see cref="HistogramKernel.Accumulate"/> to the last one.</summary>
public static class DeviceHistogram
{
    // Values uploaded and counted at a time; a count of so many fits 32 bits.
    private const int Piece = 1 << 26;

    private static readonly string[] s_files = ["Histogram.cl"];

    internal readonly record struct Arguments(uint Count, int Bins, float Low, float Scale);

    /// <summary>Adds the values to equal bins over [low, high]; the last bin includes high, what lies outside and NaN is left out.</summary>
    /// <exception cref="ComputeException">The device failed.</exception>
    public static void Accumulate<T>(ComputeDevice device, ReadOnlySpan<T> values, double low, double high, Span<long> bins) where T : unmanaged
    {
        var scale = high > low ? bins.Length / (high - low) : 0;
        using var edges = device.Upload<float>(Edges(low, high, scale, bins.Length));
        var counts = new uint[bins.Length];
        for (var at = 0; at < values.Length; at += Piece)
        {
            var piece = values.Slice(at, Math.Min(Piece, values.Length - at));
            using var from = device.Upload(piece);
            using var to = device.Allocate(counts.Length * sizeof(uint));
            device.Write<uint>(to, 0, new uint[counts.Length]);
            device.Run(
                s_files, DeviceVolumes.OptionsFor(VoxelTypeOf<T>()), "histogram", Math.Min(piece.Length, 1 << 14), 1,
                new Arguments((uint)piece.Length, bins.Length, (float)low, (float)scale), from, edges, to);
            device.Read<uint>(to, counts);
            for (var i = 0; i < counts.Length; i++)
            {
                bins[i] += counts[i];
            }
        }
    }

    /// <summary>The voxel type of a number's type.</summary>
    internal static VoxelType VoxelTypeOf<T>() => Type.GetTypeCode(typeof(T)) switch
    {
        TypeCode.Byte => VoxelType.UInt8,
        TypeCode.SByte => VoxelType.Int8,
        TypeCode.UInt16 => VoxelType.UInt16,
        TypeCode.Int16 => VoxelType.Int16,
        TypeCode.Single => VoxelType.Float32,
        _ => throw new NotSupportedException($"{typeof(T).Name} is no voxel type."),
    };

    // The least float of each bin, and the least behind the last bin; decided as the specification does, in double precision.
    private static float[] Edges(double low, double high, double scale, int bins)
    {
        int Bin(float v) => v < low ? -1 : v > high ? bins : Math.Min((int)((v - low) * scale), bins - 1);

        var edges = new float[bins + 1];
        for (var i = 0; i <= bins; i++)
        {
            var v = (float)(scale > 0 ? low + i / scale : i == 0 ? low : high);
            while (Bin(v) >= i)
            {
                v = MathF.BitDecrement(v);
            }

            while (Bin(v) < i)
            {
                v = MathF.BitIncrement(v);
            }

            edges[i] = v;
        }

        return edges;
    }
}
