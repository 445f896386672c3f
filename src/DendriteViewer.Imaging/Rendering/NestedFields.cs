using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Which finer scan slices show inside its outline, in place of the scan around it.</summary>
/// <param name="Modality">Its modality.</param>
/// <param name="WindowLow">Its value shown as the first colour.</param>
/// <param name="WindowHigh">Its value shown as the last colour.</param>
/// <param name="AtEveryZoom">
/// Whether it is shown however far one has zoomed out; else from where one of its voxels is <see cref="NestedFields.LeastPixels"/> wide.
/// </param>
public sealed record NestedLook(string Modality, double WindowLow, double WindowHigh, bool AtEveryZoom = false);

/// <summary>Finer scans of a small field inside a scan, as nano scans are inside projection scans.</summary>
public static class NestedFields
{
    /// <summary>CSS pixels that a voxel of the finer scan is wide at least where it takes the place of the scan around it.</summary>
    public const double LeastPixels = 0.25;

    // A scan is finer than another where its voxels are this much smaller; else it is as fine.
    private const double Finer = 0.7;

    /// <summary>Whether a scan's voxels are so much smaller than another's that it counts as finer.</summary>
    /// <param name="scan">The scan.</param>
    /// <param name="other">The other.</param>
    public static bool IsFiner(VolumeInfo scan, VolumeInfo other) => scan.VoxelSize.Least < Finer * other.VoxelSize.Least;

    /// <summary>
    /// The finer scans that lie inside a scan: of each other modality the one nearest in time, where this scan is the nearest to it too.
    /// </summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="around">The scan around them.</param>
    public static IReadOnlyList<VolumeInfo> In(Dataset dataset, VolumeInfo around)
    {
        var key = around.Key;
        return [.. dataset.Volumes.Where(v => IsInside(dataset, v, around))
            .GroupBy(v => v.Key.Modality).Select(g => g.MinBy(v => Math.Abs(v.Key.Hours - key.Hours))!)];
    }

    /// <summary>The finer scan that slices of a view show inside its outline, or null where they show none.</summary>
    /// <param name="dataset">The dataset; null where nothing is known of other scans.</param>
    /// <param name="around">The scan that the view shows.</param>
    /// <param name="view">The view. One that shows differences of two times, or the whole scan, shows no finer one by itself.</param>
    public static VolumeInfo? ShownIn(Dataset? dataset, VolumeInfo around, ViewState view)
    {
        if (dataset is null || view.Nested is not { } look || view.Compare is { Mode: CompareMode.Difference })
        {
            return null;
        }

        // Asked for several times a frame: one loop that allocates nothing, of the one modality that is wanted.
        var (inside, least) = ((VolumeInfo?)null, double.PositiveInfinity);
        for (var i = 0; i < dataset.Volumes.Count; i++)
        {
            var v = dataset.Volumes[i];
            var away = Math.Abs(v.Key.Hours - around.Key.Hours);
            if (v.Key.Modality == look.Modality && away < least && IsInside(dataset, v, around))
            {
                (inside, least) = (v, away);
            }
        }

        return inside is not null
            && (look.AtEveryZoom || (view.UmPerPixel > 0 && inside.VoxelSize.Least >= LeastPixels * view.UmPerPixel))
            ? inside : null;
    }

    /// <summary>Where a scan was placed inside another by registration; null where it lies as it was handed over.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="key">The scan.</param>
    public static PlacementManifest? PlacementOf(Dataset dataset, VolumeKey key) =>
        ManifestOf(dataset, key)?.Placement;

    /// <summary>Whether a scan is known to lie where it does: it was registered, or its stage coordinates were declared exact.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="key">The scan.</param>
    public static bool IsPlaced(Dataset dataset, VolumeKey key) =>
        ManifestOf(dataset, key) is { Placement: not null } or { StageTrusted: true };

    private static bool IsInside(Dataset dataset, VolumeInfo v, VolumeInfo around) =>
        v.Key.Modality != around.Key.Modality && IsFiner(v, around) && Meet(v, around)
        && dataset.Nearest(around.Key.Modality, v.Key.Hours)?.Key == around.Key;

    private static VolumeManifest? ManifestOf(Dataset dataset, VolumeKey key) =>
        dataset.Manifest.Volumes.FirstOrDefault(v => v.Labels != true && new VolumeKey(v.Modality, v.Hours) == key);

    private static bool Meet(VolumeInfo a, VolumeInfo b)
    {
        var ((aLow, aHigh), (bLow, bHigh)) = (a.Bounds, b.Bounds);
        return aLow.Z < bHigh.Z && bLow.Z < aHigh.Z && aLow.Y < bHigh.Y && bLow.Y < aHigh.Y && aLow.X < bHigh.X && bLow.X < aHigh.X;
    }
}
