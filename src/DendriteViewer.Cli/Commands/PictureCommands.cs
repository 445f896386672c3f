using System.Buffers;
using System.CommandLine;
using System.IO.Compression;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Codecs;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Cli.Commands;

internal static class PictureCommands
{
    private const long CacheBytes = 1L << 30;

    public static Command Slice()
    {
        var id = new Argument<string>("ID");
        var axis = new Option<string>("--axis") { Description = "z, y or x.", DefaultValueFactory = _ => "z" };
        var at = new Option<double>("--at-um") { Description = "Coordinate on the axis, µm.", Required = true };
        var window = new Option<string?>("--window") { Description = "Values shown black and white, LO:HI." };
        var map = new Option<string>("--colormap") { Description = string.Join(", ", ColorMap.All.Select(m => m.Name)) + ".", DefaultValueFactory = _ => "grey" };
        var (hours, modality, size, target, store, device) = (Shared.Hours(), Shared.Modality(), Shared.Size("1024x1024"), Shared.Out(), Shared.Store(), Shared.Device());
        var command = new Command("slice", "Write a slice as PNG.") { id, hours, modality, axis, at, window, map, size, target, store, device };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var (datasets, dataset, volume) = await OpenAsync(parse.GetValue(store), parse.GetValue(id)!, parse.GetValue(modality)!, parse.GetValue(hours), ct);
            var (width, height) = Shared.ParseSize(parse.GetValue(size)!);
            var pane = parse.GetValue(axis) switch { "z" => Pane.Z, "y" => Pane.Y, "x" => Pane.X, var a => throw new UsageException($"--axis is z, y or x, not '{a}'.") };
            var um = parse.GetValue(at);
            var view = await ViewStates.InitialAsync(datasets, dataset, volume, ct);
            view = view with
            {
                Focus = pane switch { Pane.Z => view.Focus with { Z = um }, Pane.Y => view.Focus with { Y = um }, _ => view.Focus with { X = um } },
                ColorMap = ColorMap.All.Any(m => m.Name == parse.GetValue(map)) ? parse.GetValue(map)! : throw new UsageException($"--colormap is one of {string.Join(", ", ColorMap.All.Select(m => m.Name))}."),
            };
            if (parse.GetValue(window) is { } w)
            {
                var (low, high) = Shared.ParseRange(w, "--window");
                view = view with { WindowLow = low, WindowHigh = high };
            }

            using var devices = Shared.ParseDevice(parse.GetValue(device)!);
            var renderer = new SliceRenderer(datasets, new BrickCache(datasets, CacheBytes), devices);
            var (_, image) = await renderer.RenderAsync(volume, dataset, view, pane, width, height, ViewStates.FitUmPerPixel(volume, pane, width, height), wait: true, ct);
            return Write(image!, parse.GetValue(target)!);
        }));
        return command;
    }

    public static Command Render()
    {
        var id = new Argument<string>("ID");
        var azimuth = new Option<double>("--azimuth") { Description = "Degrees about the depth axis.", DefaultValueFactory = _ => 30 };
        var elevation = new Option<double>("--elevation") { Description = "Degrees above the electrode.", DefaultValueFactory = _ => 20 };
        var transfer = new Option<string?>("--transfer") { Description = $"JSON file, or a preset: {string.Join(", ", TransferPresets.Names)}." };
        var (hours, modality, size, target, store, device) = (Shared.Hours(), Shared.Modality(), Shared.Size("1280x720"), Shared.Out(), Shared.Store(), Shared.Device());
        var command = new Command("render", "Write a 3D picture as PNG.") { id, hours, modality, azimuth, elevation, transfer, size, target, store, device };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var (datasets, dataset, volume) = await OpenAsync(parse.GetValue(store), parse.GetValue(id)!, parse.GetValue(modality)!, parse.GetValue(hours), ct);
            var (width, height) = Shared.ParseSize(parse.GetValue(size)!);
            var view = await ViewStates.InitialAsync(datasets, dataset, volume, ct);
            view = view with { Camera = new OrbitCamera(parse.GetValue(azimuth), parse.GetValue(elevation), 0, volume.Center) };
            if (parse.GetValue(transfer) is { } named)
            {
                var histogram = await ValueHistogram.OfAsync(datasets, volume, ct);
                view = view with { Transfer = TransferPresets.Find(named, histogram) ?? TransferFunction.ParseJson(await File.ReadAllBytesAsync(named, ct), named) };
            }

            using var devices = Shared.ParseDevice(parse.GetValue(device)!);
            var renderer = new VolumeRenderer(datasets, new BrickCache(datasets, 3 * CacheBytes), devices);
            return Write(await renderer.RenderWholeAsync(volume, dataset, view, width, height, ct), parse.GetValue(target)!);
        }));
        return command;
    }

    private static async Task<(DatasetStore, Dataset, VolumeInfo)> OpenAsync(string? store, string id, string modality, double hours, CancellationToken ct)
    {
        var datasets = Shared.Open(store);
        var dataset = await Shared.DatasetAsync(datasets, id, ct);
        return (datasets, dataset, Shared.Volume(dataset, modality, hours));
    }

    private static int Write(RenderedImage image, string path)
    {
        using (image)
        {
            var png = new ArrayBufferWriter<byte>();
            PngEncoder.Encode(image, png, CompressionLevel.Optimal);
            File.WriteAllBytes(path, png.WrittenSpan.ToArray());
        }

        return ExitCodes.Done;
    }
}
