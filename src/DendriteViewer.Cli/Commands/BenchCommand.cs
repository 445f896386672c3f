using System.CommandLine;
using System.Numerics;
using DendriteViewer.Analysis;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Devices;
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
    /// <summary>Frames before the clock starts: who turns or scrolls has seen some already, and their code is compiled whole.</summary>
    internal const int FramesBefore = 40;

    public static Command Create()
    {
        var what = new Argument<string>("WHAT") { Description = "raycast, slice, label, otsu, ingest or eis." };
        var volume = new Option<string?>("--volume")
        {
            Description = "Raw file of N³ 8-bit voxels; made up where --device names a device.",
        };
        var size = new Option<int>("--size") { Description = "N; of eis, how many sweeps.", Required = true };
        var pixels = new Option<string>("--pixels") { Description = "Pixels, N or WxH.", DefaultValueFactory = _ => "768" };
        var type = new Option<string>("--type") { Description = "On a device: u8, u16 or f32.", DefaultValueFactory = _ => "u16" };
        var sessions = new Option<int>("--sessions")
        {
            Description = "On a device: sessions that orbit at once, from 1 to 500.", DefaultValueFactory = _ => 50,
        };
        var groups = new Option<bool>("--groups") { Description = "On a device: compare shapes of work groups." };
        var snapshots = new Option<string?>("--snapshots")
        {
            Description = "Folder for the pictures, or of eis for the sweeps and their χ².",
        };
        var exact = new Option<bool>("--exact") { Description = "Of raycast, time the picture at rest rather than one in motion." };
        var noBytes = new Option<bool>("--no-bytes") { Description = "Of raycast, draw pictures in motion without byte packets." };
        var repeats = new Option<int>("--repeats") { Description = "Frames of raycast, from 1 to 1000.", DefaultValueFactory = _ => 5 };
        var only = new Option<string?>("--only") { Description =
            "Of raycast, the one case to time: voids.flat, voids.shaded, fog.flat or fog.shaded." };
        var bits = new Option<int>("--bits") { Description = "Of raycast, bits that voxels are held in: 8, 16 or 32.",
            DefaultValueFactory = _ => 8 };
        var threads = new Option<int?>("--threads") { Description = "Threads of raycast; by default as many as processors." };
        var json = new Option<bool>("--json") { Description = "Accepted as elsewhere; the output is always JSON." };
        var device = Shared.Device();
        device.DefaultValueFactory = _ => "cpu";
        var command = new Command("bench", "Time the kernels; prints one JSON object.")
        {
            what, volume, size, pixels, snapshots, exact, noBytes, repeats, threads, only, bits, json, device, type, sessions, groups,
        };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var path = parse.GetValue(volume);
            var n = parse.GetValue(size);
            var side = parse.GetValue(pixels)!;
            var (width, height) = Shared.ParseSize(side.Contains('x', StringComparison.OrdinalIgnoreCase) ? side : $"{side}x{side}");
            if (path is null && parse.GetValue(what) == "raycast" && Shared.FindDevice(parse.GetValue(device)!) is { } found)
            {
                return OnDevice(found, new DeviceBenchOptions(
                    Whole(n, 2, 4096, "--size"), DeviceBench.TypeOf(parse.GetValue(type)!), width, height,
                    Whole(parse.GetValue(sessions), 1, 500, "--sessions"), 5, parse.GetValue(groups)));
            }

            if (parse.GetValue(what) == "eis")
            {
                var times = new Dictionary<string, object> { ["threads"] = Environment.ProcessorCount };
                EisBench.Run(Whole(n, 2, 10_000, "--size"), parse.GetValue(snapshots), times, ct);
                ExitCodes.PrintJson(times);
                return ExitCodes.Done;
            }

            path ??= "";
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
                    var look = new RaycastBench(
                        n, height, parse.GetValue(snapshots), parse.GetValue(exact), !parse.GetValue(noBytes),
                        parse.GetValue(repeats), parse.GetValue(threads), parse.GetValue(only),
                        parse.GetValue(bits));
                    look.Run(bytes, devices, result);
                    break;
                case "slice":
                    new SliceBench(n, height).Run(bytes, devices, result);
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
                    throw new UsageException("bench takes raycast, slice, label, otsu, ingest or eis.");
            }

            ExitCodes.PrintJson(result);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static int Whole(int value, int least, int most, string option) =>
        value >= least && value <= most ? value : throw new UsageException($"{option} is {least} to {most}, not {value}.");

    // What was timed before a device failed is printed all the same.
    private static int OnDevice(ComputeDeviceInfo found, DeviceBenchOptions options)
    {
        var result = new Dictionary<string, object> { ["device"] = found.Name, ["version"] = found.Version };
        try
        {
            new DeviceBench(found, options, result).Run();
            return ExitCodes.Done;
        }
        finally
        {
            ExitCodes.PrintJson(result);
        }
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

            var store = new DatasetStore(new FolderBlobStore(Path.Combine(folder, "store")));
            var importer = new Importer(store, new ScanAnalysis(), TimeProvider.System);
            var started = TimeProvider.System.GetTimestamp();
            await importer.ImportVolumeAsync(new SingleImport(stack, DatasetId.Parse("bench"),
                new VolumeManifest { VoxelSizeUm = [1, 1, 1] }), null, ct);
            result["ingest.ms"] = Math.Round(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds, 2);
            result["ingest.MB"] = bytes.Length / 1e6;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
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

    private static double MedianMs(int runs, int warm, Action<int> frame) => Math.Round(Times(runs, warm, frame)[runs / 2], 2);

    /// <summary>Milliseconds of each frame, ascending.</summary>
    internal static double[] Times(int runs, int warm, Action<int> frame)
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
        return times;
    }
}
