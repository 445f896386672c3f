using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Interface;
using DendriteViewer.Analysis.Outline;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Audit;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Jobs;
using DendriteViewer.Web.Registry;
using DendriteViewer.Web.Viewing;

namespace DendriteViewer.Web.Analysis;

/// <summary>Analyses of datasets: the last one's result, and the jobs that make the next.</summary>
public sealed class Analyses(DatasetStore store, JobBoard board, ViewSessions sessions, ComputeLanes lanes, AuditLog audit)
    : IDatasetFollower
{
    // Each frozen link has results of its own; what is forgotten is read again.
    private const int MostKept = 256;

    private readonly AnalysisStore _results = new(store);
    private readonly ConcurrentDictionary<(string Identity, string Modality, Guid? State), Task<AnalysisResult?>> _kept = new();

    /// <summary>Raised when a dataset has another result; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Changed;

    /// <summary>What was last found in a modality, or null. Whoever calls has been authorized.</summary>
    public async Task<AnalysisResult?> ResultAsync(Dataset dataset, string modality, CancellationToken ct)
    {
        // Kept while the dataset has labels: one that was never analysed, or whose analysis is published at the moment, has none.
        var kept = dataset.Kept is { KeepsVolumes: true } state ? state : null;
        var key = (dataset.Identity.Value, modality, kept?.Id);
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        var task = _kept.GetOrAdd(key, _ => _results.TryLoadAsync(dataset, modality, CancellationToken.None));
        try
        {
            var result = await task.WaitAsync(ct);
            if (result is null || dataset.Labels.Count == 0)
            {
                _kept.TryRemove(key, out _);
            }

            return dataset.Labels.Count == 0 && kept is null ? null : result;
        }
        catch (Exception) when (task.IsFaulted)
        {
            _kept.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>The job that analyses a dataset now, or null.</summary>
    public Job? Running(DatasetIdentity dataset) =>
        board.Jobs.FirstOrDefault(j => j is { Kind: AnalysisHandler.Name, IsActive: true } && j.DatasetIdentity == dataset.Value);

    /// <summary>The newest analysis of a dataset, ended or not, or null.</summary>
    public Job? Newest(DatasetIdentity dataset) =>
        board.Jobs.FirstOrDefault(j => j.Kind == AnalysisHandler.Name && j.DatasetIdentity == dataset.Value);

    /// <summary>Asks for an analysis. Whoever calls has been authorized.</summary>
    /// <returns>The job, or the one that analyses the dataset already.</returns>
    public async Task<Job> StartAsync(Dataset dataset, AnalysisRecipe recipe, Person by) =>
        Running(dataset.Identity) ?? await board.StartAsync(RequestOf(dataset, AnalysisHandler.Name, dataset.Name, recipe), by);

    /// <summary>Asks for a comparison of two times, by the recipe of a result. Whoever calls has been authorized.</summary>
    public Task<Job> StartChangeAsync(Dataset dataset, AnalysisResult result, double fromHours, double toHours, Person by)
    {
        var recipe = result.Recipe with { Rule = ThresholdRule.Manual, Threshold = result.Threshold };
        var title = string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}, {fromHours:0.##} to {toHours:0.##} h");
        return board.StartAsync(RequestOf(dataset, ChangeHandler.Name, title, new ChangeHandler.Arguments(recipe, fromHours, toHours)), by);
    }

    private static JobRequest RequestOf<T>(Dataset dataset, string kind, string title, T arguments) =>
        new(kind, title, dataset.Id.Value, JsonSerializer.Serialize(arguments, DatasetManifest.Json), dataset.Identity.Value);

    /// <summary>Shows what a job kept to everybody who looks.</summary>
    public async Task PublishAsync(Dataset analysed, CancellationToken ct)
    {
        Forget(analysed.Identity);
        if (await store.TryOpenAsync(analysed.Id, ct) is { } published)
        {
            sessions.Refresh(published);
        }

        Changed?.Invoke(analysed.Identity);
    }

    Task IDatasetFollower.ChangedAsync(Dataset dataset, CancellationToken ct)
    {
        Forget(dataset.Identity);
        Changed?.Invoke(dataset.Identity);
        return Task.CompletedTask;
    }

    Task IDatasetFollower.DeletedAsync(DatasetIdentity dataset, CancellationToken ct)
    {
        Forget(dataset);
        return Task.CompletedTask;
    }

    // So that they are read again.
    private void Forget(DatasetIdentity identity)
    {
        foreach (var key in _kept.Keys.Where(k => k.Identity == identity.Value))
        {
            _kept.TryRemove(key, out Task<AnalysisResult?>? _);
        }
    }

    /// <summary>The newest comparison of a dataset, ended or not, or null.</summary>
    public Job? NewestChange(DatasetIdentity dataset) =>
        board.Jobs.FirstOrDefault(j => j.Kind == ChangeHandler.Name && j.DatasetIdentity == dataset.Value);

    /// <summary>Moves the interface through points, for everybody who looks. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">A point lies nowhere near the scan.</exception>
    public async Task CorrectInterfaceAsync(Dataset dataset, IReadOnlyList<WorldPoint> points, Person by, CancellationToken ct)
    {
        sessions.Refresh(await audit.RecordedAsync(
            AuditKind.Correction, by, $"moved the interface through {points.Count} points", AuditSubject.Of(dataset),
            () => lanes[Urgency.Resting].RunAsync(
                () => InterfaceCorrections.SetAsync(store, dataset.Id, points, ct, dataset.Identity), ct)));
    }

    /// <summary>Moves the cell's outline through points, for everybody who looks. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">A point lies nowhere near the scan.</exception>
    public async Task CorrectOutlineAsync(
        Dataset dataset, IReadOnlyList<(double U, double V)> points, Person by, CancellationToken ct)
    {
        sessions.Refresh(await audit.RecordedAsync(
            AuditKind.Correction, by, $"moved the outline through {points.Count} points", AuditSubject.Of(dataset),
            () => lanes[Urgency.Resting].RunAsync(
                () => OutlineCorrections.SetAsync(store, dataset.Id, points, ct, dataset.Identity), ct)));
    }

    /// <summary>A look at the pristine scan that thresholds can be tried on. Whoever calls has been authorized.</summary>
    public Task<ExperimentAnalysis> PreviewAsync(Dataset dataset, AnalysisRecipe recipe, CancellationToken ct) =>
        lanes[Urgency.Resting].RunAsync(() => ExperimentAnalysis.StartAsync(store, dataset, recipe, null, ct), ct);

    /// <summary>The voids that such a look finds with a threshold.</summary>
    public async Task<VoidFindings> TryAsync(ExperimentAnalysis look, double threshold, CancellationToken ct) =>
        (await lanes[Urgency.Resting].RunAsync(() => look.At(threshold).VoidsAsync(null, ct), ct)).Item1;
}
