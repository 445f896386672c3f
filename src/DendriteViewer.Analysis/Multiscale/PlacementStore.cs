using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Placements as the store keeps them: a log for each volume, a blob an entry, so that any version can be had again; and in the manifest
/// the one that holds, which renderers and analyses go by. An entry is created only if no other has its place.
/// </summary>
public sealed class PlacementStore(DatasetStore store, TimeProvider time)
{
    /// <summary>
    /// All versions of where a volume lies that can be read, oldest first; see <see cref="ReadHistoryAsync"/> for what was left out.
    /// </summary>
    public async Task<IReadOnlyList<PlacementEntry>> HistoryAsync(Dataset dataset, VolumeKey key, CancellationToken ct) =>
        (await ReadHistoryAsync(dataset, key, ct)).Entries;

    /// <summary>The versions of where a volume lies, and what of them cannot be read.</summary>
    public Task<PlacementHistory> ReadHistoryAsync(Dataset dataset, VolumeKey key, CancellationToken ct) =>
        LogOf(dataset, key).ReadAsync(ct);

    /// <summary>Where a volume lies now.</summary>
    /// <exception cref="VolumeFormatException">It was never placed, or its entry is damaged.</exception>
    public async Task<Placement> CurrentAsync(Dataset dataset, VolumeKey key, CancellationToken ct)
    {
        var volume = dataset.Find(key.Modality, key.Hours) ?? throw new VolumeFormatException($"{dataset.Id} has no {key}.");
        var placed = ManifestOf(dataset, key).Placement
            ?? throw new VolumeFormatException($"{key} lies as it was handed over; register it first.");
        var toDataset = VolumePlacer.DriftOf(volume);
        var toScan = volume.ScannedTransform.After(VolumePlacer.OwnOf(volume).Inverse());
        var entry = await LogOf(dataset, key).TryReadAsync(placed.Version, ct) ?? throw new VolumeFormatException(
            $"{LogOf(dataset, key).NameOf(placed.Version)} is missing; restore it from a backup, or register {key} again.");
        return new Placement
        {
            Key = key, Fixed = FixedOf(placed, key) ?? VolumePlacer.FixedOf(dataset, key, null).Key,
            Start = Enum.TryParse<PlacementStart>(entry.How, ignoreCase: true, out var start) ? start : PlacementStart.Import,
            Model = Enum.TryParse<PlacementModel>(entry.Model, ignoreCase: true, out var model) ? model : PlacementModel.Affine,
            ToScan = toScan, Matrix = toDataset.After(toScan), UncertaintyUm = entry.UncertaintyUm, ResidualUm = entry.ResidualUm,
            LeaveOneOutUm = entry.LeaveOneOutUm, Metric = entry.Metric,
            RefinedBy = Enum.TryParse<PlacementMetric>(entry.RefinedBy, ignoreCase: true, out var by) ? by : PlacementMetric.Mutual,
            Covariance = entry.Covariance ?? [], CenterUm = entry.CenterUm
                ?? [],
            RhoUm = entry.RhoUm ?? 0, Warnings = entry.Warnings ?? [],
            Landmarks = entry.LandmarksBy(toDataset),
        };
    }

    /// <summary>Versions of placements to show volumes by, whatever version holds.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="versions">The version of each volume; 0 is as it was handed over. Those that hold now are read too.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">There is no such version, or it is damaged; the sentence names it.</exception>
    public async Task<FrozenPlacements> FreezeAsync(
        Dataset dataset, IReadOnlyDictionary<VolumeKey, int> versions, CancellationToken ct)
    {
        var entries = new Dictionary<VolumeKey, PlacementEntry>();
        foreach (var (key, version) in versions)
        {
            VolumeOf(dataset, key);
            entries[key] = version == 0 ? new PlacementEntry() : await LogOf(dataset, key).TryReadAsync(version, ct)
                ?? throw new VolumeFormatException($"{key} has no version {version} of where it lies.");
        }

        return new FrozenPlacements(entries.ToDictionary(e => e.Key, e => e.Value with { Sequence = versions[e.Key] }));
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
        var entry = PlacementEntry.From(placement);
        return (await KeepAsync(dataset, MovesOf(dataset, placement.Key, entry, with), by, ct)).Version;
    }

    /// <summary>
    /// The volumes that go along when a volume goes back to a version: those that move with it now, and those that were moved in that
    /// version.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="key">The volume.</param>
    /// <param name="version">The version; 0 is as the volume was handed over.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The others, without the volume itself.</returns>
    public async Task<IReadOnlyList<VolumeKey>> MovedWithAsync(Dataset dataset, VolumeKey key, int version, CancellationToken ct)
    {
        var history = await HistoryAsync(dataset, key, ct);
        var now = ManifestOf(dataset, key).Placement?.Version;
        var names = new HashSet<string>(StringComparer.Ordinal) { key.ToString() };
        var entries = history.Where(e => e.Sequence == version || e.Sequence == now).ToArray();
        foreach (var entry in entries)
        {
            names.UnionWith([.. entry.Along ?? [], .. entry.With is { } leader ? [leader] : Array.Empty<string>()]);
        }

        // Logs of before the others' names were kept say it from the other side, and so does that of a damaged version.
        var isOld = entries.Any(e => e is { Matrix: not null, With: null, Along: null, FixedModality: null })
            || (now is { } holds && entries.All(e => e.Sequence != holds));
        foreach (var other in dataset.Volumes.Where(v => isOld && v.Key != key))
        {
            if (ManifestOf(dataset, other.Key).Placement is { } placed
                && (await HistoryAsync(dataset, other.Key, ct)).FirstOrDefault(e => e.Sequence == placed.Version) is { } entry
                && ((entry.With is { } with && names.Contains(with)) || entry.Along?.Contains(key.ToString()) == true))
            {
                names.Add(other.Key.ToString());
            }
        }

        return [.. dataset.Volumes.Select(v => v.Key).Where(k => k != key && names.Contains(k.ToString()))];
    }

    /// <summary>
    /// Goes back to a version: as a new entry, so that nothing is lost. What <see cref="MovedWithAsync"/> names goes along, so that volumes
    /// of one acquisition stay together.
    /// </summary>
    /// <exception cref="VolumeFormatException">There is no such version, or it is damaged.</exception>
    public async Task<Dataset> RestoreAsync(Dataset dataset, VolumeKey key, int version, string by, CancellationToken ct)
    {
        var history = await ReadHistoryAsync(dataset, key, ct);
        if (version < 0 || version > history.Newest)
        {
            throw new VolumeFormatException(history.Newest == 0
                ? $"{key} was never placed; register it first."
                : $"{key} has no version {version}; it has 0 to {history.Newest}.");
        }

        var of = version == 0 ? new PlacementEntry() : history.Entries.FirstOrDefault(e => e.Sequence == version)
            ?? throw new VolumeFormatException($"Version {version} of the placements of {key} is damaged or missing; choose another, "
                + "or restore it from a backup.");
        var with = await MovedWithAsync(dataset, key, version, ct);
        var moves = MovesOf(dataset, key, of with { How = "restore", Of = version, With = null }, with);
        return (await KeepAsync(dataset, moves, by, ct)).Dataset;
    }

    // What was taken in one acquisition lies to each other as the stage says.
    private static List<(VolumeKey Key, PlacementEntry Entry)> MovesOf(
        Dataset dataset, VolumeKey key, PlacementEntry entry, IReadOnlyList<VolumeKey> with)
    {
        var moving = VolumeOf(dataset, key);
        var others = with.Where(w => w != key).Distinct().ToArray();
        entry = entry with { Along = others.Length == 0 ? null : [key.ToString(), .. others.Select(o => o.ToString())] };
        var moves = new List<(VolumeKey, PlacementEntry)> { (key, entry) };
        foreach (var other in others)
        {
            var between = VolumePlacer.StatedOf(moving).Inverse().After(VolumePlacer.StatedOf(VolumeOf(dataset, other)));
            moves.Add((other, entry with
            {
                Matrix = entry.Matrix is { } rows ? new AffineTransform(rows).After(between).Rows.ToArray() : null,
                With = key.ToString(), LandmarksUm = null, LandmarkNames = null, LandmarksIn = null,
            }));
        }

        return moves;
    }

    private async Task<(Dataset Dataset, int Version)> KeepAsync(
        Dataset dataset, IReadOnlyList<(VolumeKey Key, PlacementEntry Entry)> moves, string by, CancellationToken ct)
    {
        await using var lease = await store.LeaseAsync(dataset.Id, ct);
        var (kept, before) = (new Dictionary<VolumeKey, PlacementEntry>(), await store.TryOpenAsync(dataset.Id, ct));
        var at = time.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (key, entry) in moves)
        {
            kept[key] = await LogOf(dataset, key).AppendAsync(
                entry with { Dataset = dataset.Identity.Value, By = by, At = at, Replaced = VersionOf(before ?? dataset, key) }, ct);
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

    // What the analysis found of the fixed scan's drift stays on top of the placement.
    internal static VolumeManifest Placed(Dataset now, VolumeManifest v, PlacementEntry entry)
    {
        var volume = VolumeOf(now, new VolumeKey(v.Modality, v.Hours));
        var toScan = entry.Matrix is { } rows ? new AffineTransform(rows).After(VolumePlacer.OwnOf(volume)) : volume.StatedTransform;
        var placement = entry.Matrix is null ? null : new PlacementManifest
        {
            Transform = toScan.Rows.ToArray(), Version = entry.Sequence, UncertaintyUm = entry.UncertaintyUm,
            FixedModality = entry.FixedModality, FixedHours = entry.FixedHours,
        };
        var scan = FixedOf(placement, volume.Key) is { } at ? now.Volumes.FirstOrDefault(s => s.Key == at)
            : now.Volumes.FirstOrDefault(s => s.Key.Hours == v.Hours && s.Key.Modality == now.Manifest.Volumes.First(m =>
                m.Labels != true).Modality);
        var drift = scan is null ? null : ManifestOf(now, scan.Key).Registration;
        return v with
        {
            Placement = placement,
            Registration = drift is null || scan is null ? null : drift with
            {
                Transform = VolumePlacer.DriftOf(scan).After(toScan).Rows.ToArray(),
            },
        };
    }

    // The scan that a placement is relative to; null where that was not kept.
    private static VolumeKey? FixedOf(PlacementManifest? placement, VolumeKey key) =>
        placement is { FixedModality: { } modality } ? new VolumeKey(modality, placement.FixedHours ?? key.Hours) : null;

    private static int VersionOf(Dataset dataset, VolumeKey key) => dataset.Manifest.Volumes.FirstOrDefault(v =>
        v.Labels != true && new VolumeKey(v.Modality, v.Hours) == key)?.Placement?.Version ?? 0;

    private PlacementLog LogOf(Dataset dataset, VolumeKey key) => new(store.Blobs, dataset, key);

    private static VolumeInfo VolumeOf(Dataset dataset, VolumeKey key) => dataset.Volumes.FirstOrDefault(v => v.Key == key)
        ?? throw new VolumeFormatException($"{dataset.Id} has no {key}; it has {string.Join(", ", dataset.Volumes.Select(v => v.Key))}.");

    private static VolumeManifest ManifestOf(Dataset dataset, VolumeKey key) =>
        dataset.Manifest.Volumes.First(v => v.Labels != true && new VolumeKey(v.Modality, v.Hours) == key);
}
