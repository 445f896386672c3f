using DendriteViewer.Kernels.Devices;
using ILGPU;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>One work item a pixel: <see cref="SliceProgram"/> on a device.</summary>
internal static class SliceKernels
{
    public static void Slice<TKind>(ArrayView<byte> pool, VolumeViews volume, ArrayView<float> target, SliceArguments a) where TKind
        : struct, IVoxelKind
    {
        int u = Grid.GlobalIndex.X, v = Grid.GlobalIndex.Y;
        if (u < a.Width && v < a.Height)
        {
            target[v * a.Width + u] = SliceProgram.Pixel(new DeviceVoxels<TKind, PartFill>(pool, volume), a, u, v);
        }
    }
}
