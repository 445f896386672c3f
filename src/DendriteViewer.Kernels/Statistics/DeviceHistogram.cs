using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Downsampling;
using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Statistics;

/// <summary>Counts voxel values on a device, by <see cref="HistogramProgram"/>: the counts of <see cref="HistogramKernel.Accumulate"/> to
/// the last one.</summary>
public static class DeviceHistogram
{
    // Values uploaded and counted at a time; a count of so many fits 32 bits.
    private const int Piece = 1 << 26;

    private const int GroupSize = 64;

    // Counts that all counters keep together, at most.
    private const int MostCounts = 1 << 23;

    /// <summary>Adds the values to equal bins over [low, high]; the last bin includes high, what lies outside and NaN is left
    /// out.</summary>
    /// <exception cref="ComputeException">The device failed.</exception>
    public static void Accumulate<T>(ComputeDevice device, ReadOnlySpan<T> values, double low, double high, Span<long> bins) where T
        : unmanaged
    {
        var scale = high > low ? bins.Length / (high - low) : 0;
        using var edges = device.Upload<float>(Edges(low, high, scale, bins.Length));
        Action<ArrayView<int>, ArrayView<int>, HistogramArguments> sum = HistogramProgram.Sum;
        Action<ArrayView<byte>, ArrayView<float>, ArrayView<int>, HistogramArguments> kernel = VoxelTypeOf<T>() switch
        {
            VoxelType.UInt8 => HistogramProgram.Count<DownsampleProgram.UInt8Voxels>,
            VoxelType.Int8 => HistogramProgram.Count<DownsampleProgram.Int8Voxels>,
            VoxelType.UInt16 => HistogramProgram.Count<DownsampleProgram.UInt16Voxels>,
            VoxelType.Int16 => HistogramProgram.Count<DownsampleProgram.Int16Voxels>,
            _ => HistogramProgram.Count<DownsampleProgram.FloatVoxels>,
        };
        var counters = Math.Clamp(MostCounts / bins.Length / GroupSize, 1, 256) * GroupSize;
        var sums = new int[bins.Length];
        for (var at = 0; at < values.Length; at += Piece)
        {
            var piece = values.Slice(at, Math.Min(Piece, values.Length - at));
            using var from = device.Upload(piece);
            using var counts = device.Upload<int>(new int[bins.Length * counters]);
            using var to = device.Allocate(bins.Length * sizeof(int));
            var a = new HistogramArguments { Count = piece.Length, Bins = bins.Length, Counters = counters };
            device.Run("counting", () =>
            {
                var stream = device.Accelerator.DefaultStream;
                device.Kernel(kernel.Method, d => d.LoadKernel(kernel))(
                    stream, new KernelConfig(counters / GroupSize, GroupSize), from.View, edges.As<float>(), counts.As<int>(), a);
                device.Kernel(sum.Method, d => d.LoadKernel(sum))(
                    stream, new KernelConfig((a.Bins + GroupSize - 1) / GroupSize, GroupSize), counts.As<int>(), to.As<int>(), a);
                return true;
            });
            device.Read<int>(to, sums);
            for (var i = 0; i < sums.Length; i++)
            {
                bins[i] += sums[i];
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
