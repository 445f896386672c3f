using System.Globalization;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Whether a nano scan may be joined to the projection scan of its hour, voxel by voxel. Stage coordinates may be 15 µm off, where voids
/// are some µm wide: only a scan that was registered into that scan, or whose coordinates were declared exact, decides anything.
/// </summary>
public static class StageTrust
{
    /// <summary>Why a scan decides nothing, as a sentence with the remedy; null where it may.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="key">The scan.</param>
    public static string? ProblemOf(Dataset dataset, VolumeKey key)
    {
        var manifest = dataset.Manifest.Volumes.FirstOrDefault(v => v.Labels != true && new VolumeKey(v.Modality, v.Hours) == key);
        var command = string.Create(CultureInfo.InvariantCulture,
            $"dendrite register {dataset.Id} --modality {key.Modality} --hours {key.Hours:0.######}");
        return manifest switch
        {
            null => $"{dataset.Id} has no {key}.",
            { Placement: { FixedHours: { } hours } } when new VolumeKey(key.Modality, hours).Hours != key.Hours => string.Create(
                CultureInfo.InvariantCulture,
                $"{key} was placed in the scan of {hours:0.######} h, and what grew or moved since is not known; import the scan of its ")
                + $"hour and register it again: {command}.",
            { Placement: not null } or { StageTrusted: true } => null,
            _ => $"{key} lies where the stage says, which may be 15 µm off; register it first: {command}. "
                + "(\"stageTrusted\": true in dataset.json, at the import, declares that its coordinates are exact.)",
        };
    }

    /// <summary>What a reader should know of how well a scan that may decide is placed, or null.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="key">The scan.</param>
    /// <param name="voxelUm">Edge of the projection scan's voxels.</param>
    public static string? CautionOf(Dataset dataset, VolumeKey key, double voxelUm)
    {
        var manifest = dataset.Manifest.Volumes.FirstOrDefault(v => v.Labels != true && new VolumeKey(v.Modality, v.Hours) == key);
        return manifest?.Placement switch
        {
            null => $"{key} was not registered: dataset.json declares that its stage coordinates are exact.",
            { UncertaintyUm: null } => $"How well {key} is placed is not known: look at it beside the projection scan before these "
                + "verdicts are used.",
            { UncertaintyUm: { } off } when off > 0.5 * voxelUm => string.Create(CultureInfo.InvariantCulture,
                $"{key} is placed to ± {off:0.##} µm only, more than half a voxel of the projection scan: small pieces may be misjudged."),
            _ => null,
        };
    }
}
