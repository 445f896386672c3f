using System.CommandLine;
using System.Globalization;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Devices;

namespace DendriteViewer.Cli.Commands;

/// <summary>Options and look-ups that several commands share.</summary>
internal static class Shared
{
    public static Option<string?> Store() => new("--store")
    {
        Description = "Folder, file:///… or Azure connection string with ;Container=NAME. Default: DENDRITE_STORE, else ./store.",
    };

    public static int[] ParseShape(string text)
    {
        var numbers = text.Split(',').Select(t => int.TryParse(t, out var v) && v > 0 ? v : throw new UsageException($"--shape is z,y,x, not '{text}'.")).ToArray();
        return numbers.Length == 3 ? numbers : throw new UsageException($"--shape is z,y,x, not '{text}'.");
    }

    public static VoxelBox ParseRegion(string text)
    {
        var n = text.Split(',').Select(a => a.Split(':').Select(v => int.TryParse(v, out var i) && i >= 0 ? i : -1).ToArray()).ToArray();
        return n.Length == 3 && n.All(a => a is [>= 0, var end] && end > a[0])
            ? new VoxelBox(new(n[0][0], n[1][0], n[2][0]), new(n[0][1], n[1][1], n[2][1]))
            : throw new UsageException($"--region is z0:z1,y0:y1,x0:x1 in voxels, each end behind its beginning, not '{text}'.");
    }

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object on stdout and nothing else there." };

    public static Option<double> Hours() => new("--hours") { Description = "Hours of plating.", Required = true };

    public static Option<string?> Inside() => new("--inside")
    {
        Description = "HDF5, Zarr, N5: path of the dataset or array in the file, where it is not clear which.",
    };

    public static Option<string> Modality() => new("--modality") { Description = "Modality.", DefaultValueFactory = _ => "" };

    public static Option<string> Out() => new("--out") { Description = "File to write.", Required = true };

    public static Option<string> Size(string fallback) => new("--size") { Description = "Pixels, WxH.", DefaultValueFactory = _ => fallback };

    public static Option<string> Device() => new("--device")
    {
        Description = "What draws: auto (graphics processors, else the CPU), cpu, opencl (any device), or a device's number or name.",
        DefaultValueFactory = _ => "auto",
    };

    public static RenderDevices ParseDevice(string text) => Enum.GetNames<DeviceChoice>().Contains(text, StringComparer.OrdinalIgnoreCase)
        ? new RenderDevices(Enum.Parse<DeviceChoice>(text, ignoreCase: true))
        : new RenderDevices([FindDevice(text)!]);

    /// <summary>The device of a number or a part of a name, as <c>dendrite devices</c> lists them; null for auto, cpu and opencl.</summary>
    public static ComputeDeviceInfo? FindDevice(string text)
    {
        if (Enum.GetNames<DeviceChoice>().Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        var found = ComputeDevice.Find();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i < found.Count ? found[i]
            : found.FirstOrDefault(d => d.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"No device is called '{text}'; dendrite devices --untested lists them.");
    }

    public static DatasetStore Open(string? store) =>
        new(BlobStores.Open(store ?? Environment.GetEnvironmentVariable("DENDRITE_STORE") ?? "store"));

    public static async Task<Dataset> DatasetAsync(DatasetStore store, string id, CancellationToken ct)
    {
        var parsed = DatasetId.TryParse(id, out var datasetId) ? datasetId : throw new UsageException($"'{id}' is no dataset id; dendrite list shows them.");
        return await store.TryOpenAsync(parsed, ct) ?? throw new VolumeFormatException($"{id} is not in {store.Blobs.Description}; dendrite list shows what is.");
    }

    public static VolumeInfo Volume(Dataset dataset, string modality, double hours)
    {
        var name = modality.Length > 0 ? modality : dataset.Volumes[0].Key.Modality;
        return dataset.Find(name, hours) ?? throw new VolumeFormatException(
            $"{dataset.Id} has no {name} at {hours.ToString(CultureInfo.InvariantCulture)} h; it has {string.Join(", ", dataset.Everything.Select(v => v.Key))}.");
    }

    public static (int Width, int Height) ParseSize(string text)
    {
        try
        {
            return text.Split('x', 'X') is [var width, var height]
                ? (Ranges.FilePictureSide.ParseWhole(width), Ranges.FilePictureSide.ParseWhole(height))
                : throw new UsageException($"--size is WxH in pixels, 1 to 16384 each, not '{text}'.");
        }
        catch (OutOfRangeException e)
        {
            throw new UsageException(e.Message);
        }
    }

    public static (double From, double To) ParseRange(string text, string option)
    {
        var parts = text.Split(':');
        return parts.Length == 2 && TryNumber(parts[0], out var a) && TryNumber(parts[1], out var b) && a < b
            ? (a, b)
            : throw new UsageException($"{option} is FROM:TO with FROM below TO, not '{text}'.");
    }

    public static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
}
