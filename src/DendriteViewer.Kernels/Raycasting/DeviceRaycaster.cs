using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>Ray-casts whole pictures on a device, by Raycast.cl: one work item a ray, the same picture as <see cref="RaycastScalar"/>.</summary>
public static class DeviceRaycaster
{
    /// <summary>Clipping planes at most.</summary>
    public const int MostPlanes = 16;

    private static readonly string[] s_files = ["Sampling.cl", "Raycast.cl"];

    private static readonly string s_options = FormattableString.Invariant(
        $" -D MODE_COMPOSITE={(int)RayMode.Composite} -D MODE_MINIMUM={(int)RayMode.Minimum} -D MODE_MEAN={(int)RayMode.Mean} -D MODE_ISOSURFACE={(int)RayMode.Isosurface}")
        + FormattableString.Invariant($" -D AMBIENT={RaycastSettings.Ambient}f -D HEAD_DIFFUSE={RaycastSettings.HeadDiffuse}f")
        + FormattableString.Invariant($" -D KEY_DIFFUSE={RaycastSettings.KeyDiffuse}f -D SPECULAR={RaycastSettings.Specular}f");

    [InlineArray(MostPlanes)]
    internal struct Planes
    {
        private Vector4 _first;
    }

    /// <summary>The kernel's arguments; Raycast.cl has the same.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Arguments
    {
        public Vector4 Origin, OriginRight, OriginDown, Direction, DirectionRight, DirectionDown;
        public Vector4 BoxLow, BoxHigh;
        public Vector4 Gradient;
        public Vector4 HeadLight, KeyLight;
        public Vector4 SamplePlane;
        public Planes Planes;
        public float TableLow, TableScale, Step, IsoValue;
        public float Scale;
        public int Mode, Shaded, Jitter;
        public int HasSamplePlane, PlaneCount, Background, Width;
        public int Height, Levels;
        public long Unused;
    }

    /// <summary>Fills <paramref name="target"/> as <see cref="Raycaster.Render"/> does.</summary>
    /// <param name="device">Where.</param>
    /// <param name="volume">What is looked at.</param>
    /// <param name="settings">How; <see cref="MostPlanes"/> clipping planes at most.</param>
    /// <param name="rays">The rays of a picture at scale 1.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="scale">Pixels of the full picture in one of this.</param>
    /// <param name="target">At least width·height pixels, 0xAABBGGRR.</param>
    /// <param name="mostUpload">Bytes of bricks that may be uploaded first; for the rest coarser ones stand in.</param>
    /// <returns>Whether every brick that the host has was drawn.</returns>
    /// <exception cref="ComputeException">The device failed.</exception>
    public static bool Render(
        DeviceVolumes device, PagedVolume volume, RaycastSettings settings, RayGeometry rays, int width, int height, float scale, Span<uint> target,
        long mostUpload = long.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(target.Length, width * height);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.ClipPlanes.Count, MostPlanes);
        using var entered = device.Enter(volume, mostUpload);
        var (ofBrick, maps, table) = device.Look(settings.Empty, settings.Transfer);
        using var pixels = device.Device.Allocate((long)width * height * sizeof(uint));
        var arguments = ArgumentsOf(volume, settings, rays, width, height, scale);
        device.Device.Run(
            s_files, DeviceVolumes.OptionsFor(volume.Type) + s_options, "raycast", width, height, arguments, device.Pool, entered.Levels, entered.Pages, ofBrick, maps, table, pixels);
        device.Device.Read(pixels, target[..(width * height)]);
        return entered.IsComplete;
    }

    private static Arguments ArgumentsOf(PagedVolume volume, RaycastSettings s, RayGeometry rays, int width, int height, float scale)
    {
        var (low, high) = RaycastScalar.Box(volume, s);
        var arguments = new Arguments
        {
            Origin = new(rays.Origin, 0), OriginRight = new(rays.OriginRight, 0), OriginDown = new(rays.OriginDown, 0),
            Direction = new(rays.Direction, 0), DirectionRight = new(rays.DirectionRight, 0), DirectionDown = new(rays.DirectionDown, 0),
            BoxLow = new(low, 0), BoxHigh = new(high, 0), Gradient = new(s.GradientScale, s.GradientFloor), HeadLight = new(s.HeadLight, 0), KeyLight = new(s.KeyLight, 0),
            SamplePlane = s.SamplePlane ?? default, TableLow = s.Transfer.Low, TableScale = s.Transfer.Scale, Step = s.Step, IsoValue = s.IsoValue, Scale = scale,
            Mode = (int)s.Mode, Shaded = s.Shaded ? 1 : 0, Jitter = s.Jitter ? 1 : 0, HasSamplePlane = s.SamplePlane is null ? 0 : 1, PlaneCount = s.ClipPlanes.Count,
            Background = s.Background, Width = width, Height = height, Levels = volume.Levels.Count,
        };
        for (var i = 0; i < s.ClipPlanes.Count; i++)
        {
            arguments.Planes[i] = s.ClipPlanes[i];
        }

        return arguments;
    }
}
