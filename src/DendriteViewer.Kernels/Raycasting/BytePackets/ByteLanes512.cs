using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>What byte packets of 32 rays do in a way of AVX-512 VBMI: everything that looks up bytes.</summary>
internal static unsafe class ByteLanes512
{
    // Eight rows of a slice are two registers; sixteen rows are four.
    private const float NarrowSpread = 6;

    /// <summary>Lanes whose bytes are fetched together.</summary>
    public const int BlockLanes = 32;

    /// <summary>Blocks of pixels that packets may be, those that have all lanes at work first.</summary>
    public static (int Width, int Height)[] Shapes { get; } = [(4, 8), (8, 4), (4, 4), (2, 2)];

    /// <summary>In groups of eight bytes in turn, 0 for the first plane of an iteration and 1 for the second.</summary>
    public static Vector512<byte> SecondPlane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512.Create(0ul, 0x0101010101010101, 0, 0x0101010101010101, 0, 0x0101010101010101, 0, 0x0101010101010101).AsByte();
    }

    /// <summary>Whether rays that spread so far, in voxels, are <see cref="ByteRows.Narrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNarrow(float columns, float rows) => rows <= NarrowSpread;

    /// <summary>Whether they are <see cref="ByteRows.Wide"/>: all that a packet may hold are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWide(float columns, float rows) => true;

    /// <summary>The largest difference of lanes that are fetched together, of distances from the lowest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BlockSpread(Vector512<float> first, Vector512<float> second) =>
        -Sampling.Lanes512.Least(Vector512.MinNative(-first, -second));

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Least(Vector512<int> v) => ByteLanes256.Least(Vector256.Min(v.GetLower(), v.GetUpper()));

    /// <summary>Four lanes, in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Group(Vector512<uint> pixels, int i) =>
        ByteLanes256.Group(i < 2 ? pixels.GetLower() : pixels.GetUpper(), i & 1);

    /// <summary>The number at every lane's index, of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Rows(uint* rows, Vector512<int> at) =>
        Avx512F.PermuteVar16x32x2(Vector512.Load(rows), at.AsUInt32(), Vector512.Load(rows + 16));

    /// <summary>One over the square root, to 14 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> ReciprocalSqrt(Vector512<float> v) => Avx512F.ReciprocalSqrt14(v);

    /// <summary>
    /// The bytes of every lane's cell, as pairs of neighbouring columns: of its row and the next, in this slice and the next. The cell is
    /// <paramref name="column"/> and <paramref name="row"/>, in 4096ths, from the byte <paramref name="at"/> on. All lanes are within 16
    /// columns and 8 or 16 rows, which are loaded whole; a permutation of two registers brings a pair of each lane.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch<TRows>(
        byte* at, nint pitch, nint stride, Vector512<ushort> column, Vector512<ushort> row, out Vector512<byte> nearLower,
        out Vector512<byte> nearUpper, out Vector512<byte> farLower, out Vector512<byte> farUpper)
    {
        // 16·row + column of the cell and of the one in the next column; upper is the next row.
        var cell = Vector512.ConditionalSelect(Vector512.Create((ushort)0xF0), row >>> 8, column >>> 12);
        var lower = (cell * Vector512.Create((ushort)0x0101) + Vector512.Create((ushort)0x0100)).AsByte();
        var upper = (lower.AsUInt16() + Vector512.Create((ushort)0x1010)).AsByte();
        if (typeof(TRows) == typeof(ByteRows.Narrow))
        {
            Vector512<byte> a = Four(at, pitch), b = Four(at + 4 * pitch, pitch), c = Four(at + stride, pitch),
                d = Four(at + stride + 4 * pitch, pitch);
            nearLower = Avx512Vbmi.PermuteVar64x8x2(a, lower, b);
            nearUpper = Avx512Vbmi.PermuteVar64x8x2(a, upper, b);
            farLower = Avx512Vbmi.PermuteVar64x8x2(c, lower, d);
            farUpper = Avx512Vbmi.PermuteVar64x8x2(c, upper, d);
        }
        else
        {
            Vector512<byte> isLower = Upper(lower), isUpper = Upper(upper);
            Vector512<byte> a = Four(at, pitch), b = Four(at + 4 * pitch, pitch), c = Four(at + 8 * pitch, pitch),
                d = Four(at + 12 * pitch, pitch);
            nearLower = Vector512.ConditionalSelect(isLower, Avx512Vbmi.PermuteVar64x8x2(c, lower, d),
                Avx512Vbmi.PermuteVar64x8x2(a, lower, b));
            nearUpper = Vector512.ConditionalSelect(isUpper, Avx512Vbmi.PermuteVar64x8x2(c, upper, d),
                Avx512Vbmi.PermuteVar64x8x2(a, upper, b));
            at += stride;
            (a, b, c, d) = (Four(at, pitch), Four(at + 4 * pitch, pitch), Four(at + 8 * pitch, pitch), Four(at + 12 * pitch, pitch));
            farLower = Vector512.ConditionalSelect(isLower, Avx512Vbmi.PermuteVar64x8x2(c, lower, d),
                Avx512Vbmi.PermuteVar64x8x2(a, lower, b));
            farUpper = Vector512.ConditionalSelect(isUpper, Avx512Vbmi.PermuteVar64x8x2(c, upper, d),
                Avx512Vbmi.PermuteVar64x8x2(a, upper, b));
        }
    }

    /// <summary>
    /// The opacities of steps between two levels on both planes of an iteration, in 32768ths: differences of sums over the number of
    /// levels; 0 where not shown.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Opacities(
        MarchFrame* f, Vector512<byte> least, Vector512<byte> most, Vector512<byte> shown, out Vector512<short> opacity1,
        out Vector512<short> opacity2)
    {
        var tables = f->Tables;
        Vector512<byte> isLeast = Upper(least), isMost = Upper(most);
        Vector512<byte> s0 = Of(tables + ByteTables.BeforeLow, least, isLeast), s1 = Of(tables + ByteTables.BeforeMiddle, least, isLeast);
        Vector512<byte> e0 = Of(tables + ByteTables.BehindLow, most, isMost), e1 = Of(tables + ByteTables.BehindMiddle, most, isMost);
        var distance = most - least;
        var isDistance = Upper(distance);
        var i0 = Of(tables + ByteTables.InverseLow, distance, isDistance) & shown;
        var i1 = Of(tables + ByteTables.InverseHigh, distance, isDistance) & shown;
        Vector512<ushort> inverse1 = Low(i0, i1), inverse2 = High(i0, i1);
        opacity1 = Avx512BW.MultiplyHigh(Low(e0, e1) - Low(s0, s1), inverse1).AsInt16();
        opacity2 = Avx512BW.MultiplyHigh(High(e0, e1) - High(s0, s1), inverse2).AsInt16();
        var isLong = Vector512.GreaterThan(distance, Vector512.Create(f->MostShort)) & shown;
        if (isLong.ExtractMostSignificantBits() != 0)
        {
            // The difference does not fit 16 bits: its upper 16 of 24 bits, which are precise enough for so many levels.
            var s2 = Of(tables + ByteTables.BeforeHigh, least, isLeast);
            var e2 = Of(tables + ByteTables.BehindHigh, most, isMost);
            var long1 = Avx512BW.MultiplyHighRoundScale((Low(e1, e2) - Low(s1, s2)).AsInt16(), (inverse1 >>> 1).AsInt16()) << 8;
            var long2 = Avx512BW.MultiplyHighRoundScale((High(e1, e2) - High(s1, s2)).AsInt16(), (inverse2 >>> 1).AsInt16()) << 8;
            opacity1 = Vector512.ConditionalSelect(Avx512BW.UnpackLow(isLong, isLong).AsInt16(), long1, opacity1);
            opacity2 = Vector512.ConditionalSelect(Avx512BW.UnpackHigh(isLong, isLong).AsInt16(), long2, opacity2);
        }
    }

    /// <summary>The colours of levels on both planes of an iteration, as differences from 128 in 256ths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Colors(
        MarchFrame* f, Vector512<byte> level, out Vector512<short> red1, out Vector512<short> green1, out Vector512<short> blue1,
        out Vector512<short> red2, out Vector512<short> green2, out Vector512<short> blue2)
    {
        var tables = f->Tables;
        var isUpper = Upper(level);
        var r = Of(tables + ByteTables.Red, level, isUpper);
        var g = Of(tables + ByteTables.Green, level, isUpper);
        var b = Of(tables + ByteTables.Blue, level, isUpper);
        var zero = Vector512<byte>.Zero;
        (red1, green1, blue1) = (Low(zero, r).AsInt16(), Low(zero, g).AsInt16(), Low(zero, b).AsInt16());
        (red2, green2, blue2) = (High(zero, r).AsInt16(), High(zero, g).AsInt16(), High(zero, b).AsInt16());
    }

    // Looks up 64 levels in a table of 256 bytes: two permutations of two registers each, one of which the upper bit of the level chooses.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Of(byte* table, Vector512<byte> level, Vector512<byte> upper) => Vector512.ConditionalSelect(
        upper, Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadAligned(table + 128), level, Vector512.LoadAligned(table + 192)),
        Avx512Vbmi.PermuteVar64x8x2(Vector512.LoadAligned(table), level, Vector512.LoadAligned(table + 64)));

    // Four rows of 16 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Four(byte* at, nint pitch)
    {
        var rows = Vector128.Load(at).ToVector256Unsafe().ToVector512Unsafe();
        rows = Avx512F.InsertVector128(rows, Vector128.Load(at + pitch), 1);
        rows = Avx512F.InsertVector128(rows, Vector128.Load(at + 2 * pitch), 2);
        return Avx512F.InsertVector128(rows, Vector128.Load(at + 3 * pitch), 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Upper(Vector512<byte> level) => Vector512.LessThan(level.AsSByte(), Vector512<sbyte>.Zero).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Low(Vector512<byte> low, Vector512<byte> high) => Avx512BW.UnpackLow(low, high).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> High(Vector512<byte> low, Vector512<byte> high) => Avx512BW.UnpackHigh(low, high).AsUInt16();
}
