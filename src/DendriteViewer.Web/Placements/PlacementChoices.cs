using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Placements;

/// <summary>What a person chose of how a volume is placed, by images or by landmarks. It lives as long as the volume is shown.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="key">The volume.</param>
public sealed class PlacementChoices(Dataset dataset, VolumeKey key)
{
    // At first those that were taken with it, as far as that is known.
    private readonly HashSet<string> _along = [.. PlacementDesk.CompanionsOf(dataset, key)
        .Where(c => PlacementDesk.AreOfOneAcquisition(dataset, key, c)).Select(c => c.Modality)];

    /// <summary>What may be done to the volume.</summary>
    public PlacementModel Model { get; set; } = PlacementModel.Similarity;

    /// <summary>What images refine it by.</summary>
    public PlacementMetric RefinedBy { get; set; }

    /// <summary>Volumes of the hour that may move along.</summary>
    public IReadOnlyList<VolumeKey> Companions { get; } = PlacementDesk.CompanionsOf(dataset, key);

    /// <summary>Those that do.</summary>
    public IReadOnlyList<VolumeKey> Along => [.. Companions.Where(IsAlong)];

    /// <summary>Whether a volume moves along.</summary>
    public bool IsAlong(VolumeKey companion) => _along.Contains(companion.Modality);

    /// <summary>Says whether a volume moves along.</summary>
    public void Join(VolumeKey companion, bool isAlong)
    {
        if (isAlong)
        {
            _along.Add(companion.Modality);
        }
        else
        {
            _along.Remove(companion.Modality);
        }
    }

    /// <summary>What is asked for by them.</summary>
    public PlacementWork Work => new()
    {
        Modality = key.Modality, Hours = key.Hours, Model = Model, RefinedBy = RefinedBy,
        With = [.. Along.Select(a => a.Modality)],
    };
}
