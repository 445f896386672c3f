// Made from ByteMarch512.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
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
internal static unsafe class ByteMarch256
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
    public static void Composite<TLight, TRows>(MarchFrame* f, BytePacket256* p, int from, int to)
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
        var start = Vector256.Create((ushort)from);
        var begins = Avx2.SubtractSaturate(p->From, start);
        var known = Avx2.SubtractSaturate(p->From + Vector256<ushort>.One, start);
        var ends = Vector256.Min(Avx2.SubtractSaturate(p->End, start), Vector256.Create((ushort)(to - from)));
        if (p->Next != from)
        {
            // Rays that began before come out of a cell that cannot be seen: the first plane gives them the level before alone.
            begins = Vector256.ConditionalSelect(Vector256.LessThan(p->From, start), Vector256<ushort>.One, begins);
            known = Vector256.Max(known, Vector256<ushort>.One);
        }

        Vector256<byte> beginsAt = Bytes(begins), knownAt = Bytes(known), endsAt = Bytes(ends);
        var plane = ByteLanes256.SecondPlane;
        var before = p->Before;
        var (through, red, green, blue) = (p->Through, p->Red, p->Green, p->Blue);
        Vector256<short> grey = default, slopeColumns = default, slopeRows = default, slopeAxis = default;
        if (shaded)
        {
            grey = p->Grey;
            (slopeColumns, slopeRows, slopeAxis) = (p->SlopeColumns, p->SlopeRows, p->SlopeAxis);
        }

        var slice = f->Begin(from, to, out var between);
        for (var m = from; m < to; m += 2)
        {
            var at = f->Window + slice * stride + (row >> 16) * pitch + (column >> 16);
            var first = ByteSampler256.Sample<TRows>(
                at, pitch, stride, columns + Vector256.Create((ushort)((column >> 4) & 0xFFF)),
                    rows + Vector256.Create((ushort)((row >> 4) & 0xFFF)),
                Vector256.Create(between), shaded, out var firstColumns, out var firstRows, out var firstAxis);
            column += columnStep;
            row += rowStep;
            slice = f->Slices[m + 1] - f->Slice;
            at = f->Window + slice * stride + (row >> 16) * pitch + (column >> 16);
            var second = ByteSampler256.Sample<TRows>(
                at, pitch, stride, columns + columnsGain + Vector256.Create((ushort)((column >> 4) & 0xFFF)),
                rows + rowsGain + Vector256.Create((ushort)((row >> 4) & 0xFFF)),
                Vector256.Create(f->Weights[m + 1]), shaded, out var secondColumns, out var secondRows, out var secondAxis);
            (slice, between) = (f->Slices[m + 2] - f->Slice, f->Weights[m + 2]);
            column += columnStep;
            row += rowStep;
            columns += columnsGain + columnsGain;
            rows += rowsGain + rowsGain;

            // 127ths of a level, rounded to levels.
            var level = Avx2.PackUnsignedSaturate(
                Avx2.MultiplyHighRoundScale(first, Vector256.Create((short)258)),
                    Avx2.MultiplyHighRoundScale(second, Vector256.Create((short)258)));
            var earlier = Avx2.AlignRight(level, before, 8);
            before = level;
            earlier = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(plane, knownAt), earlier, level);
            Vector256<byte> least = Vector256.Min(earlier, level), most = Vector256.Max(earlier, level);
            var shown = Vector256.GreaterThanOrEqual(plane, beginsAt) & Vector256.LessThan(plane, endsAt)
                & Vector256.GreaterThanOrEqual(most, Vector256.Create(f->VisibleLow))
                    & Vector256.LessThanOrEqual(least, Vector256.Create(f->VisibleHigh));
            var here = plane;
            plane += Vector256.Create((byte)2);
            if (shown.ExtractMostSignificantBits() != 0)
            {
                ByteLanes256.Opacities(f, least, most, shown, out var opacity1, out var opacity2);
                opacity1 = Avx2.MultiplyHighRoundScale(opacity1, p->Part);
                opacity2 = Avx2.MultiplyHighRoundScale(opacity2, p->Part);

                // Colour: that of the level in the middle of those that are seen.
                var middle = Avx2.Average(Vector256.Max(least, Vector256.Create(f->VisibleLow)),
                    Vector256.Min(most, Vector256.Create(f->VisibleHigh)));
                ByteLanes256.Colors(f, middle, out var red1, out var green1, out var blue1, out var red2, out var green2, out var blue2);
                if (shaded)
                {
                    var isKnown = Vector256.GreaterThanOrEqual(here, knownAt);
                    ByteLight256.Of(
                        f, Scaled(f->ColumnScale, firstColumns), Scaled(f->RowScale, firstRows), Scaled(f->AxisScale, firstAxis),
                        Scaled(f->ColumnScale, slopeColumns), Scaled(f->RowScale, slopeRows), Scaled(f->AxisScale, slopeAxis),
                        Avx2.UnpackLow(isKnown, isKnown).AsInt16(), out var half, out var light);
                    var weight = Avx2.MultiplyHighRoundScale(through, opacity1);
                    through -= weight;
                    grey += Avx2.MultiplyHighRoundScale(weight, light);
                    weight = Avx2.MultiplyHighRoundScale(weight, half);
                    red += Avx2.MultiplyHighRoundScale(weight, red1);
                    green += Avx2.MultiplyHighRoundScale(weight, green1);
                    blue += Avx2.MultiplyHighRoundScale(weight, blue1);
                    ByteLight256.Of(
                        f, Scaled(f->ColumnScale, secondColumns), Scaled(f->RowScale, secondRows), Scaled(f->AxisScale, secondAxis),
                        Scaled(f->ColumnScale, firstColumns), Scaled(f->RowScale, firstRows), Scaled(f->AxisScale, firstAxis),
                        Avx2.UnpackHigh(isKnown, isKnown).AsInt16(), out half, out light);
                    weight = Avx2.MultiplyHighRoundScale(through, opacity2);
                    through -= weight;
                    grey += Avx2.MultiplyHighRoundScale(weight, light);
                    weight = Avx2.MultiplyHighRoundScale(weight, half);
                    red += Avx2.MultiplyHighRoundScale(weight, red2);
                    green += Avx2.MultiplyHighRoundScale(weight, green2);
                    blue += Avx2.MultiplyHighRoundScale(weight, blue2);
                }
                else
                {
                    var weight = Avx2.MultiplyHighRoundScale(through, opacity1);
                    through -= weight;
                    red += Avx2.MultiplyHighRoundScale(weight, red1);
                    green += Avx2.MultiplyHighRoundScale(weight, green1);
                    blue += Avx2.MultiplyHighRoundScale(weight, blue1);
                    weight = Avx2.MultiplyHighRoundScale(through, opacity2);
                    through -= weight;
                    red += Avx2.MultiplyHighRoundScale(weight, red2);
                    green += Avx2.MultiplyHighRoundScale(weight, green2);
                    blue += Avx2.MultiplyHighRoundScale(weight, blue2);
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

        p->Before = ((to - from) & 1) == 0 ? before : Avx2.AlignRight(before, before, 8);
        (p->Through, p->Red, p->Green, p->Blue) = (through, red, green, blue);
        if (shaded)
        {
            p->Grey = grey;
            (p->SlopeColumns, p->SlopeRows, p->SlopeAxis) = (slopeColumns, slopeRows, slopeAxis);
        }

        p->Next = to;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<ushort> Words(Vector256<float> first, Vector256<float> second) =>
        Avx2.PackUnsignedSaturate(Avx2.ConvertToVector256Int32(first), Avx2.ConvertToVector256Int32(second));

    // Numbers of lanes as bytes, at most 255, for both planes of an iteration.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Bytes(Vector256<ushort> words)
    {
        var small = Vector256.Min(words, Vector256.Create((ushort)255)).AsInt16();
        return Avx2.PackUnsignedSaturate(small, small);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> Scaled(short scale, Vector256<short> slope) =>
        Avx2.MultiplyHighRoundScale(slope, Vector256.Create(scale));
}
