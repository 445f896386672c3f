using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>Bits of a brick's voxels in C order, 64 a word.</summary>
internal static class MaskBits
{
    /// <summary>Of a brick of labels, which voxels have one.</summary>
    public static ulong[] Of(ReadOnlySpan<byte> voxels, VoxelType type)
    {
        var size = type.Size();
        var bits = new ulong[(voxels.Length / size + 63) / 64];
        for (var i = 0; i < voxels.Length / size; i++)
        {
            if (voxels.Slice(i * size, size).IndexOfAnyExcept((byte)0) >= 0)
            {
                bits[i >> 6] |= 1UL << i;
            }
        }

        return bits;
    }

    /// <summary>One bit.</summary>
    public static bool Get(ulong[] bits, int at) => (bits[at >> 6] >> at & 1) != 0;

    /// <summary>Sets or clears one bit.</summary>
    public static void Put(ulong[] bits, int at, bool value)
    {
        ref var word = ref bits[at >> 6];
        word = value ? word | 1UL << at : word & ~(1UL << at);
    }
}
