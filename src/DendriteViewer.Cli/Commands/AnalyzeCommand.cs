using System.CommandLine;
using System.Globalization;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Cli.Commands;

/// <summary>The paper's analysis, printed: void profile, porosity, lithium against Faraday, nucleation sites and the band.</summary>
internal static class AnalyzeCommand
{
    public static Command Create()
    {
        var command = new Command("analyze", "Voids, porosity, lithium and nucleation sites of a dataset.");
        var hours = new Option<double?>("--hours") { Description = "Hours of the scan; the pristine one where not given." };
        command.Add(Of("void-profile", "Voids by depth below the interface.", (a, r, parse, ct) => ProfileAsync(a, r, parse.GetValue(hours), ct), hours));
        command.Add(Of("porosity", "Dark volume of the electrolyte at every time.", PorosityAsync));
        command.Add(Of("lithium", "New dark volume (lithium, crack or new void) at every time, against what the charge would plate.",
            LithiumAsync));
        command.Add(DecideCommand.Create());
        command.Add(Of("nucleation", "Nucleation sites, and whether they prefer the band.", NucleationAsync));
        return command;
    }

    private delegate Task<Printed> Print(ExperimentAnalysis analysis, AnalysisRecipe recipe, ParseResult parse, CancellationToken ct);

    private static Command Of(string name, string description, Print print, params Option[] more)
    {
        var id = new Argument<string>("ID") { Description = "Dataset." };
        var (options, store, json) = (new RecipeOptions(), Shared.Store(), Shared.Json());
        var command = new Command(name, description) { id, store, json };
        options.AddTo(command);
        foreach (var option in more)
        {
            command.Add(option);
        }

        command.SetAction((parse, ct) => ExitCodes.RunAsync(async () =>
        {
            var recipe = options.Read(parse);
            var datasets = Shared.Open(parse.GetValue(store));
            var dataset = await Shared.DatasetAsync(datasets, parse.GetValue(id)!, ct);
            Printed result;
            using (var bar = new ProgressBar("analysis", TimeProvider.System))
            {
                var progress = new Relay(p => bar.Report(p.Doing, p.Part));
                var analysis = await ExperimentAnalysis.StartAsync(datasets, dataset, recipe, progress, ct);
                result = await print(analysis, recipe, parse, ct);
            }

            if (parse.GetValue(json))
            {
                ExitCodes.PrintJson(result.Json);
            }
            else
            {
                Console.Out.Write(result.Text);
            }

            return ExitCodes.Done;
        }));
        return command;
    }

    private sealed record Printed(object Json, string Text);

    private static async Task<Printed> ProfileAsync(ExperimentAnalysis analysis, AnalysisRecipe recipe, double? hours, CancellationToken ct)
    {
        var (voids, _) = await analysis.VoidsAsync(hours, ct);
        var bins = voids.Profile(recipe.BinUm);
        var (count, porosity) = (voids.CountInterval, voids.Porosity);
        var text = Lines(
            $"Voids at {N(voids.Hours)} h, darker than {N(voids.Threshold)} ± {N(voids.NoiseWidth)}: "
            + $"{Rounded.Count(voids.Voids.Count, count)}, "
            + $"{Rounded.Both(porosity.Percent, porosity.Low, porosity.High)} % of the electrolyte; intervals of 95 %.",
            "  depth, µm       void, µm³                    count          % of electrolyte           % of bin",
            bins.Select(b => string.Create(
                CultureInfo.InvariantCulture,
                $"  {b.FromUm,5:0.#}–{b.ToUm,-5:0.#} {Rounded.Both(b.VoidUm3, b.LowUm3, b.HighUm3),26} ")
                + $"{Rounded.Count(b.Count, b.CountInterval),14} "
                + $"{Rounded.Both(b.PercentOfElectrolyte, b.PercentOfElectrolyteInterval.Low, b.PercentOfElectrolyteInterval.High),26} "
                + $"{Rounded.Value(b.PercentOfBin, b.PercentOfBinInterval.Low, b.PercentOfBinInterval.High),10}"))
                    + Notes(analysis.Warnings);
        return new Printed(
            new
            {
                hours = voids.Hours, threshold = voids.Threshold, noiseWidth = voids.NoiseWidth, electrolyteUm3 = voids.Electrolyte.TotalUm3,
                electrolyteRelative = voids.ElectrolyteRelative, count = voids.Voids.Count, countLow = count.Low, countHigh = count.High,
                percent = porosity.Percent, lowPercent = porosity.Low, highPercent = porosity.High,
                bins = bins.Select(b => new
                {
                    fromUm = b.FromUm, toUm = b.ToUm, voidUm3 = b.VoidUm3, lowUm3 = b.LowUm3, highUm3 = b.HighUm3, count = b.Count,
                    countLow = b.CountInterval.Low, countHigh = b.CountInterval.High,
                    percentOfElectrolyte = b.PercentOfElectrolyte, percentOfElectrolyteLow = b.PercentOfElectrolyteInterval.Low,
                    percentOfElectrolyteHigh = b.PercentOfElectrolyteInterval.High, percentOfBin = b.PercentOfBin,
                        uncertainty = b.Uncertainty,
                }),
                warnings = analysis.Warnings,
            }, text);
    }

    private static async Task<Printed> PorosityAsync(ExperimentAnalysis analysis, AnalysisRecipe recipe, ParseResult parse, CancellationToken ct)
    {
        var steps = await analysis.PorosityAsync(ct);
        return new Printed(
            new
            {
                threshold = analysis.Threshold,
                timesteps = steps.Select(s => new
                {
                    hours = s.Hours, percent = s.Percent, lowPercent = s.Low, highPercent = s.High, uncertainty = s.Uncertainty,
                }),
                warnings = analysis.Warnings,
            },
            Lines(
                $"Darker than {N(analysis.Threshold)} ± {N(analysis.Statistics.NoiseWidth)}; intervals of 95 %:",
                    "  hours   dark, % of electrolyte",
                steps.Select(s => string.Create(CultureInfo.InvariantCulture,
                    $"  {s.Hours,5:0.##}   {Rounded.Both(s.Percent, s.Low, s.High)}")))
            + Notes(analysis.Warnings));
    }

    private static async Task<Printed> LithiumAsync(ExperimentAnalysis analysis, AnalysisRecipe recipe, ParseResult parse, CancellationToken ct)
    {
        var (result, _) = await analysis.RunAsync(ct);
        return new Printed(
            new
            {
                threshold = result.Threshold,
                timesteps = result.Lithium.Select(l => new
                {
                    hours = l.Hours, measuredUm3 = l.MeasuredUm3, lowUm3 = l.LowUm3, highUm3 = l.HighUm3, faradayUm3 = l.FaradayUm3,
                    faradayLowUm3 = l.FaradayLowUm3, faradayHighUm3 = l.FaradayHighUm3, lithiumAtMostUm3 = l.LithiumAtMostUm3,
                    crackOrVoidUm3 = l.CrackOrVoidUm3, pieces = l.Pieces.Count, piecesLow = l.PiecesInterval.Low,
                        piecesHigh = l.PiecesInterval.High,
                    partialUm3 = l.PartialUm3, largestUm3 = l.LargestUm3, nearestUm = l.NearestUm, deepestUm = l.DeepestUm,
                    thicknessUm = l.ThicknessUm, confirmedUm3 = l.ConfirmedUm3, newVoidUm3 = l.NewVoidUm3, isUpperBound = l.IsUpperBound,
                    uncertainty = l.Uncertainty, mask = MaskUse.Describe(result.MaskAt(l.Hours), withNames: true),
                }),
                warnings = result.Warnings,
            },
            Lines(
                $"{LithiumWords.Title(result)}, darker than {N(result.Threshold)} ± {N(result.NoiseWidth)}, and no void before; "
                + "intervals of 95 %:",
                "  hours   new dark, µm³ (interval)       lithium at most, µm³   crack or void, µm³   of Faraday, %            pieces",
                result.Lithium.Select(l => string.Create(
                    CultureInfo.InvariantCulture,
                    $"  {l.Hours,5:0.##}   {Rounded.Both(l.MeasuredUm3, l.LowUm3, l.HighUm3),-28} ")
                    + $"{l.AsPartOf(l.LithiumAtMostUm3),20} {l.AsPartOf(l.CrackOrVoidUm3),20}   "
                    + $"{(l.OfFaraday is var (p, low, high) ? Rounded.Both(p, low, high) : "–"),-22} "
                    + $"{Rounded.Count(l.Pieces.Count, l.PiecesInterval),8}"))
            + Notes(result.Warnings));
    }

    private static async Task<Printed> NucleationAsync(ExperimentAnalysis analysis, AnalysisRecipe recipe, ParseResult parse, CancellationToken ct)
    {
        var (result, _) = await analysis.RunAsync(ct);
        var band = result.Band(recipe.Band);
        var (e, sites) = (band.OverElectrolyte, result.SitesInterval);
        return new Printed(
            new
            {
                count = result.Sites.Count, countLow = sites.Low, countHigh = sites.High,
                sites = result.Sites.Select(s => new
                {
                    id = s.Id, bornHours = s.BornHours, centerUm = s.CenterUm, depthUm = s.DepthUm, nearestVoidUm = s.NearestVoidUm,
                    nearestVoidDiameterUm = s.NearestVoidDiameterUm, volumes = s.Volumes.Select(v => new { hours = v.Hours, um3 = v.Um3 }),
                    events = s.Events.Select(v => new { hours = v.Hours, kind = v.Kind, with = v.With }),
                }),
                band = new
                {
                    fromUm = band.FromUm, toUm = band.ToUm, sites = band.Sites, siteShare = e.Share, electrolyteShare = e.Expected,
                    enrichment = e.Ratio, ciLow = e.Low, ciHigh = e.High, p = e.P, uncertainty = e.Uncertainty,
                    overVoidSurface = band.OverVoidSurface, lithium = band.Lithium,
                },
                depthUncertaintyUm = result.DepthUm, threshold = result.Threshold, warnings = result.Warnings,
            },
            Lines(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Rounded.Count(result.Sites.Count, sites)} sites, {band.Sites} of them {band.FromUm:0.#}–{band.ToUm:0.#} µm deep: ")
                + $"{Rounded.Value(e.Ratio, e.Low, e.High)} times what chance would give "
                + $"(95 %: {Rounded.Interval(e.Ratio, e.Low, e.High)}; "
                + string.Create(CultureInfo.InvariantCulture, $"p = {e.P:0.0e0})."),
                "  site   born, h   depth, µm   z, y, x, µm               to a void, µm   last, µm³",
                result.Sites.Select(s => string.Create(CultureInfo.InvariantCulture,
                    $"  {s.Id,-6} {s.BornHours,6:0.##} {s.DepthUm,11:0.0}   {s.CenterUm[0]:0.0}, {s.CenterUm[1]:0.0}, {s.CenterUm[2]:0.0} ")
                    + string.Create(CultureInfo.InvariantCulture, $"{s.NearestVoidUm,16:0.0} {s.Volumes[^1].Um3,14:0}")))
            + Notes(result.Warnings));
    }

    private static string Notes(IReadOnlyList<string> warnings) => string.Concat(warnings.Select(w => w + "\n"));

    private static string Lines(string title, string head, IEnumerable<string> rows) => string.Join('\n', new[] { title, head }.Where(l => l.Length > 0).Concat(rows)) + "\n";

    private static string N(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private sealed class Relay(Action<AnalysisProgress> action) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => action(value);
    }
}
