using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Jobs;

namespace DendriteViewer.Web.Exports;

/// <summary>Which volume is exported, and how.</summary>
/// <param name="Modality">Its modality.</param>
/// <param name="Hours">Its hours.</param>
/// <param name="Format">tif, raw, ome-zarr-0.4 or ome-zarr-0.5.</param>
/// <param name="Level">Pyramid level.</param>
public sealed record ExportRequest(string Modality, double Hours, string Format, int Level);

/// <summary>Writes a volume as a file to be fetched.</summary>
public sealed class ExportHandler(JobBoard board, DatasetStore store, ExportFiles files) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Export";

    /// <summary>Formats by the names that a request gives them.</summary>
    public static readonly IReadOnlyDictionary<string, string> Formats = new Dictionary<string, string>
    {
        ["tif"] = "TIFF, one file", ["ome-zarr-0.5"] = "OME-Zarr 0.5, zip", ["ome-zarr-0.4"] = "OME-Zarr 0.4, zip", ["raw"] = "raw voxels",
    };

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Asks for an export. Whoever calls has been authorized.</summary>
    public Task<Job> StartAsync(Dataset dataset, ExportRequest request, Person by, CancellationToken ct = default) => board.StartAsync(
        new JobRequest(Kind, $"{dataset.Name}, {new VolumeKey(request.Modality, request.Hours)}", dataset.Id.Value,
            JsonSerializer.Serialize(request), dataset.Identity.Value), by, ct);

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        var request = JsonSerializer.Deserialize<ExportRequest>(run.Request.Arguments)!;
        var dataset = await store.OpenForJobAsync(run.Request, ct);
        var volume = dataset.Find(request.Modality, request.Hours)
            ?? throw new VolumeFormatException($"{dataset.Id} has no {new VolumeKey(request.Modality, request.Hours)} any more.");
        await files.SweepAsync(ct);
        var name = string.Create(CultureInfo.InvariantCulture,
            $"{dataset.Id}-{request.Modality}-{volume.Key.TimestepName}{(request.Level > 0 ? $"-level{request.Level}" : "")}");
        var isZarr = request.Format.StartsWith("ome-zarr-", StringComparison.Ordinal);
        var made = Path.Combine(files.FolderOf(dataset.Identity), name + (isZarr ? ".ome.zarr" : "." + request.Format));
        var progress = new Relay(f => run.Progress.Report(new JobProgress(isZarr ? 0.8 * f : f, "writing")));
        if (!isZarr)
        {
            await new Exporter(store).ExportAsync(volume, new ExportOptions(request.Level), made, progress, ct);
            await files.PublishAsync(dataset.Identity, made, ct);
            return new JobOutcome($"{Path.GetFileName(made)} can be fetched{await LegendAsync(dataset, volume, request, name, ct)}",
                dataset.Id.Value);
        }

        // A folder cannot be fetched, so it is packed; what a server that ended left goes first.
        var (zip, beside) = ($"{made}{request.Format["ome-zarr".Length..]}.zip", made + ".zip.unfinished");
        try
        {
            Remove(made);
            await new Exporter(store).ExportAsync(volume, new ExportOptions(request.Level, OmeZarr: request.Format["ome-zarr-".Length..]),
                made, progress, ct);
            run.Progress.Report(new JobProgress(0.8, "packing"));
            File.Delete(beside);
            await Task.Run(() => ZipFile.CreateFromDirectory(made, beside, CompressionLevel.NoCompression, includeBaseDirectory: true), ct);
            File.Move(beside, zip, overwrite: true);
            await files.PublishAsync(dataset.Identity, zip, ct);
        }
        finally
        {
            Remove(made);
            File.Delete(beside);
        }

        return new JobOutcome($"{Path.GetFileName(zip)} can be fetched{await LegendAsync(dataset, volume, request, name, ct)}",
            dataset.Id.Value);
    }

    // Numbers alone say nothing; beside labels lies what each is.
    private async Task<string> LegendAsync(Dataset dataset, VolumeInfo volume, ExportRequest request, string name, CancellationToken ct)
    {
        if (!volume.IsLabels)
        {
            return "";
        }

        var csv = await new LabelLegend(store).ToCsvAsync(dataset, volume, request.Level, ct);
        var legend = Path.Combine(files.FolderOf(dataset.Identity), name + "-legend.csv");
        await File.WriteAllTextAsync(legend, csv, ct);
        await files.PublishAsync(dataset.Identity, legend, ct);
        return $", and {name}-legend.csv";
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Relay(Action<double> action) : IProgress<double>
    {
        public void Report(double value) => action(value);
    }
}

/// <summary>Reads all of a dataset against its checksums.</summary>
public sealed class VerifyHandler(JobBoard board, DatasetStore store) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Check";

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Asks for a check. Whoever calls has been authorized.</summary>
    public Task<Job> StartAsync(Dataset dataset, Person by, CancellationToken ct = default) =>
        board.StartAsync(new JobRequest(Kind, dataset.Name, dataset.Id.Value, "{}", dataset.Identity.Value), by, ct);

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        var dataset = await store.OpenForJobAsync(run.Request, ct);
        var verifier = new Verifier(store);
        var (total, read) = (Math.Max(1, await verifier.CountAsync(dataset, ct)), 0L);
        var bad = new List<BadBrick>();
        await foreach (var problem in verifier.VerifyAsync(dataset, ct))
        {
            read++;
            run.Progress.Report(new JobProgress(Math.Min(1, (double)read / total), "reading"));
            if (problem is not null)
            {
                bad.Add(problem);
            }
        }

        return bad.Count == 0
            ? new JobOutcome($"{read} bricks read, all as they were written", dataset.Id.Value)
            : throw new VolumeFormatException($"{bad.Count} of {read} cannot be read; the first: {bad[0].Reason}");
    }
}
