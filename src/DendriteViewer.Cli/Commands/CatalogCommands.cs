using DendriteViewer.Kernels.Bricks;
using System.CommandLine;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

internal static class CatalogCommands
{
    public static Command List()
    {
        var (store, json) = (Shared.Store(), Shared.Json());
        var command = new Command("list", "The published datasets.") { store, json };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var rows = new List<object>();
            await foreach (var (id, dataset, problem) in Shared.Open(parse.GetValue(store)).ListAsync(ct))
            {
                rows.Add(new { id = id.Value, name = dataset?.Name, volumes = dataset?.Volumes.Count, problem });
                if (!parse.GetValue(json))
                {
                    Console.Out.WriteLine(problem ?? $"{id.Value,-40} {dataset!.Volumes.Count,4} volume(s)  {dataset.Name}");
                }
            }

            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(new { datasets = rows });
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    public static Command Info()
    {
        var id = new Argument<string>("ID");
        var (store, json) = (Shared.Store(), Shared.Json());
        var command = new Command("info", "A dataset's volumes, series and files of its cell.") { id, store, json };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var datasets = Shared.Open(parse.GetValue(store));
            var dataset = await Shared.DatasetAsync(datasets, parse.GetValue(id)!, ct);
            var volumes = new List<object>();
            foreach (var v in dataset.Everything)
            {
                var stored = await datasets.Blobs.MeasureAsync(v.Prefix, ct);
                volumes.Add(new
                {
                    modality = v.Key.Modality, hours = v.Key.Hours, shape = new[] { v.Shape.Z, v.Shape.Y, v.Shape.X }, dtype = v.Type.ZarrName(),
                    voxelSizeUm = new[] { v.VoxelSize.Z, v.VoxelSize.Y, v.VoxelSize.X }, levels = v.Levels, storedBytes = stored, valueRange = new[] { v.Least, v.Most }, inPlace = v.LinkedTo,
                });
                if (!parse.GetValue(json))
                {
                    Console.Out.WriteLine($"{v.Key,-26} {v.Shape,-20} {v.Type.ZarrName(),-8} {v.VoxelSize.ToText()}  {v.Levels} levels  "
                        + (v.LinkedTo is { } place ? $"in place, {place}" : $"{stored / 1e6:0.#} MB"));
                }
            }

            var series = new List<object>();
            foreach (var s in dataset.Manifest.Series)
            {
                var (rows, problem) = (0, (string?)null);
                try
                {
                    rows = (await datasets.SeriesAsync(dataset, s.Kind, ct))?.Hours.Count ?? 0;
                }
                catch (VolumeFormatException e)
                {
                    // A store may hold series of before they were checked.
                    problem = e.Message;
                }

                series.Add(new { kind = s.Kind, rows, problem });
                if (!parse.GetValue(json))
                {
                    Console.Out.WriteLine($"{s.Kind}: {problem ?? $"{rows} rows"}");
                }
            }

            var cell = await new CellLog(datasets.Blobs, dataset).StateAsync(null, ct);
            if (!parse.GetValue(json))
            {
                CellFileList.Print(cell);
            }
            else
            {
                ExitCodes.PrintJson(new
                {
                    id = dataset.Id.Value, name = dataset.Name, volumes, series, files = CellFileList.Json(cell),
                    interfaceUm = dataset.Depth.InterfaceUm,
                    outlineUm2 = dataset.Outline?.AreaUm2, outlineSearch = dataset.Manifest.Cell?.OutlineSearch,
                    warnings = dataset.OutlineWarning is { } outline ? new[] { outline } : [],
                });
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    public static Command Verify()
    {
        var id = new Argument<string>("ID");
        var (store, json) = (Shared.Store(), Shared.Json());
        var command = new Command("verify", "Read every brick, series, finding and file against its checksum.") { id, store, json };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var datasets = Shared.Open(parse.GetValue(store));
            var dataset = await Shared.DatasetAsync(datasets, parse.GetValue(id)!, ct);
            var verifier = new Verifier(datasets);
            var total = await verifier.CountAsync(dataset, ct);
            var bad = new List<BadBrick>();
            var bricks = 0L;
            using (var bar = new ProgressBar("verify", TimeProvider.System))
            {
                await foreach (var problem in verifier.VerifyAsync(dataset, ct))
                {
                    bar.Report((double)++bricks / Math.Max(1, total));
                    if (problem is not null)
                    {
                        bad.Add(problem);
                    }
                }
            }

            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(new { bricks, bad });
            }
            else
            {
                bad.ForEach(b => Console.Out.WriteLine(b.Reason));
                Console.Out.WriteLine($"{bricks} bricks read, {bad.Count} bad.");
            }

            return bad.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
        }));
        return command;
    }

    public static Command Clean()
    {
        var hours = new Option<double>("--untouched-hours") { Description = "Only what nothing was written of for so long.", DefaultValueFactory = _ => 24 };
        var dry = new Option<bool>("--dry-run") { Description = "Only say what would be removed." };
        var (store, json) = (Shared.Store(), Shared.Json());
        var command = new Command("clean", "Remove what imports left that were never finished.") { hours, dry, store, json };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var swept = await new Janitor(Shared.Open(parse.GetValue(store)), TimeProvider.System).SweepAsync(TimeSpan.FromHours(parse.GetValue(hours)), !parse.GetValue(dry), ct);
            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(new { prefixes = swept.Prefixes, bytes = swept.Bytes });
                return ExitCodes.Done;
            }

            foreach (var prefix in swept.Prefixes)
            {
                Console.Out.WriteLine(prefix);
            }

            Console.Out.WriteLine($"{swept.Prefixes.Count} unfinished volume(s) or replaced series, "
                + $"{swept.Bytes / 1e6:0.#} MB{(parse.GetValue(dry) ? "" : ", removed")}.");
            return ExitCodes.Done;
        }));
        return command;
    }

    public static Command Delete()
    {
        var id = new Argument<string>("ID");
        var store = Shared.Store();
        var command = new Command("delete", "Delete a dataset and everything of it.") { id, store };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var text = parse.GetValue(id)!;
            var parsed = DatasetId.TryParse(text, out var datasetId) ? datasetId : throw new UsageException($"'{text}' is no dataset id; dendrite list shows them.");
            var datasets = Shared.Open(parse.GetValue(store));
            if (!await datasets.DeleteAsync(parsed, ct))
            {
                throw new VolumeFormatException($"{text} is not in {datasets.Blobs.Description}; dendrite list shows what is.");
            }

            Console.Error.WriteLine($"{text} is deleted.");
            return ExitCodes.Done;
        }));
        return command;
    }
}
