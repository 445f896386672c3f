namespace DendriteViewer.Kernels.Sampling;

/// <summary>The values at the corners of a cell; C<c>zyx</c> is the one at z, y, x further by one where the digit is 1.</summary>
public struct Corners
{
    /// <summary>The corners in the nearer layer.</summary>
    public float C000, C001, C010, C011;

    /// <summary>The corners in the layer one further along z.</summary>
    public float C100, C101, C110, C111;
}

/// <summary>
/// Where the voxels of a paged volume lie: managed arrays on the host, buffers on a device. Programs are generic over it, so that one
/// source is
/// compiled for both. A page is a brick's place; what it counts is the memory's own matter.
/// </summary>
public interface IVoxelMemory
{
    /// <summary>Levels of the volume: the one that is walked through, and those that stand in for it.</summary>
    int LevelCount { get; }

    /// <summary>Whether voxels are floats; what stands in for a voxel is rounded where they are integers.</summary>
    bool IsFloat { get; }

    /// <summary>
    /// Whether every brick that a sample may lie in is there with its seams, and samples lie before the last voxel along every axis: then
    /// a cell's
    /// corners always lie in one tile. A constant of the type, so that code for what is missing is left out where nothing is.
    /// </summary>
    bool IsWhole { get; }

    /// <summary>A level's shape.</summary>
    LevelShape Level(int level);

    /// <summary>The page of an entry of the page table; negative where the brick is missing.</summary>
    int Page(int entry);

    /// <summary>Whether the tiles at the brick's far sides have their neighbours' first layer behind them, as the others have.</summary>
    bool HasSeams(int page);

    /// <summary>A voxel of a brick; not a number is 0, infinities are large.</summary>
    float Voxel(int page, int offset);

    /// <summary>The eight voxels at the corners of a cell in a brick with tiles, the first of which lies at <paramref
    /// name="offset"/>.</summary>
    Corners Corners(int page, int offset);
}
