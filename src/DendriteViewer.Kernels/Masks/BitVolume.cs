using System.Numerics;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Masks;

/// <summary>
/// A set of voxels, one bit each: rows along x are padded to whole 64-bit words, bit i of word k is voxel x = 64 k + i. Bits
/// past a row's end are always 0. A sixteenth of a 16-bit scan: what is found in a scan too large for memory still fits.
/// </summary>
public sealed class BitVolume
{
    private readonly ulong[] _words;

    /// <summary>An empty set of voxels of a volume of <paramref name="z"/> × <paramref name="y"/> × <paramref name="x"/> voxels, each at least 1.</summary>
    public BitVolume(int z, int y, int x)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(z, Math.Min(y, x)), 1);
        (Z, Y, X) = (z, y, x);
        Stride = (x + 63) / 64;
        _words = new ulong[(long)z * y * Stride];
    }

    private BitVolume(BitVolume other)
    {
        (Z, Y, X, Stride) = (other.Z, other.Y, other.X, other.Stride);
        _words = (ulong[])other._words.Clone();
    }

    /// <summary>Voxels along z.</summary>
    public int Z { get; }

    /// <summary>Voxels along y.</summary>
    public int Y { get; }

    /// <summary>Voxels along x.</summary>
    public int X { get; }

    /// <summary>Words of a row.</summary>
    public int Stride { get; }

    /// <summary>Bytes of memory.</summary>
    public long Bytes => 8L * _words.LongLength;

    /// <summary>Number of voxels in the set.</summary>
    public long Count => SumSlices(z =>
    {
        var n = 0L;
        foreach (var w in Slice(z))
        {
            n += BitOperations.PopCount(w);
        }

        return n;
    });

    /// <summary>Whether a voxel is in the set; one outside the volume is not.</summary>
    public bool this[int z, int y, int x]
    {
        get => (uint)z < (uint)Z && (uint)y < (uint)Y && (uint)x < (uint)X && (Row(z, y)[x >> 6] >> x & 1) != 0;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)x, (uint)X);
            ref var word = ref Row(z, y)[x >> 6];
            word = value ? word | 1UL << x : word & ~(1UL << x);
        }
    }

    /// <summary>The words of a row. Whoever writes leaves the bits past the end 0.</summary>
    public Span<ulong> Row(int z, int y)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Y);
        return _words.AsSpan(checked((int)(((long)z * Y + y) * Stride)), Stride);
    }

    /// <summary>The words of all rows of a slice across z.</summary>
    public Span<ulong> Slice(int z) => _words.AsSpan(checked((int)((long)z * Y * Stride)), Y * Stride);

    /// <summary>Bits of the last word of a row that are voxels.</summary>
    public ulong LastMask => ulong.MaxValue >> (64 * Stride - X);

    /// <summary>A copy.</summary>
    public BitVolume Clone() => new(this);

    /// <summary>Keeps what is in the other set too.</summary>
    public BitVolume And(BitVolume other) => Combine(other, (a, b) => a & b);

    /// <summary>Takes out what is in the other set.</summary>
    public BitVolume AndNot(BitVolume other) => Combine(other, (a, b) => a & ~b);

    /// <summary>Adds what is in the other set.</summary>
    public BitVolume Or(BitVolume other) => Combine(other, (a, b) => a | b);

    /// <summary>Every voxel that is not in the set, as a new set.</summary>
    public BitVolume Complement()
    {
        var result = new BitVolume(Z, Y, X);
        var last = LastMask;
        Parallel.For(0, Z, ComputeLane.Options(), z =>
        {
            for (var y = 0; y < Y; y++)
            {
                var from = Row(z, y);
                var to = result.Row(z, y);
                for (var k = 0; k < from.Length; k++)
                {
                    to[k] = ~from[k];
                }

                to[^1] &= last;
            }
        });
        return result;
    }

    /// <summary>Number of voxels in the set in each slice across z.</summary>
    public long[] CountSlices()
    {
        var counts = new long[Z];
        Parallel.For(0, Z, ComputeLane.Options(), z =>
        {
            foreach (var w in Slice(z))
            {
                counts[z] += BitOperations.PopCount(w);
            }
        });
        return counts;
    }

    /// <summary>Number of voxels of a row in [from, to).</summary>
    public int CountRow(int z, int y, int from, int to)
    {
        (from, to) = (Math.Max(from, 0), Math.Min(to, X));
        if ((uint)z >= (uint)Z || (uint)y >= (uint)Y || from >= to)
        {
            return 0;
        }

        var row = Row(z, y);
        int first = from >> 6, last = (to - 1) >> 6;
        ulong head = ulong.MaxValue << from, tail = ulong.MaxValue >> (63 - (to - 1 & 63));
        if (first == last)
        {
            return BitOperations.PopCount(row[first] & head & tail);
        }

        var n = BitOperations.PopCount(row[first] & head) + BitOperations.PopCount(row[last] & tail);
        for (var k = first + 1; k < last; k++)
        {
            n += BitOperations.PopCount(row[k]);
        }

        return n;
    }

    /// <summary>Adds the voxels of a row in [from, to).</summary>
    public void SetRow(int z, int y, int from, int to)
    {
        (from, to) = (Math.Max(from, 0), Math.Min(to, X));
        if (from >= to)
        {
            return;
        }

        var row = Row(z, y);
        int first = from >> 6, last = (to - 1) >> 6;
        ulong head = ulong.MaxValue << from, tail = ulong.MaxValue >> (63 - (to - 1 & 63));
        if (first == last)
        {
            row[first] |= head & tail;
            return;
        }

        row[first] |= head;
        row.Slice(first + 1, last - first - 1).Fill(ulong.MaxValue);
        row[last] |= tail;
    }

    internal long SumSlices(Func<int, long> ofSlice)
    {
        var sum = 0L;
        Parallel.For(0, Z, ComputeLane.Options(), () => 0L, (z, _, n) => n + ofSlice(z), n => Interlocked.Add(ref sum, n));
        return sum;
    }

    private BitVolume Combine(BitVolume other, Func<Vector<ulong>, Vector<ulong>, Vector<ulong>> with)
    {
        if ((other.Z, other.Y, other.X) != (Z, Y, X))
        {
            throw new ArgumentException($"The sets are of volumes of {Z} × {Y} × {X} and {other.Z} × {other.Y} × {other.X} voxels.", nameof(other));
        }

        Parallel.For(0, Z, ComputeLane.Options(), z =>
        {
            Span<ulong> a = Slice(z), b = other.Slice(z);
            var i = 0;
            for (; i <= a.Length - Vector<ulong>.Count; i += Vector<ulong>.Count)
            {
                with(new Vector<ulong>(a[i..]), new Vector<ulong>(b[i..])).CopyTo(a[i..]);
            }

            for (; i < a.Length; i++)
            {
                a[i] = with(new Vector<ulong>(a[i]), new Vector<ulong>(b[i]))[0];
            }
        });
        return this;
    }
}
