using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// How voxels become bytes: byte b stands for the value <c>Low + b·Level</c>; values beyond 0 and 255 become those. Eight-bit voxels are
/// taken as they are. Of other types the bytes cover all values of the volume where that leaves what is shown of them
/// <see cref="LeastShown"/> levels; else, in <see cref="RayMode.Composite"/>, what the transfer function shows and as much around it.
/// Voxels are cut to the range before they are interpolated, so that a range narrow beside the volume's own would make every slope between
/// a value above it and one below steeper than it is: of those there is no mapping.
/// </summary>
/// <param name="Low">The value of byte 0.</param>
/// <param name="Level">The difference in value from a byte to the next, above 0.</param>
internal readonly record struct ByteMapping(float Low, float Level)
{
    /// <summary>Levels that what is shown gets at least.</summary>
    private const float LeastShown = 48;

    /// <summary>Of the volume's values, the least part that may be covered; narrower ones are not drawn in bytes.</summary>
    private const float LeastPart = 1 / 8f;

    /// <summary>Whether values of the volume lie beyond what the bytes stand for.</summary>
    public bool IsCut { get; private init; }

    /// <summary>The byte of a voxel's value, which is finite.</summary>
    public byte Of(float value) => (byte)Math.Clamp(MathF.Floor((value - Low) / Level + 0.5f), 0, 255);

    /// <summary>The value that a byte, or a place between two, stands for.</summary>
    public float ValueOf(float level) => Low + level * Level;

    /// <summary>The mapping for a volume and what is shown of it, or null where bytes are too coarse for that.</summary>
    /// <param name="type">How a voxel is stored.</param>
    /// <param name="values">The volume's least and most value; null where unknown.</param>
    /// <param name="table">Colours and opacities.</param>
    /// <param name="mode">What rays make of values.</param>
    public static ByteMapping? For(VoxelType type, (float Least, float Most)? values, TransferTable table, RayMode mode)
    {
        if (type is VoxelType.UInt8 or VoxelType.Int8)
        {
            return new ByteMapping(type == VoxelType.Int8 ? -128 : 0, 1);
        }

        if (values is not var (least, most) || !(most > least) || !float.IsFinite(most - least))
        {
            return null;
        }

        var (low, range) = mode == RayMode.Composite ? Covered(table, least, most) : Whole(table, least, most);
        if (type != VoxelType.Float32)
        {
            // Whole counts, as voxels are cut; of fewer than levels, a value would lie between two.
            (low, range) = (MathF.Floor(low), MathF.Ceiling(range));
            range = range < 255 ? 0 : range;
        }

        return !(range >= (most - least) * LeastPart) || !float.IsFinite(low)
            ? null
            : new ByteMapping(low, range / 255) { IsCut = least < low || most > low + range };
    }

    // Rays gather values and are coloured afterwards: every value counts, and what has different colours must have levels enough.
    private static (float Low, float Range) Whole(TransferTable table, float least, float most)
    {
        var (first, last) = Shown(table, RayMode.Maximum);
        return (last + 1 - first) / table.Scale * 255 / LeastShown < most - least ? (0, 0) : (least, most - least);
    }

    // All values of the volume where what is shown has levels enough then; else what is shown, and as much around it as leaves it enough.
    private static (float Low, float Range) Covered(TransferTable table, float least, float most)
    {
        var (first, last) = Shown(table, RayMode.Composite);
        if (first > last)
        {
            (first, last) = (0, TransferTable.Size - 1);
        }

        float shown = (last + 1 - first) / table.Scale, wanted = shown * 255 / LeastShown;
        if (wanted >= most - least)
        {
            return (least, most - least);
        }

        var low = Math.Clamp(table.Low + first / table.Scale - (wanted - shown) / 2, least, most - wanted);
        return (low, wanted);
    }

    // The entries from the first to the last that show anything; of extremes, that have another colour than what lies beyond.
    private static (int First, int Last) Shown(TransferTable table, RayMode mode)
    {
        var entries = table.Entries;
        int first = 0, last = TransferTable.Size - 1;
        if (mode == RayMode.Composite)
        {
            while (first <= last && (int)entries[first] == 0)
            {
                first++;
            }

            while (last >= first && (int)entries[last] == 0)
            {
                last--;
            }

            return (first, last);
        }

        while (first < last && entries[first] >> 32 == entries[first + 1] >> 32)
        {
            first++;
        }

        while (last > first && entries[last] >> 32 == entries[last - 1] >> 32)
        {
            last--;
        }

        return (first, last);
    }
}
