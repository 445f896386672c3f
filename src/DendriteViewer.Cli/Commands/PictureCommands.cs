using System.CommandLine;
using System.Globalization;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

internal static class PictureCommands
{
    private const long CacheBytes = 1L << 30;
    private const int MostTurns = 360;

    public static Command Slice()
    {
        var id = new Argument<string>("ID");
        var place = new SlicePlace();
        var window = new Option<string?>("--window") { Description = "Values shown black and white, LO:HI." };
        var map = new Option<string>("--colormap") { Description = $"{Maps()}.", DefaultValueFactory = _ => "grey" };
        var bits = new Option<int>("--bits") { Description = "8, or 16 for grey values spread over the window (PNG).", DefaultValueFactory = _ => 8 };
        var (hours, modality, size) = (Shared.Hours(), Shared.Modality(), Shared.Size("1024x1024"));
        var (target, store, device) = (Shared.Out(), Shared.Store(), Shared.Device());
        var command = new Command("slice", "Write a slice as PNG, JPEG or WebP.")
        {
            id, hours, modality, window, map, bits, size, target, store, device,
        };
        place.AddTo(command);
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var path = parse.GetValue(target)!;
            var deep = DepthOf(parse.GetValue(bits), path) == 16;
            CheckExtension(path);
            var (datasets, dataset, volume) = await OpenAsync(parse, store, id, modality, hours, ct);
            var (width, height) = Shared.ParseSize(parse.GetValue(size)!);
            var (pane, view) = place.Of(parse, dataset, volume, await ViewStates.InitialAsync(datasets, dataset, volume, ct));
            view = view with
            {
                ColorMap = ColorMap.TryFind(parse.GetValue(map))?.Name
                    ?? throw new UsageException($"--colormap is one of {Maps()}, or one of them with {ColorMap.InvertedSuffix} behind it."),
            };
            if (parse.GetValue(window) is { } w)
            {
                var (low, high) = Shared.ParseRange(w, "--window");
                view = view with { WindowLow = low, WindowHigh = high };
            }

            using var devices = Shared.ParseDevice(parse.GetValue(device)!);
            var renderer = new SliceRenderer(datasets, new BrickCache(datasets, CacheBytes), devices);
            var umPerPixel = ViewStates.FitUmPerPixel(volume, pane, width, height);
            if (deep)
            {
                var values = await renderer.ValuesAsync(volume, dataset, view, pane, width, height, umPerPixel, ct);
                return await WriteGrey16Async(values, width, height, view, path, ct);
            }

            var (_, image) = await renderer.RenderAsync(volume, dataset, view, pane, width, height, umPerPixel, wait: true, ct);
            return await WriteAsync(image!, path, ct);
        }));
        return command;
    }

    public static Command Render()
    {
        var id = new Argument<string>("ID");
        var azimuth = new Option<double>("--azimuth") { Description = "Degrees about the depth axis.", DefaultValueFactory = _ => 30 };
        var elevation = new Option<double>("--elevation") { Description = "Degrees above the electrode.", DefaultValueFactory = _ => 20 };
        var transfer = new Option<string?>("--transfer")
        {
            Description = $"JSON file, or a preset: {string.Join(", ", TransferPresets.Names)}; lithium shows the mask that an analysis "
                + $"kept; of a scan without an interface also {ClassPresets.Air}, {ClassPresets.Soft}, {ClassPresets.Dense}.",
        };
        var turns = new Option<int>("--turntable") { Description = $"Pictures of one turn about the depth axis, 2 to {MostTurns}, as a GIF." };
        var (hours, modality, size) = (Shared.Hours(), Shared.Modality(), Shared.Size("1280x720"));
        var (target, store, device) = (Shared.Out(), Shared.Store(), Shared.Device());
        var command = new Command("render", "Write a 3D picture as PNG, JPEG or WebP, or a turn around it as GIF.")
        {
            id, hours, modality, azimuth, elevation, transfer, turns, size, target, store, device,
        };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var path = parse.GetValue(target)!;
            var count = TurnsOf(parse.GetResult(turns) is null ? null : parse.GetValue(turns), path);
            var (datasets, dataset, volume) = await OpenAsync(parse, store, id, modality, hours, ct);
            var (width, height) = Shared.ParseSize(parse.GetValue(size)!);
            var view = await ViewStates.InitialAsync(datasets, dataset, volume, ct);
            if (parse.GetValue(transfer) is { } named)
            {
                var histogram = await ValueHistogram.OfAsync(datasets, volume, ct);
                if (named == TransferPresets.Mask)
                {
                    var mask = dataset.Find(LabelModality.Lithium, volume.Key.Hours) ?? throw new VolumeFormatException(
                        $"{dataset.Id} has no analysis of {volume.Key.Hours:0.######} h whose mask could be shown; run it in the app, "
                        + "or take --transfer dark for all that is dark.");
                    view = view with { Transfer = MaskLook.Ghosts(histogram), Overlay = MaskLook.Of(mask.Key.Modality) };
                }
                else
                {
                    view = view with
                    {
                        Transfer = TransferPresets.Find(named, dataset, histogram)
                            ?? TransferFunction.ParseJson(await ReadAsync(named, dataset, histogram, ct), named),
                    };
                }
            }

            using var devices = Shared.ParseDevice(parse.GetValue(device)!);
            var renderer = new VolumeRenderer(datasets, new BrickCache(datasets, 3 * CacheBytes), devices);
            Task<RenderedImage> FromAsync(double degrees) => renderer.RenderWholeAsync(
                volume, dataset, view with { Camera = new OrbitCamera(degrees, parse.GetValue(elevation), 0, volume.Center) }, width, height, ct);
            var first = parse.GetValue(azimuth);
            if (count is not { } n)
            {
                return await WriteAsync(await FromAsync(first), path, ct);
            }

            await NewFile.WriteAsync(path, stream => PictureFile.WriteGifAsync(TurnAsync(), TimeSpan.FromSeconds(0.08), stream));
            return ExitCodes.Done;

            async IAsyncEnumerable<RenderedImage> TurnAsync()
            {
                for (var i = 0; i < n; i++)
                {
                    yield return await FromAsync(first + 360.0 * i / n);
                }
            }
        }));
        return command;
    }

    // Before anything is drawn.
    private static int? CheckExtension(string path) => PictureFile.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant())
        ? null
        : throw new UsageException($"--out {path} is no picture's name; it ends with {string.Join(", ", PictureFile.Extensions)}.");

    // What is no preset of the scan is a file.
    private static async Task<byte[]> ReadAsync(string file, Dataset dataset, ValueHistogram histogram, CancellationToken ct) =>
        File.Exists(file) ? await File.ReadAllBytesAsync(file, ct)
        : throw new UsageException(
            $"--transfer {file} is neither a file nor a preset of this scan, whose presets are "
            + $"{string.Join(", ", TransferPresets.NamesOf(dataset, histogram))}.");

    private static string Maps() => string.Join(", ", ColorMap.All.Select(m => m.Name));

    private static int DepthOf(int bits, string path) => bits switch
    {
        8 => 8,
        16 when Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase) => 16,
        16 => throw new UsageException("--bits 16 is written as PNG; give --out a name that ends with .png."),
        _ => throw new UsageException($"--bits is 8 or 16, not {bits}."),
    };

    private static int? TurnsOf(int? turns, string path)
    {
        var isGif = Path.GetExtension(path).Equals(".gif", StringComparison.OrdinalIgnoreCase);
        return turns switch
        {
            null when isGif => throw new UsageException("A GIF shows a turn; give --turntable N, or --out a name that ends with .png."),
            null => CheckExtension(path),
            _ when !isGif => throw new UsageException("--turntable is written as GIF; give --out a name that ends with .gif."),
            >= 2 and <= MostTurns => turns,
            _ => throw new UsageException($"--turntable is 2 to {MostTurns} pictures, not {turns}."),
        };
    }

    private static async Task<(DatasetStore, Dataset, VolumeInfo)> OpenAsync(
        ParseResult parse, Option<string?> store, Argument<string> id, Option<string> modality, Option<double> hours, CancellationToken ct)
    {
        var datasets = Shared.Open(parse.GetValue(store));
        var dataset = await Shared.DatasetAsync(datasets, parse.GetValue(id)!, ct);
        return (datasets, dataset, Shared.Volume(dataset, parse.GetValue(modality)!, parse.GetValue(hours)));
    }

    private static async Task<int> WriteAsync(RenderedImage image, string path, CancellationToken ct)
    {
        using (image)
        {
            ct.ThrowIfCancellationRequested();
            await NewFile.WriteAsync(path, stream =>
            {
                PictureFile.Write(image, Path.GetExtension(path), stream);
                return Task.CompletedTask;
            });
        }

        return ExitCodes.Done;
    }

    // Grey g stands for low + g·(high − low)/65535. What lies outside the window takes its ends, which is said.
    private static async Task<int> WriteGrey16Async(float[] values, int width, int height, ViewState view, string path, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var (low, high) = (view.WindowLow, view.WindowHigh);
        var scale = ushort.MaxValue / Math.Max(high - low, double.Epsilon);
        var grey = Array.ConvertAll(values, v => float.IsNaN(v) ? (ushort)0 : (ushort)Math.Clamp(Math.Round((v - low) * scale), 0, ushort.MaxValue));
        var outside = values.Count(v => v < low || v > high);
        if (outside > 0)
        {
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{outside} of {values.Length} pixels lie outside the window {low}:{high} and take its ends; give --window to keep them."));
        }

        var description = string.Create(
            CultureInfo.InvariantCulture, $"0 is the value {low:R}, 65535 is {high:R}, linear between; pixels outside the volume are 0");
        await NewFile.WriteAsync(path, stream =>
        {
            PictureFile.WriteGrey16(grey, width, height, stream, description);
            return Task.CompletedTask;
        });
        return ExitCodes.Done;
    }
}
