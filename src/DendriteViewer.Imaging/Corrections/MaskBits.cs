using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>Bits of a brick's voxels in C order, 64 a word.</summary>
internal static class MaskBits
{
    /// <summary>Of a brick of labels, which voxels have one.</summary>
    public static ulong[] Of(ReadOnlySpan<byte> voxels, VoxelType type)
    {
        switch (type.Size())
        {
            case 1:
                return Of(voxels);
            case 2:
                return Of(MemoryMarshal.Cast<byte, ushort>(voxels));
            default:
                return Of(MemoryMarshal.Cast<byte, uint>(voxels));
        }
    }

    private static ulong[] Of<T>(ReadOnlySpan<T> voxels) where T : unmanaged, INumber<T>
    {
        var bits = new ulong[(voxels.Length + 63) / 64];

        // Most of a mask is empty, which is looked over by whole vectors.
        for (var from = 0; from < voxels.Length; from += 64)
        {
            var word = voxels.Slice(from, Math.Min(64, voxels.Length - from));
            if (word.IndexOfAnyExcept(T.Zero) < 0)
            {
                continue;
            }

            for (var i = 0; i < word.Length; i++)
            {
                bits[from >> 6] |= T.IsZero(word[i]) ? 0 : 1UL << i;
            }
        }

        return bits;
    }

    /// <summary>
    /// Halves four rows of 64 voxels, those of one y and the next in one z and the next: bit i is set where two or more of the eight voxels
    /// at 2i and 2i + 1 are.
    /// </summary>
    public static uint Halve(ulong a, ulong b, ulong c, ulong d)
    {
        // Of the four voxels at one x: whether any is set, and whether two are. Of two such columns: two in one, or one in each.
        var any = a | b | c | d;
        var two = (a & b) | (c & d) | ((a | b) & (c | d));
        var pair = (two | two >> 1 | (any & any >> 1)) & 0x5555_5555_5555_5555;

        // The even bits, drawn together.
        pair = (pair | pair >> 1) & 0x3333_3333_3333_3333;
        pair = (pair | pair >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
        pair = (pair | pair >> 4) & 0x00FF_00FF_00FF_00FF;
        pair = (pair | pair >> 8) & 0x0000_FFFF_0000_FFFF;
        return (uint)(pair | pair >> 16);
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
