using System.Globalization;
using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Placements;

/// <summary>Finds where a volume lies in the scan of its hour, and keeps that as the version that holds.</summary>
public sealed class PlacementHandler(DatasetStore store, PlacementDesk desk) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Registration";

    /// <inheritdoc/>
    public string Kind => Name;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        var work = PlacementWork.Parse(run.Request.Arguments);
        var dataset = await store.OpenForJobAsync(run.Request, ct);
        var placed = await VolumePlacer.PlaceAsync(store, dataset, work.ToRequest(), new Relay(run.Progress), ct);
        var version = await desk.SaveAsync(dataset, placed, work.Others, work.By, ct);
        var bound = placed.UncertaintyUm is { } um
            ? string.Create(CultureInfo.InvariantCulture, $"mean error at most {um:0.###} µm") : "its error is not known";
        return new JobOutcome($"Version {version}: {bound}", dataset.Id.Value);
    }

    // Thousands of turns are tried; pages are told of each percent.
    private sealed class Relay(IProgress<JobProgress> to) : IProgress<double>
    {
        private int _percent = -1;

        public void Report(double value)
        {
            var percent = (int)(100 * value);
            if (Interlocked.Exchange(ref _percent, percent) != percent)
            {
                to.Report(new JobProgress(value, value < 0.6 ? "Trying turns and shifts" : "Comparing finer voxels"));
            }
        }
    }
}
