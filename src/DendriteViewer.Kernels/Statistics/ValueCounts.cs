using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Statistics;

/// <summary>How often each value of an 8 or 16-bit type occurs: histograms in which no value shares a bin.</summary>
/// <remarks>
/// Counting is bound by the trip of a counter to memory and back, and neighbours in a scan often have one value: bytes are
/// therefore counted two at a time, as one of 65,536 pairs, from two places far apart into a table each, and the pairs are taken
/// apart at the end.
/// </remarks>
public static class ValueCounts
{
    private const int Piece = 1 << 22;

    // A cache line or two past the first table's end, so that the same pair in both does not meet in one set of the cache.
    private const int SecondTable = (1 << 16) + 32;

    /// <summary>Counts bytes; 256 counts.</summary>
    public static long[] Of(ReadOnlyMemory<byte> values)
    {
        var counts = new long[256];
        if (values.Length < 1 << 18)
        {
            foreach (var v in values.Span)
            {
                counts[v]++;
            }

            return counts;
        }

        var gate = new Lock();
        ForPieces(values.Length, () => new uint[SecondTable + (1 << 16)], (from, length, tables) => CountPairs(values.Span.Slice(from, length), tables, counts, gate), tables =>
        {
            lock (gate)
            {
                for (var i = 0; i < 1 << 16; i++)
                {
                    var n = tables[i] + tables[SecondTable + i];
                    counts[i & 255] += n;
                    counts[i >> 8] += n;
                }
            }
        });
        return counts;
    }

    /// <summary>Counts 16-bit values; 65,536 counts.</summary>
    public static long[] Of(ReadOnlyMemory<ushort> values)
    {
        var counts = new long[1 << 16];
        var gate = new Lock();
        ForPieces(values.Length, () => new uint[1 << 16], (from, length, table) =>
        {
            foreach (var v in values.Span.Slice(from, length))
            {
                table[v]++;
            }
        }, table =>
        {
            lock (gate)
            {
                for (var i = 0; i < table.Length; i++)
                {
                    counts[i] += table[i];
                }
            }
        });
        return counts;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CountPairs(ReadOnlySpan<byte> values, uint[] tables, long[] counts, Lock gate)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(values);
        var half = words.Length / 2;
        ref var first = ref MemoryMarshal.GetReference(words);
        ref var a = ref MemoryMarshal.GetArrayDataReference(tables);
        ref var b = ref tables[SecondTable];
        for (var i = 0; i < half; i++)
        {
            var (p, q) = (Unsafe.Add(ref first, i), Unsafe.Add(ref first, i + half));
            Unsafe.Add(ref a, (nint)(p & 0xFFFF))++;
            Unsafe.Add(ref b, (nint)(q & 0xFFFF))++;
            Unsafe.Add(ref a, (nint)(p >> 16 & 0xFFFF))++;
            Unsafe.Add(ref b, (nint)(q >> 16 & 0xFFFF))++;
            Unsafe.Add(ref a, (nint)(p >> 32 & 0xFFFF))++;
            Unsafe.Add(ref b, (nint)(q >> 32 & 0xFFFF))++;
            Unsafe.Add(ref a, (nint)(p >> 48))++;
            Unsafe.Add(ref b, (nint)(q >> 48))++;
        }

        if (16 * half < values.Length)
        {
            lock (gate)
            {
                foreach (var v in values[(16 * half)..])
                {
                    counts[v]++;
                }
            }
        }
    }

    // A table a thread. Spans have fewer than 2³¹ values, so that no count outgrows its 32 bits.
    private static void ForPieces(int length, Func<uint[]> table, Action<int, int, uint[]> count, Action<uint[]> done) =>
        Parallel.For(0, (length + Piece - 1) / Piece, ComputeLane.Options(), table, (i, _, t) =>
        {
            count(i * Piece, Math.Min(Piece, length - i * Piece), t);
            return t;
        }, done);
}
