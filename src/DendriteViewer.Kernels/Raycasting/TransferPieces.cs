using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// A <see cref="TransferTable"/> as few straight pieces, for processors that can keep them in registers: x is the place in the
/// table, 0 … <see cref="TransferTable.Size"/>, and channel c (opacity, red, green, blue) is <c>base(c, piece) + slope(c, piece)·x</c>.
/// The pieces are made from the finished table, so opacities corrected for the step and colour maps of many colours are followed
/// too, to within 1/4000 and 1/400 of an opacity, and one grey level, to which a table is rounded anyway; a table that needs more pieces has none.
/// </summary>
public sealed class TransferPieces
{
    /// <summary>Pieces at most.</summary>
    public const int Most = 32;

    /// <summary>Bins of equal width; a border between pieces lies in each at most once.</summary>
    public const int Bins = 64;

    private const int EntriesABin = TransferTable.Size / Bins;

    private TransferPieces() => End.Fill(float.MaxValue);

    /// <summary>
    /// What registers are filled from: the piece at each bin's lower end (<see cref="Bins"/> words), then rows of <see cref="Most"/> floats:
    /// where each piece ends, then value at x = 0 and slope of opacity, red, green and blue.
    /// </summary>
    internal byte[] Packed { get; } = new byte[Bins * sizeof(ushort) + Rows * Most * sizeof(float)];

    private const int Rows = 9;

    private Span<ushort> OfBin => MemoryMarshal.Cast<byte, ushort>(Packed.AsSpan(0, Bins * sizeof(ushort)));

    private Span<float> Row(int i) => MemoryMarshal.Cast<byte, float>(Packed.AsSpan(Bins * sizeof(ushort))).Slice(i * Most, Most);

    private Span<float> End => Row(0);

    private Span<float> Base(int channel) => Row(1 + 2 * channel);

    private Span<float> Slope(int channel) => Row(2 + 2 * channel);

    /// <summary>The pieces of a table, or null where it needs too many.</summary>
    internal static TransferPieces? Of(ReadOnlySpan<float> alpha, ReadOnlySpan<int> colors)
    {
        // As long a piece as stays within the tolerance, from one end to the other; a point of the table is the middle of an entry.
        var pieces = new TransferPieces();
        var (count, from) = (0, 0);
        var last = -1;
        while (from < TransferTable.Size)
        {
            if (count == Most)
            {
                return null;
            }

            var to = Longest(alpha, colors, from);
            for (var c = 0; c < 4; c++)
            {
                float a = Value(alpha, colors, c, from), b = Value(alpha, colors, c, to);
                var slope = to > from ? (b - a) / (to - from) : 0;
                (pieces.Base(c)[count], pieces.Slope(c)[count]) = (a - slope * (from + 0.5f), slope);
            }

            if (to == TransferTable.Size - 1)
            {
                break;
            }

            // A jump ends a piece between two entries; a bend ends it at one, which begins the next.
            var jump = Longest(alpha, colors, to) <= to + 1;
            var end = jump ? to + 1f : to + 0.5f;
            if ((int)end / EntriesABin == last)
            {
                return null;
            }

            last = (int)end / EntriesABin;
            pieces.End[count++] = end;
            from = jump ? to + 1 : to;
        }

        for (int bin = 0, piece = 0; bin < Bins; bin++)
        {
            while (pieces.End[piece] <= bin * EntriesABin)
            {
                piece++;
            }

            pieces.OfBin[bin] = (ushort)piece;
        }

        return pieces;
    }

    private static int Longest(ReadOnlySpan<float> alpha, ReadOnlySpan<int> colors, int from)
    {
        // Doubling, then halving: whether a line fits is nearly monotone in its length.
        int good = from, reach = 1;
        while (good < TransferTable.Size - 1)
        {
            var to = Math.Min(from + reach, TransferTable.Size - 1);
            if (!Fits(alpha, colors, from, to))
            {
                var bad = to;
                while (bad - good > 1)
                {
                    var middle = (good + bad) / 2;
                    (good, bad) = Fits(alpha, colors, from, middle) ? (middle, bad) : (good, middle);
                }

                break;
            }

            good = to;
            reach *= 2;
        }

        return good;
    }

    private static bool Fits(ReadOnlySpan<float> alpha, ReadOnlySpan<int> colors, int from, int to)
    {
        for (var c = 0; c < 4; c++)
        {
            float a = Value(alpha, colors, c, from), slope = (Value(alpha, colors, c, to) - a) / (to - from);
            // Where nothing is shown nothing may appear.
            for (var i = from; i <= to; i++)
            {
                var (line, value) = (a + slope * (i - from), Value(alpha, colors, c, i));
                var tolerance = c == 0 ? 1 / 4000f + value / 400 : 1.01f;
                if (MathF.Abs(line - value) > tolerance || (c == 0 && value == 0 && line > 1e-5f))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static float Value(ReadOnlySpan<float> alpha, ReadOnlySpan<int> colors, int channel, int i) =>
        channel == 0 ? alpha[i] : (colors[i] >> (8 * (channel - 1))) & 255;
}
