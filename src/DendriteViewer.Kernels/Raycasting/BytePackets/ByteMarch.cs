using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Takes a packet from one plane to another, front to back. Two planes are sampled at a time; their levels are packed into one vector of
/// 64 bytes, in which groups of eight lanes alternate between the first plane and the second (pack and unpack of x86 work in groups of 16
/// bytes). So the vector of the levels one plane earlier is made by one shift: the second half of the last iteration's groups, then the
/// first half of this one's. A step shows what lies between the two levels (<see cref="ByteTransfer"/>). Opacities and what is let
/// through are words of which 32767 is 1; colours are words around 128.
/// </summary>
internal static unsafe class ByteMarch
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
    public static void Composite<TLight, TRows>(MarchFrame* f, BytePacket* p, int from, int to)
    {
        var shaded = typeof(TLight) == typeof(Shaded);
        var tables = f->Tables;
        nint pitch = f->Pitch, stride = f->Stride;
        int column = f->ColumnOn(p, from), row = f->RowOn(p, from);
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
        var plane = Vector512.Create(0ul, 0x0101010101010101, 0, 0x0101010101010101, 0, 0x0101010101010101, 0, 0x0101010101010101).AsByte();
        var before = p->Before;
        var (through, red, green, blue) = (p->Through, p->Red, p->Green, p->Blue);
        Vector512<short> grey = default, slopeColumns = default, slopeRows = default, slopeAxis = default;
        if (shaded)
        {
            grey = p->Grey;
            (slopeColumns, slopeRows, slopeAxis) = (p->SlopeColumns, p->SlopeRows, p->SlopeAxis);
        }

        var slice = f->Begin(from, out var between);
        for (var m = from; m < to; m += 2)
        {
            var at = f->Window + slice * stride + (row >> 16) * pitch + (column >> 16);
            var first = ByteSampler.Sample<TRows>(
                at, pitch, stride, columns + Vector512.Create((ushort)((column >> 4) & 0xFFF)),
                    rows + Vector512.Create((ushort)((row >> 4) & 0xFFF)),
                Vector512.Create(between), shaded, out var firstColumns, out var firstRows, out var firstAxis);
            column += columnStep;
            row += rowStep;
            slice = f->Slices[m + 1] - f->Slice;
            at = f->Window + slice * stride + (row >> 16) * pitch + (column >> 16);
            var second = ByteSampler.Sample<TRows>(
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
                // Opacity: the difference of sums over the number of levels.
                Vector512<byte> isLeast = Upper(least), isMost = Upper(most);
                Vector512<byte> s0 = ByteTables.Of(tables + ByteTables.BeforeLow, least, isLeast),
                    s1 = ByteTables.Of(tables + ByteTables.BeforeMiddle, least, isLeast);
                Vector512<byte> e0 = ByteTables.Of(tables + ByteTables.BehindLow, most, isMost),
                    e1 = ByteTables.Of(tables + ByteTables.BehindMiddle, most, isMost);
                var distance = most - least;
                var isDistance = Upper(distance);
                var i0 = ByteTables.Of(tables + ByteTables.InverseLow, distance, isDistance) & shown;
                var i1 = ByteTables.Of(tables + ByteTables.InverseHigh, distance, isDistance) & shown;
                Vector512<ushort> inverse1 = Low(i0, i1), inverse2 = High(i0, i1);
                var opacity1 = Avx512BW.MultiplyHigh(Low(e0, e1) - Low(s0, s1), inverse1).AsInt16();
                var opacity2 = Avx512BW.MultiplyHigh(High(e0, e1) - High(s0, s1), inverse2).AsInt16();
                var isLong = Vector512.GreaterThan(distance, Vector512.Create(f->MostShort)) & shown;
                if (isLong.ExtractMostSignificantBits() != 0)
                {
                    // The difference does not fit 16 bits: its upper 16 of 24 bits, which are precise enough for so many levels.
                    var s2 = ByteTables.Of(tables + ByteTables.BeforeHigh, least, isLeast);
                    var e2 = ByteTables.Of(tables + ByteTables.BehindHigh, most, isMost);
                    var long1 = Avx512BW.MultiplyHighRoundScale((Low(e1, e2) - Low(s1, s2)).AsInt16(), (inverse1 >>> 1).AsInt16()) << 8;
                    var long2 = Avx512BW.MultiplyHighRoundScale((High(e1, e2) - High(s1, s2)).AsInt16(), (inverse2 >>> 1).AsInt16()) << 8;
                    opacity1 = Vector512.ConditionalSelect(Avx512BW.UnpackLow(isLong, isLong).AsInt16(), long1, opacity1);
                    opacity2 = Vector512.ConditionalSelect(Avx512BW.UnpackHigh(isLong, isLong).AsInt16(), long2, opacity2);
                }

                opacity1 = Avx512BW.MultiplyHighRoundScale(opacity1, p->Part);
                opacity2 = Avx512BW.MultiplyHighRoundScale(opacity2, p->Part);

                // Colour: that of the level in the middle of those that are seen.
                var middle = Avx512BW.Average(Vector512.Max(least, Vector512.Create(f->VisibleLow)),
                    Vector512.Min(most, Vector512.Create(f->VisibleHigh)));
                var isMiddle = Upper(middle);
                var r = ByteTables.Of(tables + ByteTables.Red, middle, isMiddle);
                var g = ByteTables.Of(tables + ByteTables.Green, middle, isMiddle);
                var b = ByteTables.Of(tables + ByteTables.Blue, middle, isMiddle);
                var zero = Vector512<byte>.Zero;
                if (shaded)
                {
                    var isKnown = Vector512.GreaterThanOrEqual(here, knownAt);
                    ByteLight.Of(
                        f, Scaled(f->ColumnScale, firstColumns), Scaled(f->RowScale, firstRows), Scaled(f->AxisScale, firstAxis),
                        Scaled(f->ColumnScale, slopeColumns), Scaled(f->RowScale, slopeRows), Scaled(f->AxisScale, slopeAxis),
                        Avx512BW.UnpackLow(isKnown, isKnown).AsInt16(), out var half, out var light);
                    var weight = Avx512BW.MultiplyHighRoundScale(through, opacity1);
                    through -= weight;
                    grey += Avx512BW.MultiplyHighRoundScale(weight, light);
                    weight = Avx512BW.MultiplyHighRoundScale(weight, half);
                    red += Avx512BW.MultiplyHighRoundScale(weight, Low(zero, r).AsInt16());
                    green += Avx512BW.MultiplyHighRoundScale(weight, Low(zero, g).AsInt16());
                    blue += Avx512BW.MultiplyHighRoundScale(weight, Low(zero, b).AsInt16());
                    ByteLight.Of(
                        f, Scaled(f->ColumnScale, secondColumns), Scaled(f->RowScale, secondRows), Scaled(f->AxisScale, secondAxis),
                        Scaled(f->ColumnScale, firstColumns), Scaled(f->RowScale, firstRows), Scaled(f->AxisScale, firstAxis),
                        Avx512BW.UnpackHigh(isKnown, isKnown).AsInt16(), out half, out light);
                    weight = Avx512BW.MultiplyHighRoundScale(through, opacity2);
                    through -= weight;
                    grey += Avx512BW.MultiplyHighRoundScale(weight, light);
                    weight = Avx512BW.MultiplyHighRoundScale(weight, half);
                    red += Avx512BW.MultiplyHighRoundScale(weight, High(zero, r).AsInt16());
                    green += Avx512BW.MultiplyHighRoundScale(weight, High(zero, g).AsInt16());
                    blue += Avx512BW.MultiplyHighRoundScale(weight, High(zero, b).AsInt16());
                }
                else
                {
                    var weight = Avx512BW.MultiplyHighRoundScale(through, opacity1);
                    through -= weight;
                    red += Avx512BW.MultiplyHighRoundScale(weight, Low(zero, r).AsInt16());
                    green += Avx512BW.MultiplyHighRoundScale(weight, Low(zero, g).AsInt16());
                    blue += Avx512BW.MultiplyHighRoundScale(weight, Low(zero, b).AsInt16());
                    weight = Avx512BW.MultiplyHighRoundScale(through, opacity2);
                    through -= weight;
                    red += Avx512BW.MultiplyHighRoundScale(weight, High(zero, r).AsInt16());
                    green += Avx512BW.MultiplyHighRoundScale(weight, High(zero, g).AsInt16());
                    blue += Avx512BW.MultiplyHighRoundScale(weight, High(zero, b).AsInt16());
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
    private static Vector512<byte> Upper(Vector512<byte> level) => Vector512.LessThan(level.AsSByte(), Vector512<sbyte>.Zero).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> Low(Vector512<byte> low, Vector512<byte> high) => Avx512BW.UnpackLow(low, high).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> High(Vector512<byte> low, Vector512<byte> high) => Avx512BW.UnpackHigh(low, high).AsUInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Scaled(short scale, Vector512<short> slope) =>
        Avx512BW.MultiplyHighRoundScale(slope, Vector512.Create(scale));
}
