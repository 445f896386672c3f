using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Takes a packet from one plane to another, front to back. Two planes are sampled at a time; their levels are packed into one vector of
/// bytes, in which groups of eight lanes alternate between the first plane and the second (pack and unpack of x86 work in groups of 16
/// bytes). So the vector of the levels one plane earlier is made by one shift: the second half of the last iteration's groups, then the
/// first half of this one's. A step shows what lies between the two levels (<see cref="ByteTransfer"/>). Opacities and what is let
/// through are words of which 32767 is 1; colours are words around 128.
/// </summary>
internal static unsafe class ByteMarch512
{
    /// <summary>Colours as they are.</summary>
    public struct Flat
    {
    }

    /// <summary>Colours lit by two lights.</summary>
    public struct Shaded
    {
    }

    /// <summary>Takes a packet over planes <paramref name="from"/> to <paramref name="to"/>, exclusive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Composite<TLight, TRows>(MarchFrame* f, BytePacket512* p, int from, int to)
    {
        var shaded = typeof(TLight) == typeof(Shaded);
        nint pitch = f->Pitch, stride = f->Stride;
        int column = f->ColumnOn(p->Column, p->ColumnSlope, from), row = f->RowOn(p->Row, p->RowSlope, from);
        int columnStep = f->Gain(p->ColumnSlope), rowStep = f->Gain(p->RowSlope);

        // Lanes' places from the lowest ray on, 4.12 bits, and what they gain from plane to plane.
        var (spread, gain) = (f->Spread(from) * 4096, f->IsParallel ? 0 : (float)f->Step * 4096);
        var columns = Words(p->ColumnsFirst * spread, p->ColumnsSecond * spread);
        var rows = Words(p->RowsFirst * spread, p->RowsSecond * spread);
        var columnsGain = Words(p->ColumnsFirst * gain, p->ColumnsSecond * gain);
        var rowsGain = Words(p->RowsFirst * gain, p->RowsSecond * gain);

        // Planes are counted from this job's first; a lane's level before is known from its second plane on.
        var start = Vector512.Create((ushort)from);
        var begins = Avx512BW.SubtractSaturate(p->From, start);
        var known = Avx512BW.SubtractSaturate(p->From + Vector512<ushort>.One, start);
        var ends = Vector512.Min(Avx512BW.SubtractSaturate(p->End, start), Vector512.Create((ushort)(to - from)));
        if (p->Next != from)
        {
            // Rays that began before come out of a cell that cannot be seen: the first plane gives them the level before alone.
            begins = Vector512.ConditionalSelect(Vector512.LessThan(p->From, start), Vector512<ushort>.One, begins);
            known = Vector512.Max(known, Vector512<ushort>.One);
        }

        Vector512<byte> beginsAt = Bytes(begins), knownAt = Bytes(known), endsAt = Bytes(ends);
        var plane = ByteLanes512.SecondPlane;
        var before = p->Before;
        var (through, red, green, blue) = (p->Through, p->Red, p->Green, p->Blue);
        Vector512<short> grey = default, slopeColumns = default, slopeRows = default, slopeAxis = default;
        if (shaded)
        {
            grey = p->Grey;
            (slopeColumns, slopeRows, slopeAxis) = (p->SlopeColumns, p->SlopeRows, p->SlopeAxis);
        }

        var slice = f->Begin(from, to, out var between);
        for (var m = from; m < to; m += 2)
        {
            var at = f->Window + slice * stride + (row >> 16) * pitch + (column >> 16);
            var first = ByteSampler512.Sample<TRows>(
                at, pitch, stride, columns + Vector512.Create((ushort)((column >> 4) & 0xFFF)),
                    rows + Vector512.Create((ushort)((row >> 4) & 0xFFF)),
                Vector512.Create(between), shaded, out var firstColumns, out var firstRows, out var firstAxis);
            column += columnStep;
            row += rowStep;
            slice = f->Slices[m + 1] - f->Slice;
            at = f->Window + slice * stride + (row >> 16) * pitch + (column >> 16);
            var second = ByteSampler512.Sample<TRows>(
                at, pitch, stride, columns + columnsGain + Vector512.Create((ushort)((column >> 4) & 0xFFF)),
                rows + rowsGain + Vector512.Create((ushort)((row >> 4) & 0xFFF)),
                Vector512.Create(f->Weights[m + 1]), shaded, out var secondColumns, out var secondRows, out var secondAxis);
            (slice, between) = (f->Slices[m + 2] - f->Slice, f->Weights[m + 2]);
            column += columnStep;
            row += rowStep;
            columns += columnsGain + columnsGain;
            rows += rowsGain + rowsGain;

            // 127ths of a level, rounded to levels.
            var level = Avx512BW.PackUnsignedSaturate(
                Avx512BW.MultiplyHighRoundScale(first, Vector512.Create((short)258)),
                    Avx512BW.MultiplyHighRoundScale(second, Vector512.Create((short)258)));
            var earlier = Avx512BW.AlignRight(level, before, 8);
            before = level;
            earlier = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(plane, knownAt), earlier, level);
            Vector512<byte> least = Vector512.Min(earlier, level), most = Vector512.Max(earlier, level);
            var shown = Vector512.GreaterThanOrEqual(plane, beginsAt) & Vector512.LessThan(plane, endsAt)
                & Vector512.GreaterThanOrEqual(most, Vector512.Create(f->VisibleLow))
                    & Vector512.LessThanOrEqual(least, Vector512.Create(f->VisibleHigh));
            var here = plane;
            plane += Vector512.Create((byte)2);
            if (shown.ExtractMostSignificantBits() != 0)
            {
                ByteLanes512.Opacities(f, least, most, shown, out var opacity1, out var opacity2);
                opacity1 = Avx512BW.MultiplyHighRoundScale(opacity1, p->Part);
                opacity2 = Avx512BW.MultiplyHighRoundScale(opacity2, p->Part);

                // Colour: that of the level in the middle of those that are seen.
                var middle = Avx512BW.Average(Vector512.Max(least, Vector512.Create(f->VisibleLow)),
                    Vector512.Min(most, Vector512.Create(f->VisibleHigh)));
                ByteLanes512.Colors(f, middle, out var red1, out var green1, out var blue1, out var red2, out var green2, out var blue2);
                if (shaded)
                {
                    var isKnown = Vector512.GreaterThanOrEqual(here, knownAt);
                    ByteLight512.Of(
                        f, Scaled(f->ColumnScale, firstColumns), Scaled(f->RowScale, firstRows), Scaled(f->AxisScale, firstAxis),
                        Scaled(f->ColumnScale, slopeColumns), Scaled(f->RowScale, slopeRows), Scaled(f->AxisScale, slopeAxis),
                        Avx512BW.UnpackLow(isKnown, isKnown).AsInt16(), out var half, out var light);
                    var weight = Avx512BW.MultiplyHighRoundScale(through, opacity1);
                    through -= weight;
                    grey += Avx512BW.MultiplyHighRoundScale(weight, light);
                    weight = Avx512BW.MultiplyHighRoundScale(weight, half);
                    red += Avx512BW.MultiplyHighRoundScale(weight, red1);
                    green += Avx512BW.MultiplyHighRoundScale(weight, green1);
                    blue += Avx512BW.MultiplyHighRoundScale(weight, blue1);
                    ByteLight512.Of(
                        f, Scaled(f->ColumnScale, secondColumns), Scaled(f->RowScale, secondRows), Scaled(f->AxisScale, secondAxis),
                        Scaled(f->ColumnScale, firstColumns), Scaled(f->RowScale, firstRows), Scaled(f->AxisScale, firstAxis),
                        Avx512BW.UnpackHigh(isKnown, isKnown).AsInt16(), out half, out light);
                    weight = Avx512BW.MultiplyHighRoundScale(through, opacity2);
                    through -= weight;
                    grey += Avx512BW.MultiplyHighRoundScale(weight, light);
                    weight = Avx512BW.MultiplyHighRoundScale(weight, half);
                    red += Avx512BW.MultiplyHighRoundScale(weight, red2);
                    green += Avx512BW.MultiplyHighRoundScale(weight, green2);
                    blue += Avx512BW.MultiplyHighRoundScale(weight, blue2);
                }
                else
                {
                    var weight = Avx512BW.MultiplyHighRoundScale(through, opacity1);
                    through -= weight;
                    red += Avx512BW.MultiplyHighRoundScale(weight, red1);
                    green += Avx512BW.MultiplyHighRoundScale(weight, green1);
                    blue += Avx512BW.MultiplyHighRoundScale(weight, blue1);
                    weight = Avx512BW.MultiplyHighRoundScale(through, opacity2);
                    through -= weight;
                    red += Avx512BW.MultiplyHighRoundScale(weight, red2);
                    green += Avx512BW.MultiplyHighRoundScale(weight, green2);
                    blue += Avx512BW.MultiplyHighRoundScale(weight, blue2);
                }
            }

            if (shaded)
            {
                // Of an odd number of planes the last one is the first of its pair.
                var isLast = m + 1 == to;
                (slopeColumns, slopeRows, slopeAxis) = isLast ? (firstColumns, firstRows, firstAxis)
                    : (secondColumns, secondRows, secondAxis);
            }
        }

        p->Before = ((to - from) & 1) == 0 ? before : Avx512BW.AlignRight(before, before, 8);
        (p->Through, p->Red, p->Green, p->Blue) = (through, red, green, blue);
        if (shaded)
        {
            p->Grey = grey;
            (p->SlopeColumns, p->SlopeRows, p->SlopeAxis) = (slopeColumns, slopeRows, slopeAxis);
        }

        p->Next = to;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<ushort> Words(Vector512<float> first, Vector512<float> second) =>
        Avx512BW.PackUnsignedSaturate(Avx512F.ConvertToVector512Int32(first), Avx512F.ConvertToVector512Int32(second));

    // Numbers of lanes as bytes, at most 255, for both planes of an iteration.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Bytes(Vector512<ushort> words)
    {
        var small = Vector512.Min(words, Vector512.Create((ushort)255)).AsInt16();
        return Avx512BW.PackUnsignedSaturate(small, small);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Scaled(short scale, Vector512<short> slope) =>
        Avx512BW.MultiplyHighRoundScale(slope, Vector512.Create(scale));
}
