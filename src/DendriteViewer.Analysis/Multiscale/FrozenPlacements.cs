using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Versions of placements by which volumes are shown whatever version holds. They are entries of the log, which never change, so that they
/// can be laid over every later state of the dataset.
/// </summary>
public sealed class FrozenPlacements
{
    private readonly IReadOnlyDictionary<VolumeKey, PlacementEntry> _entries;

    /// <param name="entries">The entry of each volume; number 0 is as the volume was handed over.</param>
    internal FrozenPlacements(IReadOnlyDictionary<VolumeKey, PlacementEntry> entries) => _entries = entries;

    /// <summary>The versions, 0 for as handed over.</summary>
    public IEnumerable<(VolumeKey Key, int Version)> Versions => _entries.Select(e => (e.Key, e.Value.Sequence));

    /// <summary>
    /// The dataset with volumes where these versions put them; an analysis' drift stays on top, as with the version that holds. It is for
    /// showing, and must not be stored. Where each version is the one that holds, it is the dataset itself.
    /// </summary>
    /// <param name="now">The dataset as it is.</param>
    public Dataset Over(Dataset now)
    {
        bool IsOther(VolumeManifest v) => v.Labels != true
            && _entries.TryGetValue(new VolumeKey(v.Modality, v.Hours), out var entry) && (v.Placement?.Version ?? 0) != entry.Sequence;
        var moved = now.Manifest.Volumes.Where(IsOther).Select(v => new VolumeKey(v.Modality, v.Hours)).ToArray();
        if (moved.Length == 0)
        {
            return now;
        }

        var manifest = now.Manifest with
        {
            Volumes = [.. now.Manifest.Volumes.Select(v =>
                IsOther(v) ? PlacementStore.Placed(now, v, _entries[new VolumeKey(v.Modality, v.Hours)]) : v)],
        };

        // What is drawn is known by the revision: this is another state than the one that is stored.
        var versions = string.Join(',', moved.Select(k => string.Create(
            CultureInfo.InvariantCulture, $"{k.Modality}@{k.Hours:R}:{_entries[k].Sequence}")));
        return Dataset.Of(now.Id, manifest) with { Masks = now.Masks, Revision = $"{now.Revision}+{versions}" };
    }
}
