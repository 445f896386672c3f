using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// How voxels become bytes: byte b stands for the value <c>Low + b·Level</c>; values beyond 0 and 255 become those. Eight-bit voxels are
/// taken as they are. Of other types the bytes cover the part of the values that the transfer function shows, and as much around it as
/// leaves the part <see cref="LeastShown"/> levels: voxels are cut to the range before they are interpolated, so that a narrow range
/// would make every slope between a value above it and one below steeper than it is.
/// </summary>
/// <param name="Low">The value of byte 0.</param>
/// <param name="Level">The difference in value from a byte to the next, above 0.</param>
internal readonly record struct ByteMapping(float Low, float Level)
{
    /// <summary>Levels that what is shown gets at least.</summary>
    private const float LeastShown = 48;

    /// <summary>Of the table's range, the least part that may be covered; narrower ones are not drawn in bytes.</summary>
    private const float LeastPart = 1 / 8f;

    /// <summary>The byte of a voxel's value, which is finite.</summary>
    public byte Of(float value) => (byte)Math.Clamp(MathF.Floor((value - Low) / Level + 0.5f), 0, 255);

    /// <summary>The value that a byte, or a place between two, stands for.</summary>
    public float ValueOf(float level) => Low + level * Level;

    /// <summary>The mapping for a volume and what is shown of it, or null where bytes are too coarse for that.</summary>
    public static ByteMapping? For(VoxelType type, TransferTable table, RayMode mode)
    {
        if (type is VoxelType.UInt8 or VoxelType.Int8)
        {
            return new ByteMapping(type == VoxelType.Int8 ? -128 : 0, 1);
        }

        var (first, last) = mode == RayMode.Mean ? (0, TransferTable.Size - 1) : Shown(table, mode);
        if (first > last)
        {
            (first, last) = (0, TransferTable.Size - 1);
        }

        // Where the table's first or last entry is shown, so are all values beyond it, and there is nothing to cover around them.
        float shown = last + 1 - first, wanted = shown * 255 / LeastShown;
        if (wanted >= TransferTable.Size)
        {
            (first, last) = (0, TransferTable.Size - 1);
        }
        else
        {
            var around = (int)((wanted - shown) / 2);
            (first, last) = (Math.Max(first - around, 0), Math.Min(last + around, TransferTable.Size - 1));
        }

        float low = table.Low + first / table.Scale, range = (last + 1 - first) / table.Scale;
        return last + 1 - first < TransferTable.Size * LeastPart || !(range > 0) || !float.IsFinite(low) || !float.IsFinite(range)
            ? null
            : new ByteMapping(low, range / 255);
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
