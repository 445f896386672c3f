using System.CommandLine;
using System.Globalization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Cli.Commands;

/// <summary>What nano scans say of new dark volume: lithium, void or crack, and how much lithium there is in all.</summary>
internal static class DecideCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "Dataset." };
        var hours = new Option<double>("--hours") { Description = "Hours of the nano scans.", Required = true };
        var classes = new Option<FileInfo?>("--classes")
        {
            Description = "Classes drawn by hand, JSON: areas of absorption and phase that decide in place of the fitted ones.",
        };
        var (options, store, json) = (new RecipeOptions(), Shared.Store(), Shared.Json());
        var command = new Command("decide", "Lithium, void or crack: new dark pieces by nano scans, and all lithium with its interval.")
        {
            id, hours, classes, store, json,
        };
        options.AddTo(command);
        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var datasets = Shared.Open(parse.GetValue(store));
            var dataset = await Shared.DatasetAsync(datasets, parse.GetValue(id)!, ct);
            var recipe = options.Read(parse);
            var drawn = parse.GetValue(classes) is { } file ? await ReadAsync(file, ct) : null;
            Decision decision;
            using (var bar = new ProgressBar("decide", TimeProvider.System))
            {
                decision = await FieldDecision.DecideAsync(datasets, dataset, recipe, parse.GetValue(hours), drawn, new Relay(bar), ct);
            }

            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(Json(decision));
            }
            else
            {
                Console.Out.Write(Text(decision));
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    private static async Task<DrawnClasses> ReadAsync(FileInfo file, CancellationToken ct)
    {
        const int MostBytes = 1 << 20;
        return !file.Exists ? throw new VolumeFormatException($"There is no file {file.Name} of classes.")
            : file.Length > MostBytes ? throw new VolumeFormatException($"{file.Name} is larger than a file of classes, 1 MiB.")
            : DrawnClasses.Parse(await File.ReadAllTextAsync(file.FullName, ct), file.Name);
    }

    private static object Json(Decision d)
    {
        object Share(int count)
        {
            var (share, low, high) = d.Confusion.ShareOf(count);
            return new { pieces = count, share = Known(share), low, high };
        }

        return new
        {
            hours = d.Hours,
            pieces = d.Pieces.Select(p => new
            {
                id = p.Id, centerUm = new[] { p.Center.Z, p.Center.Y, p.Center.X }, verdict = NameOf(p.Verdict), covered = p.Covered,
                posterior = p.Posterior, entropyBits = p.EntropyBits, um3 = p.Um3, flatness = p.Flatness,
            }),
            confusion = new
            {
                told = d.Confusion.Told, lithium = Share(d.Confusion.Lithium), @void = Share(d.Confusion.Void),
                    crack = Share(d.Confusion.Crack),
                unsure = d.Confusion.Unsure, outside = d.Confusion.Outside,
            },
            lithiumUm3 = new
            {
                confirmed = d.Ledger.Confirmed, calibrated = Known(d.Ledger.Calibrated), low = d.Ledger.Low, high = d.Ledger.High,
                darkOnly = d.Ledger.DarkOnly,
            },
            classes = d.Classes.Select((c, i) => new
            {
                name = NameOf((DarkClass)i), weight = c.Weight, absorption = c.Absorption, phase = c.Phase, covariance = c.Covariance,
            }),
            drawn = d.Drawn?.Classes.Select(a => new { name = NameOf(a.Class), corners = a.Corners }),
            haloUm = d.HaloUm, warnings = d.Warnings,
        };
    }

    private static string Text(Decision d)
    {
        var i = CultureInfo.InvariantCulture;
        var (share, low, high) = d.Confusion.ShareOf(d.Confusion.Lithium);
        var ledger = d.Ledger;
        return string.Create(i, $"At {d.Hours:0.###} h, {d.Pieces.Count} new dark pieces; {d.Confusion.Told} inside the nano field were "
            + $"told, ")
            + string.Create(i, $"{d.Confusion.Unsure} there were not, {d.Confusion.Outside} lie outside.\n")
            + "    id  verdict   covered  lithium     µm³   z, y, x µm\n"
            + string.Concat(d.Pieces.Where(p => p.Covered > 0).Select(p => string.Create(
                i, $"  {p.Id,4}  {NameOf(p.Verdict),-8}  {p.Covered,7:0.00}  {p.Posterior,7:0.000} {p.Um3,7:0}   ")
                + string.Create(i, $"{p.Center.Z:0.0}, {p.Center.Y:0.0}, {p.Center.X:0.0}\n")))
            + (d.Confusion.Told == 0 ? "" : string.Create(i, $"Of those told {d.Confusion.Lithium} are lithium ({100 * share:0} %, 95 %: "
            + $"{100 * low:0} to {100 * high:0} %), {d.Confusion.Void} voids, {d.Confusion.Crack} cracks.\n"))
            + string.Create(i, $"Lithium: {ledger.Confirmed:0} µm³ confirmed; ")
            + (double.IsNaN(ledger.Calibrated) ? string.Create(i, $"nothing calibrated, from {ledger.Low:0} to {ledger.High:0} µm³; ")
                : string.Create(i, $"{ledger.Calibrated:0} µm³ calibrated ({ledger.Low:0} to {ledger.High:0}, 95 %); "))
            + string.Create(i, $"{ledger.DarkOnly:0} µm³ are dark.\n")
            + string.Concat(d.Warnings.Select(w => w + "\n"));
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static string NameOf<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private sealed class Relay(ProgressBar bar) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => bar.Report(value.Doing, value.Part);
    }
}
