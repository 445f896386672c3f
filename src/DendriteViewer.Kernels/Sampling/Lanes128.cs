using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>What packets need of 4 lanes beyond the portable operations: SSE4.1 or Arm's AdvSimd.</summary>
internal static unsafe class Lanes128
{
    public const int Columns = 2;
    public const int Rows = 2;

    public static bool IsSupported => Vector128.IsHardwareAccelerated && (Sse41.IsSupported || AdvSimd.Arm64.IsSupported);

    /// <summary>Entry of voxel (z, y, x) in a <see cref="BlockWindow"/>.</summary>
    public readonly struct Addresses
    {
        /// <summary>Nothing to make: arithmetic alone.</summary>
        public static Addresses Made => default;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector128<int> Of(Vector128<int> z, Vector128<int> y, Vector128<int> x)
        {
            Vector128<int> three = Vector128.Create(0x30), low = Vector128.Create(15);
            var slot = (z & three) | ((y & three) >>> 2) | ((x & three) >>> 4);
            var row = ((z & low) << 4) + (y & low);
            return slot * BlockWindow.EntriesABlock + ((row << 4) + row) + (x & low);
        }
    }

    /// <summary>Bit <paramref name="at"/> (0–511) of 512 in every lane: all ones where it is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Bits(ulong* bits, Vector128<int> at)
    {
        var bytes = (byte*)bits;
        return Vector128.Create(Bit(at.ToScalar()), Bit(at.GetElement(1)), Bit(at.GetElement(2)), Bit(at.GetElement(3)));

        int Bit(int i) => -((bytes[(i & 511) >> 3] >> (i & 7)) & 1);
    }

    /// <summary>The smallest lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Least(Vector128<float> v)
    {
        v = Vector128.MinNative(v, Vector128.Shuffle(v, Vector128.Create(2, 3, 0, 1)));
        return Vector128.MinNative(v, Vector128.Shuffle(v, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }

    /// <summary>The number at every lane's index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Words(int* from, Vector128<int> at) =>
        Vector128.Create(from[at.ToScalar()], from[at.GetElement(1)], from[at.GetElement(2)], from[at.GetElement(3)]);

    /// <summary>The byte at every lane's offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Bytes(byte* from, Vector128<int> offsets) =>
        Vector128.Create(from[offsets.ToScalar()], from[offsets.GetElement(1)], from[offsets.GetElement(2)], from[offsets.GetElement(3)]);

    /// <summary>Transfer functions in registers need more lanes than these.</summary>
    public readonly struct Curve
    {
        public Curve(byte* from) => _ = from;

        public static bool IsSupported => false;

        public Vector128<int> Piece(Vector128<float> x) => throw new NotSupportedException();

        public Vector128<float> Alpha(Vector128<int> piece, Vector128<float> x) => throw new NotSupportedException();

        public void Color(Vector128<int> piece, Vector128<float> x, out Vector128<float> red, out Vector128<float> green, out Vector128<float> blue) =>
            throw new NotSupportedException();
    }

    /// <summary>8 bytes at every lane's offset: the lower and the upper four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load8(byte* from, Vector128<int> offsets, int* scratch, out Vector128<int> low, out Vector128<int> high)
    {
        offsets.Store(scratch);
        var a = Vector128.Create(*(long*)(from + scratch[0]), *(long*)(from + scratch[1])).AsInt32();
        var b = Vector128.Create(*(long*)(from + scratch[2]), *(long*)(from + scratch[3])).AsInt32();
        low = Sse.IsSupported ? Sse.Shuffle(a.AsSingle(), b.AsSingle(), 0b10_00_10_00).AsInt32() : AdvSimd.Arm64.UnzipEven(a, b);
        high = Sse.IsSupported ? Sse.Shuffle(a.AsSingle(), b.AsSingle(), 0b11_01_11_01).AsInt32() : AdvSimd.Arm64.UnzipOdd(a, b);
    }

    /// <summary>16 bytes at every lane's offset, four by four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load16(
        byte* from, Vector128<int> offsets, int* scratch, out Vector128<int> first, out Vector128<int> second, out Vector128<int> third, out Vector128<int> fourth)
    {
        offsets.Store(scratch);
        var a = Vector128.Load((uint*)(from + scratch[0]));
        var b = Vector128.Load((uint*)(from + scratch[1]));
        var c = Vector128.Load((uint*)(from + scratch[2]));
        var d = Vector128.Load((uint*)(from + scratch[3]));
        Vector128<uint> acLow = Zip.Low(a, c), acHigh = Zip.High(a, c), bdLow = Zip.Low(b, d), bdHigh = Zip.High(b, d);
        first = Zip.Low(acLow, bdLow).AsInt32();
        second = Zip.High(acLow, bdLow).AsInt32();
        third = Zip.Low(acHigh, bdHigh).AsInt32();
        fourth = Zip.High(acHigh, bdHigh).AsInt32();
    }
}
