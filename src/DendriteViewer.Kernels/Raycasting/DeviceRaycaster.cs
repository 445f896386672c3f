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
        + FormattableString.Invariant($" -D MOST_PLANES={MostPlanes} -D REFINEMENTS_OF_RELIEF={ClipShape.Refinements} -D MOST_VOLUMES={RaycastSettings.MostVolumes}")
        + FormattableString.Invariant($" -D TYPE_UINT8={(int)VoxelType.UInt8} -D TYPE_INT8={(int)VoxelType.Int8} -D TYPE_UINT16={(int)VoxelType.UInt16}")
        + FormattableString.Invariant($" -D TYPE_INT16={(int)VoxelType.Int16} -D TYPE_FLOAT32={(int)VoxelType.Float32}")
        + FormattableString.Invariant($" -D EXTINCTION_UNIT={TransferTable.ExtinctionUnit}.0f -D COLOR_UNIT={TransferTable.ColorUnit}.0f")
        + FormattableString.Invariant($" -D LIGHT_TOWARDS={LightField.Towards}f -D SHADOWED_HEAD={RaycastSettings.ShadowedHead}f -D LEAST_BASE={RaycastScalar.LeastBase}f")
        + FormattableString.Invariant($" -D AMBIENT={RaycastSettings.Ambient}f -D HEAD_DIFFUSE={RaycastSettings.HeadDiffuse}f")
        + FormattableString.Invariant($" -D KEY_DIFFUSE={RaycastSettings.KeyDiffuse}f -D SPECULAR={RaycastSettings.Specular}f");

    [InlineArray(MostPlanes)]
    internal struct Planes
    {
        private Vector4 _first;
    }

    [InlineArray(MostPlanes)]
    internal struct Reliefs
    {
        private float _first;
    }

    [InlineArray(RaycastSettings.MostVolumes)]
    internal struct Layers
    {
        private Layer _first;
    }

    /// <summary>What the kernel is told of a volume; LayerArguments of Raycast.cl is the same.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Layer
    {
        public Vector4 BoxLow, BoxHigh;
        public Vector4 Gradient;
        public Vector4 HeadLight, KeyLight;
        public Vector4 FromX, FromY, FromZ;
        public float TableLow, TableScale;
        public int Shaded, Nearest;
        public int Replaces, Levels, Type, Unused;
    }

    /// <summary>The kernel's arguments; RaycastArguments of Raycast.cl is the same.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Arguments
    {
        public Vector4 Origin, OriginRight, OriginDown, Direction, DirectionRight, DirectionDown;
        public Vector4 BoxLow, BoxHigh;
        public Vector4 SamplePlane;
        public Planes Planes;
        public Reliefs Reliefs;
        public Layers Layers;
        public Vector4 LightScale, LightOffset;
        public float Step, IsoValue, Scale;
        public int Mode;
        public int Jitter, HasSamplePlane, PlaneCount, Background;
        public int Width, Height, LayerCount, Integrated;
        public int LightZ, LightY, LightX, Smooth;
        public Vector4 ReliefU, ReliefV;
        public int ReliefCountU, ReliefCountV;
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
        ArgumentOutOfRangeException.ThrowIfGreaterThan(settings.Clip.Planes.Count, MostPlanes);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(settings.Layers.Count, RaycastSettings.MostVolumes);
        var layers = RayLayer.All(volume, settings).AsSpan(0, settings.IsLayered ? settings.Layers.Count + 1 : 1);
        var entered = new DeviceVolumes.Entered?[RaycastSettings.MostVolumes];
        try
        {
            var buffers = new List<DeviceBuffer> { device.Pool };
            for (var i = 0; i < layers.Length; i++)
            {
                var here = device.Enter(layers[i].Volume, mostUpload);
                entered[i] = here;
                var (ofBrick, maps, table, sums) = device.Look(layers[i].Empty, layers[i].Transfer);
                buffers.AddRange([here.Levels, here.Pages, ofBrick, maps, table, sums]);
            }

            // Volumes that are not there are given the first one's memory.
            for (var i = layers.Length; i < RaycastSettings.MostVolumes && settings.IsLayered; i++)
            {
                buffers.AddRange(buffers[1..7]);
            }

            // Likewise a light field; its own changes with the camera, so it is not kept.
            var light = settings.Light is { } field ? device.Device.Upload<byte>(field.Entries.AsSpan(0, 8 * field.Z * field.Y * (field.X + 1) + 64)) : null;
            using var lightMemory = light;
            buffers.Add(light ?? buffers[0]);

            var relief = settings.Clip.Relief is { } heights ? device.Device.Upload<float>(heights.Heights) : null;
            using var reliefMemory = relief;
            buffers.Add(relief ?? buffers[0]);

            using var pixels = device.Device.Allocate((long)width * height * sizeof(uint));
            buffers.Add(pixels);
            device.Device.Run(
                s_files, (settings.IsLayered ? "-D LAYERS" : DeviceVolumes.OptionsFor(volume.Type)) + s_options, "raycast", width, height,
                ArgumentsOf(layers, settings, rays, width, height, scale), CollectionsMarshal.AsSpan(buffers));
            device.Device.Read(pixels, target[..(width * height)]);
            return entered.All(e => e is not { IsComplete: false });
        }
        finally
        {
            foreach (var e in entered)
            {
                e?.Dispose();
            }
        }
    }

    private static Arguments ArgumentsOf(ReadOnlySpan<RayLayer> layers, RaycastSettings s, RayGeometry rays, int width, int height, float scale)
    {
        var arguments = new Arguments
        {
            Origin = new(rays.Origin, 0), OriginRight = new(rays.OriginRight, 0), OriginDown = new(rays.OriginDown, 0),
            Direction = new(rays.Direction, 0), DirectionRight = new(rays.DirectionRight, 0), DirectionDown = new(rays.DirectionDown, 0),
            BoxLow = new(s.BoxLow, 0), BoxHigh = new(s.BoxHigh, 0), SamplePlane = s.SamplePlane ?? default, Step = s.Step, IsoValue = s.IsoValue, Scale = scale,
            Mode = (int)s.Mode, Jitter = s.Jitter ? 1 : 0, HasSamplePlane = s.SamplePlane is null ? 0 : 1, PlaneCount = s.Clip.Planes.Count,
            Background = s.Background, Width = width, Height = height, LayerCount = layers.Length, Integrated = s.Integrated ? 1 : 0, Smooth = s.Smooth ? 1 : 0,
        };
        if (s.Light is { } light)
        {
            (arguments.LightScale, arguments.LightOffset) = (new(light.Scale, 1), new(light.Offset, 0));
            (arguments.LightZ, arguments.LightY, arguments.LightX) = (light.Z, light.Y, light.X);
        }

        if (s.Clip.Relief is { } relief)
        {
            (arguments.ReliefU, arguments.ReliefV, arguments.ReliefCountU, arguments.ReliefCountV) = (relief.AlongU, relief.AlongV, relief.CountU, relief.CountV);
        }

        for (var i = 0; i < s.Clip.Planes.Count; i++)
        {
            (arguments.Planes[i], arguments.Reliefs[i]) = (s.Clip.Planes[i].Plane, s.Clip.Planes[i].Relief);
        }

        for (var i = 0; i < layers.Length; i++)
        {
            var (layer, m) = (layers[i], layers[i].FromPicture);
            arguments.Layers[i] = new Layer
            {
                BoxLow = new(layer.Box.Low, 0), BoxHigh = new(layer.Box.High, 0), Gradient = new(layer.GradientScale, layer.GradientFloor),
                HeadLight = new(layer.HeadLight, 0), KeyLight = new(layer.KeyLight, 0),
                FromX = new(m.M11, m.M21, m.M31, m.M41), FromY = new(m.M12, m.M22, m.M32, m.M42), FromZ = new(m.M13, m.M23, m.M33, m.M43),
                TableLow = layer.Transfer.Low, TableScale = layer.Transfer.Scale, Shaded = layer.Shaded ? 1 : 0, Nearest = layer.Nearest ? 1 : 0,
                Replaces = layer.Replaces ? 1 : 0, Levels = layer.Volume.Levels.Count, Type = (int)layer.Volume.Type,
            };
        }

        return arguments;
    }
}
