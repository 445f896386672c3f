using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>Takes 32 trilinear samples on one plane from a window's bytes.</summary>
internal static unsafe class ByteSampler
{
    /// <summary>Rays that stay within six rows: eight rows of a slice are two registers.</summary>
    public struct Narrow
    {
    }

    /// <summary>Rays that stay within 14 rows: sixteen rows of a slice are four registers.</summary>
    public struct Wide
    {
    }

    /// <summary>A sample is a level times this.</summary>
    public const int Scale = 127;

    /// <summary>
    /// Samples in 127ths of a level. A lane's cell is <paramref name="column"/> and <paramref name="row"/>, in 4096ths, from the byte
    /// <paramref name="at"/> on. First the two columns of a cell are interpolated, as pairs of bytes, then the two slices, then the two
    /// rows. Slopes, if they are asked for, are those of the cell's trilinear function: along columns in 64ths of a level a voxel, along
    /// rows in 127ths, along the axis in 127 halves.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Sample<TRows>(
        byte* at, nint pitch, nint stride, Vector512<ushort> column, Vector512<ushort> row, Vector512<short> between, bool slopes,
        out Vector512<short> slopeColumns, out Vector512<short> slopeRows, out Vector512<short> slopeAxis)
    {
        // The bytes of the cell and of the one in the next column: 16·row + column, and one more.
        var cell = Vector512.ConditionalSelect(Vector512.Create((ushort)0xF0), row >>> 8, column >>> 12);
        var lower = (cell * Vector512.Create((ushort)0x0101) + Vector512.Create((ushort)0x0100)).AsByte();
        var upper = (lower.AsUInt16() + Vector512.Create((ushort)0x1010)).AsByte();

        // Weights of the two columns, 127 in sum.
        var weights = ((column << 3) & Vector512.Create((ushort)0x7F00)) | (~(column >>> 5) & Vector512.Create((ushort)0x7F));
        var columns = weights.AsSByte();
        var rows = ((row << 3) & Vector512.Create((ushort)0x7FF8)).AsInt16();
        Vector512<byte> nearLower, nearUpper, farLower, farUpper;
        if (typeof(TRows) == typeof(Narrow))
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
            Vector512<byte> isLower = Vector512.LessThan(lower.AsSByte(), Vector512<sbyte>.Zero).AsByte(),
                isUpper = Vector512.LessThan(upper.AsSByte(), Vector512<sbyte>.Zero).AsByte();
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

        Vector512<short> near0 = Avx512BW.MultiplyAddAdjacent(nearLower, columns), near1 = Avx512BW.MultiplyAddAdjacent(nearUpper, columns);
        Vector512<short> across0 = Avx512BW.MultiplyAddAdjacent(farLower, columns) - near0,
            across1 = Avx512BW.MultiplyAddAdjacent(farUpper, columns) - near1;
        var value0 = near0 + Avx512BW.MultiplyHighRoundScale(across0, between);
        var along = near1 + Avx512BW.MultiplyHighRoundScale(across1, between) - value0;
        if (slopes)
        {
            var step = Vector512.Create((ushort)0x40C0).AsSByte();
            var (before0, before1) = (Avx512BW.MultiplyAddAdjacent(nearLower, step), Avx512BW.MultiplyAddAdjacent(nearUpper, step));
            before0 += Avx512BW.MultiplyHighRoundScale(Avx512BW.MultiplyAddAdjacent(farLower, step) - before0, between);
            before1 += Avx512BW.MultiplyHighRoundScale(Avx512BW.MultiplyAddAdjacent(farUpper, step) - before1, between);
            slopeColumns = before0 + Avx512BW.MultiplyHighRoundScale(before1 - before0, rows);
            slopeRows = along;
            (across0, across1) = (across0 >> 1, across1 >> 1);
            slopeAxis = across0 + Avx512BW.MultiplyHighRoundScale(across1 - across0, rows);
        }
        else
        {
            (slopeColumns, slopeRows, slopeAxis) = (default, default, default);
        }

        return value0 + Avx512BW.MultiplyHighRoundScale(along, rows);
    }

    // Four rows of 16 bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Four(byte* at, nint pitch)
    {
        var rows = Vector128.Load(at).ToVector256Unsafe().ToVector512Unsafe();
        rows = Avx512F.InsertVector128(rows, Vector128.Load(at + pitch), 1);
        rows = Avx512F.InsertVector128(rows, Vector128.Load(at + 2 * pitch), 2);
        return Avx512F.InsertVector128(rows, Vector128.Load(at + 3 * pitch), 3);
    }
}
