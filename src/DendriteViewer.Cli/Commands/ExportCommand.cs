using System.CommandLine;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Importing;

namespace DendriteViewer.Cli.Commands;

internal static class ExportCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID");
        var level = new Option<int>("--level") { Description = "Pyramid level; 0 is full resolution.", DefaultValueFactory = _ => 0 };
        var region = new Option<string?>("--region") { Description = "Voxels of that level, z0:z1,y0:y1,x0:x1. Default: all." };
        var zarr = new Option<string>("--ome-zarr") { Description = "Version of OME-Zarr: 0.4 (Zarr v2) or 0.5 (Zarr v3).", DefaultValueFactory = _ => "0.5" };
        var (hours, modality, target, store, json) = (Shared.Hours(), Shared.Modality(), Shared.Out(), Shared.Store(), Shared.Json());
        var command = new Command("export", "Voxels out again, bit for bit: .raw, .tif or .ome.zarr.") { id, hours, modality, level, region, zarr, target, store, json };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var datasets = Shared.Open(parse.GetValue(store));
            var dataset = await Shared.DatasetAsync(datasets, parse.GetValue(id)!, ct);
            var volume = Shared.Volume(dataset, parse.GetValue(modality)!, parse.GetValue(hours));
            long bytes;
            using (var bar = new ProgressBar("export", TimeProvider.System))
            {
                bytes = await new Exporter(datasets).ExportAsync(volume, new ExportOptions(parse.GetValue(level), parse.GetValue(region) is { } box ? Shared.ParseRegion(box) : null, parse.GetValue(zarr)!), parse.GetValue(target)!, bar, ct);
            }

            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(new { path = Path.GetFullPath(parse.GetValue(target)!), bytes });
            }

            return ExitCodes.Done;
        }));
        return command;
    }
}
