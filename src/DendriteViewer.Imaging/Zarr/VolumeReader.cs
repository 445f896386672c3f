using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>Which brick of which level.</summary>
public readonly record struct BrickIndex(int Level, int Z, int Y, int X);

/// <summary>
/// Reads a volume brick by brick, each checked. Two implementations: <see cref="StoredReader"/> of what an import wrote, and
/// <see cref="LinkedReader"/> of an OME-Zarr that is used where it lies.
/// </summary>
/// <param name="type">How a voxel is kept in a brick.</param>
/// <param name="levels">The levels, finest first.</param>
public abstract class VolumeReader(VoxelType type, IReadOnlyList<PyramidLevel> levels)
{
    /// <summary>How a voxel is kept in a brick.</summary>
    public VoxelType Type => type;

    /// <summary>The levels, finest first.</summary>
    public IReadOnlyList<PyramidLevel> Levels => levels;

    /// <summary>Shape of the finest level.</summary>
    public VolumeShape Shape => levels[0].Shape;

    /// <summary>Bytes of one decoded brick of a level.</summary>
    public int BrickBytes(int level) => checked((int)(levels[level].Brick.Count * type.Size()));

    /// <summary>One brick, full sized, little endian, C order; voxels outside the volume are 0.</summary>
    /// <exception cref="VolumeFormatException">What it lies in is missing or damaged.</exception>
    public async Task<byte[]> ReadBrickAsync(BrickIndex brick, CancellationToken ct)
    {
        var voxels = GC.AllocateUninitializedArray<byte>(BrickBytes(brick.Level));
        await ReadBrickAsync(brick, voxels, ct);
        return voxels;
    }

    /// <summary>Reads one brick into memory of <see cref="BrickBytes"/>.</summary>
    /// <exception cref="VolumeFormatException">What it lies in is missing or damaged.</exception>
    public abstract Task ReadBrickAsync(BrickIndex brick, Memory<byte> voxels, CancellationToken ct);
}
