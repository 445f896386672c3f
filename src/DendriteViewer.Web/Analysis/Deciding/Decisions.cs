using System.Globalization;
using System.Text.Json;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Analysis.Deciding;

/// <summary>What nano scans say of new dark volume: the last decisions of datasets, and the jobs that make the next.</summary>
public sealed class Decisions(DatasetStore store, JobBoard board, Analyses analyses)
{
    private readonly DecisionStore _kept = new(store);

    /// <summary>Raised when a dataset has another decision; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Changed;

    /// <summary>
    /// The last decision, with what has changed since, or null where none was made. Whoever calls has been authorized.
    /// </summary>
    /// <exception cref="Imaging.Volumes.VolumeFormatException">What was kept is damaged.</exception>
    public async Task<KeptDecision?> TryLoadAsync(Dataset dataset, string modality, double hours, CancellationToken ct) =>
        await _kept.TryLoadAsync(dataset, modality, hours, ct) is { } kept
            ? kept with { Stale = await StaleBecauseAsync(dataset, kept, modality, ct) } : null;

    /// <summary>The newest decision of a dataset, ended or not, or null.</summary>
    public Job? Newest(DatasetIdentity dataset) =>
        board.Jobs.FirstOrDefault(j => j.Kind == DecisionHandler.Name && j.DatasetIdentity == dataset.Value);

    /// <summary>What people drew for decisions of a modality at a time, oldest first.</summary>
    /// <exception cref="VolumeFormatException">What was kept is damaged.</exception>
    public Task<IReadOnlyList<DrawnClasses>> DrawnAsync(Dataset dataset, string modality, double hours, CancellationToken ct) =>
        _kept.DrawnAsync(dataset, modality, hours, ct);

    /// <summary>Asks for a decision. Whoever calls has been authorized.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="recipe">How new dark volume is found.</param>
    /// <param name="hours">When.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="drawn">Classes that decide in place of the fitted ones, and become a version; null for these.</param>
    /// <returns>The job, or the one that decides of the dataset already.</returns>
    public async Task<Job> StartAsync(Dataset dataset, AnalysisRecipe recipe, double hours, Person by, DrawnClasses? drawn = null)
    {
        if (Newest(dataset.Identity) is { IsActive: true } running)
        {
            return running;
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"{dataset.Name}, decision at {hours:0.##} h");
        var arguments = JsonSerializer.Serialize(new DecisionHandler.Arguments(recipe, hours) { Drawn = drawn }, DatasetManifest.Json);
        return await board.StartAsync(
            new JobRequest(DecisionHandler.Name, title, dataset.Id.Value, arguments, dataset.Identity.Value), by);
    }

    // The verdicts are there all the same, so that what cannot be compared is said beside them.
    private async Task<string?> StaleBecauseAsync(Dataset dataset, KeptDecision kept, string modality, CancellationToken ct)
    {
        try
        {
            var recipe = (await analyses.ResultAsync(dataset, modality, ct))?.Recipe;
            return await _kept.StaleBecauseAsync(dataset, kept, recipe, ct);
        }
        catch (VolumeFormatException e)
        {
            return $"Whether it rests on the data of now is not known: {e.Message}";
        }
    }

    /// <summary>Tells those who look that a job kept a decision.</summary>
    internal void Publish(DatasetIdentity dataset) => Changed?.Invoke(dataset);
}

/// <summary>Decides by nano scans what new dark volume is, and keeps it.</summary>
public sealed class DecisionHandler(DatasetStore store, Decisions decisions, TimeProvider time) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Decision";

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        var asked = JsonSerializer.Deserialize<Arguments>(run.Request.Arguments, DatasetManifest.Json)!;
        var dataset = await store.OpenForJobAsync(run.Request, ct);
        var progress = new AnalysisRelay(run.Progress, 0, 0.95);
        var kept = new DecisionStore(store);
        var drawn = asked.Drawn is null ? null
            : await kept.KeepDrawnAsync(dataset, asked.Recipe.Modality, asked.Hours, asked.Drawn, run.Request.By, time, ct);
        var decision = await FieldDecision.DecideAsync(store, dataset, asked.Recipe, asked.Hours, drawn, progress, ct);
        await kept.SaveAsync(dataset, asked.Recipe, decision, ct);
        decisions.Publish(dataset.Identity);
        var confusion = decision.Confusion;
        return new JobOutcome(
            $"{confusion.Lithium} lithium, {confusion.Void} voids, {confusion.Crack} cracks of {decision.Pieces.Count} new dark pieces",
            dataset.Id.Value);
    }

    /// <summary>What is decided, and how new dark volume is found.</summary>
    public sealed record Arguments(AnalysisRecipe Recipe, double Hours)
    {
        /// <summary>Classes that decide in place of the fitted ones; null for these.</summary>
        public DrawnClasses? Drawn { get; init; }
    }
}
