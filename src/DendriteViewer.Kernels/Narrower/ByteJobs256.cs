// Made from ByteJobs512.cs by NarrowerPacketsTests: change that file, and store this one by DENDRITE_WRITE=1.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Which packets of a tile have anything to see between which planes. A slab of cells is asked for as many packets at once as a vector has
/// numbers: the tile's rows of cells are 32 words of 32 bits; each packet's rows are looked up one after another and its columns masked
/// out.
/// </summary>
internal sealed unsafe class ByteJobs256 : IDisposable
{
    private const int Most = ByteLayer.MostPackets;

    private static int Lanes => Vector256<int>.Count;

    // Eight arrays of 32-bit numbers a packet, then four of one group.
    private readonly float* _data = (float*)NativeMemory.AlignedAlloc((nuint)((8 * Most + 4 * Vector256<int>.Count) * sizeof(float)), 64);
    private int _groups;

    private float* Column => _data;

    private float* Row => _data + Most;

    private float* ColumnSlope => _data + 2 * Most;

    private float* RowSlope => _data + 3 * Most;

    private float* ColumnSpread => _data + 4 * Most;

    private float* RowSpread => _data + 5 * Most;

    private int* First => (int*)(_data + 6 * Most);

    private int* End => (int*)(_data + 7 * Most);

    private int* Found => (int*)(_data + 8 * Most);

    /// <summary>Takes over where a tile's packets are.</summary>
    public void Open(BytePacket256* packets, int count)
    {
        _groups = (count + Lanes - 1) / Lanes;
        for (var i = 0; i < _groups * Lanes; i++)
        {
            if (i >= count)
            {
                (First[i], End[i]) = (0, 0);
                continue;
            }

            var p = packets + i;
            (Column[i], Row[i], ColumnSlope[i], RowSlope[i]) = (p->Column, p->Row, p->ColumnSlope, p->RowSlope);
            (ColumnSpread[i], RowSpread[i], First[i], End[i]) = (p->ColumnSpread, p->RowSpread, p->FirstPlane, p->EndPlane);
        }
    }

    /// <summary>A packet that need not be taken further.</summary>
    public void Finish(int packet) => End[packet] = 0;

    /// <summary>Whether a packet need not be taken further.</summary>
    public bool IsFinished(int packet) => End[packet] == 0;

    /// <summary>The planes that any packet has left, as far as they lie in a range.</summary>
    public (int First, int End) Left()
    {
        var (first, end) = (int.MaxValue, 0);
        for (var i = 0; i < _groups * Lanes; i++)
        {
            (first, end) = End[i] > First[i] ? (Math.Min(first, First[i]), Math.Max(end, End[i])) : (first, end);
        }

        return (first, end);
    }

    /// <summary>Finds the packets that have anything to see on a slab's planes, and what they read.</summary>
    /// <param name="f">The tile.</param>
    /// <param name="cells">What can be seen, or null where all can.</param>
    /// <param name="slab">Slices 8·slab to 8·slab + 7.</param>
    /// <param name="from">First plane.</param>
    /// <param name="to">End of the planes.</param>
    /// <param name="layer">The slab's layer, to which they are added.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(MarchFrame* f, CellBits? cells, int slab, int from, int to, ByteLayer layer)
    {
        uint* rows = stackalloc uint[32];
        if (cells is not null && !Rows(cells, slab, layer, rows))
        {
            return;
        }

        // And the plane before, where rays enter the slab.
        var first = Math.Max(from - 1, 0);
        float near = (float)(f->First + first * f->Step), far = (float)(f->First + (to - 1) * f->Step), nearSpread = f->Spread(first),
            farSpread = f->Spread(to - 1);
        for (var group = 0; group < _groups; group++)
        {
            var i = group * Lanes;
            var alive = Vector256.LessThan(Vector256.Load(First + i), Vector256.Create(to))
                & Vector256.GreaterThan(Vector256.Load(End + i), Vector256.Create(from));
            if (alive.ExtractMostSignificantBits() == 0)
            {
                continue;
            }

            Range(Column + i, ColumnSlope + i, ColumnSpread + i, near, far, nearSpread, farSpread, out var c0, out var c1);
            Range(Row + i, RowSlope + i, RowSpread + i, near, far, nearSpread, farSpread, out var r0, out var r1);
            if (cells is not null)
            {
                var left = Cell(c0, layer.Column);
                var mask = Avx2.ShiftLeftLogicalVariable(Vector256.Create(2),
                    (Cell(c1, layer.Column) - left).AsUInt32()) - Vector256<int>.One;
                Vector256<int> r = Cell(r0, layer.Row), last = Cell(r1, layer.Row), seen = Vector256<int>.Zero;
                while (true)
                {
                    var bits = ByteLanes256.Rows(rows, r);
                    seen |= Avx2.ShiftRightLogicalVariable(bits, left.AsUInt32()).AsInt32() & mask;
                    if (Vector256.LessThan(r, last).ExtractMostSignificantBits() == 0)
                    {
                        break;
                    }

                    r = Vector256.Min(r + Vector256<int>.One, last);
                }

                alive &= ~Vector256.Equals(seen, Vector256<int>.Zero);
            }

            var hits = (uint)alive.ExtractMostSignificantBits();
            if (hits == 0)
            {
                continue;
            }

            // A sample reads the next column and row too.
            c0.Store(Found);
            r0.Store(Found + Lanes);
            (c1 + Vector256<int>.One).Store(Found + 2 * Lanes);
            (r1 + Vector256<int>.One).Store(Found + 3 * Lanes);
            for (; hits != 0; hits &= hits - 1)
            {
                var k = BitOperations.TrailingZeroCount(hits);
                layer.Add(
                    i + k, Math.Max(first, First[i + k]), Math.Min(to, End[i + k]), Found[k], Found[Lanes + k], Found[2 * Lanes + k],
                    Found[3 * Lanes + k],
                    1 << (slab & 1));
            }
        }
    }

    // The rows of cells that the layer's rectangle covers; false where all are hidden.
    private static bool Rows(CellBits cells, int slab, ByteLayer layer, uint* rows)
    {
        var any = 0u;
        for (var r = 0; r < 32; r++)
        {
            rows[r] = cells.Of(slab, (layer.Row >> 3) + r, layer.Column >> 3);
            any |= rows[r];
        }

        return any != 0;
    }

    // The least and the largest place of a packet's rays on planes between two.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Range(
        float* place, float* slope, float* spread, float near, float far, float nearSpread, float farSpread, out Vector256<int> least,
            out Vector256<int> most)
    {
        Vector256<float> at = Vector256.Load(place), slopes = Vector256.Load(slope), spreads = Vector256.Load(spread);
        Vector256<float> a = at + slopes * near, b = at + slopes * far;
        least = Vector256.ConvertToInt32Native(Vector256.Floor(Vector256.Min(a, b) - Vector256.Create(0.01f)));
        most = Vector256.ConvertToInt32Native(Vector256.Floor(Vector256.Max(a + spreads * nearSpread, b + spreads * farSpread)
            + Vector256.Create(0.01f)));
    }

    // The cell of a voxel, counted from a layer's first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Cell(Vector256<int> voxel, int first) =>
        Vector256.Min(Vector256.Max((voxel - Vector256.Create(first)) >> 3, Vector256<int>.Zero), Vector256.Create(31));

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        GC.SuppressFinalize(this);
    }

    ~ByteJobs256() => NativeMemory.AlignedFree(_data);
}
