// Made from ByteProjection512.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>Takes a packet from one plane to another and keeps the largest, the smallest or the sum of its samples.</summary>
internal static unsafe class ByteProjection256
{
    /// <summary>Takes a packet over planes <paramref name="from"/> to <paramref name="to"/>, exclusive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Project<TRows>(MarchFrame* f, BytePacket256* p, int from, int to, RayMode mode)
    {
        var (pitch, stride) = (f->Pitch, f->Stride);
        int column = f->ColumnOn(p->Column, p->ColumnSlope, from), row = f->RowOn(p->Row, p->RowSlope, from);
        int columnStep = f->Gain(p->ColumnSlope), rowStep = f->Gain(p->RowSlope);
        var (spread, gain) = (f->Spread(from) * 4096, f->IsParallel ? 0 : (float)f->Step * 4096);
        var columns = ByteMarch256.Words(p->ColumnsFirst * spread, p->ColumnsSecond * spread);
        var rows = ByteMarch256.Words(p->RowsFirst * spread, p->RowsSecond * spread);
        var columnsGain = ByteMarch256.Words(p->ColumnsFirst * gain, p->ColumnsSecond * gain);
        var rowsGain = ByteMarch256.Words(p->RowsFirst * gain, p->RowsSecond * gain);
        var (extreme, sum1, sum2) = (p->Through, p->Red.AsInt32(), p->Green.AsInt32());
        var slice = f->Begin(from, to, out var between);
        for (var m = from; m < to; m++)
        {
            var at = f->Window + slice * stride + (row >> 16) * pitch + (column >> 16);
            var level = ByteSampler256.Sample<TRows>(
                at, pitch, stride, columns + Vector256.Create((ushort)((column >> 4) & 0xFFF)),
                    rows + Vector256.Create((ushort)((row >> 4) & 0xFFF)),
                Vector256.Create(between), slopes: false, out _, out _, out _);
            (slice, between) = (f->Slices[m + 1] - f->Slice, f->Weights[m + 1]);
            column += columnStep;
            row += rowStep;
            columns += columnsGain;
            rows += rowsGain;
            var plane = Vector256.Create((ushort)m);
            var inside = (Vector256.GreaterThanOrEqual(plane, p->From) & Vector256.LessThan(plane, p->End)).AsInt16();
            switch (mode)
            {
                case RayMode.Maximum:
                    extreme = Vector256.ConditionalSelect(inside, Vector256.Max(extreme, level), extreme);
                    break;
                case RayMode.Minimum:
                    extreme = Vector256.ConditionalSelect(inside, Vector256.Min(extreme, level), extreme);
                    break;
                default:
                    level &= inside;
                    sum1 += Avx2.UnpackLow(level, Vector256<short>.Zero).AsInt32();
                    sum2 += Avx2.UnpackHigh(level, Vector256<short>.Zero).AsInt32();
                    break;
            }
        }

        (p->Through, p->Red, p->Green, p->Next) = (extreme, sum1.AsInt16(), sum2.AsInt16(), to);
    }

    /// <summary>The level that a lane of a packet shows, or NaN where its ray met nothing.</summary>
    public static float Level(BytePacket256* p, RayMode mode, int lane)
    {
        int from = p->From[lane], end = p->End[lane];
        if (from >= end)
        {
            return float.NaN;
        }

        // Lanes of words in the order of two vectors of dwords.
        var sums = (lane & 4) == 0 ? p->Red.AsInt32() : p->Green.AsInt32();
        var shown = mode == RayMode.Mean ? (float)sums[lane / 8 * 4 + (lane & 3)] / (end - from) : p->Through[lane];
        return shown / ByteSampler256.Scale;
    }
}
