using System.Buffers;
using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>Draws whole slices on a device, by Slice.cl: one work item a pixel, the same values as <see cref="SliceScalar"/>.</summary>
public static class DeviceSlicer
{
    private static readonly string[] s_files = ["Sampling.cl", "Slice.cl"];

    /// <summary>The kernel's arguments; Slice.cl has the same.</summary>
    internal struct Arguments
    {
        public Vector4 Origin, Right, Down, Normal;
        public int Width, Height, Samples, Mode, Interpolation, Levels;
        public long Unused;
    }

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
        using var entered = device.Enter(volume, long.MaxValue);
        if (!entered.IsComplete)
        {
            return false;
        }

        using var pixels = device.Device.Allocate((long)width * height * sizeof(float));
        var arguments = new Arguments
        {
            Origin = new(plane.Origin, 0), Right = new(plane.Right, 0), Down = new(plane.Down, 0), Normal = new(plane.Normal, 0), Width = width, Height = height,
            Samples = plane.SlabSamples, Mode = (int)plane.Mode, Interpolation = (int)plane.Interpolation, Levels = volume.Levels.Count,
        };
        device.Device.Run(s_files, DeviceVolumes.OptionsFor(volume.Type), "slice", width, height, arguments, device.Pool, entered.Levels, entered.Pages, pixels);
        var values = ArrayPool<float>.Shared.Rent(width * height);
        try
        {
            device.Device.Read(pixels, values.AsSpan(0, width * height));
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
}
