using System.Buffers;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>Draws whole slices on a device: <see cref="SliceProgram"/>, one work item a pixel.</summary>
public static class DeviceSlicer
{
    private const int GroupEdge = 8;

    /// <summary>Samples a plane as <see cref="Slicer.Render"/> does; every row goes to <paramref name="row"/>, in turn.</summary>
    /// <param name="device">Where.</param>
    /// <param name="volume">What is sliced; where bricks are missing, coarser ones stand in.</param>
    /// <param name="plane">The plane, in index coordinates of the volume's grid.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="row">Takes the values.</param>
    /// <returns>False, and nothing drawn, where the device has no room for the bricks.</returns>
    /// <exception cref="ComputeException">The device failed.</exception>
    public static bool Render(DeviceVolumes device, PagedVolume volume, SliceGeometry plane, int width, int height, SliceRow row)
    {
        using var picture = Begin(device, volume, plane, width, height);
        if (!picture.IsComplete)
        {
            return false;
        }

        picture.Launch(new Index2D(GroupEdge, GroupEdge));
        var values = ArrayPool<float>.Shared.Rent(width * height);
        try
        {
            picture.Fetch(MemoryMarshal.AsBytes(values.AsSpan(0, width * height)));
            for (var v = 0; v < height; v++)
            {
                row(0, v, values.AsSpan(v * width, width));
            }

            return true;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(values);
        }
    }

    /// <summary>Makes ready what a slice needs on a device.</summary>
    internal static DevicePicture Begin(DeviceVolumes device, PagedVolume volume, SliceGeometry plane, int width, int height)
    {
        var picture = new DevicePicture(device, width, height, sizeof(float));
        try
        {
            var views = picture.Enter(volume, long.MaxValue).Views;
            var (pool, target, a) = (device.Pool.View, picture.Target.As<float>(), SliceArguments.Of(volume, plane, width, height));
            Action<ArrayView<byte>, VolumeViews, ArrayView<float>, SliceArguments> kernel = volume.Type switch
            {
                VoxelType.UInt8 => SliceKernels.Slice<UInt8Kind>,
                VoxelType.Int8 => SliceKernels.Slice<Int8Kind>,
                VoxelType.UInt16 => SliceKernels.Slice<UInt16Kind>,
                VoxelType.Int16 => SliceKernels.Slice<Int16Kind>,
                _ => SliceKernels.Slice<FloatKind>,
            };
            picture.Launcher = (stream, config) =>
                device.Device.Kernel(kernel.Method, d => d.LoadKernel(kernel))(stream, config, pool, views, target, a);
            return picture;
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }
}
