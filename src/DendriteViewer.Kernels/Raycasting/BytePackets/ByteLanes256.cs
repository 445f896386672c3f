using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// What byte packets of 16 rays do in a way of AVX2, which permutes bytes within 16 alone. So eight lanes, a row of blocks of 4×2 pixels,
/// are a block of their own with rows of eight bytes around them; tables are gathered, a number a lane.
/// </summary>
internal static unsafe class ByteLanes256
{
    // Eight lanes have 8 columns and 4 or 8 rows: so many less one for the next column or row and one for rounding.
    private const float MostColumns = 5.99f, NarrowRows = 1.99f, WideRows = 5.99f;

    /// <summary>Lanes whose bytes are fetched together.</summary>
    public const int BlockLanes = 8;

    /// <summary>Blocks of pixels that packets may be, those that have all lanes at work first.</summary>
    public static (int Width, int Height)[] Shapes { get; } = [(4, 4), (8, 2), (2, 8), (4, 2), (2, 2)];

    /// <summary>In groups of eight bytes in turn, 0 for the first plane of an iteration and 1 for the second.</summary>
    public static Vector256<byte> SecondPlane
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create(0ul, 0x0101010101010101, 0, 0x0101010101010101).AsByte();
    }

    /// <summary>Whether rays that spread so far, in voxels, are <see cref="ByteRows.Narrow"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsNarrow(float columns, float rows) => columns <= MostColumns && rows <= NarrowRows;

    /// <summary>Whether they are <see cref="ByteRows.Wide"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsWide(float columns, float rows) => columns <= MostColumns && rows <= WideRows;

    /// <summary>The largest difference of lanes that are fetched together, of distances from the lowest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float BlockSpread(Vector256<float> first, Vector256<float> second)
    {
        return MathF.Max(Of(first.GetLower(), second.GetLower()), Of(first.GetUpper(), second.GetUpper()));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static float Of(Vector128<float> a, Vector128<float> b) =>
            -Sampling.Lanes128.Least(Vector128.MinNative(-a, -b)) - Sampling.Lanes128.Least(Vector128.MinNative(a, b));
    }

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Least(Vector256<int> v)
    {
        var half = Vector128.Min(v.GetLower(), v.GetUpper());
        return Math.Min(Math.Min(half[0], half[1]), Math.Min(half[2], half[3]));
    }

    /// <summary>Four lanes, in their order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Group(Vector256<uint> pixels, int i) => i == 0 ? pixels.GetLower() : pixels.GetUpper();

    /// <summary>The number at every lane's index, of 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Rows(uint* rows, Vector256<int> at) => Avx2.GatherVector256(rows, at, 4);

    /// <summary>One over the square root, to 12 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> ReciprocalSqrt(Vector256<float> v) => Avx.ReciprocalSqrt(v);

    /// <summary>
    /// The bytes of every lane's cell, as pairs of neighbouring columns: of its row and the next, in this slice and the next. The cell is
    /// <paramref name="column"/> and <paramref name="row"/>, in 4096ths, from the byte <paramref name="at"/> on. Each eight lanes have
    /// rows of eight bytes from their lowest column and row on, two rows a register. Narrow: four rows; a shuffle that is given an index
    /// beyond 127 makes a zero, so that one register or the other brings a byte. Wide: eight rows, among which bits of the index choose.
    /// Scattered: a gather a pair.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fetch<TRows>(
        byte* at, nint pitch, nint stride, Vector256<ushort> column, Vector256<ushort> row, out Vector256<byte> nearLower,
        out Vector256<byte> nearUpper, out Vector256<byte> farLower, out Vector256<byte> farUpper)
    {
        Vector256<ushort> c = column >>> 12, r = row >>> 12;
        if (typeof(TRows) == typeof(ByteRows.Narrow))
        {
            var lower = Cells(at, pitch, c, r, out var at0, out var at1);
            Vector256<byte> lowerFirst = lower + Vector256.Create((byte)0x70), lowerLast = lower - Vector256.Create((byte)16);
            Vector256<byte> upperFirst = lowerFirst + Vector256.Create((byte)8), upperLast = lowerLast + Vector256.Create((byte)8);
            Vector256<byte> first = Two(at0, at1, pitch), last = Two(at0 + 2 * pitch, at1 + 2 * pitch, pitch);
            nearLower = Avx2.Shuffle(first, lowerFirst) | Avx2.Shuffle(last, lowerLast);
            nearUpper = Avx2.Shuffle(first, upperFirst) | Avx2.Shuffle(last, upperLast);
            at0 += stride;
            at1 += stride;
            (first, last) = (Two(at0, at1, pitch), Two(at0 + 2 * pitch, at1 + 2 * pitch, pitch));
            farLower = Avx2.Shuffle(first, lowerFirst) | Avx2.Shuffle(last, lowerLast);
            farUpper = Avx2.Shuffle(first, upperFirst) | Avx2.Shuffle(last, upperLast);
        }
        else if (typeof(TRows) == typeof(ByteRows.Wide))
        {
            var lower = Cells(at, pitch, c, r, out var at0, out var at1);
            var upper = lower + Vector256.Create((byte)8);
            Eight(at0, at1, pitch, lower, upper, out nearLower, out nearUpper);
            Eight(at0 + stride, at1 + stride, pitch, lower, upper, out farLower, out farUpper);
        }
        else
        {
            var steps = Vector256.Create((int)pitch | 1 << 16).AsInt16();
            var first = Avx2.MultiplyAddAdjacent(Avx2.UnpackLow(r, c).AsInt16(), steps);
            var second = Avx2.MultiplyAddAdjacent(Avx2.UnpackHigh(r, c).AsInt16(), steps);
            nearLower = Pairs(at, first, second);
            nearUpper = Pairs(at + pitch, first, second);
            farLower = Pairs(at + stride, first, second);
            farUpper = Pairs(at + stride + pitch, first, second);
        }
    }

    /// <summary>
    /// The opacities of steps between two levels on both planes of an iteration, in 32768ths: differences of sums over the number of
    /// levels; 0 where not shown.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Opacities(
        MarchFrame* f, Vector256<byte> least, Vector256<byte> most, Vector256<byte> shown, out Vector256<short> opacity1,
        out Vector256<short> opacity2)
    {
        int* before = (int*)(f->Tables + ByteTables.Before), behind = (int*)(f->Tables + ByteTables.Behind);
        var zero = Vector256<byte>.Zero;
        Vector256<short> least1 = Avx2.UnpackLow(least, zero).AsInt16(), least2 = Avx2.UnpackHigh(least, zero).AsInt16();
        Vector256<short> most1 = Avx2.UnpackLow(most, zero).AsInt16(), most2 = Avx2.UnpackHigh(most, zero).AsInt16();
        opacity1 = Between(before, behind, least1, most1) & Avx2.UnpackLow(shown, shown).AsInt16();
        opacity2 = Between(before, behind, least2, most2) & Avx2.UnpackHigh(shown, shown).AsInt16();
    }

    /// <summary>The colours of levels on both planes of an iteration, as differences from 128 in 256ths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Colors(
        MarchFrame* f, Vector256<byte> level, out Vector256<short> red1, out Vector256<short> green1, out Vector256<short> blue1,
        out Vector256<short> red2, out Vector256<short> green2, out Vector256<short> blue2)
    {
        var palette = (int*)(f->Tables + ByteTables.Palette);
        Colors(palette, Avx2.UnpackLow(level, Vector256<byte>.Zero).AsInt16(), out red1, out green1, out blue1);
        Colors(palette, Avx2.UnpackHigh(level, Vector256<byte>.Zero).AsInt16(), out red2, out green2, out blue2);
    }

    // 8·row + column of every lane's cell and of the one in the next column, from the lowest of its eight lanes on, and where those lie.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Cells(byte* at, nint pitch, Vector256<ushort> c, Vector256<ushort> r, out byte* at0, out byte* at1)
    {
        nint c0 = Sse41.MinHorizontal(c.GetLower()).ToScalar(), c1 = Sse41.MinHorizontal(c.GetUpper()).ToScalar();
        nint r0 = Sse41.MinHorizontal(r.GetLower()).ToScalar(), r1 = Sse41.MinHorizontal(r.GetUpper()).ToScalar();
        at0 = at + r0 * pitch + c0;
        at1 = at + r1 * pitch + c1;
        var lowest = Vector256.Create(Vector128.Create((ushort)(8 * r0 + c0)), Vector128.Create((ushort)(8 * r1 + c1)));
        var cell = (r << 3) + c - lowest;
        return (cell + (cell << 8) + Vector256.Create((ushort)0x0100)).AsByte();
    }

    // The bytes at two indices a lane, of eight rows of eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(
        byte* at0, byte* at1, nint pitch, Vector256<byte> lower, Vector256<byte> upper, out Vector256<byte> atLower,
        out Vector256<byte> atUpper)
    {
        Vector256<byte> a = Two(at0, at1, pitch), b = Two(at0 + 2 * pitch, at1 + 2 * pitch, pitch);
        var lowerHalf = Avx2.BlendVariable(Avx2.Shuffle(a, lower), Avx2.Shuffle(b, lower), (lower.AsUInt16() << 3).AsByte());
        var upperHalf = Avx2.BlendVariable(Avx2.Shuffle(a, upper), Avx2.Shuffle(b, upper), (upper.AsUInt16() << 3).AsByte());
        at0 += 4 * pitch;
        at1 += 4 * pitch;
        (a, b) = (Two(at0, at1, pitch), Two(at0 + 2 * pitch, at1 + 2 * pitch, pitch));
        atLower = Avx2.BlendVariable(
            lowerHalf, Avx2.BlendVariable(Avx2.Shuffle(a, lower), Avx2.Shuffle(b, lower), (lower.AsUInt16() << 3).AsByte()),
            (lower.AsUInt16() << 2).AsByte());
        atUpper = Avx2.BlendVariable(
            upperHalf, Avx2.BlendVariable(Avx2.Shuffle(a, upper), Avx2.Shuffle(b, upper), (upper.AsUInt16() << 3).AsByte()),
            (upper.AsUInt16() << 2).AsByte());
    }

    // Two rows of eight bytes for each eight lanes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Two(byte* at0, byte* at1, nint pitch)
    {
        var lower = Sse2.LoadHigh(Sse2.LoadScalarVector128((double*)at0), (double*)(at0 + pitch));
        return Avx.InsertVector128(lower.ToVector256Unsafe(), Sse2.LoadHigh(Sse2.LoadScalarVector128((double*)at1),
            (double*)(at1 + pitch)), 1).AsByte();
    }

    // The two bytes at every lane's offset.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Pairs(byte* at, Vector256<int> first, Vector256<int> second)
    {
        var pair = Vector256.Create(0xFFFF);
        return Avx2.PackUnsignedSaturate(Avx2.GatherVector256((int*)at, first, 1) & pair, Avx2.GatherVector256((int*)at, second, 1) & pair)
            .AsByte();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Between(int* before, int* behind, Vector256<short> least, Vector256<short> most)
    {
        var zero = Vector256<short>.Zero;
        return Avx2.PackSignedSaturate(
            Between(before, behind, Avx2.UnpackLow(least, zero).AsInt32(), Avx2.UnpackLow(most, zero).AsInt32()),
            Between(before, behind, Avx2.UnpackHigh(least, zero).AsInt32(), Avx2.UnpackHigh(most, zero).AsInt32()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Between(int* before, int* behind, Vector256<int> least, Vector256<int> most)
    {
        var sum = Avx2.GatherVector256(behind, most, 4) - Avx2.GatherVector256(before, least, 4);
        var levels = Vector256.ConvertToSingle(most - least + Vector256<int>.One);
        return Avx.ConvertToVector256Int32WithTruncation(Vector256.ConvertToSingle(sum) / levels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Colors(
        int* palette, Vector256<short> level, out Vector256<short> red, out Vector256<short> green, out Vector256<short> blue)
    {
        // Of four colours in 16 bytes: four times red, green, blue and nothing.
        var apart = Vector256.Create(Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
        var zero = Vector256<short>.Zero;
        var first = Avx2.Shuffle(Avx2.GatherVector256(palette, Avx2.UnpackLow(level, zero).AsInt32(), 4).AsByte(), apart).AsInt32();
        var second = Avx2.Shuffle(Avx2.GatherVector256(palette, Avx2.UnpackHigh(level, zero).AsInt32(), 4).AsByte(), apart).AsInt32();
        var redGreen = Avx2.UnpackLow(first, second).AsByte();
        red = Avx2.UnpackLow(zero.AsByte(), redGreen).AsInt16();
        green = Avx2.UnpackHigh(zero.AsByte(), redGreen).AsInt16();
        blue = Avx2.UnpackLow(zero.AsByte(), Avx2.UnpackHigh(first, second).AsByte()).AsInt16();
    }
}
