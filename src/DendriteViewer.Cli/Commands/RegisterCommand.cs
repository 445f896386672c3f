using System.CommandLine;
using System.Globalization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

/// <summary>Places a volume, such as a nano scan, inside the dataset's frame.</summary>
internal static class RegisterCommand
{
    private sealed record Options(
        Option<double?> Hours, Option<string?> Common, Option<string?> Landmarks, Option<string> Model, Option<string[]> With,
        Option<string?> Into, Option<bool> NoRefine, Option<bool> DryRun, Option<string?> Import, Option<string?> Export,
        Option<int?> Restore, Option<bool> Versions, Option<int> Seed, Option<string> Metric);

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "Dataset." };
        var modality = new Option<string>("--modality") { Description = "Modality of the volume to place.", Required = true };
        var o = new Options(
            new("--hours") { Description = "Hours of the volume; needed where the modality has several." },
            new("--common") { Description = "One point that both show, as z,y,x=z,y,x: in the volume's own µm = in dataset µm; may be "
                + "15 µm off." },
            new("--landmarks") { Description = "Pairs of points, a CSV file as BigWarp writes it (µm)." },
            new("--model") { Description = "rigid, similarity or affine.", DefaultValueFactory = _ => "similarity" },
            new("--with") { Description = "Modalities of the same acquisition, which move along." },
            new("--into") { Description = "Modality of the scan to place it in; the dataset's first where not given." },
            new("--no-refine") { Description = "Keep what landmarks give; do not compare images." },
            new("--dry-run") { Description = "Say where it lies and store nothing." },
            new("--import") { Description = "Take the placement from a file: ITK .tfm, OME-NGFF .json, BigWarp .csv, or a 3×4 matrix in "
                + "µm." },
            new("--export") { Description = "Write the stored placement: .tfm, .json (OME-NGFF), .csv (BigWarp) or .txt (3×4 matrix in "
                + "µm)." },
            new("--restore") { Description = "Go back to a stored version; 0 is as the volume was handed over." },
            new("--versions") { Description = "List the stored versions." },
            new("--seed") { Description = "Samples are drawn by it.", DefaultValueFactory = _ => 1 },
            new("--metric")
            {
                Description = "What images refine by: mutual (information) or gradient (correlation).", DefaultValueFactory = _ => "mutual",
            });
        var (store, json) = (Shared.Store(), Shared.Json());
        var command = new Command("register", "Place a volume, such as a nano scan, inside the dataset's frame.")
        {
            id, modality, o.Hours, o.Common, o.Landmarks, o.Model, o.With, o.Into, o.NoRefine, o.DryRun, o.Import, o.Export, o.Restore,
            o.Versions, o.Seed, o.Metric, store, json,
        };
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var datasets = Shared.Open(parse.GetValue(store));
            var dataset = await Shared.DatasetAsync(datasets, parse.GetValue(id)!, ct);
            var key = KeyOf(dataset, parse.GetValue(modality)!, parse.GetValue(o.Hours));
            var placements = new PlacementStore(datasets, TimeProvider.System);
            if (parse.GetValue(o.Versions))
            {
                return await ListAsync(placements, dataset, key, parse.GetValue(json), ct);
            }

            var author = Environment.UserName;
            if (parse.GetValue(o.Restore) is { } version)
            {
                if (parse.GetValue(o.DryRun) || parse.GetValue(o.With) is { Length: > 0 })
                {
                    throw new UsageException(
                        "--restore takes neither --dry-run nor --with; volumes that were moved along go along by themselves.");
                }

                var along = await placements.MovedWithAsync(dataset, key, version, ct);
                dataset = await placements.RestoreAsync(dataset, key, version, author, ct);
                var how = version == 0 ? "as it was handed over" : $"as in version {version} again";
                return Say(
                    parse.GetValue(json),
                    $"{key} lies {how}{(along.Count == 0 ? "" : "; along with it " + string.Join(", ", along))}.",
                    new { version, with = along.Select(k => new { modality = k.Modality, hours = k.Hours }) });
            }

            if (parse.GetValue(o.Export) is { } target)
            {
                var stored = await placements.CurrentAsync(dataset, key, ct);
                var content = PlacementFiles.Write(target, stored, dataset.Find(key.Modality, key.Hours)!);
                await File.WriteAllBytesAsync(target, content, ct);
                return Say(parse.GetValue(json), $"{target}: where {key} lies in the dataset's frame.",
                    new { path = Path.GetFullPath(target) });
            }

            var request = new PlacementRequest(key)
            {
                Model = Enum.TryParse<PlacementModel>(parse.GetValue(o.Model), ignoreCase: true, out var m) && Enum.IsDefined(m) ? m
                    : throw new UsageException($"--model is rigid, similarity or affine, not '{parse.GetValue(o.Model)}'."),
                Common = parse.GetValue(o.Common) is { } common ? Pair(common) : null,
                Landmarks = parse.GetValue(o.Landmarks) is { } file ? BigWarpCsv.Read(await ReadAsync(file, ct), file) : [],
                RefinedBy = Enum.TryParse<PlacementMetric>(parse.GetValue(o.Metric), ignoreCase: true, out var by) && Enum.IsDefined(by)
                    ? by : throw new UsageException($"--metric is mutual or gradient, not '{parse.GetValue(o.Metric)}'."),
                Refine = !parse.GetValue(o.NoRefine), Fixed = parse.GetValue(o.Into), Seed = parse.GetValue(o.Seed),
            };
            var with = (parse.GetValue(o.With) ?? []).SelectMany(w => w.Split(',')).Select(w => KeyOf(dataset, w, key.Hours)).ToArray();
            Placement placed;
            using (var bar = new ProgressBar("register", TimeProvider.System))
            {
                placed = parse.GetValue(o.Import) is { } import
                    ? PlacementFiles.Read(await ReadAsync(import, ct), import, dataset, request)
                    : await VolumePlacer.PlaceAsync(datasets, dataset, request, bar, ct);
            }

            var number = parse.GetValue(o.DryRun) ? (int?)null : await placements.SaveAsync(dataset, placed, with, author, ct);
            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(Json(placed, number));
            }
            else
            {
                Console.Out.Write(Text(placed, number));
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    private static async Task<byte[]> ReadAsync(string path, CancellationToken ct)
    {
        var file = new FileInfo(path);
        return !file.Exists ? throw new VolumeFormatException($"{path} does not exist; give a file with a placement or landmarks.")
            : file.Length > Ranges.PlacementBytes.Most ? throw new VolumeFormatException(
                $"{path} has {file.Length} bytes, more than a placement or landmarks take; give another file.")
            : await File.ReadAllBytesAsync(path, ct);
    }

    private static int Say(bool json, string text, object value)
    {
        if (json)
        {
            ExitCodes.PrintJson(value);
        }
        else
        {
            Console.Out.WriteLine(text);
        }

        return ExitCodes.Done;
    }

    private static async Task<int> ListAsync(PlacementStore placements, Dataset dataset, VolumeKey key, bool json, CancellationToken ct)
    {
        var history = await placements.ReadHistoryAsync(dataset, key, ct);
        var entries = history.Entries;
        var current = dataset.Manifest.Volumes.FirstOrDefault(v => new VolumeKey(v.Modality, v.Hours) == key)?.Placement?.Version ?? 0;
        var never = history.NeverHeld(current);
        if (json)
        {
            ExitCodes.PrintJson(new
            {
                current,
                versions = entries.Select(e => new
                {
                    version = e.Sequence, by = e.By, at = e.Time.ToString("O", CultureInfo.InvariantCulture), how = e.How, of = e.Of,
                    model = e.Model, uncertaintyUm = e.UncertaintyUm, matrix = e.Matrix is { } r ? Rows(new AffineTransform(r)) : null,
                    with = e.With, along = e.Along, replaced = e.Replaced, neverHeld = never.Contains(e.Sequence),
                }),
                warnings = history.Warnings,
            });
        }
        else
        {
            foreach (var e in entries)
            {
                Console.Out.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(e.Sequence == current ? '*' : ' ')} {e.Sequence,4}  {e.Time:yyyy-MM-dd HH:mm} UTC  {e.How,-10} {e.By}  ± "
                        + $"{Known(e.UncertaintyUm)}{(never.Contains(e.Sequence) ? "  never held" : "")}"));
            }

            foreach (var warning in history.Warnings)
            {
                Console.Out.WriteLine(warning);
            }
        }

        return ExitCodes.Done;
    }

    private static VolumeKey KeyOf(Dataset dataset, string modality, double? hours)
    {
        var all = dataset.Volumes.Where(v => v.Key.Modality == modality).ToArray();
        if (all.Length == 0)
        {
            throw new VolumeFormatException($"{dataset.Id} has no {modality}; it has {string.Join(", ", dataset.Modalities)}.");
        }

        return hours is { } h ? Shared.Volume(dataset, modality, h).Key
            : all.Length == 1 ? all[0].Key
            : throw new UsageException(
                $"{dataset.Id} has {modality} at {string.Join(", ", all.Select(v => v.Key.Hours))} h; give --hours.");
    }

    private static (WorldPoint, WorldPoint) Pair(string text)
    {
        var points = text.Split('=').Select(side => side.Split(',').Select(t =>
            Shared.TryNumber(t, out var v) && Ranges.Um.Contains(v) ? v : double.NaN).ToArray()).ToArray();
        return points.Length == 2 && points.All(p => p.Length == 3 && p.All(double.IsFinite))
            ? (new WorldPoint(points[0][0], points[0][1], points[0][2]), new WorldPoint(points[1][0], points[1][1], points[1][2]))
            : throw new UsageException($"--common is z,y,x=z,y,x in µm, not '{text}'.");
    }

    private static double[][] Rows(AffineTransform t) => [.. Enumerable.Range(0, 3).Select(r => t.Rows.Slice(4 * r, 4).ToArray())];

    private static object Json(Placement p, int? version) => new
    {
        matrix = Rows(p.Matrix), scale = p.Scale, rotationDeg = p.RotationDeg, residualUm = p.ResidualUm, uncertaintyUm = p.UncertaintyUm,
        leaveOneOutUm = p.LeaveOneOutUm, metric = p.Metric,
        metricName = p.RefinedBy == PlacementMetric.Gradient ? "gradient-correlation" : "mattes-mutual-information",
        model = p.Model.ToString().ToLowerInvariant(), start = p.Start.ToString().ToLowerInvariant(),
        fixedModality = p.Fixed.Modality, fixedHours = p.Fixed.Hours, version, warnings = p.Warnings,
    };

    private static string Known(double? um) => um is { } v ? string.Create(CultureInfo.InvariantCulture, $"{v:0.###} µm") : "not known";

    private static string Text(Placement p, int? version)
    {
        var i = CultureInfo.InvariantCulture;
        var rows = Rows(p.Matrix).Select(r => "  " + string.Join("  ", r.Select(v => v.ToString("0.000000", i).PadLeft(12))));
        return string.Create(i, $"{p.Key} in {p.Fixed}, {p.Model.ToString().ToLowerInvariant()}, from its own µm to the dataset's (z, "
            + $"y, x):\n")
            + string.Join('\n', rows) + "\n"
            + string.Create(i, $"scale {p.Scale.Average():0.00000}, turned by {p.RotationDeg:0.000}°, mean error at most "
            + $"{Known(p.UncertaintyUm)} (95 %), ")
            + string.Create(i, $"left {Known(p.ResidualUm)}, one left out {Known(p.LeaveOneOutUm)}")
            + (p.Metric is { } nats ? string.Create(i, $", {nats:0.0000} nats.\n") : ".\n")
            + (version is { } v ? $"Stored as version {v}.\n" : "Not stored.\n")
            + string.Concat(p.Warnings.Select(w => w + "\n"));
    }
}
