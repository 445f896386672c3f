using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Phantoms;

/// <summary>What is around the phantom's cell.</summary>
public enum PhantomSurroundings
{
    /// <summary>A holder's wall, a little darker than the electrolyte.</summary>
    Wall,

    /// <summary>Air, as dark as a void.</summary>
    Air,

    /// <summary>A holder that is brighter than the electrolyte.</summary>
    Bright,
}

/// <summary>What phantom to make.</summary>
public sealed record PhantomOptions
{
    /// <summary>Voxels along each axis, 32–2048.</summary>
    public int Size { get; init; } = 256;

    /// <summary>Edge of a voxel in µm.</summary>
    public double VoxelUm { get; init; } = 1.0;

    /// <summary>The same seed gives the same bytes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Hours of plating at which a scan is taken; the first is the pristine one.</summary>
    public IReadOnlyList<double> Hours { get; init; } = [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.2];

    /// <summary>Depth in which voids hold most and lithium nucleates.</summary>
    public Band Band { get; init; } = Band.Default;

    /// <summary>Tilt of the electrode in degrees, 0–10, towards a direction that the seed draws; null draws 0–3 too.</summary>
    public double? TiltDeg { get; init; }

    /// <summary>
    /// Whether the electrode is level and even, so that a number says where the interface is; dataset.json then gives that instead of
    /// "auto".
    /// </summary>
    public bool Flat { get; init; }

    /// <summary>What is around the cell.</summary>
    public PhantomSurroundings Around { get; init; }

    /// <summary>Most that a scan may be displaced against the first, in voxels; 0–8.</summary>
    public double DriftVoxels { get; init; } = 2;

    /// <summary>
    /// Whether cracks and voids open while the cell is plated, which absorption cannot tell from lithium, and the last hour has two nano
    /// scans, absorption and Zernike phase contrast, of a field inside the cell. <see cref="PhantomNano"/> says how that lies.
    /// </summary>
    public bool Nano { get; init; }

    /// <summary>Voxels of the nano scans along each axis, 32–2048; null for what suits the cell, 512 at most.</summary>
    public int? NanoSize { get; init; }

    /// <summary>Current density in mA/cm².</summary>
    public double CurrentDensityMaCm2 { get; init; } = 0.8;
}
