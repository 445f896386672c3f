using System.Collections.Concurrent;
using System.Globalization;
using DendriteViewer.Imaging.Analysis;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Analysis;

/// <summary>Analyses of datasets: the last one's result, and the job that makes the next.</summary>
public sealed class Analyses(DatasetStore store, JobQueue queue, ViewSessions sessions)
{
    private readonly AnalysisStore _results = new(store);
    private readonly ConcurrentDictionary<(string Dataset, string Modality), Task<AnalysisResult?>> _kept = new();

    /// <summary>Raised when a dataset has another result; handlers must be quick.</summary>
    public event Action<DatasetId>? Changed;

    /// <summary>What was last found in a modality, or null. Whoever calls has been authorized.</summary>
    public async Task<AnalysisResult?> ResultAsync(Dataset dataset, string modality, CancellationToken ct)
    {
        // Kept while its labels are those of the dataset that is asked about: a deleted and reimported one has none.
        var key = (dataset.Id.Value, modality);
        var task = _kept.GetOrAdd(key, _ => _results.TryLoadAsync(dataset.Id, modality, CancellationToken.None));
        try
        {
            var result = await task.WaitAsync(ct);
            if (result is null || dataset.Labels.Count == 0)
            {
                _kept.TryRemove(key, out _);
            }

            return dataset.Labels.Count == 0 ? null : result;
        }
        catch (Exception) when (task.IsFaulted)
        {
            _kept.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>The job that analyses a dataset now, or null.</summary>
    public Job? Running(DatasetId dataset) => queue.Jobs.FirstOrDefault(j => j is { Kind: "Analysis", IsActive: true } && j.Dataset == dataset.Value);

    /// <summary>The newest analysis of a dataset, ended or not, or null.</summary>
    public Job? Newest(DatasetId dataset) => queue.Jobs.FirstOrDefault(j => j.Kind == "Analysis" && j.Dataset == dataset.Value);

    /// <summary>Queues an analysis. Whoever calls has been authorized.</summary>
    public Job Start(Dataset dataset, AnalysisRecipe recipe, string byKey) =>
        Running(dataset.Id) ?? queue.Start("Analysis", dataset.Name, byKey, dataset.Id.Value, async (progress, _, ct) =>
        {
            // Finding takes most of the time, keeping the rest.
            var finding = new Relay(p => progress.Report(new JobProgress(0.8 * p.Part, p.Doing)));
            var keeping = new Relay(p => progress.Report(new JobProgress(0.8 + 0.2 * p.Part, p.Doing)));
            var now = await store.TryOpenAsync(dataset.Id, ct) ?? throw new VolumeFormatException($"{dataset.Id} was deleted.");
            var (result, labels) = await (await ExperimentAnalysis.StartAsync(store, now, recipe, finding, ct)).RunAsync(ct);
            await _results.SaveAsync(result, labels, keeping, ct);
            _kept.TryRemove((dataset.Id.Value, result.Recipe.Modality), out Task<AnalysisResult?>? _);
            if (await store.TryOpenAsync(dataset.Id, ct) is { } published)
            {
                sessions.Refresh(published);
            }

            Changed?.Invoke(dataset.Id);
            return new JobOutcome($"{result.Voids.Voids.Count} voids, {result.Sites.Count} sites", dataset.Id.Value);
        });

    /// <summary>Queues a comparison of two times, by the recipe of a result. Whoever calls has been authorized.</summary>
    public Job StartChange(Dataset dataset, AnalysisResult result, double fromHours, double toHours, string byKey) =>
        queue.Start("Change", string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}, {fromHours:0.##} to {toHours:0.##} h"), byKey, dataset.Id.Value, async (progress, _, ct) =>
        {
            var relay = new Relay(p => progress.Report(new JobProgress(0.8 * p.Part, p.Doing)));
            var recipe = result.Recipe with { Rule = ThresholdRule.Manual, Threshold = result.Threshold };
            var now = await store.TryOpenAsync(dataset.Id, ct) ?? throw new VolumeFormatException($"{dataset.Id} was deleted.");
            var change = await (await ExperimentAnalysis.StartAsync(store, now, recipe, relay, ct)).ChangeAsync(fromHours, toHours, ct);
            await _results.SaveAsync(dataset.Id, change, recipe, ct);
            if (await store.TryOpenAsync(dataset.Id, ct) is { } published)
            {
                sessions.Refresh(published);
            }

            return new JobOutcome(string.Create(CultureInfo.InvariantCulture, $"{change.GainedUm3:0} µm³ gained, {change.LostUm3:0} µm³ lost"), dataset.Id.Value);
        });

    /// <summary>The newest comparison of a dataset, ended or not, or null.</summary>
    public Job? NewestChange(DatasetId dataset) => queue.Jobs.FirstOrDefault(j => j.Kind == "Change" && j.Dataset == dataset.Value);

    /// <summary>Moves the interface through points, for everybody who looks. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">A point lies nowhere near the scan.</exception>
    public async Task CorrectInterfaceAsync(DatasetId dataset, IReadOnlyList<WorldPoint> points, CancellationToken ct) =>
        sessions.Refresh(await InterfaceCorrections.SetAsync(store, dataset, points, ct));

    /// <summary>A look at the pristine scan that thresholds can be tried on. Whoever calls has been authorized.</summary>
    public Task<ExperimentAnalysis> PreviewAsync(Dataset dataset, AnalysisRecipe recipe, CancellationToken ct) => ExperimentAnalysis.StartAsync(store, dataset, recipe, null, ct);

    private sealed class Relay(Action<AnalysisProgress> action) : IProgress<AnalysisProgress>
    {
        public void Report(AnalysisProgress value) => action(value);
    }
}
