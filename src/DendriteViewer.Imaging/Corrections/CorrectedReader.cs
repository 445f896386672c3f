using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>What a voxel of a mask under correction is: the values of the volume that shows it.</summary>
public static class MaskClasses
{
    /// <summary>Of the automatic mask, and left so.</summary>
    public const int Kept = 1;

    /// <summary>Added by a correction.</summary>
    public const int Added = 2;

    /// <summary>Of the automatic mask, and taken away by a correction.</summary>
    public const int Removed = 3;
}

/// <summary>
/// A mask under correction as a volume of <see cref="MaskClasses"/>: stored bricks, with those that were corrected in their place.
/// </summary>
internal sealed class CorrectedReader(VolumeReader automatic, MaskVoxels voxels) : VolumeReader(VoxelType.UInt8, automatic.Levels)
{
    /// <inheritdoc/>
    public override async Task ReadBrickAsync(BrickIndex brick, Memory<byte> to, CancellationToken ct)
    {
        if (voxels.TryGet(brick) is { } corrected)
        {
            Fill(to.Span, corrected.Base, corrected.Set);
            return;
        }

        var bits = MaskBits.Of(await automatic.ReadBrickAsync(brick, ct), automatic.Type);
        Fill(to.Span, bits, bits);
    }

    private static void Fill(Span<byte> to, ulong[] before, ulong[] after)
    {
        for (var i = 0; i < to.Length; i++)
        {
            var (was, isNow) = ((before[i >> 6] >> i & 1) != 0, (after[i >> 6] >> i & 1) != 0);
            to[i] = (byte)(was ? isNow ? MaskClasses.Kept : MaskClasses.Removed : isNow ? MaskClasses.Added : 0);
        }
    }
}
