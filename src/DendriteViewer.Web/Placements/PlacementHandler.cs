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
        var placed = await VolumePlacer.PlaceAsync(store, dataset, work.ToRequest(dataset), new Relay(run.Progress), ct);
        var now = PlacementDesk.VersionOf(await store.OpenForJobAsync(run.Request, ct), work.Key);
        var replaced = work.Since is { } since && since != now ? Replaced(since, now) : null;
        if (replaced is not null)
        {
            placed = placed with { Warnings = [.. placed.Warnings, replaced] };
        }

        var version = await desk.SaveAsync(dataset, placed, work.Others, run.Request.By, ct);
        var bound = placed.UncertaintyUm is { } um
            ? string.Create(CultureInfo.InvariantCulture, $"mean error at most {um:0.###} µm") : "its error is not known";
        return new JobOutcome(
            replaced is null ? $"Version {version}: {bound}" : $"Version {version}: {bound}. {replaced}", dataset.Id.Value);
    }

    private static string Replaced(int since, int now)
    {
        static string Name(int version) => version == 0 ? "the stage's coordinates" : $"version {version}";
        return $"When this registration was asked for {Name(since)} held, and when it ended {Name(now)}, which it replaced: "
            + "compare the two, and go back where that was the better one.";
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
