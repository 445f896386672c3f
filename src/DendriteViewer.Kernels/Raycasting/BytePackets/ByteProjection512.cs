using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>Takes a packet from one plane to another and keeps the largest, the smallest or the sum of its samples.</summary>
internal static unsafe class ByteProjection512
{
    /// <summary>Takes a packet over planes <paramref name="from"/> to <paramref name="to"/>, exclusive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Project<TRows>(MarchFrame* f, BytePacket512* p, int from, int to, RayMode mode)
    {
        var (pitch, stride) = (f->Pitch, f->Stride);
        int column = f->ColumnOn(p->Column, p->ColumnSlope, from), row = f->RowOn(p->Row, p->RowSlope, from);
        int columnStep = f->Gain(p->ColumnSlope), rowStep = f->Gain(p->RowSlope);
        var (spread, gain) = (f->Spread(from) * 4096, f->IsParallel ? 0 : (float)f->Step * 4096);
        var columns = ByteMarch512.Words(p->ColumnsFirst * spread, p->ColumnsSecond * spread);
        var rows = ByteMarch512.Words(p->RowsFirst * spread, p->RowsSecond * spread);
        var columnsGain = ByteMarch512.Words(p->ColumnsFirst * gain, p->ColumnsSecond * gain);
        var rowsGain = ByteMarch512.Words(p->RowsFirst * gain, p->RowsSecond * gain);
        var (extreme, sum1, sum2) = (p->Through, p->Red.AsInt32(), p->Green.AsInt32());
        var slice = f->Begin(from, to, out var between);
        for (var m = from; m < to; m++)
        {
            var at = f->Window + slice * stride + (row >> 16) * pitch + (column >> 16);
            var level = ByteSampler512.Sample<TRows>(
                at, pitch, stride, columns + Vector512.Create((ushort)((column >> 4) & 0xFFF)),
                    rows + Vector512.Create((ushort)((row >> 4) & 0xFFF)),
                Vector512.Create(between), slopes: false, out _, out _, out _);
            (slice, between) = (f->Slices[m + 1] - f->Slice, f->Weights[m + 1]);
            column += columnStep;
            row += rowStep;
            columns += columnsGain;
            rows += rowsGain;
            var plane = Vector512.Create((ushort)m);
            var inside = (Vector512.GreaterThanOrEqual(plane, p->From) & Vector512.LessThan(plane, p->End)).AsInt16();
            switch (mode)
            {
                case RayMode.Maximum:
                    extreme = Vector512.ConditionalSelect(inside, Vector512.Max(extreme, level), extreme);
                    break;
                case RayMode.Minimum:
                    extreme = Vector512.ConditionalSelect(inside, Vector512.Min(extreme, level), extreme);
                    break;
                default:
                    level &= inside;
                    sum1 += Avx512BW.UnpackLow(level, Vector512<short>.Zero).AsInt32();
                    sum2 += Avx512BW.UnpackHigh(level, Vector512<short>.Zero).AsInt32();
                    break;
            }
        }

        (p->Through, p->Red, p->Green, p->Next) = (extreme, sum1.AsInt16(), sum2.AsInt16(), to);
    }

    /// <summary>The level that a lane of a packet shows, or NaN where its ray met nothing.</summary>
    public static float Level(BytePacket512* p, RayMode mode, int lane)
    {
        int from = p->From[lane], end = p->End[lane];
        if (from >= end)
        {
            return float.NaN;
        }

        // Lanes of words in the order of two vectors of dwords.
        var sums = (lane & 4) == 0 ? p->Red.AsInt32() : p->Green.AsInt32();
        var shown = mode == RayMode.Mean ? (float)sums[lane / 8 * 4 + (lane & 3)] / (end - from) : p->Through[lane];
        return shown / ByteSampler512.Scale;
    }
}
