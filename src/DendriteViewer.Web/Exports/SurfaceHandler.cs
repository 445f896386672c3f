using System.Globalization;
using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Surfaces;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Components;
using DendriteViewer.Web.Compute;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Exports;

/// <summary>A surface as a page or a program asks for it, and as its job keeps it.</summary>
public sealed record SurfaceRequest
{
    /// <summary>Modality of the scan or the labels.</summary>
    public string Modality { get; init; } = "";

    /// <summary>Its hours.</summary>
    public double Hours { get; init; }

    /// <summary>stl or ply.</summary>
    public string Format { get; init; } = "stl";

    /// <summary>Pyramid level.</summary>
    public int Level { get; init; }

    /// <summary>Of a scan: the value.</summary>
    public double? Value { get; init; }

    /// <summary>Of a scan: whether what is darker is inside.</summary>
    public bool Dark { get; init; }

    /// <summary>Of labels: the first number; null for all.</summary>
    public int? FromLabel { get; init; }

    /// <summary>Of labels: the last number; null for the first alone, or all.</summary>
    public int? ToLabel { get; init; }

    /// <summary>The surface, checked against the volume.</summary>
    /// <exception cref="OutOfRangeException">Something is out of its range.</exception>
    public SurfaceSettings ToSettings(VolumeInfo volume)
    {
        var format = Format is "stl" or "ply" ? Format : throw new OutOfRangeException($"format is '{Format}'; give stl or ply.");
        return new SurfaceSettings(Level, format == "stl" ? SurfaceFormat.Stl : SurfaceFormat.Ply)
        {
            Value = Value, IsDarkInside = Dark, FromLabel = FromLabel ?? 1, ToLabel = ToLabel ?? FromLabel ?? int.MaxValue,
        }.Checked(volume);
    }
}

/// <summary>Writes surfaces as files to be fetched.</summary>
public sealed class SurfaceHandler(JobBoard board, DatasetStore store, ExportFiles files, ComputeLanes lanes) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Surface";

    /// <summary>Each person has one at a time.</summary>
    public static JobLimit Limit { get; } = new(Name, "surface");

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Asks for a surface, one at a time for each person. Whoever calls has been authorized.</summary>
    /// <exception cref="OutOfRangeException">It cannot be made; the message says the remedy.</exception>
    /// <exception cref="JobBusyException">The person has one in work.</exception>
    public Task<Job> StartAsync(Dataset dataset, SurfaceRequest surface, Person by, CancellationToken ct = default)
    {
        var volume = VolumeOf(dataset, surface);
        return board.StartAsync(
            new JobRequest(Kind, $"{dataset.Name}, {surface.ToSettings(volume).Describe(volume.Key)}", dataset.Id.Value,
                JsonSerializer.Serialize(surface), dataset.Identity.Value), by, ct);
    }

    /// <summary>How many triangles the surface would have at each level, about. Whoever calls has been authorized.</summary>
    /// <exception cref="OutOfRangeException">It cannot be made; the message says the remedy.</exception>
    public Task<IReadOnlyList<long>> EstimateAsync(Dataset dataset, SurfaceRequest surface, CancellationToken ct)
    {
        var volume = VolumeOf(dataset, surface);
        var settings = surface.ToSettings(volume);
        return lanes[Urgency.Resting].RunAsync(() => new SurfaceExporter(store).EstimateAsync(volume, settings, ct), ct);
    }

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        var surface = JsonSerializer.Deserialize<SurfaceRequest>(run.Request.Arguments)!;
        var dataset = await store.OpenForJobAsync(run.Request, ct);
        var volume = VolumeOf(dataset, surface);
        var settings = surface.ToSettings(volume);
        await files.SweepAsync(ct);
        var name = NameOf(dataset, volume, settings);
        var made = Path.Combine(files.FolderOf(dataset.Identity), name);
        var facts = await new SurfaceExporter(store).ExportAsync(
            volume, settings, made, new Relay(f => run.Progress.Report(new JobProgress(f, "marching"))), ct);
        await files.PublishAsync(dataset.Identity, made, ct);
        return new JobOutcome(
            string.Create(CultureInfo.InvariantCulture,
                $"{name} can be fetched: {NumberText.Grouped(facts.Triangles, 0)} triangles around {facts.VolumeUm3:G6} µm³, ")
                + string.Create(CultureInfo.InvariantCulture, $"area {facts.AreaUm2:G6} µm²"),
            dataset.Id.Value);
    }

    /// <summary>Name of a surface's file; two surfaces of a dataset have two.</summary>
    public static string NameOf(Dataset dataset, VolumeInfo volume, SurfaceSettings settings)
    {
        // The value as the surface is made of it, to its last digit: a rounded one would name two surfaces alike.
        var what = !volume.IsLabels
            ? string.Create(CultureInfo.InvariantCulture, $"{(settings.IsDarkInside ? "dark" : "bright")}-{(float)settings.Value!.Value}")
            : settings is { FromLabel: 1, ToLabel: int.MaxValue } ? "labels" : $"labels-{settings.FromLabel}-{settings.ToLabel}";
        what += volume.Corrected is { } c ? $"-corrected-v{c.Version}" : "";
        var level = settings.Level > 0 ? $"-level{settings.Level}" : "";
        var format = settings.Format == SurfaceFormat.Stl ? "stl" : "ply";
        return $"{dataset.Id}-{volume.Key.Modality}-{volume.Key.TimestepName}-{what}{level}.{format}";
    }

    private static VolumeInfo VolumeOf(Dataset dataset, SurfaceRequest surface) => dataset.Find(surface.Modality ?? "", surface.Hours)
        ?? throw new OutOfRangeException(
            $"{dataset.Id} has no {new VolumeKey(surface.Modality ?? "", surface.Hours)}; choose one of its scans or labels.");

    private sealed class Relay(Action<double> action) : IProgress<double>
    {
        public void Report(double value) => action(value);
    }
}
