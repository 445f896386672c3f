using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Formats;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Importing;

/// <summary>How far an import is.</summary>
/// <param name="Volume">The volume at work, for people.</param>
/// <param name="DoneBytes">Voxel bytes read so far, of all volumes.</param>
/// <param name="TotalBytes">Voxel bytes of all volumes.</param>
public readonly record struct ImportProgress(string Volume, long DoneBytes, long TotalBytes);

/// <summary>What an import did, and to which dataset. It was already there where no volume was new.</summary>
public sealed record ImportResult(DatasetId Id, DatasetIdentity Identity, int Volumes, long Bytes, TimeSpan Elapsed, bool AlreadyThere)
{
    /// <summary>What whoever uses the scans must know of the files: what was not taken, guessed or absent; each sentence once.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>A sentence on each series that a dataset did not have, or had otherwise; they come first among the warnings.</summary>
    public IReadOnlyList<string> SeriesChanges { get; init; } = [];
}

/// <summary>One volume to be imported by itself.</summary>
/// <param name="Path">File or folder.</param>
/// <param name="Dataset">Id of the dataset, made if new.</param>
/// <param name="Volume">Modality, hours, voxel size, and for a raw file shape and dtype.</param>
/// <param name="Hours">Of a file with several volumes, the hours of each; null where the file has one.</param>
public sealed record SingleImport(string Path, DatasetId Dataset, VolumeManifest Volume, IReadOnlyList<double>? Hours = null);

/// <summary>
/// Brings scans into the store. Everything is written below the dataset's prefix first; the dataset is published by one
/// last write of <c>dataset.json</c>. An import that was killed leaves blobs that nothing lists, and the same import goes on
/// from them; one that fails on its input removes them.
/// </summary>
/// <param name="store">Where scans go.</param>
/// <param name="analysis">What finds interface and outline, and lays scans onto one another.</param>
/// <param name="time">The clock.</param>
public sealed class Importer(DatasetStore store, IScanAnalysis analysis, TimeProvider time)
{
    /// <summary>Folders that volumes and series must lie in, links followed; null for anywhere.</summary>
    public IReadOnlyList<string>? Roots { get; init; }

    /// <summary>Beginnings of addresses that may be imported from; null for any.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>Reads files of instruments that series are in; null where only CSV of hours and values is known.</summary>
    public ISeriesReader? SeriesReader { get; init; }

    /// <summary>Asked when an import is cancelled: whether what was written stays, to go on from.</summary>
    public Func<bool> KeepWhenCancelled { get; init; } = () => false;

    /// <summary>Imports a <c>dataset.json</c> (or the folder that holds one).</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="adjust">Adds to each volume what the caller asks for besides what the file says, or null.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">The input cannot be used; nothing of it is left in the store.</exception>
    public async Task<ImportResult> ImportDatasetAsync(string path, Func<VolumeManifest, VolumeManifest>? adjust, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        var (file, id, manifest) = await ReadAsync(path, adjust, ct);
        return await RunAsync(id, manifest, Path.GetDirectoryName(Path.GetFullPath(file))!, file, progress, ct);
    }

    /// <summary>What <see cref="ImportDatasetAsync"/> would import. Nothing is written.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">It is no dataset.json that can be read.</exception>
    public async Task<DescribedSurvey> SurveyDatasetAsync(string path, CancellationToken ct)
    {
        var (file, id, manifest) = await ReadAsync(path, null, ct);
        return await DescribedSurvey.OfAsync(
            id, manifest, Path.GetFullPath(file), await store.TryOpenAsync(id, ct), Sources, new SeriesImport(store, SeriesReader), ct);
    }

    private static async Task<(string File, DatasetId Id, DatasetManifest Manifest)> ReadAsync(
        string path, Func<VolumeManifest, VolumeManifest>? adjust, CancellationToken ct)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "dataset.json") : path;
        if (!File.Exists(file))
        {
            throw new VolumeFormatException(
                $"{file} does not exist; give a dataset.json, or one volume with --dataset, --hours and --voxel-um.");
        }

        var manifest = Manifests.Parse(await File.ReadAllBytesAsync(file, ct), file);
        manifest = adjust is null ? manifest : manifest with { Volumes = manifest.Volumes.Select(adjust).ToArray() };
        Manifests.Validate(manifest, file);
        return (file, manifest.Id is { } given ? DatasetId.Parse(given) : DatasetId.FromName(manifest.Name), manifest);
    }

    /// <summary>Imports several scans into a new or existing dataset, all of them or, where one cannot be used, none.</summary>
    /// <param name="id">The dataset, made if new.</param>
    /// <param name="name">What a new one is called; its id where nobody said.</param>
    /// <param name="scans">Path, modality and hours of each.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">The input cannot be used; nothing of it is left in the store.</exception>
    public async Task<ImportResult> ImportScansAsync(
        DatasetId id, string? name, IReadOnlyList<VolumeManifest> scans, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        var existing = await store.TryOpenAsync(id, ct);
        var manifest = new DatasetManifest
        {
            Name = existing?.Name ?? name ?? id.Value,
            Volumes = [.. scans.Select(s => s with { Path = ImportSources.Absolute(s.Path, "") })],
        };
        Manifests.Validate(manifest, id.Value);
        return await RunAsync(id, manifest, "/", id.Value, progress, ct);
    }

    /// <summary>Imports one volume into a new or existing dataset.</summary>
    /// <exception cref="VolumeFormatException">The input cannot be used; nothing of it is left in the store.</exception>
    public async Task<ImportResult> ImportVolumeAsync(SingleImport import, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        var existing = await store.TryOpenAsync(import.Dataset, ct);
        var manifest = new DatasetManifest
        {
            Name = existing?.Name ?? import.Dataset.Value,
            Volumes = import.Hours is { } hours
                ? hours.Select((h, i) => import.Volume with { Path = ImportSources.Absolute(import.Path, ""), Hours = h, Frame = i }).ToArray()
                : [import.Volume with { Path = ImportSources.Absolute(import.Path, "") }],
        };
        Manifests.Validate(manifest, import.Path);
        if (import.Hours is not null)
        {
            using var file = Sources.Open(import.Path, import.Volume, "");
            if (file.Frames != import.Hours.Count)
            {
                // Why there are not as many as expected may be among the remarks.
                throw new VolumeFormatException(string.Join(' ', file.Remarks.Prepend(
                    $"{import.Path} holds {file.Frames} volume(s), but {import.Hours.Count} hours were given; give as many.")));
            }
        }

        return await RunAsync(import.Dataset, manifest, "/", import.Path, progress, ct);
    }

    private ImportSources Sources => new(store.Blobs, Roots, Addresses);

    private async Task<ImportResult> RunAsync(DatasetId id, DatasetManifest manifest, string root, string file, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        await using var lease = await store.LeaseAsync(id, ct);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, lease.Lost);
        try
        {
            return await RunLeasedAsync(id, manifest, root, file, await store.TryOpenAsync(id, ct), progress, both.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new BlobStoreException($"The store was away so long that another import may write {id} now; the import goes on when it is tried again.", isTransient: true, e);
        }
    }

    private async Task<ImportResult> RunLeasedAsync(
        DatasetId id, DatasetManifest manifest, string root, string file, Dataset? existing, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var work = new List<(VolumeManifest Volume, VolumeFile File, ISliceSource Source)>();
        var written = new List<string>();
        var sources = Sources;
        try
        {
            foreach (var v in manifest.Volumes)
            {
                work.Add(sources.OpenFrame(v, root, work.Select(w => (w.Volume, w.File)).LastOrDefault()));
            }

            var warnings = new List<string>();
            var seriesImport = new SeriesImport(store, SeriesReader);
            var series = await seriesImport.ReadAsync(manifest, p => sources.Confined(Path.GetFullPath(p, root)), warnings, ct);
            var identity = existing?.Identity;
            var total = work.Sum(w => w.Source.Shape.Count * w.Source.Type.Size());
            var done = 0L;
            var stored = new List<VolumeManifest>();
            var fresh = false;
            var import = new VolumeImport(store, analysis);
            var depth = Manifests.DepthOf(existing?.Manifest ?? manifest with { Depth = Manifests.IsAuto(manifest.Depth) ? manifest.Depth! with { InterfaceUm = null } : manifest.Depth }, file);
            foreach (var (asked, opened, source) in work)
            {
                var volume = Manifests.Located(asked, manifest, opened.Geometry);
                var options = ImportOptions.Of(volume, file);
                var (key, at) = (new VolumeKey(volume.Modality, volume.Hours), done);
                var bytes = source.Shape.Count * source.Type.Size();
                var incoming = new IncomingVolume(
                    key, BlobNames.Volume(id, key), Recipe(source, volume, manifest, options, file), volume, Manifests.TransformOf(volume, manifest, file), options, depth, existing?.Outline ?? Manifests.OutlineOf(manifest, file));
                void Report(string what, double share) => progress?.Report(new(what, at + (long)(share * bytes), total));

                // What was guessed of a size that was given says nothing.
                var moot = ReferenceEquals(volume, asked) ? opened.Geometry?.Guesses ?? [] : [];
                Warn(asked.Path, opened.Remarks.Except(moot));
                var mine = await OnceAsync(incoming, async () =>
                {
                    if (asked.InPlace == true)
                    {
                        var linked = await new VolumeLinker(store).LinkAsync(incoming, Report, ct);
                        Warn(asked.Path, linked.Warnings);
                        return linked.Volume;
                    }

                    var imported = await import.ImportAsync(incoming, source, () => sources.RefuseChanged(asked, root, opened, source), Report, ct);
                    Warn(asked.Path, source.Findings());
                    return imported;
                });
                if (options.Denoise is { } kind)
                {
                    var (modality, recipe) = VolumeImport.DerivedOf(key.Modality, incoming.Recipe, kind);
                    var derived = new VolumeKey(modality, key.Hours);
                    var filtered = incoming with { Key = derived, Prefix = BlobNames.Volume(id, derived), Recipe = recipe, Asked = mine, Options = ImportOptions.None, Transform = Manifests.TransformOf(mine, manifest, file) };
                    var reader = await store.OpenReaderAsync(store.Blobs, Dataset.InfoOf(id, manifest, mine), ct);
                    await OnceAsync(filtered, () => import.DeriveAsync(mine, reader, filtered, kind, Report, ct));
                }

                done += bytes;
                progress?.Report(new(key.ToString(), done, total));
            }

            var published = existing;
            var (toPublish, changes) = await seriesImport.WriteAsync(id, existing, series, written, ct);
            if (fresh || existing is null)
            {
                var described = manifest with { Series = toPublish };
                published = await store.UpdateAsync(id, now => PublishedAsync(id, described, now, stored, ct), ct, existing?.Identity);
                identity = published.Identity;

                // From here on it is published, so that nothing that stops the rest may remove it.
                var ended = written.ToArray();
                written.Clear();
                await import.EndAsync(ended.Where(w => w.EndsWith('/')), ct);
                var register = work.Where(w => w.Volume.Register == true).Select(w => new VolumeKey(w.Volume.Modality, w.Volume.Hours)).ToHashSet();
                if (register.Count > 0)
                {
                    await RegisterAsync(published, register, (key, share) => progress?.Report(new($"registering {key}", (long)(share * total), total)), ct);
                }
            }
            else if (changes.Count > 0)
            {
                published = await store.UpdateAsync(
                    id, now => ValueTask.FromResult(WithSeries((now ?? existing).Manifest, toPublish)), ct, existing.Identity);
                written.Clear();
            }

            warnings.AddRange(published?.OutlineWarning is { } outline ? [outline] : []);
            return new ImportResult(id, identity!.Value, stored.Count, total, time.GetElapsedTime(started), !fresh && existing is not null)
            {
                Warnings = [.. changes, .. warnings], SeriesChanges = changes,
            };

            // Of several files, each sentence names its own.
            void Warn(string path, IEnumerable<string> sentences)
            {
                var areSeveral = manifest.Volumes.DistinctBy(v => v.Path).Count() > 1;
                warnings.AddRange(sentences.Select(s => areSeveral ? $"{path}: {s}" : s).Except(warnings).ToArray());
            }

            // What is published of the same source stays as it is; of another, nothing is done.
            async Task<VolumeManifest> OnceAsync(IncomingVolume incoming, Func<Task<VolumeManifest>> import)
            {
                if (existing?.Find(incoming.Key.Modality, incoming.Key.Hours) is { } there)
                {
                    await RefuseOtherSourceAsync(id, there, incoming.Recipe, ct);
                    stored.Add(existing.Manifest.Volumes.First(m => new VolumeKey(m.Modality, m.Hours) == incoming.Key));
                }
                else
                {
                    fresh = true;
                    written.Add(incoming.Prefix);
                    stored.Add(await import());
                }

                return stored[^1];
            }
        }
        catch (Exception e) when (e is VolumeFormatException or OperationCanceledException or BlobStoreException { IsTransient: false })
        {
            foreach (var prefix in e is OperationCanceledException && KeepWhenCancelled() ? [] : written)
            {
                await store.Blobs.DeleteAllAsync(prefix, CancellationToken.None);
            }

            throw;
        }
        finally
        {
            work.ForEach(w => w.Source.Dispose());
            foreach (var opened in work.Select(w => w.File).Distinct())
            {
                opened.Dispose();
            }
        }
    }

    // Lays scans onto the first of their modality, and keeps how; what cannot be registered stays as it was.
    private async Task RegisterAsync(Dataset dataset, IReadOnlySet<VolumeKey> keys, Action<VolumeKey, double> report, CancellationToken ct)
    {
        var found = await analysis.RegisterAsync(store, dataset, keys, report, ct);
        await store.UpdateAsync(
            dataset.Id,
            now =>
            {
                var manifest = (now ?? throw new VolumeFormatException($"{dataset.Id} was deleted while it was registered.")).Manifest;
                var volumes = manifest.Volumes.Select(v =>
                    found.TryGetValue(new VolumeKey(v.Modality, v.Hours), out var r) ? v with { Registration = r } : v);
                return ValueTask.FromResult(manifest with { Volumes = volumes.ToArray() });
            },
            ct,
            dataset.Identity);
    }

    private async Task<string?> FinishedRecipeAsync(VolumeInfo volume, CancellationToken ct)
    {
        if (await store.Blobs.TryReadAsync(volume.LinkedTo is null ? BlobNames.ZarrJson(volume.Prefix) : volume.Prefix + VolumeLink.Name, ct) is not { } bytes)
        {
            return null;
        }

        try
        {
            return volume.LinkedTo is null ? JsonNode.Parse(bytes)?["attributes"]?["dendrite"]?["source"]?.GetValue<string>() : VolumeLink.Parse(bytes).Recipe;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private async Task RefuseOtherSourceAsync(DatasetId id, VolumeInfo there, string recipe, CancellationToken ct)
    {
        if (await FinishedRecipeAsync(there, ct) != recipe)
        {
            throw new VolumeFormatException($"{id} already has {there.Key}, from other files; published volumes never change, so delete the dataset first or use another --dataset or --modality.");
        }
    }

    private async ValueTask<DatasetManifest> PublishedAsync(DatasetId id, DatasetManifest manifest, Dataset? existing, List<VolumeManifest> stored, CancellationToken ct)
    {
        var keys = stored.Select(v => new VolumeKey(v.Modality, v.Hours)).ToHashSet();

        // How an analysis laid a scan onto the others stays with it: the voxels are the same.
        var before = (existing?.Manifest.Volumes ?? []).ToDictionary(v => new VolumeKey(v.Modality, v.Hours));
        var volumes = before.Where(v => !keys.Contains(v.Key)).Select(v => v.Value)
            .Concat(stored.Select(s => before.TryGetValue(new VolumeKey(s.Modality, s.Hours), out var b) 
                ? s with { Registration = b.Registration, Placement = b.Placement } : s)).ToArray();
        var basis = existing?.Manifest ?? manifest with { Analyses = null };
        var published = basis with
        {
            Id = id.Value,
            Volumes = volumes,
        };
        published = WithSeries(published, manifest.Series);
        if (existing is null && published.Cell is { } cell)
        {
            // Only a search of ours says how the search ended.
            published = published with { Cell = cell with { OutlineSearch = null } };
        }

        if (published.Depth is { } depth && Manifests.IsAuto(depth))
        {
            published = await WithInterfaceAsync(id, published, depth, ct);
        }

        // Of a scan without an interface no depths are asked for yet; the first analysis searches then.
        return published.Depth is not null && OutlineSearch.IsDue(published)
            ? await OutlineSearch.RunAsync(analysis, store, Dataset.Of(id, published), ct)
            : published;
    }

    private static DatasetManifest WithSeries(DatasetManifest manifest, IEnumerable<SeriesManifest> series) =>
        manifest with { Series = series.Concat(manifest.Series).DistinctBy(s => s.Kind).ToArray() };

    // The interface and the outline of the earliest scan of the first modality, kept with the dataset.
    private async Task<DatasetManifest> WithInterfaceAsync(DatasetId id, DatasetManifest manifest, DepthManifest depth, CancellationToken ct)
    {
        var dataset = Dataset.Of(id, manifest with { Depth = depth with { InterfaceUm = null } });
        var first = dataset.Volumes.First(v => v.Key.Modality == manifest.Volumes.First(m => m.Labels != true).Modality);
        var found = await analysis.FindInterfaceAsync(store, first, dataset.Depth.Axis, dataset.Depth.Direction, ct);
        var placed = manifest with
        {
            Depth = depth with
            {
                InterfaceUm = JsonSerializer.SerializeToElement(Math.Round(found.Surface.Plane.MiddleUm, 3)),
                Surface = Manifests.SurfaceOf(found.Surface),
                Other = new(depth.Other ?? []) { ["interfaceFound"] = JsonSerializer.SerializeToElement("auto") },
            },
        };
        return OutlineSearch.IsDue(placed) ? OutlineSearch.With(placed, found.OutlineState, found.Outline?.Corners) : placed;
    }

    private static string Recipe(ISliceSource source, VolumeManifest volume, DatasetManifest manifest, ImportOptions options, string file) =>
        $"{(volume.InPlace == true ? "in place " : "")}{source.Fingerprint}|{source.Shape}|{source.Type.ZarrName()}|{string.Join(' ', Manifests.TransformOf(volume, manifest, file).Rows.ToArray().Select(r => r.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}{(options with { Denoise = null, Register = false } == ImportOptions.None ? "" : $"|{options}")}";
}
