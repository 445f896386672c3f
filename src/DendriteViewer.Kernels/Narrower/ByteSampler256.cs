// Made from ByteSampler512.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>Takes the trilinear samples of a packet on one plane from a window's bytes.</summary>
internal static unsafe class ByteSampler256
{
    /// <summary>A sample is a level times this.</summary>
    public const int Scale = 127;

    /// <summary>
    /// Samples in 127ths of a level. A lane's cell is <paramref name="column"/> and <paramref name="row"/>, in 4096ths, from the byte
    /// <paramref name="at"/> on. First the two columns of a cell are interpolated, as pairs of bytes, then the two slices, then the two
    /// rows. Slopes, if they are asked for, are those of the cell's trilinear function: along columns in 64ths of a level a voxel, along
    /// rows in 127ths, along the axis in 127 halves.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<short> Sample<TRows>(
        byte* at, nint pitch, nint stride, Vector256<ushort> column, Vector256<ushort> row, Vector256<short> between, bool slopes,
        out Vector256<short> slopeColumns, out Vector256<short> slopeRows, out Vector256<short> slopeAxis)
    {
        // Weights of the two columns, 127 in sum.
        var weights = ((column << 3) & Vector256.Create((ushort)0x7F00)) | (~(column >>> 5) & Vector256.Create((ushort)0x7F));
        var columns = weights.AsSByte();
        var rows = ((row << 3) & Vector256.Create((ushort)0x7FF8)).AsInt16();
        ByteLanes256.Fetch<TRows>(at, pitch, stride, column, row, out var nearLower, out var nearUpper, out var farLower, out var farUpper);
        Vector256<short> near0 = Avx2.MultiplyAddAdjacent(nearLower, columns), near1 = Avx2.MultiplyAddAdjacent(nearUpper, columns);
        Vector256<short> across0 = Avx2.MultiplyAddAdjacent(farLower, columns) - near0,
            across1 = Avx2.MultiplyAddAdjacent(farUpper, columns) - near1;
        var value0 = near0 + Avx2.MultiplyHighRoundScale(across0, between);
        var along = near1 + Avx2.MultiplyHighRoundScale(across1, between) - value0;
        if (slopes)
        {
            var step = Vector256.Create((ushort)0x40C0).AsSByte();
            var (before0, before1) = (Avx2.MultiplyAddAdjacent(nearLower, step), Avx2.MultiplyAddAdjacent(nearUpper, step));
            before0 += Avx2.MultiplyHighRoundScale(Avx2.MultiplyAddAdjacent(farLower, step) - before0, between);
            before1 += Avx2.MultiplyHighRoundScale(Avx2.MultiplyAddAdjacent(farUpper, step) - before1, between);
            slopeColumns = before0 + Avx2.MultiplyHighRoundScale(before1 - before0, rows);
            slopeRows = along;
            (across0, across1) = (across0 >> 1, across1 >> 1);
            slopeAxis = across0 + Avx2.MultiplyHighRoundScale(across1 - across0, rows);
        }
        else
        {
            (slopeColumns, slopeRows, slopeAxis) = (default, default, default);
        }

        return value0 + Avx2.MultiplyHighRoundScale(along, rows);
    }
}
