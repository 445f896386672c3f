using System.CommandLine;
using System.Numerics;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Cli.Commands;

/// <summary>Times our kernels on a raw 8-bit cube as peers time theirs: same transfer functions, camera, sampling and pixels.</summary>
internal static class BenchCommand
{
    // What devices know the volume by.
    private const string Bench = "bench";

    public static Command Create()
    {
        var what = new Argument<string>("WHAT") { Description = "raycast, slice, label, otsu or ingest." };
        var volume = new Option<string>("--volume") { Description = "Raw file of N³ 8-bit voxels.", Required = true };
        var size = new Option<int>("--size") { Description = "N.", Required = true };
        var pixels = new Option<int>("--pixels") { Description = "Pixels each way.", DefaultValueFactory = _ => 768 };
        var snapshots = new Option<string?>("--snapshots") { Description = "Folder for the pictures." };
        var device = Shared.Device();
        device.DefaultValueFactory = _ => "cpu";
        var command = new Command("bench", "Time the kernels; prints one JSON object.") { what, volume, size, pixels, snapshots, device };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var path = parse.GetValue(volume)!;
            var n = parse.GetValue(size);
            if (n < 2 || !File.Exists(path) || new FileInfo(path).Length != (long)n * n * n)
            {
                throw new VolumeFormatException($"{path} is not a raw file of {n}³ bytes; make one with make_volume.py or correct --size.");
            }

            var bytes = File.ReadAllBytes(path);
            using var devices = Shared.ParseDevice(parse.GetValue(device)!);
            var result = new Dictionary<string, object> { ["device"] = devices.Names[0], ["threads"] = Environment.ProcessorCount };
            switch (parse.GetValue(what))
            {
                case "raycast":
                    Raycast(bytes, n, parse.GetValue(pixels), parse.GetValue(snapshots), devices, result);
                    break;
                case "slice":
                    Slice(bytes, n, parse.GetValue(pixels), devices, result);
                    break;
                case "label":
                    Label(bytes, n, result);
                    break;
                case "otsu":
                    result["otsu.ms"] = MedianMs(5, 1, _ => result["otsu.threshold"] = OtsuThreshold.Split(ValueCounts.Of(bytes)));
                    break;
                case "ingest":
                    await IngestAsync(bytes, n, result, ct);
                    break;
                default:
                    throw new UsageException("bench takes raycast, slice, label, otsu or ingest.");
            }

            ExitCodes.PrintJson(result);
            return ExitCodes.Done;
        }));
        return command;
    }

    // A stack of single-slice TIFFs into a folder store, all levels, once and without a warm-up, as the peers do it.
    private static async Task IngestAsync(byte[] bytes, int n, Dictionary<string, object> result, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("dendrite-bench-").FullName;
        try
        {
            var stack = Directory.CreateDirectory(Path.Combine(folder, "stack")).FullName;
            for (var z = 0; z < n; z++)
            {
                using var file = File.Create(Path.Combine(stack, $"s{z:00000}.tif"));
                var tiff = new TiffStackWriter(file, new VolumeShape(1, n, n), VoxelType.UInt8, new VoxelSize(1, 1, 1));
                tiff.Add(bytes.AsSpan(z * n * n, n * n));
                tiff.Finish();
            }

            var importer = new Importer(new DatasetStore(new FolderBlobStore(Path.Combine(folder, "store"))), TimeProvider.System);
            var started = TimeProvider.System.GetTimestamp();
            await importer.ImportVolumeAsync(new SingleImport(stack, DatasetId.Parse("bench"), new VolumeManifest { VoxelSizeUm = [1, 1, 1] }), null, ct);
            result["ingest.ms"] = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds, 2);
            result["ingest.MB"] = bytes.Length / 1e6;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Raycast(byte[] bytes, int n, int pixels, string? snapshots, RenderDevices devices, Dictionary<string, object> result)
    {
        var volume = PagedVolume.FromDense<byte>(bytes, n, n, n);
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
                return new TransferPoint(v, ((int)c.R << 16) | ((int)c.G << 8) | (int)c.B, opacity.At(v).Opacity);
            }));
            var table = transfer.ToTable(0, 255, 1);
            var empty = EmptySpace.Of(volume, table.IsVisible);
            foreach (var shaded in new[] { false, true })
            {
                var settings = new RaycastSettings { Transfer = table, Empty = empty, Shaded = shaded };
                using var image = new RenderedImage(pixels, pixels, PixelLayout.Rgbx);
                var target = new uint[pixels * pixels];
                var label = $"{name}.{(shaded ? "shaded" : "flat")}";
                result[$"raycast.{label}.ms"] = MedianMs(5, 1, frame =>
                {
                    var (lit, camera) = (Lit(settings, n, frame), Camera(n, pixels, frame));
                    if (!devices.TryDraw(Bench, d => DeviceRaycaster.Render(d, volume, lit, camera, pixels, pixels, 1, target)))
                    {
                        Raycaster.Render(volume, lit, camera, pixels, pixels, 1, target);
                    }
                });
                if (snapshots is not null)
                {
                    System.Runtime.InteropServices.MemoryMarshal.AsBytes(target.AsSpan()).CopyTo(image.Pixels.Span);
                    var png = new System.Buffers.ArrayBufferWriter<byte>();
                    PngEncoder.Encode(image, png);
                    Directory.CreateDirectory(snapshots);
                    File.WriteAllBytes(Path.Combine(snapshots, $"dendrite-{name}-{(shaded ? 1 : 0)}.png"), png.WrittenSpan.ToArray());
                }
            }
        }
    }

    private static RaycastSettings Lit(RaycastSettings settings, int n, int frame)
    {
        var (eye, _, _, forward) = VtkFrame(n, frame);

        // VTK counts its steps from the near plane, which ResetCameraClippingRange puts before the volume by half its depth.
        var depths = Enumerable.Range(0, 8).Select(i => Vector3.Dot(new Vector3((i & 1) * (n - 1), (i >> 1 & 1) * (n - 1), (i >> 2) * (n - 1)) - eye, forward)).ToArray();
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

    private static RayGeometry Camera(int n, int pixels, int frame)
    {
        var (eye, right, down, forward) = VtkFrame(n, frame);
        var pixel = 2 * MathF.Tan(15 * MathF.PI / 180) / pixels;
        var half = (pixels - 1) / 2f * pixel;
        return new RayGeometry(
            VoxelVector.FromXyz(eye), default, default,
            VoxelVector.FromXyz(forward - half * right - half * down), VoxelVector.FromXyz(pixel * right), VoxelVector.FromXyz(pixel * down));
    }

    private static void Slice(byte[] bytes, int n, int pixels, RenderDevices devices, Dictionary<string, object> result)
    {
        var volume = PagedVolume.FromDense<byte>(bytes, n, n, n);
        var target = new float[pixels * pixels];
        result["slice.oblique.ms"] = MedianMs(9, 1, frame =>
        {
            double a = (20 + 3 * frame) * Math.PI / 180, b = 35 * Math.PI / 180;
            var right = new VoxelVector(0, (float)Math.Sin(a), (float)Math.Cos(a));
            var down = new VoxelVector((float)Math.Sin(b), (float)(Math.Cos(a) * Math.Cos(b)), (float)(-Math.Sin(a) * Math.Cos(b)));
            var scale = (float)n / pixels;
            var middle = new VoxelVector(n / 2f + frame, n / 2f, n / 2f);
            var plane = new SliceGeometry(middle - n / 2f * right - n / 2f * down, scale * right, scale * down, default);
            SliceRow rows = (u, v, row) => row.CopyTo(target.AsSpan(v * pixels + u));
            if (!devices.TryDraw(Bench, d => DeviceSlicer.Render(d, volume, plane, pixels, pixels, rows)))
            {
                Slicer.Render(volume, plane, pixels, pixels, rows);
            }
        });
    }

    // Voids from grey values to an array of labels and their sizes and centres, as scipy's label, bincount and center_of_mass give them.
    private static void Label(byte[] bytes, int n, Dictionary<string, object> result)
    {
        var labels = new int[bytes.Length];
        result["label.ms"] = MedianMs(5, 1, _ =>
        {
            var mask = new BitVolume(n, n, n);
            Parallel.For(0, n, z =>
            {
                for (var y = 0; y < n; y++)
                {
                    ThresholdKernel.Within<byte>(bytes.AsSpan((z * n + y) * n, n), 11, 99, mask.Row(z, y));
                }
            });
            var components = ComponentLabeller.Label(mask, StructuringElement.Faces);
            Parallel.For(0, n, z => components.WriteSlice(z, labels.AsSpan(z * n * n, n * n)));
            result["label.components"] = components.Count;
        });
    }

    private static double MedianMs(int runs, int warm, Action<int> frame)
    {
        for (var i = 0; i < warm; i++)
        {
            frame(0);
        }

        var times = new double[runs];
        for (var i = 0; i < runs; i++)
        {
            var start = TimeProvider.System.GetTimestamp();
            frame(i + 1);
            times[i] = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return Math.Round(times[runs / 2], 2);
    }
}
