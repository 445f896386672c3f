using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>
/// What storing scans needs of the science, which lies in a project above: an import asks where the interface and the cell's outline are
/// and how scans lie to one another; a corrected mask asks by which name its automatic mask goes. See
/// docs/decisions/0046-the-analysis-has-a-project.md.
/// </summary>
public interface IScanAnalysis
{
    /// <summary>Finds the interface and the outline in a stored scan.</summary>
    /// <param name="store">Where the scan is.</param>
    /// <param name="scan">The scan.</param>
    /// <param name="axis">The axis that depth runs along.</param>
    /// <param name="direction">1 where the electrolyte lies at larger coordinates, −1 where at smaller ones.</param>
    /// <param name="ct">Stops it.</param>
    /// <exception cref="VolumeFormatException">There is no interface to be seen, or the scan is turned against the axes.</exception>
    Task<FoundInterface> FindInterfaceAsync(DatasetStore store, VolumeInfo scan, Axis axis, int direction, CancellationToken ct);

    /// <summary>Finds the outline in a stored scan whose interface is known.</summary>
    /// <returns>What was found; null where the scan cannot be searched.</returns>
    Task<OutlineFinding?> FindOutlineAsync(DatasetStore store, VolumeInfo scan, DepthFrame depth, CancellationToken ct);

    /// <summary>Finds the outline in voxels in memory; null where none is to be seen.</summary>
    CellOutline? FindOutline(CoarseScan scan, Axis axis, int direction);

    /// <summary>How scans lie to the first of their modality; those that cannot be registered are left out.</summary>
    /// <param name="store">The store.</param>
    /// <param name="dataset">The dataset as it is published.</param>
    /// <param name="keys">The scans.</param>
    /// <param name="report">Told which scan, and the share of them that is done.</param>
    /// <param name="ct">Stops it.</param>
    Task<IReadOnlyDictionary<VolumeKey, RegistrationManifest>> RegisterAsync(
        DatasetStore store, Dataset dataset, IReadOnlySet<VolumeKey> keys, Action<VolumeKey, double> report, CancellationToken ct);

    /// <summary>The name of the automatic masks that stored labels come from: another name, other voxels.</summary>
    /// <exception cref="VolumeFormatException">The labels do not say what they were made from.</exception>
    Task<string> AutomaticNameAsync(DatasetStore store, VolumeInfo labels, CancellationToken ct);
}

/// <summary>A scan so coarse that it fits memory.</summary>
/// <param name="Voxels">Its values, C order.</param>
/// <param name="Shape">How many there are along each axis.</param>
/// <param name="Transform">Voxel to world.</param>
/// <param name="Least">Smallest finite value.</param>
/// <param name="Most">Largest finite value.</param>
public sealed record CoarseScan(float[] Voxels, VolumeShape Shape, AffineTransform Transform, double Least, double Most);

/// <summary>Where the electrode ends and where the cell ends, as found from a scan.</summary>
/// <param name="Surface">The lithium/electrolyte interface.</param>
/// <param name="Outline">The cell's outline, or null where the cell fills the field of view.</param>
/// <param name="OutlineState">Why there is an outline or none.</param>
/// <param name="Coverage">Share of the places inside the cell at which the interface was seen; elsewhere it is filled in.</param>
public sealed record FoundInterface(InterfaceSurface Surface, CellOutline? Outline, OutlineState OutlineState, double Coverage);

/// <summary>What a search for the cell's outline came to.</summary>
public enum OutlineState
{
    /// <summary>The cell ends inside the field of view, and its outline is known.</summary>
    Found,

    /// <summary>The cell fills the field of view.</summary>
    Filled,

    /// <summary>The cell does not seem to fill the field of view, but no outline could be followed around it.</summary>
    NotFound,
}

/// <summary>The result of a search for the cell's outline.</summary>
/// <param name="State">What it came to.</param>
/// <param name="Outline">The outline where it was found, else null.</param>
public sealed record OutlineFinding(OutlineState State, CellOutline? Outline);
