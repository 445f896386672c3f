using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Kernels.Downsampling;

/// <summary>
/// Halves volumes on a device, by MeanDownsample.cl: <see cref="MeanDownsampler"/> to the last bit for integers, to a float's rounding for
/// floats.
/// </summary>
public static class DeviceDownsampler
{
    private static readonly string[] s_files = ["MeanDownsample.cl"];

    internal readonly record struct Arguments(int Z, int Y, int X, int Unused);

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
        using var to = device.Allocate((long)halfZ * halfY * halfX * System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
        device.Run(
            s_files, DeviceVolumes.OptionsFor(DeviceHistogram.VoxelTypeOf<T>()), "mean_downsample", halfX, halfZ * halfY, new Arguments(z, y, x, 0), from, to);
        device.Read(to, target[..(halfZ * halfY * halfX)]);
    }
}
