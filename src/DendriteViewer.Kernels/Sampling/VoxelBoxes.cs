using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// Trilinear samples at sixteen places that lie near each other, as those of 4×4 pixels of a slice do. The rows of eight voxels of the
/// box around them are loaded from a <see cref="VoxelWindow"/> into registers, 16 rows or 32, and permutations of bytes or words bring
/// the corners of all sixteen cells at once: no place is loaded from memory by itself. Needs AVX-512 VBMI.
/// </summary>
/// <remarks>
/// Row r of a box of n rows a slice is row r mod n of slice r / n. Voxel (z, y, x) of the box is number (z·n + y)·8 + x; a permutation
/// of two registers takes bytes from 128 numbers, or words from 64, and those beyond come from more registers, chosen by the number's
/// upper bits.
/// </remarks>
internal static unsafe class VoxelBoxes
{
    /// <summary>Voxels of a box along x.</summary>
    public const int Width = 8;

    /// <summary>Rows of a box at most.</summary>
    public const int MostRows = 32;

    // Where each row begins, in voxels from the first, for each number of rows a slice.
    private static readonly int[] s_rows = [.. Enumerable.Range(0, MostRows + 1).SelectMany(n => Enumerable.Range(0, MostRows)
        .Select(r => n < 2 ? 0 : Math.Min(r / n, 15) * VoxelWindow.StepZ + r % n * VoxelWindow.StepY))];

    // The four bytes, or two words, of every lane's first byte, or word.
    private static readonly byte[] s_spread8 = [.. Enumerable.Range(0, 64).Select(i => (byte)(i & ~3 & 15))];
    private static readonly byte[] s_spread16 = [.. Enumerable.Range(0, 64).Select(i => (byte)((i & ~3 & 15) | (i & 1)))];

    /// <summary>Whether this processor has the permutations.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported && Lanes512.IsSupported;

    /// <summary>Boxes of 16 rows.</summary>
    public struct Few
    {
    }

    /// <summary>Boxes of 32 rows.</summary>
    public struct Many
    {
    }

    /// <summary>Where rows of a box begin, in voxels.</summary>
    /// <param name="rowsASlice">From 2 to 16.</param>
    public static ReadOnlySpan<int> Rows(int rowsASlice) => s_rows.AsSpan(rowsASlice * MostRows, MostRows);

    /// <summary>The trilinear values, less what signed voxels are biased by.</summary>
    /// <param name="first">The first voxel of the box.</param>
    /// <param name="rows">Where its rows begin, in bytes from the first voxel.</param>
    /// <param name="rowsASlice">Rows of one slice of the box.</param>
    /// <param name="number">Of every lane: its cell's number in the box, of which its first voxel is 0.</param>
    /// <param name="fz">Of every lane: how far it lies from the cell's first voxel, 0 to 1, along z.</param>
    /// <param name="fy">The same along y.</param>
    /// <param name="fx">The same along x.</param>
    /// <param name="flip">What is added without carry to each voxel so that none is negative.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sample<TVoxel, TRows>(
        byte* first, int* rows, int rowsASlice, Vector512<int> number, Vector512<float> fz, Vector512<float> fy, Vector512<float> fx,
        Vector512<int> flip)
        where TVoxel : struct
        where TRows : struct
    {
        var c = default(Samples512.Cube);
        if (typeof(TVoxel) == typeof(Samples512.Bits8))
        {
            // A lane's number four times, then the four voxels at one z.
            var near = Avx512BW.Shuffle(number.AsByte(), Vector512.Create<byte>(s_spread8))
                + Vector512.Create(0x09080100).AsByte();
            var far = near + Vector512.Create((byte)(Width * rowsASlice));
            Vector512<byte> r0 = Eight(first, rows), r1 = Eight(first, rows + 8);
            Vector512<byte> a = Avx512Vbmi.PermuteVar64x8x2(r0, near, r1), b = Avx512Vbmi.PermuteVar64x8x2(r0, far, r1);
            if (typeof(TRows) == typeof(Many))
            {
                Vector512<byte> r2 = Eight(first, rows + 16), r3 = Eight(first, rows + 24);
                a = Vector512.ConditionalSelect(
                    Vector512.LessThan(near.AsSByte(), Vector512<sbyte>.Zero).AsByte(), Avx512Vbmi.PermuteVar64x8x2(r2, near, r3), a);
                b = Vector512.ConditionalSelect(
                    Vector512.LessThan(far.AsSByte(), Vector512<sbyte>.Zero).AsByte(), Avx512Vbmi.PermuteVar64x8x2(r2, far, r3), b);
            }

            Vector512<int> here = a.AsInt32() ^ flip, behind = b.AsInt32() ^ flip, mask = Vector512.Create(0xFF);
            c.C000 = Vector512.ConvertToSingle(here & mask);
            c.C001 = Vector512.ConvertToSingle((here >>> 8) & mask);
            c.C010 = Vector512.ConvertToSingle((here >>> 16) & mask);
            c.C011 = Vector512.ConvertToSingle(here >>> 24);
            c.C100 = Vector512.ConvertToSingle(behind & mask);
            c.C101 = Vector512.ConvertToSingle((behind >>> 8) & mask);
            c.C110 = Vector512.ConvertToSingle((behind >>> 16) & mask);
            c.C111 = Vector512.ConvertToSingle(behind >>> 24);
        }
        else
        {
            // A lane's number twice, then the two voxels of one row.
            var at = Avx512BW.Shuffle(number.AsByte(), Vector512.Create<byte>(s_spread16)).AsUInt16()
                + Vector512.Create(0x00010000).AsUInt16();
            var (r0, r1, r2, r3) = (Four(first, rows), Four(first, rows + 4), Four(first, rows + 8), Four(first, rows + 12));
            Vector512<ushort> n00 = at, n01 = at + Vector512.Create((ushort)Width);
            Vector512<ushort> n10 = at + Vector512.Create((ushort)(Width * rowsASlice)), n11 = n10 + Vector512.Create((ushort)Width);
            Vector512<ushort> c00 = Of(n00, r0, r1, r2, r3), c01 = Of(n01, r0, r1, r2, r3);
            Vector512<ushort> c10 = Of(n10, r0, r1, r2, r3), c11 = Of(n11, r0, r1, r2, r3);
            if (typeof(TRows) == typeof(Many))
            {
                (r0, r1, r2, r3) = (Four(first, rows + 16), Four(first, rows + 20), Four(first, rows + 24), Four(first, rows + 28));
                (c00, c01) = (Beyond(n00, c00, Of(n00, r0, r1, r2, r3)), Beyond(n01, c01, Of(n01, r0, r1, r2, r3)));
                (c10, c11) = (Beyond(n10, c10, Of(n10, r0, r1, r2, r3)), Beyond(n11, c11, Of(n11, r0, r1, r2, r3)));
            }

            (c.C000, c.C001) = Halves(c00.AsInt32() ^ flip);
            (c.C010, c.C011) = Halves(c01.AsInt32() ^ flip);
            (c.C100, c.C101) = Halves(c10.AsInt32() ^ flip);
            (c.C110, c.C111) = Halves(c11.AsInt32() ^ flip);
        }

        return Samples512.Interpolate(c, fx, fy, fz);
    }

    // Words by the lower seven bits of their numbers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Of(
        Vector512<ushort> n, Vector512<ushort> r0, Vector512<ushort> r1, Vector512<ushort> r2, Vector512<ushort> r3) =>
        Vector512.ConditionalSelect(
            Vector512.Equals(n & Vector512.Create((ushort)64), Vector512<ushort>.Zero),
            Avx512BW.PermuteVar32x16x2(r0, n, r1), Avx512BW.PermuteVar32x16x2(r2, n, r3));

    // Words of numbers from 128 on come from elsewhere.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Beyond(Vector512<ushort> n, Vector512<ushort> below, Vector512<ushort> above) =>
        Vector512.ConditionalSelect(
            Vector512.Equals(n & Vector512.Create((ushort)128), Vector512<ushort>.Zero), below, above);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Low, Vector512<float> High) Halves(Vector512<int> both) =>
        (Vector512.ConvertToSingle(both & Vector512.Create(0xFFFF)), Vector512.ConvertToSingle(both >>> 16));

    /// <summary>What makes voxels of a type not negative, for every voxel of a word of 32 bits.</summary>
    public static Vector512<int> FlipOf(VoxelType type) => Vector512.Create(type switch
    {
        VoxelType.Int8 => unchecked((int)0x80808080), VoxelType.Int16 => unchecked((int)0x80008000), _ => 0,
    });

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Eight(byte* from, int* rows) => Lanes512.Join(
        Lanes512.Pair(from, rows), Lanes512.Pair(from, rows + 2), Lanes512.Pair(from, rows + 4), Lanes512.Pair(from, rows + 6)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Four(byte* from, int* rows) => Lanes512.Join(
        Lanes512.One(from, rows), Lanes512.One(from, rows + 1), Lanes512.One(from, rows + 2), Lanes512.One(from, rows + 3)).AsUInt16();
}
