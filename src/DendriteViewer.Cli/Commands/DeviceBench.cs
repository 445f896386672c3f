using System.Numerics;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Cli.Commands;

/// <summary>What is timed on a device.</summary>
/// <param name="Size">Voxels of the volume along each axis.</param>
/// <param name="Type">How a voxel is stored.</param>
/// <param name="Width">Pixels across.</param>
/// <param name="Height">Pixels down.</param>
/// <param name="Sessions">People who orbit at once.</param>
/// <param name="Seconds">How long they do.</param>
/// <param name="Groups">Whether shapes of groups are compared.</param>
internal sealed record DeviceBenchOptions(int Size, VoxelType Type, int Width, int Height, int Sessions, double Seconds, bool Groups);

/// <summary>
/// Times pictures of a synthetic volume on a device: every mode, with and without the way back of the pixels, a timestep that is not on
/// the device
/// yet, and many sessions at once. The view turns around the volume, which fills the picture's height.
/// </summary>
internal sealed class DeviceBench(ComputeDeviceInfo info, DeviceBenchOptions options, Dictionary<string, object> result)
{
    private const int Frames = 9;

    private double _bandwidth;

    private readonly record struct Look(
        string Name, (double, double)[] Opacity, RayMode Mode = RayMode.Composite, bool Shaded = false, bool Exact = false);

    private static readonly (double, double)[] s_voids = [(0, 0), (10, 0), (30, 0.6), (80, 0.6), (100, 0), (255, 0)];
    private static readonly (double, double)[] s_fog = [(0, 0), (20, 0), (255, 0.03)];

    private static readonly Look[] s_looks =
    [
        new("sparse.flat", s_voids),
        new("sparse.shaded", s_voids, Shaded: true),
        new("sparse.exact", s_voids, Shaded: true, Exact: true),
        new("translucent.flat", s_fog),
        new("translucent.shaded", s_fog, Shaded: true),
        new("translucent.exact", s_fog, Shaded: true, Exact: true),
        new("maximum", s_fog, RayMode.Maximum),
        new("isosurface", s_voids, RayMode.Isosurface),
        new("isosurface.exact", s_voids, RayMode.Isosurface, Exact: true),
    ];

    /// <summary>The voxel type of an option.</summary>
    public static VoxelType TypeOf(string text) => text switch
    {
        "u8" => VoxelType.UInt8,
        "u16" => VoxelType.UInt16,
        "f32" => VoxelType.Float32,
        _ => throw new UsageException($"--type is u8, u16 or f32, not '{text}'."),
    };

    /// <summary>Runs it; what was found so far is in the result if the device fails.</summary>
    public void Run()
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        var volume = SyntheticVolume.Of(options.Size, options.Type, 7);
        Say("volume.ms", time.GetElapsedTime(started).TotalMilliseconds);
        var bytes = volume.Grid.Bricks.Sum(b => b!.Data.LongLength);
        started = time.GetTimestamp();
        using var device = new ComputeDevice(info);
        using var volumes = new DeviceVolumes(device, 2 * bytes + bytes / 4 + (64 << 20));
        Say("open.ms", time.GetElapsedTime(started).TotalMilliseconds);
        var timer = new DeviceTimer(volumes, time);
        _bandwidth = timer.CopyBytesPerSecond();
        Say("copy.GBps", _bandwidth / 1e9);
        var prepared = s_looks.Select(l => Prepare(volume, l)).ToArray();
        started = time.GetTimestamp();
        timer.KernelMs(volume, _ => prepared[1], i => Camera(i), 64, 64, 1);
        Say("first.ms", time.GetElapsedTime(started).TotalMilliseconds);
        for (var i = 0; i < s_looks.Length; i++)
        {
            TimeOne(timer, volume, s_looks[i].Name, prepared[i]);
        }

        Slices(timer, volume);
        if (options.Groups)
        {
            foreach (var group in new[] { (8, 4), (8, 8), (16, 8), (32, 4), (16, 16), (32, 8) })
            {
                foreach (var look in new[] { 1, 4 })
                {
                    Say($"{s_looks[look].Name}.group.{group.Item1}x{group.Item2}.ms", timer.KernelMs(
                        volume, i => Lit(prepared[look], i), i => Camera(i), options.Width, options.Height, Frames, group));
                }
            }
        }

        Cold(timer, volumes, prepared[1]);
        Sessions(timer, volume, prepared[1]);
        Say("peak.MiB", device.PeakBytes >> 20);
    }

    private void TimeOne(DeviceTimer timer, PagedVolume volume, string name, RaycastSettings settings)
    {
        var (w, h) = (options.Width, options.Height);
        var kernel = timer.KernelMs(volume, i => Lit(settings, i), i => Camera(i), w, h, Frames);
        var frame = timer.FrameMs(volume, i => Lit(settings, i), i => Camera(i), w, h, Frames);
        var samples = SampleCounter.Count(volume, Lit(settings, 1), Camera(1), w, h, Math.Max(1, h / 135));
        Say($"{name}.kernel.ms", kernel);
        Say($"{name}.frame.ms", frame);
        Say($"{name}.Gsamples", samples / 1e9);
        Say($"{name}.Gsamples.s", samples / kernel / 1e6);
        Say($"{name}.bandwidth.share", samples * 8.0 * options.Type.Size() / (kernel / 1000) / _bandwidth);
    }

    private void Slices(DeviceTimer timer, PagedVolume volume)
    {
        foreach (var interpolation in new[] { SliceInterpolation.Linear, SliceInterpolation.Cubic })
        {
            var name = $"slice.{interpolation}".ToLowerInvariant();
            var ms = timer.SliceKernelMs(volume, i => Plane(i, interpolation), options.Width, options.Height, Frames);
            Say($"{name}.kernel.ms", ms);
            var voxels = interpolation == SliceInterpolation.Cubic ? 64.0 : 8;
            var bytes = options.Width * (double)options.Height * (voxels * options.Type.Size() + sizeof(float));
            Say($"{name}.bandwidth.share", bytes / (ms / 1000) / _bandwidth);
        }
    }

    // Another timestep: nothing of it is on the device.
    private void Cold(DeviceTimer timer, DeviceVolumes volumes, RaycastSettings settings)
    {
        var other = SyntheticVolume.Of(options.Size, options.Type, 8);
        var look = settings with { Empty = EmptySpace.Of(other, settings.Transfer.IsVisible) };
        var target = new uint[options.Width * options.Height];
        var started = TimeProvider.System.GetTimestamp();
        DeviceRaycaster.Render(volumes, other, Lit(look, 1), Camera(1), options.Width, options.Height, 1, target);
        var ms = TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
        Say("cold.ms", ms);
        Say("cold.GBps", other.Grid.Bricks.Sum(b => b!.Data.LongLength) / (ms / 1000) / 1e9);
    }

    private void Sessions(DeviceTimer timer, PagedVolume volume, RaycastSettings settings)
    {
        var times = timer.SessionMs(volume, i => Lit(settings, i), i => Camera(i), options.Width, options.Height, options.Sessions,
            options.Seconds);
        Say("sessions.p50.ms", times[times.Count / 2]);
        Say("sessions.p95.ms", times[times.Count * 95 / 100]);
        Say("sessions.frames.s", times.Count / options.Seconds);
    }

    private RaycastSettings Prepare(PagedVolume volume, Look look)
    {
        var unit = options.Type == VoxelType.UInt16 ? 257f : 1;
        var rgb = TransferFunction.Of([new(0, 0x1A1A66, 0), new(100, 0xE68033, 0), new(255, 0xFFFFFF, 0)]);
        var opacity = TransferFunction.Of(look.Opacity.Select(p => new TransferPoint(p.Item1, 0, p.Item2)));
        var transfer = TransferFunction.Of(look.Opacity.Select(p => p.Item1).Append(100).Distinct().Select(v =>
        {
            var c = rgb.At(v);
            return new TransferPoint(v * unit, ((int)c.R << 16) | ((int)c.G << 8) | (int)c.B, opacity.At(v).Opacity);
        }));
        var step = look.Exact && look.Mode == RayMode.Composite ? 0.5f : 1;
        var table = transfer.ToTable(0, 255 * unit, step);
        var iso = 105 * unit;
        var isSurface = look.Mode == RayMode.Isosurface;
        return new RaycastSettings
        {
            Mode = look.Mode, Transfer = table, Shaded = look.Shaded || isSurface, Step = step, IsoValue = iso, GradientFloor = unit * unit,
            Integrated = look.Exact && look.Mode == RayMode.Composite, Smooth = look.Exact,
            Empty = isSurface ? EmptySpace.Of(volume, (l, m) => l <= iso && m >= iso) : EmptySpace.Of(volume, table.IsVisible),
        };
    }

    private RaycastSettings Lit(RaycastSettings settings, int frame)
    {
        var (eye, _, _, forward) = View(frame);
        var light = VoxelVector.FromXyz(-forward);
        return settings with { HeadLight = light, KeyLight = light, SamplePlane = new Vector4(forward, -Vector3.Dot(forward, eye)) };
    }

    private (Vector3 Eye, Vector3 Right, Vector3 Down, Vector3 Forward) View(int frame)
    {
        var n = options.Size;
        var turn = Quaternion.CreateFromYawPitchRoll((30 + 7 * frame) * MathF.PI / 180, -20 * MathF.PI / 180, 0);
        var forward = Vector3.Transform(Vector3.UnitZ, turn);
        var distance = n / 2f / MathF.Tan(15 * MathF.PI / 180) * 1.2f;
        var (right, down) = (Vector3.Transform(Vector3.UnitX, turn), Vector3.Transform(Vector3.UnitY, turn));
        return (new Vector3((n - 1) / 2f) - distance * forward, right, down, forward);
    }

    private RayGeometry Camera(int frame)
    {
        var (eye, right, down, forward) = View(frame);
        var pixel = 2 * MathF.Tan(15 * MathF.PI / 180) / options.Height;
        var corner = forward - (options.Width - 1) / 2f * pixel * right - (options.Height - 1) / 2f * pixel * down;
        return new RayGeometry(
            VoxelVector.FromXyz(eye), default, default, VoxelVector.FromXyz(corner), VoxelVector.FromXyz(pixel * right),
                VoxelVector.FromXyz(pixel * down));
    }

    private SliceGeometry Plane(int frame, SliceInterpolation interpolation)
    {
        var n = options.Size;
        double a = (20 + 3 * frame) * Math.PI / 180, b = 35 * Math.PI / 180;
        var right = new VoxelVector(0, (float)Math.Sin(a), (float)Math.Cos(a));
        var down = new VoxelVector((float)Math.Sin(b), (float)(Math.Cos(a) * Math.Cos(b)), (float)(-Math.Sin(a) * Math.Cos(b)));
        var scale = (float)n / options.Height;
        var middle = new VoxelVector(n / 2f + frame, n / 2f, n / 2f);
        return new SliceGeometry(
            middle - options.Width / 2f * scale * right - n / 2f * down, scale * right, scale * down, default,
                Interpolation: interpolation);
    }

    private void Say(string name, double value)
    {
        var rounded = value >= 100 ? Math.Round(value, 1) : Math.Round(value, 4);
        result[$"device.{name}"] = rounded;
        Console.Error.WriteLine(FormattableString.Invariant($"{name}: {rounded}"));
    }
}
