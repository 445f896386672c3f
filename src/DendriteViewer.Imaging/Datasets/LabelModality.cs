using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>Modalities under which a dataset keeps the label volumes that were made of its scans; no scan may be called so.</summary>
public static class LabelModality
{
    /// <summary>Pristine voids, numbered by depth.</summary>
    public const string Voids = "voids";

    /// <summary>Lithium at each time, numbered by nucleation site.</summary>
    public const string Lithium = "lithium";

    /// <summary>Lithium as it was found automatically, of the times at which somebody corrected it.</summary>
    public const string LithiumAutomatic = "lithium-automatic";

    /// <summary>What changed between two times; kept with the hours of the second.</summary>
    public const string Change = "change";

    /// <summary>The labels of lithium at a time as they were found automatically, or null where there are none.</summary>
    public static VolumeInfo? AutomaticOf(Dataset dataset, double hours) =>
        dataset.Labels.FirstOrDefault(v => v.Key == new VolumeKey(LithiumAutomatic, hours))
            ?? dataset.Labels.FirstOrDefault(v => v.Key == new VolumeKey(Lithium, hours));
}
