using DendriteViewer.Analysis.Multiscale;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Placements;

/// <summary>Where a volume lies now, and all versions of that.</summary>
/// <param name="Volume">The volume.</param>
/// <param name="Version">The version that holds; 0 where the volume lies as it was handed over.</param>
/// <param name="Placement">Where it lies by that version; null for 0.</param>
/// <param name="Log">All versions that can be read, and what cannot.</param>
public sealed record PlacementReport(VolumeInfo Volume, int Version, Placement? Placement, PlacementHistory Log)
{
    /// <summary>Whether the import declared that its coordinates are exact, so that it may decide without a registration.</summary>
    public bool IsDeclaredExact { get; init; }

    /// <summary>The volume's key.</summary>
    public VolumeKey Key => Volume.Key;

    /// <summary>All versions that can be read, oldest first.</summary>
    public IReadOnlyList<PlacementEntry> History => Log.Entries;

    /// <summary>A sentence for each that cannot.</summary>
    public IReadOnlyList<string> Warnings => Log.Warnings;

    /// <summary>Versions that never held: see <see cref="PlacementHistory.NeverHeld"/>.</summary>
    public IReadOnlySet<int> NeverHeld { get; } = Log.NeverHeld(Version);

    /// <summary>The entry that holds; null where the volume lies as it was handed over.</summary>
    public PlacementEntry? Entry => History.FirstOrDefault(e => e.Sequence == Version);

    /// <summary>The version that undo goes back to: the one that held before, 0 for as handed over; null where there is none.</summary>
    public int? Before { get; } = Log.Before(Version);
}
