using System.Runtime.CompilerServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Statistics;
using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Downsampling;

/// <summary>Halves volumes on a device, by <see cref="DownsampleProgram"/>.</summary>
public static class DeviceDownsampler
{
    private const int GroupEdge = 8;

    /// <summary>Writes the halved volume.</summary>
    /// <param name="device">Where.</param>
    /// <param name="voxels">The full volume in C order (z, y, x), at most what the device holds in one buffer.</param>
    /// <param name="z">Its slices.</param>
    /// <param name="y">Its rows.</param>
    /// <param name="x">Its columns.</param>
    /// <param name="target">⌈z/2⌉ × ⌈y/2⌉ × ⌈x/2⌉ voxels.</param>
    /// <exception cref="ComputeException">The device failed.</exception>
    public static void Halve<T>(ComputeDevice device, ReadOnlySpan<T> voxels, int z, int y, int x, Span<T> target) where T : unmanaged
    {
        int halfZ = (z + 1) / 2, halfY = (y + 1) / 2, halfX = (x + 1) / 2;
        ArgumentOutOfRangeException.ThrowIfLessThan(voxels.Length, z * y * x);
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, halfZ * halfY * halfX);
        using var from = device.Upload(voxels[..(z * y * x)]);
        using var to = device.Allocate((long)halfZ * halfY * halfX * Unsafe.SizeOf<T>());
        Action<ArrayView<byte>, ArrayView<byte>, DownsampleArguments> kernel = DeviceHistogram.VoxelTypeOf<T>() switch
        {
            VoxelType.UInt8 => DownsampleProgram.Mean<DownsampleProgram.UInt8Voxels>,
            VoxelType.Int8 => DownsampleProgram.Mean<DownsampleProgram.Int8Voxels>,
            VoxelType.UInt16 => DownsampleProgram.Mean<DownsampleProgram.UInt16Voxels>,
            VoxelType.Int16 => DownsampleProgram.Mean<DownsampleProgram.Int16Voxels>,
            _ => DownsampleProgram.Mean<DownsampleProgram.FloatVoxels>,
        };
        device.Run("halving", () =>
        {
            var groups = new Index2D((halfX + GroupEdge - 1) / GroupEdge, (halfZ * halfY + GroupEdge - 1) / GroupEdge);
            device.Kernel(kernel.Method, d => d.LoadKernel(kernel))(
                device.Accelerator.DefaultStream, new KernelConfig(groups, new Index2D(GroupEdge, GroupEdge)), from.View, to.View,
                new DownsampleArguments { Z = z, Y = y, X = x });
            return true;
        });
        device.Read(to, target[..(halfZ * halfY * halfX)]);
    }
}
