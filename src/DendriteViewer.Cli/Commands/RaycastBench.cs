using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Cli.Commands;

/// <summary>
/// Times what an orbiting viewer gets: a cube of N³ voxels, P×P pixels at full resolution, each frame turned by 7°, flat and shaded,
/// through two transfer functions.
/// </summary>
/// <param name="N">Voxels each way.</param>
/// <param name="Pixels">Pixels each way.</param>
/// <param name="Snapshots">Folder for the last picture of each case, or null.</param>
/// <param name="Exact">The picture at rest: half a voxel a step, pre-integrated, smooth gradients.</param>
/// <param name="InBytes">Whether pictures in motion may be drawn in byte packets.</param>
/// <param name="Repeats">Frames.</param>
/// <param name="Threads">Threads at once, or null for all.</param>
/// <param name="Only">The one case to time, or null for all.</param>
/// <param name="Bits">8, 16 or 32 (float): as which type the voxels are held.</param>
internal sealed record RaycastBench(int N, int Pixels, string? Snapshots, bool Exact, bool InBytes, int Repeats, int? Threads,
    string? Only, int Bits)
{
    // What devices know the volume by.
    private const string Bench = "bench";

    /// <summary>
    /// Adds milliseconds to a result: the median and the least of the frames, and the processor time of a frame over all threads, which a
    /// busy machine changes least.
    /// </summary>
    public void Run(byte[] bytes, RenderDevices devices, Dictionary<string, object> result)
    {
        if (Repeats is < 1 or > 1000 || Threads is < 1 or > 256)
        {
            throw new UsageException("bench takes --repeats from 1 to 1000 and --threads from 1 to 256.");
        }

        if (Bits is not (8 or 16 or 32))
        {
            throw new UsageException("bench takes --bits 8, 16 or 32.");
        }

        if (Threads is { } threads)
        {
            result["threads"] = threads;
            using var lane = new ComputeLane("bench", threads);
            lane.RunAsync(() =>
            {
                Frames(bytes, devices, result);
                return Task.CompletedTask;
            }).GetAwaiter().GetResult();
        }
        else
        {
            Frames(bytes, devices, result);
        }
    }

    private void Frames(byte[] bytes, RenderDevices devices, Dictionary<string, object> result)
    {
        // A 16-bit voxel is 257 times the byte; a float is the byte.
        var unit = Bits == 16 ? 257 : 1;
        var volume = Bits switch
        {
            8 => PagedVolume.FromDense<byte>(bytes, N, N, N),
            16 => PagedVolume.FromDense<ushort>(Array.ConvertAll(bytes, b => (ushort)(b * unit)), N, N, N),
            _ => PagedVolume.FromDense<float>(Array.ConvertAll(bytes, b => (float)b), N, N, N),
        };
        var rgb = TransferFunction.Of([new(0, 0x1A1A66, 0), new(100, 0xE68033, 0), new(255, 0xFFFFFF, 0)]);
        (string, (double, double)[])[] functions =
        [
            ("voids", [(0, 0), (10, 0), (30, 0.6), (80, 0.6), (100, 0), (255, 0)]),
            ("fog", [(0, 0), (20, 0), (255, 0.03)]),
        ];
        foreach (var (name, points) in functions)
        {
            // The union of the two functions' corners, since ours carries colour and opacity in one point.
            var values = points.Select(p => p.Item1).Concat([100.0]).Distinct();
            var opacity = TransferFunction.Of(points.Select(p => new TransferPoint(p.Item1, 0, p.Item2)));
            var transfer = TransferFunction.Of(values.Select(v =>
            {
                var c = rgb.At(v);
                return new TransferPoint(v * unit, ((int)c.R << 16) | ((int)c.G << 8) | (int)c.B, opacity.At(v).Opacity);
            }));
            var step = Exact ? 0.5f : 1;
            var table = transfer.ToTable(0, 255 * unit, step);
            var empty = EmptySpace.Of(volume, table.IsVisible);
            foreach (var shaded in new[] { false, true })
            {
                var settings = new RaycastSettings
                {
                    Transfer = table, Empty = empty, Shaded = shaded, Step = step, Integrated = Exact, Smooth = Exact,
                        InMotion = !Exact && InBytes, Values = (0, 255 * unit),
                };
                var target = new uint[Pixels * Pixels];
                var label = $"{name}.{(shaded ? "shaded" : "flat")}";
                if (Only is not null && Only != label)
                {
                    continue;
                }

                for (var i = 0; i < BenchCommand.FramesBefore; i++)
                {
                    Draw(0);
                }

                var before = Environment.CpuUsage.TotalTime;
                var times = BenchCommand.Times(Repeats, 0, Draw);
                result[$"raycast.{label}.cpu.ms"] = Math.Round((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Repeats, 2);
                result[$"raycast.{label}.ms"] = Math.Round(times[times.Length / 2], 2);
                result[$"raycast.{label}.least.ms"] = Math.Round(times[0], 2);
                Save(target, $"dendrite-{name}-{(shaded ? 1 : 0)}.png");

                void Draw(int frame)
                {
                    var (lit, camera) = (Lit(settings, frame), Camera(frame));
                    if (!devices.TryDraw(
                            Bench, volume.Type, d => DeviceRaycaster.Render(d, volume, lit, camera, Pixels, Pixels, 1, target)))
                    {
                        Raycaster.Render(volume, lit, camera, Pixels, Pixels, 1, target);
                    }
                }
            }
        }
    }

    private void Save(uint[] target, string name)
    {
        if (Snapshots is null)
        {
            return;
        }

        using var image = new RenderedImage(Pixels, Pixels, PixelLayout.Rgbx);
        MemoryMarshal.AsBytes(target.AsSpan()).CopyTo(image.Pixels.Span);
        var png = new System.Buffers.ArrayBufferWriter<byte>();
        PngEncoder.Encode(image, png);
        Directory.CreateDirectory(Snapshots);
        File.WriteAllBytes(Path.Combine(Snapshots, name), png.WrittenSpan.ToArray());
    }

    private RaycastSettings Lit(RaycastSettings settings, int frame)
    {
        var (eye, _, _, forward) = VtkFrame(N, frame);

        // VTK counts its steps from the near plane, which ResetCameraClippingRange puts before the volume by half its depth.
        var depths = Enumerable.Range(0, 8).Select(i =>
            Vector3.Dot(new Vector3((i & 1) * (N - 1), (i >> 1 & 1) * (N - 1), (i >> 2) * (N - 1)) - eye, forward)).ToArray();
        var near = 0.99f * depths.Min() - 0.5f * (depths.Max() - depths.Min());
        var light = VoxelVector.FromXyz(-forward);
        return settings with { HeadLight = light, KeyLight = light, SamplePlane = new Vector4(forward, -Vector3.Dot(forward, eye) - near) };
    }

    // VTK's ResetCamera looks along −z with y up, at the distance where the bounding sphere fills 30°;
    // then Azimuth(30), Elevation(20), and Azimuth(7) before each frame but the first.
    private static (Vector3 Eye, Vector3 Right, Vector3 Down, Vector3 Forward) VtkFrame(int n, int frame)
    {
        var target = new Vector3((n - 1) / 2f);
        var distance = MathF.Sqrt(3) * (n - 1) / 2 / MathF.Sin(15 * MathF.PI / 180);
        var up = Vector3.UnitY;
        var back = Vector3.UnitZ;
        back = Vector3.Transform(back, Quaternion.CreateFromAxisAngle(up, 30 * MathF.PI / 180));
        var side = Vector3.Normalize(Vector3.Cross(-back, up));
        back = Vector3.Transform(back, Quaternion.CreateFromAxisAngle(side, -20 * MathF.PI / 180));
        for (var i = 0; i < frame; i++)
        {
            back = Vector3.Transform(back, Quaternion.CreateFromAxisAngle(up, 7 * MathF.PI / 180));
        }

        var right = Vector3.Normalize(Vector3.Cross(-back, up));
        return (target + distance * back, right, Vector3.Normalize(Vector3.Cross(-back, right)), -back);
    }

    private RayGeometry Camera(int frame)
    {
        var (eye, right, down, forward) = VtkFrame(N, frame);
        var pixel = 2 * MathF.Tan(15 * MathF.PI / 180) / Pixels;
        var half = (Pixels - 1) / 2f * pixel;
        return new RayGeometry(
            VoxelVector.FromXyz(eye), default, default,
            VoxelVector.FromXyz(forward - half * right - half * down), VoxelVector.FromXyz(pixel * right),
                VoxelVector.FromXyz(pixel * down));
    }
}
