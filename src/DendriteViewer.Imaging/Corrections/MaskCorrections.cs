using System.Collections.Concurrent;
using System.Globalization;
using DendriteViewer.Imaging.Caching;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// The masks of every dataset that can be corrected. Datasets that are shown get the masks as volumes beside their scans and labels.
/// </summary>
public sealed class MaskCorrections
{
    private const int MostKept = 32;

    private readonly ConcurrentDictionary<string, (DatasetIdentity Dataset, CorrectedMask Mask)> _masks = new();
    private readonly DatasetStore _store;
    private readonly BrickCache _cache;
    private readonly IScanAnalysis _analysis;

    /// <param name="store">Where datasets are.</param>
    /// <param name="cache">Where what was drawn of masks is forgotten as they change.</param>
    /// <param name="analysis">What names the automatic masks.</param>
    public MaskCorrections(DatasetStore store, BrickCache cache, IScanAnalysis analysis)
    {
        (_store, _cache, _analysis) = (store, cache, analysis);
        cache.Forgotten += prefix =>
        {
            foreach (var key in _masks.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)))
            {
                _masks.TryRemove(key, out _);
            }
        };
    }

    /// <summary>Raised after a mask changed, with its dataset; handlers must be quick.</summary>
    public event Action<DatasetIdentity, CorrectedMask>? Changed;

    /// <summary>Raised after this process wrote an entry of a mask, with its dataset; handlers must be quick.</summary>
    public event Action<DatasetIdentity>? Written;

    /// <summary>Reads what other processes wrote of the masks of a dataset, or of all, that somebody looks at here.</summary>
    /// <exception cref="VolumeFormatException">A log is damaged.</exception>
    public async Task CatchUpAsync(DatasetIdentity? dataset, CancellationToken ct)
    {
        foreach (var (of, mask) in _masks.Values)
        {
            if (mask.IsOpen && (dataset is null || of == dataset))
            {
                await mask.SummaryAsync(ct);
            }
        }
    }

    /// <summary>The dataset with its masks as volumes; a state that was kept, with those of then, where these were kept.</summary>
    public Dataset With(Dataset dataset) => dataset with
    {
        Masks = dataset.HoursOfLabels(LabelModality.Lithium).Select(h => Find(dataset, h)).OfType<CorrectedMask>()
            .Select(m => m.Shown).ToArray(),
    };

    /// <summary>Hours of the masks of a dataset that anybody ever corrected.</summary>
    public async Task<IReadOnlyList<double>> CorrectedHoursAsync(Dataset dataset, CancellationToken ct)
    {
        var names = (await MaskLog.TimestepsAsync(_store.Blobs, dataset, LabelModality.Lithium, ct)).ToHashSet();
        return [.. dataset.HoursOfLabels(LabelModality.Lithium)
            .Where(h => names.Contains(new VolumeKey(LabelModality.Lithium, h).TimestepName))];
    }

    /// <summary>How far the log of each mask of a dataset goes that has been corrected, by hours.</summary>
    public static async Task<IReadOnlyDictionary<double, int>> EntriesAsync(DatasetStore store, Dataset dataset, CancellationToken ct)
    {
        var entries = new Dictionary<double, int>();
        foreach (var hours in dataset.HoursOfLabels(LabelModality.Lithium))
        {
            entries[hours] = await new MaskLog(store.Blobs, dataset, new VolumeKey(LabelModality.Lithium, hours)).LastAsync(ct);
        }

        return entries;
    }

    /// <summary>
    /// The mask of lithium at a time, or null where no analysis made one, or where a state that was kept does not say how it was.
    /// </summary>
    public CorrectedMask? Find(Dataset dataset, double hours)
    {
        var mask = new VolumeKey(LabelModality.Lithium, hours);
        if (LabelModality.AutomaticOf(dataset, hours) is not { } automatic)
        {
            return null;
        }

        if (dataset.Kept is { KeepsVolumes: true } state)
        {
            return state.MaskEntries?.TryGetValue(hours, out var until) == true ? FindKept(dataset, mask, automatic, until) : null;
        }

        if (_masks.TryGetValue(automatic.CacheKey, out var known))
        {
            return known.Mask;
        }

        var made = new CorrectedMask(_store, _analysis, dataset, mask, automatic, (m, bricks) => _cache.Forget(m.Shown, bricks));
        made.Changed += () => Changed?.Invoke(dataset.Identity, made);
        made.Written += () => Written?.Invoke(dataset.Identity);
        var kept = _masks.GetOrAdd(automatic.CacheKey, (dataset.Identity, made)).Mask;

        // Another analysis made other labels, and the mask of those before holds their voxels for nobody.
        foreach (var (key, (of, old)) in _masks)
        {
            if (of == dataset.Identity && old.Mask == mask && !old.IsKept && key != automatic.CacheKey)
            {
                _masks.TryRemove(key, out _);
            }
        }

        return kept;
    }

    // Pages that show a kept state hold its masks; here they are only to be found by the next one.
    private CorrectedMask FindKept(Dataset dataset, VolumeKey mask, VolumeInfo automatic, int until)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{automatic.CacheKey}@{until}");
        if (_masks.TryGetValue(name, out var known))
        {
            return known.Mask;
        }

        if (_masks.Count(m => m.Value.Mask.IsKept) >= MostKept)
        {
            foreach (var (key, _) in _masks.Where(m => m.Value.Mask.IsKept))
            {
                _masks.TryRemove(key, out _);
            }
        }

        return _masks.GetOrAdd(name, (dataset.Identity, new CorrectedMask(
            _store, _analysis, dataset, mask, automatic, (_, _) => { }, until))).Mask;
    }

    /// <summary>
    /// The mask of a dataset as it is in the store now: whoever holds a dataset of before an analysis has labels that are gone.
    /// </summary>
    public async Task<CorrectedMask?> FindNowAsync(Dataset dataset, double hours, CancellationToken ct) =>
        await _store.TryOpenAsync(dataset.Id, ct) is { } now && now.Identity == dataset.Identity ? Find(now, hours) : null;

    /// <summary>Masks that are held.</summary>
    internal int Count => _masks.Count;
}
