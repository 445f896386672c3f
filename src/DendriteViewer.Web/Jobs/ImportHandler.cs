using System.Text.Json;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Importing;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Accounts;
using DendriteViewer.Web.Catalog;
using DendriteViewer.Web.Members;
using DendriteViewer.Web.Uploads;

namespace DendriteViewer.Web.Jobs;

/// <summary>Imports of folders on the server. One that a restart cut off goes on from the shards that are there.</summary>
public sealed class ImportHandler(
    JobBoard board, DatasetStore store, IScanAnalysis analysis, DatasetCatalog catalog, DendriteOptions options, UploadFolder uploads,
    UploadShare share, DatasetMembers members, TimeProvider time) : IJobHandler
{
    /// <summary>The kind of its jobs.</summary>
    public const string Name = "Import";

    private const int MostWarnings = 5;

    /// <inheritdoc/>
    public string Kind => Name;

    /// <summary>Asks for an import of a dataset.json or its folder. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public Task<Job> StartAsync(string path, Person by, CancellationToken ct = default) =>
        StartAsync(new Arguments(Resolve(path), null), by, ct);

    /// <summary>Asks for an import of one file, or of the volumes that it holds. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public Task<Job> StartVolumeAsync(string path, VolumeToImport volume, Person by, CancellationToken ct = default) =>
        StartAsync(new Arguments(Resolve(path), volume), by, ct);

    /// <summary>Asks for an import of the scans of a folder, as one dataset. Whoever calls has been authorized.</summary>
    /// <exception cref="VolumeFormatException">A path is not below a folder that may be imported from.</exception>
    public Task<Job> StartScansAsync(string folder, ScansToImport scans, Person by, CancellationToken ct = default)
    {
        foreach (var scan in scans.Scans)
        {
            Resolve(scan.Path);
        }

        return StartAsync(new Arguments(Resolve(folder), null, scans), by, ct);
    }

    /// <summary>What a path is, which decides what is asked next.</summary>
    /// <exception cref="VolumeFormatException">The path is not below a folder that may be imported from.</exception>
    public Task<SourceKind> KindAsync(string path, CancellationToken ct) => Task.Run(() =>
    {
        var full = Resolve(path);
        return VolumeFiles.IsRemote(full) ? SourceKind.Volume
            : Path.GetExtension(full) == ".json" || File.Exists(Path.Combine(full, "dataset.json")) ? SourceKind.Dataset
            : FolderSurvey.IsFolderOfScans(full, Resolve) ? SourceKind.Scans
            : VolumeFiles.IsHeaderless(full) ? SourceKind.Raw
            : SourceKind.Volume;
    }, ct);

    /// <summary>What a dataset.json or its folder would become.</summary>
    /// <exception cref="VolumeFormatException">It cannot be read, or not from there.</exception>
    public Task<DescribedSurvey> SurveyDatasetAsync(string path, CancellationToken ct) =>
        Task.Run(() => ImporterOf(() => false).SurveyDatasetAsync(Resolve(path), ct), ct);

    /// <summary>The scans of a folder, with the times that their names tell of.</summary>
    /// <exception cref="VolumeFormatException">It cannot be read, or not from there.</exception>
    public Task<FolderSurvey> SurveyAsync(string folder, CancellationToken ct) =>
        Task.Run(() => FolderSurvey.Of(Resolve(folder), Resolve, ct), ct);

    /// <summary>What a headerless file may hold, or null where its name and size tell nothing.</summary>
    /// <exception cref="VolumeFormatException">It is not below a folder that may be imported from.</exception>
    public RawGuess? GuessRaw(string path)
    {
        var file = new FileInfo(Resolve(path));
        return file.Exists ? RawGuess.Of(file.Name, file.Length) : null;
    }

    /// <summary>What a file, or a dataset inside it, would be as a volume.</summary>
    /// <exception cref="VolumeFormatException">It cannot be read, or not from there.</exception>
    public Task<Inspection> InspectAsync(string path, string? inside, RawVoxels? raw, CancellationToken ct) =>
        Task.Run(() => Inspection.Of(
            Resolve(path), RawVoxels.On(raw, new VolumeManifest { Inside = inside }), time, Resolve, ct, store.Blobs), ct);

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobRun run, CancellationToken ct)
    {
        // Asked again, since a link may have been put there, or the configuration changed, since it was asked for.
        var asked = JsonSerializer.Deserialize<Arguments>(run.Request.Arguments)!;
        var full = Resolve(await share.HereAsync(asked.Path, ct));
        var relay = new Relay(p =>
            run.Progress.Report(new JobProgress(p.TotalBytes == 0 ? 1 : (double)p.DoneBytes / p.TotalBytes, p.Volume)));
        if (run.Request.DatasetIdentity is not null)
        {
            // A volume was asked for in a dataset that was there.
            await store.OpenForJobAsync(run.Request, ct);
        }

        var importer = ImporterOf(run.IsStopping);
        var result = asked.Scans is { } scans
            ? await importer.ImportScansAsync(DatasetId.Parse(scans.Dataset), scans.Name, scans.ToManifests(ResolveHere), relay, ct)
            : asked.Volume is { } v
            ? await importer.ImportVolumeAsync(
                new SingleImport(full, DatasetId.Parse(v.Dataset), v.ToManifest(), v.Hours.Length > 1 ? v.Hours : null), relay, ct)
            : await importer.ImportDatasetAsync(full, null, relay, ct);
        if (run.Request.DatasetIdentity is null)
        {
            await members.OwnNewAsync(result.Identity, run.Request.ByKey, ct);
        }

        catalog.Touch();
        // What was uploaded and not taken may be nowhere else, so that it stays until the upload is old or somebody removes it.
        var areAll = asked.Scans is not { } some || FolderSurvey.AreAll(full, some.Scans.Select(s => ResolveHere(s.Path)), Resolve);
        var isUpload = !VolumeFiles.IsRemote(full) && RealPaths.IsBelowAny(full, [uploads.Root]);
        if (isUpload && areAll)
        {
            await share.RemoveOfAsync(full, CancellationToken.None);
        }

        var rest = isUpload && !areAll ? ". The scans that were not taken stay in the upload for some days" : "";
        return new JobOutcome(
            (result.AlreadyThere ? "Was there already" : "Imported") + rest + Warnings(result), result.Id.Value, result.Identity.Value);
    }

    // What was guessed or left out, where nobody may have looked at an inspection; the rest of many is told by dendrite inspect.
    private static string Warnings(ImportResult result) => result.Warnings.Count == 0 ? ""
        : $". {string.Join(" ", result.Warnings.Take(MostWarnings))}{(result.Warnings.Count > MostWarnings ? " …" : "")}";

    private async Task<Job> StartAsync(Arguments asked, Person by, CancellationToken ct)
    {
        var title = Path.GetFileName(Path.TrimEndingDirectorySeparator(asked.Path));
        var dataset = asked.Volume?.Dataset ?? asked.Scans?.Dataset;
        var existing = dataset is null ? null : await store.TryOpenAsync(DatasetId.Parse(dataset), ct);
        var request = new JobRequest(Kind, title, dataset, JsonSerializer.Serialize(asked), existing?.Identity.Value);
        return await board.StartAsync(request, by, ct);
    }

    private Importer ImporterOf(Func<bool> keepsWhenCancelled) => new(store, analysis, time)
    {
        Roots = Roots, Addresses = options.ImportAddresses, KeepWhenCancelled = keepsWhenCancelled, SeriesReader = new CyclerSeriesReader(),
    };

    // Folders that the configuration names, and what browsers uploaded.
    private string[] Roots => [.. options.ImportRoots, uploads.Root];

    private string ResolveHere(string path) => Resolve(share.Here(path));

    /// <summary>Where a path leads, links followed, if that may be imported from.</summary>
    /// <exception cref="VolumeFormatException">It may not.</exception>
    internal string Resolve(string path)
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

    private sealed record Arguments(string Path, VolumeToImport? Volume, ScansToImport? Scans = null);

    private sealed class Relay(Action<ImportProgress> action) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => action(value);
    }
}
