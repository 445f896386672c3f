using System.Globalization;
using System.Text.Json;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Analysis;

/// <summary>Runs the whole analysis of a dataset by a recipe and keeps what it finds.</summary>
public sealed class AnalysisHandler(DatasetStore store, Analyses analyses) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Analysis";

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        // Finding takes most of the time, keeping the rest.
        var finding = new AnalysisRelay(run.Progress, 0, 0.8);
        var keeping = new AnalysisRelay(run.Progress, 0.8, 0.2);
        var recipe = JsonSerializer.Deserialize<AnalysisRecipe>(run.Request.Arguments, DatasetManifest.Json)!;
        var dataset = await store.OpenForJobAsync(run.Request, ct);
        var (result, labels) = await (await ExperimentAnalysis.StartAsync(store, dataset, recipe, finding, ct)).RunAsync(ct);
        await new AnalysisStore(store).SaveAsync(result, labels, keeping, ct);
        await analyses.PublishAsync(dataset, ct);
        return new JobOutcome($"{result.Voids.Voids.Count} voids, {result.Sites.Count} sites", dataset.Id.Value);
    }
}

/// <summary>Compares two times of a dataset and keeps what was gained and lost.</summary>
public sealed class ChangeHandler(DatasetStore store, Analyses analyses) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Change";

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        var asked = JsonSerializer.Deserialize<Arguments>(run.Request.Arguments, DatasetManifest.Json)!;
        var dataset = await store.OpenForJobAsync(run.Request, ct);
        var analysis = await ExperimentAnalysis.StartAsync(store, dataset, asked.Recipe, new AnalysisRelay(run.Progress, 0, 0.8), ct);
        var change = await analysis.ChangeAsync(asked.FromHours, asked.ToHours, ct);
        await new AnalysisStore(store).SaveAsync(dataset, change, asked.Recipe, ct);
        await analyses.PublishAsync(dataset, ct);
        return new JobOutcome(string.Create(
            CultureInfo.InvariantCulture,
            $"{change.GainedUm3:0} µm³ gained, {change.LostUm3:0} µm³ lost; masks: ")
                + MaskUse.DescribeChange(change.FromMask, change.ToMask), dataset.Id.Value);
    }

    /// <summary>What is compared, and how.</summary>
    public sealed record Arguments(AnalysisRecipe Recipe, double FromHours, double ToHours);
}

internal sealed class AnalysisRelay(IProgress<JobProgress> to, double from, double part) : IProgress<AnalysisProgress>
{
    public void Report(AnalysisProgress value) => to.Report(new JobProgress(from + part * value.Part, value.Doing));
}
