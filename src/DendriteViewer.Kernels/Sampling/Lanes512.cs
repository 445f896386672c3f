using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>What packets need of 16 lanes and AVX-512 has its own way to do.</summary>
internal static unsafe class Lanes512
{
    public const int Columns = 4;
    public const int Rows = 4;

    public static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>Entry of voxel (z, y, x) in a <see cref="BlockWindow"/>: three look-ups of 64 words each.</summary>
    public readonly struct Addresses
    {
        private static readonly Addresses s_made = new(true);
        private readonly Vector512<ushort> _x0, _x1, _y0, _y1, _z0, _z1;

        /// <summary>The look-ups, made once.</summary>
        public static Addresses Made => s_made;

        private Addresses(bool _)
        {
            Span<ushort> x = stackalloc ushort[64], y = stackalloc ushort[64], z = stackalloc ushort[64];
            for (var i = 0; i < 64; i++)
            {
                x[i] = (ushort)((i >> 4) * BlockWindow.EntriesABlock + (i & 15));
                y[i] = (ushort)((i >> 4) * 4 * BlockWindow.EntriesABlock + (i & 15) * BlockWindow.EntriesARow);
                z[i] = (ushort)(((i >> 4) * 16 * BlockWindow.EntriesABlock + (i & 15) * BlockWindow.EntriesARow * BlockWindow.Edge) >> 4);
            }

            (_x0, _x1) = (Vector512.Create<ushort>(x), Vector512.Create<ushort>(x[32..]));
            (_y0, _y1) = (Vector512.Create<ushort>(y), Vector512.Create<ushort>(y[32..]));
            (_z0, _z1) = (Vector512.Create<ushort>(z), Vector512.Create<ushort>(z[32..]));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<int> Of(Vector512<int> z, Vector512<int> y, Vector512<int> x)
        {
            // Only the lower six bits of each word count; the upper words are masked to read entry 0, which is 0.
            var low = Vector512.Create(63);
            var ax = Avx512BW.PermuteVar32x16x2(_x0, (x & low).AsUInt16(), _x1).AsInt32();
            var ay = Avx512BW.PermuteVar32x16x2(_y0, (y & low).AsUInt16(), _y1).AsInt32();
            var az = Avx512BW.PermuteVar32x16x2(_z0, (z & low).AsUInt16(), _z1).AsInt32();
            return ax + ay + (az << 4);
        }
    }

    /// <summary>Bit <paramref name="at"/> (0–511) of 512 in every lane: all ones where it is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Bits(ulong* bits, Vector512<int> at)
    {
        var words = Vector512.Load((uint*)bits);
        var word = Avx512F.PermuteVar16x32(words, (at >>> 5).AsUInt32()).AsInt32();
        var bit = Avx512F.ShiftLeftLogicalVariable(Vector512<int>.One, (at & Vector512.Create(31)).AsUInt32());
        return ~Vector512.Equals(word & bit, Vector512<int>.Zero);
    }

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Least(Vector512<float> v)
    {
        var half = Vector256.MinNative(v.GetLower(), v.GetUpper());
        return Lanes128.Least(Vector128.MinNative(half.GetLower(), half.GetUpper()));
    }

    /// <summary>The number at every lane's index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Words(int* from, Vector512<int> at) =>
        Avx512DQ.InsertVector256(Lanes256.Words(from, at.GetLower()).ToVector512Unsafe(), Lanes256.Words(from, at.GetUpper()), 1);

    /// <summary>The byte at every lane's offset; three more behind the last are read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Bytes(byte* from, Vector512<int> offsets) =>
        Avx512DQ.InsertVector256(Lanes256.Bytes(from, offsets.GetLower()).ToVector512Unsafe(), Lanes256.Bytes(from, offsets.GetUpper()), 1);

    /// <summary>
    /// A transfer function of few straight pieces in registers: the piece of a value from the bin that it lies in and the border
    /// inside that bin, then two look-ups and a multiply-add for each of opacity, red, green and blue. No memory is read.
    /// </summary>
    public readonly struct Curve(byte* from)
    {
        // 64 words, then ends, then bases and slopes of four channels, 32 numbers each, as TransferPieces lays them out.
        private readonly ushort* _pieces = (ushort*)from;
        private readonly float* _numbers = (float*)(from + TransferPieces.Bins * sizeof(ushort));

        /// <summary>Whether this processor looks tables up so.</summary>
        public static bool IsSupported => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Of(int row, Vector512<int> piece) => Avx512F.PermuteVar16x32x2(
            Vector512.Load(_numbers + row * TransferPieces.Most), piece, Vector512.Load(_numbers + row * TransferPieces.Most + 16));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector512<float> Channel(int c, Vector512<int> piece, Vector512<float> x) =>
            Vector512.MultiplyAddEstimate(Of(2 + 2 * c, piece), x, Of(1 + 2 * c, piece));

        /// <summary>The piece of a place in the table (0 … <see cref="TransferTable.Size"/>).</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<int> Piece(Vector512<float> x)
        {
            var bin = Vector512.ConvertToInt32Native(x * (TransferPieces.Bins / (float)TransferTable.Size));
            var piece = Avx512BW.PermuteVar32x16x2(Vector512.Load(_pieces), bin.AsUInt16(), Vector512.Load(_pieces + 32)).AsInt32() & Vector512.Create(0xFFFF);
            var beyond = Vector512.GreaterThanOrEqual(x, Of(0, piece));
            return piece - beyond.AsInt32();
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Alpha(Vector512<int> piece, Vector512<float> x) => Channel(0, piece, x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Color(Vector512<int> piece, Vector512<float> x, out Vector512<float> red, out Vector512<float> green, out Vector512<float> blue) =>
            (red, green, blue) = (Channel(1, piece, x), Channel(2, piece, x), Channel(3, piece, x));
    }

    /// <summary>8 bytes at every lane's offset: the lower and the upper four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load8(byte* from, Vector512<int> offsets, int* scratch, out Vector512<int> low, out Vector512<int> high)
    {
        offsets.Store(scratch);
        var a = Join(Pair(from, scratch), Pair(from, scratch + 4), Pair(from, scratch + 8), Pair(from, scratch + 12));
        var b = Join(Pair(from, scratch + 2), Pair(from, scratch + 6), Pair(from, scratch + 10), Pair(from, scratch + 14));
        low = Avx512F.Shuffle(a, b, 0b10_00_10_00).AsInt32();
        high = Avx512F.Shuffle(a, b, 0b11_01_11_01).AsInt32();
    }

    /// <summary>16 bytes at every lane's offset, four by four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load16(
        byte* from, Vector512<int> offsets, int* scratch, out Vector512<int> first, out Vector512<int> second, out Vector512<int> third, out Vector512<int> fourth)
    {
        offsets.Store(scratch);
        var a = Join(One(from, scratch), One(from, scratch + 4), One(from, scratch + 8), One(from, scratch + 12)).AsInt32();
        var b = Join(One(from, scratch + 1), One(from, scratch + 5), One(from, scratch + 9), One(from, scratch + 13)).AsInt32();
        var c = Join(One(from, scratch + 2), One(from, scratch + 6), One(from, scratch + 10), One(from, scratch + 14)).AsInt32();
        var d = Join(One(from, scratch + 3), One(from, scratch + 7), One(from, scratch + 11), One(from, scratch + 15)).AsInt32();
        var abLow = Avx512F.UnpackLow(a, b).AsInt64();
        var abHigh = Avx512F.UnpackHigh(a, b).AsInt64();
        var cdLow = Avx512F.UnpackLow(c, d).AsInt64();
        var cdHigh = Avx512F.UnpackHigh(c, d).AsInt64();
        first = Avx512F.UnpackLow(abLow, cdLow).AsInt32();
        second = Avx512F.UnpackHigh(abLow, cdLow).AsInt32();
        third = Avx512F.UnpackLow(abHigh, cdHigh).AsInt32();
        fourth = Avx512F.UnpackHigh(abHigh, cdHigh).AsInt32();
    }

    /// <summary>8 bytes at each of two offsets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Pair(byte* from, int* offsets) =>
        Sse2.LoadHigh(Sse2.LoadScalarVector128((double*)(from + offsets[0])), (double*)(from + offsets[1])).AsSingle();

    /// <summary>16 bytes at an offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> One(byte* from, int* offset) => Vector128.Load((float*)(from + *offset));

    /// <summary>Four quarters, the first lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Join(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) =>
        Avx512DQ.InsertVector256(Vector256.Create(a, b).ToVector512Unsafe(), Vector256.Create(c, d), 1);
}
