using System.Numerics;
using System.Runtime.CompilerServices;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>Draws one tile in byte packets, along a plan that was made for it: layer after layer of blocks, front to back.</summary>
internal static unsafe class ByteTile512
{
    // Rays may spread so far within a packet, in columns and rows: the cell of the last one, its neighbour and the rounding fit 16.
    private const float MostSpread = 14;

    /// <summary>Draws the tile; false where its rays spread too far for packets or for the window.</summary>
    public static bool Draw(RayJob job, ByteTransfer transfer, ByteWorker worker, int u0, int v0, int size)
    {
        var (s, plan) = (job.Settings, worker.Plan);
        var packets = worker.Packets512;
        if (ShapeFor(job, plan, u0, v0, size) is not { } shape)
        {
            return false;
        }

        int u1 = Math.Min(u0 + size, job.Width), v1 = Math.Min(v0 + size, job.Height), count = 0;
        var f = FrameOf(job, transfer.ForSteps(plan.Length), worker);
        for (var v = v0; v < v1; v += shape.Height)
        {
            for (var u = u0; u < u1; u += shape.Width)
            {
                var p = packets + count++;
                p->Begin(job, plan, shape, u, v);
                if (p->EndPlane > 0 && Math.Max(p->ColumnSpread, p->RowSpread) * f.Spread(p->EndPlane - 1) > MostSpread)
                {
                    return false;
                }
            }
        }

        worker.Jobs512.Open(packets, count);
        if (!March(job, worker, &f, u0, v0, size))
        {
            return false;
        }

        BytePixels512.Write(job, transfer, packets, shape, u0, v0, u1, v1);
        return true;
    }

    private static MarchFrame FrameOf(RayJob job, ByteTransfer transfer, ByteWorker worker)
    {
        var plan = worker.Plan;
        worker.Tables.Open(transfer);
        var f = new MarchFrame
        {
            Slices = plan.Slices, Weights = plan.Weights, First = plan.First, Step = SlicePlan.Step, Sign = plan.Sign,
            IsParallel = plan.IsParallel, Tables = worker.Tables.Data,
            VisibleLow = (byte)transfer.VisibleLow, VisibleHigh = (byte)transfer.VisibleHigh, MostShort = (byte)transfer.MostShort,
        };
        f.Light(job.Settings, plan, transfer.Mapping);
        return f;
    }

    // Layer after layer; false where a layer's part of the tile is too large for the window. While packets are taken over one layer, the
    // memory of the next one's blocks is asked for, since that is what most blocks would otherwise wait for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool March(RayJob job, ByteWorker worker, MarchFrame* f, int u0, int v0, int size)
    {
        var (s, plan, window, jobs) = (job.Settings, worker.Plan, worker.Window, worker.Jobs512);
        var cells = s.Mode == RayMode.Composite ? s.Empty.CellsAcross(job.Volume.Grid, plan.Axis) : null;
        ReadOnlySpan<SlicePlan.Line> corners =
            [plan.LineOf(job, u0, v0), plan.LineOf(job, u0 + size, v0), plan.LineOf(job, u0, v0 + size),
                plan.LineOf(job, u0 + size, v0 + size)];
        var plane = jobs.Left().First;
        var (layer, next) = (worker.Layers[0], worker.Layers[1]);
        if (!Prepare(plan, jobs, cells, f, corners, layer, ref plane))
        {
            return false;
        }

        while (layer.Jobs.Length > 0)
        {
            if (!Prepare(plan, jobs, cells, f, corners, next, ref plane))
            {
                return false;
            }

            window.Fill(layer, plan.Axis);
            f->Window = window.Data;
            (f->Pitch, f->Stride, f->Column, f->Row, f->Slice) = (window.Pitch, window.Stride, layer.Column, layer.Row, layer.Number * 16);
            var (done, asked) = (0, 0);
            foreach (var (packet, first, to) in layer.Jobs)
            {
                done++;
                for (; asked * layer.Jobs.Length < next.Blocks.Length * done; asked++)
                {
                    window.Prefetch(next, plan.Axis, asked);
                }

                if (jobs.IsFinished(packet))
                {
                    continue;
                }

                // The layers share the plane between them.
                var p = worker.Packets512 + packet;
                var from = p->Next == first + 1 ? first + 1 : first;
                if (from < to)
                {
                    March(s, f, p, from, to);
                }

                if (s.Mode == RayMode.Composite && p->IsFinished(to))
                {
                    jobs.Finish(packet);
                }
            }

            (layer, next) = (next, layer);
        }

        return true;
    }

    // Finds the next layer in which anything is to be done, from a plane on; one without jobs where there is none. False where it is too
    // large.
    private static bool Prepare(
        SlicePlan plan, ByteJobs512 jobs, CellBits? cells, MarchFrame* f, ReadOnlySpan<SlicePlan.Line> corners, ByteLayer layer,
        ref int plane)
    {
        var end = jobs.Left().End;
        while (plane < end)
        {
            int number = plan.Slices[plane] >> 4, layerEnd = plane;
            while (layerEnd < end && plan.Slices[layerEnd] >> 4 == number)
            {
                layerEnd++;
            }

            if (!Open(layer, number, corners, f, Math.Max(plane - 1, 0), layerEnd))
            {
                return false;
            }

            while (plane < layerEnd)
            {
                int slab = plan.Slices[plane] >> 3, slabEnd = plane;
                while (slabEnd < layerEnd && plan.Slices[slabEnd] >> 3 == slab)
                {
                    slabEnd++;
                }

                jobs.Find(f, cells, slab, plane, slabEnd, layer);
                plane = slabEnd;
            }

            if (layer.Jobs.Length > 0)
            {
                layer.Close();
                return true;
            }
        }

        return layer.Open(0, 0, 0, 0, 0);
    }

    private static void March(RaycastSettings s, MarchFrame* f, BytePacket512* p, int from, int to)
    {
        var spread = f->Spread(to - 1);
        var (columns, rows) = (p->BlockColumns * spread, p->BlockRows * spread);
        if (ByteLanes512.IsNarrow(columns, rows))
        {
            March<ByteRows.Narrow>(s, f, p, from, to);
        }
        else if (ByteLanes512.IsWide(columns, rows))
        {
            March<ByteRows.Wide>(s, f, p, from, to);
        }
        else
        {
            March<ByteRows.Scattered>(s, f, p, from, to);
        }
    }

    private static void March<TRows>(RaycastSettings s, MarchFrame* f, BytePacket512* p, int from, int to)
    {
        switch (s.Mode, s.Shaded)
        {
            case (RayMode.Composite, false): ByteMarch512.Composite<ByteMarch512.Flat, TRows>(f, p, from, to); break;
            case (RayMode.Composite, true): ByteMarch512.Composite<ByteMarch512.Shaded, TRows>(f, p, from, to); break;
            default: ByteProjection512.Project<TRows>(f, p, from, to, s.Mode); break;
        }
    }

    // The rectangle that the tile's rays cross between two planes: at each plane they are within their corners.
    private static bool Open(ByteLayer layer, int number, ReadOnlySpan<SlicePlan.Line> corners, MarchFrame* f, int from, int to)
    {
        Vector2 low = new(float.MaxValue), high = new(float.MinValue);
        foreach (var m in (ReadOnlySpan<int>)[from, to])
        {
            var h = (float)(f->First + m * f->Step);
            foreach (var line in corners)
            {
                var at = new Vector2(line.Column + h * line.ColumnSlope, line.Row + h * line.RowSlope);
                (low, high) = (Vector2.Min(low, at), Vector2.Max(high, at));
            }
        }

        return layer.Open(number, low.X, low.Y, high.X, high.Y);
    }

    // The first shape whose rays stay close enough together, best of all narrow; null where none does.
    private static PacketShape512? ShapeFor(RayJob job, SlicePlan plan, int u0, int v0, int size)
    {
        var far = plan.IsParallel ? 1 : plan.First + (plan.Count - 1) * SlicePlan.Step;
        var (right, down) = (Vector2.Zero, Vector2.Zero);
        SlicePlan.Line a = plan.LineOf(job, u0, v0), b = plan.LineOf(job, u0 + size, v0), c = plan.LineOf(job, u0, v0 + size),
            d = plan.LineOf(job, u0 + size, v0 + size);
        foreach (var (from, to, isRight) in (ReadOnlySpan<(SlicePlan.Line, SlicePlan.Line, bool)>)[(a, b, true), (c, d, true),
            (a, c, false), (b, d, false)])
        {
            var step = plan.IsParallel
                ? new Vector2(to.Column - from.Column, to.Row - from.Row)
                : new Vector2(to.ColumnSlope - from.ColumnSlope, to.RowSlope - from.RowSlope);
            step = Vector2.Abs(step) * far / size;
            (right, down) = isRight ? (Vector2.Max(right, step), down) : (right, Vector2.Max(down, step));
        }

        PacketShape512? wide = null;
        foreach (var shape in PacketShape512.All)
        {
            var spread = 1.02f * ((shape.Width - 1) * right + (shape.Height - 1) * down);
            if (spread.X > MostSpread || spread.Y > MostSpread || size * size > ByteLayer.MostPackets * shape.Width * shape.Height)
            {
                continue;
            }

            // Half of the lanes idle cost more than wide rows.
            var block = 1.02f * ((shape.Width - 1) * right + (shape.BlockHeight - 1) * down);
            if (shape.IsFull ? ByteLanes512.IsNarrow(block.X, block.Y) : wide is null)
            {
                return shape;
            }

            wide ??= shape;
        }

        return wide;
    }
}
