using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>Smallest and largest of voxels whose type is known when they are read.</summary>
internal static class ValueRanges
{
    /// <summary>The range of finite values; the least above the most where there are none.</summary>
    public static (double Least, double Most) Of(ReadOnlySpan<byte> voxels, VoxelType type) => type switch
    {
        VoxelType.UInt8 => HistogramKernel.Range(voxels),
        VoxelType.Int8 => HistogramKernel.Range(MemoryMarshal.Cast<byte, sbyte>(voxels)),
        VoxelType.UInt16 => HistogramKernel.Range(MemoryMarshal.Cast<byte, ushort>(voxels)),
        VoxelType.Int16 => HistogramKernel.Range(MemoryMarshal.Cast<byte, short>(voxels)),
        _ => HistogramKernel.Range(MemoryMarshal.Cast<byte, float>(voxels)),
    };
}
