using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using ILGPU;
using ILGPU.Runtime;
using RayKernel = System.Action<
    DendriteViewer.Kernels.Raycasting.SceneViews, DendriteViewer.Kernels.Devices.VolumeViews,
    DendriteViewer.Kernels.Raycasting.LookViews, DendriteViewer.Kernels.Raycasting.RayArguments>;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Ray-casts whole pictures on a device: <see cref="RayProgram"/>, one work item a ray.</summary>
public static class DeviceRaycaster
{
    // Rays of a group lie in a square, so that they read the same bricks.
    private const int GroupEdge = 8;

    /// <summary>Fills <paramref name="target"/> as <see cref="Raycaster.Render"/> does.</summary>
    /// <param name="device">Where.</param>
    /// <param name="volume">What is looked at.</param>
    /// <param name="settings">How.</param>
    /// <param name="rays">The rays of a picture at scale 1.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="scale">Pixels of the full picture in one of this.</param>
    /// <param name="target">At least width·height pixels, 0xAABBGGRR.</param>
    /// <param name="mostUpload">Bytes of bricks that may be uploaded first; for the rest coarser ones stand in.</param>
    /// <returns>Whether every brick that the host has was drawn.</returns>
    /// <exception cref="ComputeException">The device failed.</exception>
    public static bool Render(
        DeviceVolumes device, PagedVolume volume, RaycastSettings settings, RayGeometry rays, int width, int height, float scale,
            Span<uint> target,
        long mostUpload = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, width * height);
        using var picture = Begin(device, volume, settings, rays, width, height, scale, mostUpload);
        picture.Launch(new Index2D(GroupEdge, GroupEdge));
        picture.Fetch(MemoryMarshal.AsBytes(target[..(width * height)]));
        return picture.IsComplete;
    }

    /// <summary>Makes ready what a picture needs on a device.</summary>
    internal static DevicePicture Begin(
        DeviceVolumes device, PagedVolume volume, RaycastSettings settings, RayGeometry rays, int width, int height, float scale,
            long mostUpload)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(settings.Layers.Count, RaycastSettings.MostVolumes);
        RayLayer[] layers = settings.IsLayered ? RayLayer.All(volume, settings) : [RayLayer.Own(volume, settings)];
        var picture = new DevicePicture(device, width, height, sizeof(uint));
        try
        {
            var volumes = new VolumeViews[layers.Length];
            var looks = new LookViews[layers.Length];
            var isWhole = true;
            for (var i = 0; i < layers.Length; i++)
            {
                var entered = picture.Enter(layers[i].Volume, mostUpload);
                volumes[i] = entered.Views;
                isWhole &= entered.IsWhole;
                looks[i] = picture.Keep(device.Look(layers[i].Empty, layers[i].Transfer)).Views;
            }

            var a = RayArguments.Of(volume, settings, rays, width, height, scale);
            var light = settings.Light is { } field ? field.Entries.AsSpan(0, 8 * field.Z * field.Y * (field.X + 1) + 64) : default;
            var views = new SceneViews
            {
                Pool = device.Pool.View, Target = picture.Target.As<uint>(), Light = picture.Frame.Put<byte>(1, light).Cast<ulong>(),
                Relief = picture.Frame.Put(2, settings.Clip.Relief is { } relief ? relief.Heights : default),
                Planes = picture.Frame.Put<PlaneArguments>(3, RayArguments.PlanesOf(settings)),
                Volumes = picture.Frame.Put<VolumeArguments>(4, layers.Select(RayArguments.Describe).ToArray()),
            };
            picture.Launcher = settings.IsLayered
                ? LayersOn(device.Device, views, volumes, looks, a)
                : OneOn(device.Device, KernelFor(volume.Type, settings, isWhole), views, volumes[0], looks[0], a);
            return picture;
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }

    private static Action<AcceleratorStream, KernelConfig> LayersOn(
        ComputeDevice device, SceneViews views, VolumeViews[] v, LookViews[] l, RayArguments a)
    {
        var four = new FourVolumes
        {
            Volume0 = v[0], Volume1 = v[Or(1)], Volume2 = v[Or(2)], Volume3 = v[Or(3)], Look0 = l[0], Look1 = l[Or(1)], Look2 = l[Or(2)],
                Look3 = l[Or(3)],
        };
        Action<SceneViews, FourVolumes, RayArguments> kernel = RayKernels.Layers;
        return (stream, config) => device.Kernel(kernel.Method, d => d.LoadKernel(kernel))(stream, config, views, four, a);

        int Or(int i) => i < v.Length ? i : 0;
    }

    private static Action<AcceleratorStream, KernelConfig> OneOn(
        ComputeDevice device, RayKernel kernel, SceneViews views, VolumeViews volume, LookViews look, RayArguments a) =>
        (stream, config) => device.Kernel(kernel.Method, d => d.LoadKernel(kernel))(
            stream, config, views, volume, look, a);

    private static RayKernel KernelFor(VoxelType type, RaycastSettings settings, bool isWhole) => type switch
    {
        VoxelType.UInt8 => KernelFor<UInt8Kind>(settings, isWhole),
        VoxelType.Int8 => KernelFor<Int8Kind>(settings, isWhole),
        VoxelType.UInt16 => KernelFor<UInt16Kind>(settings, isWhole),
        VoxelType.Int16 => KernelFor<Int16Kind>(settings, isWhole),
        _ => KernelFor<FloatKind>(settings, isWhole),
    };

    private static RayKernel KernelFor<TKind>(RaycastSettings settings, bool isWhole) where TKind : struct, IVoxelKind =>
        isWhole ? KernelFor<TKind, WholeFill>(settings) : KernelFor<TKind, PartFill>(settings);

    private static RayKernel KernelFor<TKind, TFill>(RaycastSettings settings)
        where TKind : struct, IVoxelKind where TFill : struct, IFill => settings.Mode switch
    {
        RayMode.Composite when settings.Integrated => RayKernels.Integrated<TKind, TFill>,
        RayMode.Composite => RayKernels.Composite<TKind, TFill>,
        RayMode.Isosurface => RayKernels.Isosurface<TKind, TFill>,
        _ => RayKernels.Projection<TKind, TFill>,
    };
}
