using System.Numerics;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Labelling;

/// <summary>Finds the connected components of a set of voxels, with the moments of each.</summary>
/// <remarks>
/// Voxels that follow one another along x are one run, read from the words by the places at which a bit differs from the one
/// before. Slabs of slices are labelled side by side: each run is joined with the runs it touches in the rows before it, by a
/// union–find in which the smaller index is always the root, so that one pass over ascending indices resolves it (K. Wu,
/// E. Otoo, K. Suzuki, Pattern Anal. Appl. 12, 117, 2009). Then the labels that touch across the borders of slabs are joined
/// the same way. Time and memory go with the runs, not the voxels.
/// </remarks>
public static class ComponentLabeller
{
    /// <summary>The components of a set, neighbours as the element says.</summary>
    public static Components Label(BitVolume set, StructuringElement element)
    {
        var slabs = Math.Clamp(4 * Environment.ProcessorCount, 1, set.Z);
        var parts = new Slab[slabs];
        Parallel.For(0, slabs, ComputeLane.Options(),
            i => parts[i] = new Slab(set, element, (int)((long)set.Z * i / slabs), (int)((long)set.Z * (i + 1) / slabs)));
        return Join(set, element, parts);
    }

    /// <summary>The same by flooding each component from its first voxel: the specification.</summary>
    internal static int[] LabelScalar(BitVolume set, StructuringElement element)
    {
        var labels = new int[set.Z * set.Y * set.X];
        var next = 0;
        var stack = new Stack<(int Z, int Y, int X)>();
        for (var i = 0; i < labels.Length; i++)
        {
            var (z, y, x) = (i / set.X / set.Y, i / set.X % set.Y, i % set.X);
            if (labels[i] != 0 || !set[z, y, x])
            {
                continue;
            }

            labels[i] = ++next;
            stack.Push((z, y, x));
            while (stack.TryPop(out var p))
            {
                for (var n = 0; n < 27; n++)
                {
                    var (dz, dy, dx) = (n / 9 - 1, n / 3 % 3 - 1, n % 3 - 1);
                    var (qz, qy, qx) = (p.Z + dz, p.Y + dy, p.X + dx);
                    if (element.Has(dz, dy, dx) && set[qz, qy, qx] && labels[(qz * set.Y + qy) * set.X + qx] == 0)
                    {
                        labels[(qz * set.Y + qy) * set.X + qx] = next;
                        stack.Push((qz, qy, qx));
                    }
                }
            }
        }

        return labels;
    }

    private static Components Join(BitVolume set, StructuringElement element, Slab[] slabs)
    {
        // Slab labels, counted on from slab to slab, are joined across the borders.
        var first = new int[slabs.Length + 1];
        for (var i = 0; i < slabs.Length; i++)
        {
            first[i + 1] = checked(first[i] + slabs[i].Regions.Count);
        }

        var union = new Union(first[^1]);
        for (var i = 1; i < slabs.Length; i++)
        {
            var (above, below, upTo, from) = (slabs[i - 1], slabs[i], first[i - 1], first[i]);
            Action<int, int> join = (p, q) => union.Join(from + below.LabelOf(p), upTo + above.LabelOf(q));
            for (var y = 0; y < set.Y; y++)
            {
                for (var dy = -1; dy <= 1; dy++)
                {
                    if ((uint)(y + dy) < (uint)set.Y)
                    {
                        var (a, b) = (below.Row(below.From, y), above.Row(below.From - 1, y + dy));
                        ForContacts(a, b, element, -1, dy, join);
                    }
                }
            }
        }

        var (map, count) = union.Number();
        var regions = new Region[count];
        Array.Fill(regions, Region.Empty);
        for (var i = 0; i < slabs.Length; i++)
        {
            for (var l = 0; l < slabs[i].Regions.Count; l++)
            {
                regions[map[first[i] + l]].Add(slabs[i].Regions[l]);
            }
        }

        var rows = new int[checked(set.Z * set.Y) + 1];
        var offsets = new int[slabs.Length + 1];
        for (var i = 0; i < slabs.Length; i++)
        {
            offsets[i + 1] = checked(offsets[i] + slabs[i].RunCount);
        }

        var runs = new Components.Run[offsets[^1]];
        Parallel.For(0, slabs.Length, ComputeLane.Options(), i => slabs[i].CopyTo(rows, runs, offsets[i], l => map[first[i] + l] + 1));
        rows[^1] = runs.Length;
        return new Components(set.Z, set.Y, set.X, rows, runs, regions);
    }

    /// <summary>Runs of one slab and what joins them.</summary>
    private sealed class Slab
    {
        private readonly BitVolume _set;
        private readonly int[] _rows;
        private readonly int[] _labels;
        private (int Start, int End)[] _runs = new (int, int)[1024];

        public Slab(BitVolume set, StructuringElement element, int from, int to)
        {
            (_set, From) = (set, from);
            _rows = new int[(to - from) * set.Y + 1];
            var union = new Union(0);
            Action<int, int> join = union.Join;
            var along = element.Has(0, 0, 1);
            for (var z = from; z < to; z++)
            {
                for (var y = 0; y < set.Y; y++)
                {
                    Read(set.Row(z, y), along);
                    _rows[(z - from) * set.Y + y + 1] = RunCount;
                    union.GrowTo(RunCount);
                    JoinBefore(z, y, 0, -1, element, join);
                    for (var dy = -1; dy <= 1 && z > from; dy++)
                    {
                        JoinBefore(z, y, -1, dy, element, join);
                    }
                }
            }

            (_labels, var count) = union.Number();
            for (var i = 0; i < count; i++)
            {
                Regions.Add(Region.Empty);
            }

            var regions = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Regions);
            for (var r = 0; r < _rows.Length - 1; r++)
            {
                for (var i = _rows[r]; i < _rows[r + 1]; i++)
                {
                    regions[_labels[i]].Add(from + r / set.Y, r % set.Y, _runs[i].Start, _runs[i].End);
                }
            }
        }

        public int From { get; }

        public int RunCount { get; private set; }

        public List<Region> Regions { get; } = [];

        public int LabelOf(int run) => _labels[run];

        public (ArraySegment<(int Start, int End)> Runs, int First) Row(int z, int y)
        {
            var r = (z - From) * _set.Y + y;
            return (new ArraySegment<(int, int)>(_runs, _rows[r], _rows[r + 1] - _rows[r]), _rows[r]);
        }

        public void CopyTo(int[] rows, Components.Run[] runs, int offset, Func<int, int> label)
        {
            for (var r = 0; r < _rows.Length - 1; r++)
            {
                rows[From * _set.Y + r] = offset + _rows[r];
            }

            for (var i = 0; i < RunCount; i++)
            {
                runs[offset + i] = new Components.Run(_runs[i].Start, _runs[i].End, label(_labels[i]));
            }
        }

        private void JoinBefore(int z, int y, int dz, int dy, StructuringElement element, Action<int, int> join)
        {
            if ((uint)(y + dy) < (uint)_set.Y)
            {
                ForContacts(Row(z, y), Row(z + dz, y + dy), element, dz, dy, join);
            }
        }

        // A bit that differs from the one before it begins a run or ends one.
        private void Read(ReadOnlySpan<ulong> words, bool along)
        {
            var before = 0UL;
            var start = -1;
            for (var k = 0; k < words.Length; k++)
            {
                var w = words[k];
                var edges = w ^ (w << 1 | before);
                before = w >> 63;
                for (; edges != 0; edges &= edges - 1)
                {
                    var x = 64 * k + BitOperations.TrailingZeroCount(edges);
                    if (start < 0)
                    {
                        start = x;
                    }
                    else
                    {
                        Add(start, x, along);
                        start = -1;
                    }
                }
            }

            if (start >= 0)
            {
                Add(start, _set.X, along);
            }
        }

        // Where neighbours along x are none, each voxel is a run of its own.
        private void Add(int start, int end, bool along)
        {
            for (var x = start; x < end; x = along ? end : x + 1)
            {
                if (RunCount == _runs.Length)
                {
                    Array.Resize(ref _runs, 2 * _runs.Length);
                }

                _runs[RunCount++] = (x, along ? end : x + 1);
            }
        }
    }

    // Pairs of runs of two rows that touch when the second row is looked at through offsets −1, 0, +1 along x.
    private static void ForContacts(
        (ArraySegment<(int Start, int End)> Runs, int First) a, (ArraySegment<(int Start, int End)> Runs, int First) b,
        StructuringElement element, int dz, int dy, Action<int, int> touch)
    {
        var (minus, zero, plus) = (element.Has(dz, dy, -1), element.Has(dz, dy, 0), element.Has(dz, dy, 1));
        if (element.Has(0, 0, 1) && (zero || minus != plus))
        {
            Merge(a, b, minus ? -1 : zero ? 0 : 1, plus ? 1 : zero ? 0 : -1, touch);
            return;
        }

        // One offset at a time where runs may follow one another without a gap, or where the offsets have one.
        for (var dx = -1; dx <= 1; dx++)
        {
            if (element.Has(dz, dy, dx))
            {
                Merge(a, b, dx, dx, touch);
            }
        }
    }

    // Two rows side by side: whichever run ends first cannot touch what follows in the other.

    private static void Merge(
        (ArraySegment<(int Start, int End)> Runs, int First) a, (ArraySegment<(int Start, int End)> Runs, int First) b, int low, int high, Action<int, int> touch)
    {
        ReadOnlySpan<(int Start, int End)> p = a.Runs, q = b.Runs;
        for (int i = 0, j = 0; i < p.Length && j < q.Length;)
        {
            if (p[i].Start + low < q[j].End && q[j].Start < p[i].End + high)
            {
                touch(a.First + i, b.First + j);
            }

            if (p[i].End + high <= q[j].End)
            {
                i++;
            }
            else
            {
                j++;
            }
        }
    }

    /// <summary>Disjoint sets of indices; the smallest of a set is its root.</summary>
    private sealed class Union
    {
        private int[] _parents;
        private int _count;

        public Union(int count)
        {
            _parents = new int[Math.Max(count, 1024)];
            GrowTo(count);
        }

        public void GrowTo(int count)
        {
            if (count > _parents.Length)
            {
                Array.Resize(ref _parents, Math.Max(count, 2 * _parents.Length));
            }

            for (; _count < count; _count++)
            {
                _parents[_count] = _count;
            }
        }

        public void Join(int a, int b)
        {
            (a, b) = (Root(a), Root(b));
            _parents[Math.Max(a, b)] = Math.Min(a, b);
        }

        /// <summary>For each index the number of its set, counted from 0 in the order of the roots.</summary>
        public (int[] Numbers, int Count) Number()
        {
            var numbers = new int[_count];
            var n = 0;
            for (var i = 0; i < _count; i++)
            {
                numbers[i] = _parents[i] == i ? n++ : numbers[_parents[i]];
            }

            return (numbers, n);
        }

        private int Root(int i)
        {
            while (_parents[i] != i)
            {
                i = _parents[i] = _parents[_parents[i]];
            }

            return i;
        }
    }
}
