using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>What packets need of 8 lanes and AVX2 has its own way to do.</summary>
internal static unsafe class Lanes256
{
    public const int Columns = 4;
    public const int Rows = 2;

    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported && Vector256.IsHardwareAccelerated;

    /// <summary>Entry of voxel (z, y, x) in a <see cref="BlockWindow"/>.</summary>
    public readonly struct Addresses
    {
        /// <summary>Nothing to make: arithmetic alone.</summary>
        public static Addresses Made => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<int> Of(Vector256<int> z, Vector256<int> y, Vector256<int> x)
        {
            Vector256<int> three = Vector256.Create(0x30), low = Vector256.Create(15);
            var slot = (z & three) | ((y & three) >>> 2) | ((x & three) >>> 4);
            var row = ((z & low) << 4) + (y & low);
            return slot * BlockWindow.EntriesABlock + ((row << 4) + row) + (x & low);
        }
    }

    /// <summary>Bit <paramref name="at"/> (0–511) of 512 in every lane: all ones where it is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Bits(ulong* bits, Vector256<int> at)
    {
        var index = at >>> 5;
        var low = Avx2.PermuteVar8x32(Vector256.Load((int*)bits), index);
        var high = Avx2.PermuteVar8x32(Vector256.Load((int*)bits + 8), index);
        var word = Vector256.ConditionalSelect(Vector256.GreaterThan(index, Vector256.Create(7)), high, low);
        var bit = Avx2.ShiftLeftLogicalVariable(Vector256<int>.One, (at & Vector256.Create(31)).AsUInt32());
        return ~Vector256.Equals(word & bit, Vector256<int>.Zero);
    }

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Least(Vector256<float> v) => Lanes128.Least(Vector128.MinNative(v.GetLower(), v.GetUpper()));

    /// <summary>The number at every lane's index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Words(int* from, Vector256<int> at) => Avx2.GatherVector256(from, at, 4);

    /// <summary>The byte at every lane's offset; three more behind the last are read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Bytes(byte* from, Vector256<int> offsets) => Avx2.GatherVector256((int*)from, offsets, 1) & Vector256.Create(0xFF);

    /// <summary>Transfer functions in registers need more lanes than these.</summary>
    public readonly struct Curve
    {
        public Curve(byte* from) => _ = from;

        public static bool IsSupported => false;

        public Vector256<int> Piece(Vector256<float> x) => throw new NotSupportedException();

        public Vector256<float> Alpha(Vector256<int> piece, Vector256<float> x) => throw new NotSupportedException();

        public void Color(Vector256<int> piece, Vector256<float> x, out Vector256<float> red, out Vector256<float> green, out Vector256<float> blue) =>
            throw new NotSupportedException();
    }

    /// <summary>8 bytes at every lane's offset: the lower and the upper four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load8(byte* from, Vector256<int> offsets, int* scratch, out Vector256<int> low, out Vector256<int> high)
    {
        offsets.Store(scratch);
        var a = Vector256.Create(Pair(from, scratch), Pair(from, scratch + 4));
        var b = Vector256.Create(Pair(from, scratch + 2), Pair(from, scratch + 6));
        low = Avx.Shuffle(a, b, 0b10_00_10_00).AsInt32();
        high = Avx.Shuffle(a, b, 0b11_01_11_01).AsInt32();
    }

    /// <summary>16 bytes at every lane's offset, four by four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load16(
        byte* from, Vector256<int> offsets, int* scratch, out Vector256<int> first, out Vector256<int> second, out Vector256<int> third, out Vector256<int> fourth)
    {
        offsets.Store(scratch);
        var a = Vector256.Create(One(from, scratch), One(from, scratch + 4));
        var b = Vector256.Create(One(from, scratch + 1), One(from, scratch + 5));
        var c = Vector256.Create(One(from, scratch + 2), One(from, scratch + 6));
        var d = Vector256.Create(One(from, scratch + 3), One(from, scratch + 7));
        var abLow = Avx2.UnpackLow(a, b).AsInt64();
        var abHigh = Avx2.UnpackHigh(a, b).AsInt64();
        var cdLow = Avx2.UnpackLow(c, d).AsInt64();
        var cdHigh = Avx2.UnpackHigh(c, d).AsInt64();
        first = Avx2.UnpackLow(abLow, cdLow).AsInt32();
        second = Avx2.UnpackHigh(abLow, cdLow).AsInt32();
        third = Avx2.UnpackLow(abHigh, cdHigh).AsInt32();
        fourth = Avx2.UnpackHigh(abHigh, cdHigh).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Pair(byte* from, int* offsets) =>
        Sse2.LoadHigh(Sse2.LoadScalarVector128((double*)(from + offsets[0])), (double*)(from + offsets[1])).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> One(byte* from, int* offset) => Vector128.Load((int*)(from + *offset));
}
