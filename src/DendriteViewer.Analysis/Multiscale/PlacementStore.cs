using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Placements as the store keeps them: a log for each volume, a blob an entry, so that any version can be had again; and in the manifest
/// the one that holds, which renderers and analyses go by. An entry is created only if no other has its place.
/// </summary>
public sealed class PlacementStore(DatasetStore store, TimeProvider time)
{
    /// <summary>All versions of where a volume lies, oldest first.</summary>
    /// <exception cref="VolumeFormatException">One is damaged.</exception>
    public async Task<IReadOnlyList<PlacementEntry>> HistoryAsync(Dataset dataset, VolumeKey key, CancellationToken ct)
    {
        var entries = new List<PlacementEntry>();
        while (entries.Count < PlacementEntry.MostEntries
            && await store.Blobs.TryReadAsync(NameOf(dataset, key, entries.Count + 1), ct) is { } bytes)
        {
            entries.Add(PlacementEntry.Parse(bytes, NameOf(dataset, key, entries.Count + 1), entries.Count + 1));
        }

        return entries;
    }

    /// <summary>Where a volume lies now.</summary>
    /// <exception cref="VolumeFormatException">It was never placed, or its entry is damaged.</exception>
    public async Task<Placement> CurrentAsync(Dataset dataset, VolumeKey key, CancellationToken ct)
    {
        var volume = dataset.Find(key.Modality, key.Hours) ?? throw new VolumeFormatException($"{dataset.Id} has no {key}.");
        var placed = ManifestOf(dataset, key).Placement
            ?? throw new VolumeFormatException($"{key} lies as it was handed over; register it first.");
        var toDataset = volume.Transform.After(volume.ScannedTransform.Inverse());
        var toScan = volume.ScannedTransform.After(VolumePlacer.OwnOf(volume).Inverse());
        var name = NameOf(dataset, key, placed.Version);
        var entry = await store.Blobs.TryReadAsync(name, ct) is { } bytes ? PlacementEntry.Parse(bytes, name, placed.Version)
            : throw new VolumeFormatException($"{name} is missing; restore it from a backup, or register {key} again.");
        return new Placement
        {
            Key = key, Fixed = VolumePlacer.FixedOf(dataset, key, null).Key,
            Start = Enum.TryParse<PlacementStart>(entry.How, ignoreCase: true, out var start) ? start : PlacementStart.Import,
            Model = Enum.TryParse<PlacementModel>(entry.Model, ignoreCase: true, out var model) ? model : PlacementModel.Affine,
            ToScan = toScan, Matrix = toDataset.After(toScan), UncertaintyUm = entry.UncertaintyUm, ResidualUm = entry.ResidualUm,
            LeaveOneOutUm = entry.LeaveOneOutUm, Metric = entry.Metric, Covariance = entry.Covariance ?? [], CenterUm = entry.CenterUm
                ?? [],
            RhoUm = entry.RhoUm ?? 0,
            Landmarks = [.. (entry.LandmarksUm ?? []).Select((p, i) => new PointPair(
                entry.LandmarkNames?[i] ?? "", new WorldPoint(p[0], p[1], p[2]), new WorldPoint(p[3], p[4], p[5])))],
        };
    }

    /// <summary>Keeps a placement, and moves volumes of the same acquisition along.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="placement">Where the volume lies.</param>
    /// <param name="with">The others.</param>
    /// <param name="by">Who placed it.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The version of the volume's placement.</returns>
    /// <exception cref="VolumeFormatException">The dataset was deleted or replaced.</exception>
    public async Task<int> SaveAsync(Dataset dataset, Placement placement, IReadOnlyList<VolumeKey> with, string by, CancellationToken ct)
    {
        var entry = new PlacementEntry
        {
            How = placement.Start.ToString().ToLowerInvariant(), Model = placement.Model.ToString().ToLowerInvariant(),
            Matrix = placement.ToScan.Rows.ToArray(), Fixed = placement.Fixed.ToString(), UncertaintyUm = placement.UncertaintyUm,
            ResidualUm = placement.ResidualUm, LeaveOneOutUm = placement.LeaveOneOutUm, Metric = placement.Metric,
            Covariance = placement.Covariance.Length > 0 ? placement.Covariance : null,
            CenterUm = placement.CenterUm.Length > 0 ? placement.CenterUm : null, RhoUm = placement.RhoUm > 0 ? placement.RhoUm : null,
            LandmarksUm = placement.Landmarks.Count == 0 ? null : [.. placement.Landmarks.Select(p => new[]
            {
                p.Moving.Z, p.Moving.Y, p.Moving.X, p.Dataset.Z, p.Dataset.Y, p.Dataset.X,
            })],
            LandmarkNames = placement.Landmarks.Count == 0 ? null : [.. placement.Landmarks.Select(p => p.Name)],
        };
        var moving = VolumeOf(dataset, placement.Key);
        var moves = new List<(VolumeKey, PlacementEntry)> { (placement.Key, entry) };
        foreach (var other in with.Where(w => w != placement.Key).Distinct())
        {
            // What was taken in one acquisition lies to each other as the stage says.
            var between = VolumePlacer.StatedOf(moving).Inverse().After(VolumePlacer.StatedOf(VolumeOf(dataset, other)));
            moves.Add((other, entry with
            {
                Matrix = placement.ToScan.After(between).Rows.ToArray(), With = placement.Key.ToString(), LandmarksUm = null,
                    LandmarkNames = null,
            }));
        }

        return (await KeepAsync(dataset, moves, by, ct)).Version;
    }

    /// <summary>Goes back to a version: as a new entry, so that nothing is lost.</summary>
    /// <exception cref="VolumeFormatException">There is no such version.</exception>
    public async Task<Dataset> RestoreAsync(Dataset dataset, VolumeKey key, int version, string by, CancellationToken ct)
    {
        var history = await HistoryAsync(dataset, key, ct);
        if (version < 0 || version > history.Count)
        {
            throw new VolumeFormatException(history.Count == 0
                ? $"{key} was never placed; register it first."
                : $"{key} has no version {version}; it has 0 to {history.Count}.");
        }

        var of = version == 0 ? new PlacementEntry() : history[version - 1];
        return (await KeepAsync(dataset, [(key, of with { How = "restore", Of = version, With = null })], by, ct)).Dataset;
    }

    private async Task<(Dataset Dataset, int Version)> KeepAsync(
        Dataset dataset, IReadOnlyList<(VolumeKey Key, PlacementEntry Entry)> moves, string by, CancellationToken ct)
    {
        await using var lease = await store.LeaseAsync(dataset.Id, ct);
        var kept = new Dictionary<VolumeKey, PlacementEntry>();
        foreach (var (key, entry) in moves)
        {
            _ = VolumeOf(dataset, key);
            kept[key] = await AppendAsync(dataset, key, entry with
            {
                Dataset = dataset.Identity.Value, By = by, At = time.GetUtcNow().ToUnixTimeMilliseconds(),
            }, ct);
        }

        var published = await store.UpdateAsync(
            dataset.Id,
            now => ValueTask.FromResult(now!.Manifest with
            {
                Volumes = now.Manifest.Volumes.Select(v => kept.TryGetValue(new VolumeKey(v.Modality, v.Hours), out var entry)
                    && v.Labels != true
                    ? Placed(now, v, entry) : v).ToArray(),
            }),
            ct, dataset.Identity);
        return (published, kept[moves[0].Key].Sequence);
    }

    // What the analysis found of the hour's drift stays on top of the placement.
    private static VolumeManifest Placed(Dataset now, VolumeManifest v, PlacementEntry entry)
    {
        var volume = VolumeOf(now, new VolumeKey(v.Modality, v.Hours));
        var toScan = entry.Matrix is { } rows ? new AffineTransform(rows).After(VolumePlacer.OwnOf(volume)) : volume.StatedTransform;
        var scan = now.Volumes.FirstOrDefault(s => s.Key.Hours == v.Hours && s.Key.Modality == now.Manifest.Volumes.First(m =>
            m.Labels != true).Modality);
        var drift = scan is null ? null : now.Manifest.Volumes.FirstOrDefault(m => new VolumeKey(m.Modality,
            m.Hours) == scan.Key)?.Registration;
        return v with
        {
            Placement = entry.Matrix is null ? null : new PlacementManifest
            {
                Transform = toScan.Rows.ToArray(), Version = entry.Sequence, UncertaintyUm = entry.UncertaintyUm,
            },
            Registration = drift is null || scan is null ? null : drift with
            {
                Transform = scan.Transform.After(scan.ScannedTransform.Inverse()).After(toScan).Rows.ToArray(),
            },
        };
    }

    private async Task<PlacementEntry> AppendAsync(Dataset dataset, VolumeKey key, PlacementEntry entry, CancellationToken ct)
    {
        for (var sequence = (await HistoryAsync(dataset, key, ct)).Count + 1; sequence <= PlacementEntry.MostEntries; sequence++)
        {
            var numbered = entry with { Sequence = sequence };
            if (await store.Blobs.TryReplaceAsync(NameOf(dataset, key, sequence), numbered.ToBytes(), null, ct))
            {
                return numbered;
            }
        }

        throw new VolumeFormatException($"{key} was placed {PlacementEntry.MostEntries} times; no more versions are kept.");
    }

    private static VolumeInfo VolumeOf(Dataset dataset, VolumeKey key) => dataset.Volumes.FirstOrDefault(v => v.Key == key)
        ?? throw new VolumeFormatException($"{dataset.Id} has no {key}; it has {string.Join(", ", dataset.Volumes.Select(v => v.Key))}.");

    private static VolumeManifest ManifestOf(Dataset dataset, VolumeKey key) =>
        dataset.Manifest.Volumes.First(v => v.Labels != true && new VolumeKey(v.Modality, v.Hours) == key);

    private static string NameOf(Dataset dataset, VolumeKey key, int sequence) => string.Create(
        CultureInfo.InvariantCulture,
        $"{BlobNames.PlacementsOf(dataset.Id, dataset.Identity)}{key.Modality}/{key.TimestepName}/{sequence:00000000}.json");
}
