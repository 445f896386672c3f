using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Uploads;

namespace DendriteViewer.Web.Jobs;

/// <summary>Imports of folders on the server. One that a restart cut off goes on from the shards that are there.</summary>
public sealed class ImportHandler(JobBoard board, DatasetStore store, DatasetCatalog catalog, DendriteOptions options, UploadFolder uploads, TimeProvider time) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Import";

    private const int MostWarnings = 5;

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Asks for an import of a dataset.json or its folder. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public Task<Job> StartAsync(string path, Person by, CancellationToken ct = default) => StartAsync(new Arguments(Resolve(path), null), by, ct);

    /// <summary>Asks for an import of one file, or of the volumes that it holds. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public Task<Job> StartVolumeAsync(string path, VolumeToImport volume, Person by, CancellationToken ct = default) => StartAsync(new Arguments(Resolve(path), volume), by, ct);

    /// <summary>Whether a path is a dataset that somebody described, rather than a volume by itself.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public bool IsDataset(string path)
    {
        var full = Resolve(path);
        return !VolumeFiles.IsRemote(full) && (Path.GetExtension(full) == ".json" || File.Exists(Path.Combine(full, "dataset.json")));
    }

    /// <summary>What a file, or a dataset inside it, would be as a volume.</summary>
    /// <exception cref="VolumeFormatException">It cannot be read, or not from there.</exception>
    public Task<Inspection> InspectAsync(string path, string? inside, CancellationToken ct) =>
        Task.Run(() => Inspection.Of(Resolve(path), new VolumeManifest { Inside = inside }, time, Resolve, ct, store.Blobs), ct);

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        // Asked again, since a link may have been put there, or the configuration changed, since it was asked for.
        var asked = JsonSerializer.Deserialize<Arguments>(run.Request.Arguments)!;
        var full = Resolve(asked.Path);
        var relay = new Relay(p => run.Progress.Report(new JobProgress(p.TotalBytes == 0 ? 1 : (double)p.DoneBytes / p.TotalBytes, p.Volume)));
        if (run.Request.DatasetIdentity is not null)
        {
            // A volume was asked for in a dataset that was there.
            await store.OpenForJobAsync(run.Request, ct);
        }

        var importer = new Importer(store, time) { Roots = Roots, Addresses = options.ImportAddresses, KeepWhenCancelled = run.IsStopping };
        var result = asked.Volume is { } v
            ? await importer.ImportVolumeAsync(
                new SingleImport(full, DatasetId.Parse(v.Dataset), v.ToManifest(), v.Hours.Length > 1 ? v.Hours : null), relay, ct)
            : await importer.ImportDatasetAsync(full, null, relay, ct);
        catalog.Touch();
        if (!VolumeFiles.IsRemote(full))
        {
            uploads.RemoveOf(full);
        }

        return new JobOutcome((result.AlreadyThere ? "Was there already" : "Imported") + Warnings(result), result.Id.Value, result.Identity.Value);
    }

    // What was guessed or left out, where nobody may have looked at an inspection; the rest of many is told by dendrite inspect.
    private static string Warnings(ImportResult result) => result.Warnings.Count == 0 ? ""
        : $". {string.Join(" ", result.Warnings.Take(MostWarnings))}{(result.Warnings.Count > MostWarnings ? " …" : "")}";

    private async Task<Job> StartAsync(Arguments asked, Person by, CancellationToken ct)
    {
        var title = Path.GetFileName(Path.TrimEndingDirectorySeparator(asked.Path));
        var existing = asked.Volume is { } v ? await store.TryOpenAsync(DatasetId.Parse(v.Dataset), ct) : null;
        var request = new JobRequest(Kind, title, asked.Volume?.Dataset, JsonSerializer.Serialize(asked), existing?.Identity.Value);
        return await board.StartAsync(request, by, ct);
    }

    // Folders that the configuration names, and what browsers uploaded.
    private string[] Roots => [.. options.ImportRoots, uploads.Root];

    private string Resolve(string path)
    {
        if (VolumeFiles.IsRemote(path))
        {
            return ImportAddresses.Admit(path, options.ImportAddresses);
        }

        var real = RealPaths.Resolve(path);
        return RealPaths.IsBelowAny(real, Roots)
            ? real
            : throw new VolumeFormatException(options.ImportRoots.Length == 0
                ? "Importing from the server's folders is off; name them in Dendrite:ImportRoots."
                : $"{path} is not below a folder to import from ({string.Join(", ", options.ImportRoots)}).");
    }

    private sealed record Arguments(string Path, VolumeToImport? Volume);

    private sealed class Relay(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}

/// <summary>What a file becomes.</summary>
/// <param name="Dataset">Id of the dataset, made if new.</param>
/// <param name="Modality">Its modality.</param>
/// <param name="Hours">Hours of plating; of a file with several volumes, of each.</param>
/// <param name="VoxelSizeUm">Voxel size z, y, x in place of the file's own.</param>
/// <param name="Inside">Path of the dataset in a file that holds several.</param>
/// <param name="Options">What is done to it on its way.</param>
/// <param name="InPlace">Whether an OME-Zarr of the store is used where it lies.</param>
public sealed record VolumeToImport(string Dataset, string Modality, double[] Hours, double[]? VoxelSizeUm, string? Inside = null, WayIn? Options = null, bool InPlace = false)
{
    /// <summary>The same as dataset.json says it.</summary>
    public VolumeManifest ToManifest() => new()
    {
        Modality = Modality, Hours = Hours[0], VoxelSizeUm = VoxelSizeUm, Inside = Inside, InPlace = InPlace ? true : null,
        Region = Options?.CropToCell == true ? JsonSerializer.SerializeToElement("cell") : Options?.Region is { } box ? JsonSerializer.SerializeToElement(box) : null,
        Convert = Options?.Convert is { } type ? new ConvertManifest { Dtype = type, Range = Options.Range } : null,
        Denoise = Options?.Denoise,
        Register = Options?.Register == true ? true : null,
    };
}

/// <summary>What is done to a scan on its way into the store.</summary>
/// <param name="CropToCell">Keep what lies in the cell's outline.</param>
/// <param name="Region">Else the voxels to keep, [[z0, z1], [y0, y1], [x0, x1]], or null for all.</param>
/// <param name="Convert">uint8 or uint16, or null for the file's type.</param>
/// <param name="Range">What is spread over it, or null for least to largest.</param>
/// <param name="Denoise">median or nlm, kept as a modality of its own, or null.</param>
/// <param name="Register">Lay it onto the first of its modality.</param>
public sealed record WayIn(bool CropToCell, int[][]? Region, string? Convert, double[]? Range, string? Denoise, bool Register);
