using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// Neighbouring rays in the lanes of a vector of words, and what they have gathered. Lane i is pixel (i mod w, i div w) of a block w
/// pixels wide. Floats of the lanes are in two vectors, so that packing them to words and unpacking are each other's inverse: groups
/// of four lanes go to the first and to the second in turn.
/// </summary>
internal unsafe struct BytePacket512
{
    /// <summary>
    /// How far each ray's column or row lies above the packet's lowest: in an h of 1, or, of parallel rays, everywhere.
    /// </summary>
    public Vector512<float> ColumnsFirst, ColumnsSecond, RowsFirst, RowsSecond;

    /// <summary>The first plane of each ray and the end of its planes; 65535 and 0 of rays that meet nothing.</summary>
    public Vector512<ushort> From, End;

    /// <summary>
    /// What each ray lets through, of 32767, and what it gathered: red, green and blue as differences from 128 in 256ths (128ths if
    /// shaded), and the grey that is added to all three if shaded. Of extremes, the largest or smallest level in <see cref="Through"/>;
    /// of means, sums of levels in <see cref="Red"/> and <see cref="Green"/>, 32 bits.
    /// </summary>
    public Vector512<short> Through, Red, Green, Blue, Grey;

    /// <summary>What opacities are multiplied by: how long each ray is between two planes, of the tile's longest, in 32767ths.</summary>
    public Vector512<short> Part;

    /// <summary>
    /// The levels on the last plane that was sampled: in each group of 16 bytes, those of eight lanes on an earlier plane, then on the
    /// last one.
    /// </summary>
    public Vector512<byte> Before;

    /// <summary>The gradient there.</summary>
    public Vector512<short> SlopeColumns, SlopeRows, SlopeAxis;

    /// <summary>The lowest column and row: where h is 0, and what they gain for an h of 1.</summary>
    public float Column, Row, ColumnSlope, RowSlope;

    /// <summary>How far the rays spread in columns and rows, as <see cref="ColumnsFirst"/>.</summary>
    public float ColumnSpread, RowSpread;

    /// <summary>The same of those lanes that <see cref="ByteLanes512.Fetch"/> takes together, where they spread farthest.</summary>
    public float BlockColumns, BlockRows;

    /// <summary>
    /// The first plane of all rays, the end of their planes, and the plane behind the last one that was sampled, or −1.
    /// </summary>
    public int FirstPlane, EndPlane, Next;

    /// <summary>Begins the packet whose first pixel is (u, v).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Begin(RayJob job, SlicePlan plan, PacketShape512 shape, int u, int v)
    {
        var (first, end) = (int.MaxValue, 0);
        Lanes(job, plan, shape.Across1, shape.Down1, u, v, out var column1, out var row1, out var columnSlope1, out var rowSlope1,
            out var from1, out var end1);
        Lanes(job, plan, shape.Across2, shape.Down2, u, v, out var column2, out var row2, out var columnSlope2, out var rowSlope2,
            out var from2, out var end2);
        (from1, end1) = (from1 | shape.Unused1, end1 & ~shape.Unused1);
        (from2, end2) = (from2 | shape.Unused2, end2 & ~shape.Unused2);
        (From, End) = (Avx512BW.PackUnsignedSaturate(from1 & Vector512.Create(0xFFFF), from2 & Vector512.Create(0xFFFF)),
            Avx512BW.PackUnsignedSaturate(end1, end2));
        first = ByteLanes512.Least(Vector512.Min(from1 & Vector512.Create(0xFFFF), from2 & Vector512.Create(0xFFFF)));
        end = -ByteLanes512.Least(Vector512.Min(-end1, -end2));
        (FirstPlane, EndPlane, Next) = (first, end, -1);
        if (plan.IsParallel)
        {
            (Column, Row, ColumnSlope, RowSlope) = (Least(column1, column2), Least(row1, row2), columnSlope1[0], rowSlope1[0]);
            (ColumnsFirst, ColumnsSecond) = (column1 - Vector512.Create(Column), column2 - Vector512.Create(Column));
            (RowsFirst, RowsSecond) = (row1 - Vector512.Create(Row), row2 - Vector512.Create(Row));
        }
        else
        {
            (Column, Row, ColumnSlope, RowSlope) = (column1[0], row1[0], Least(columnSlope1, columnSlope2), Least(rowSlope1, rowSlope2));
            (ColumnsFirst, ColumnsSecond) = (columnSlope1 - Vector512.Create(ColumnSlope), columnSlope2 - Vector512.Create(ColumnSlope));
            (RowsFirst, RowsSecond) = (rowSlope1 - Vector512.Create(RowSlope), rowSlope2 - Vector512.Create(RowSlope));
        }

        Part = Avx512BW.PackSignedSaturate(PartOf(columnSlope1, rowSlope1, plan), PartOf(columnSlope2, rowSlope2, plan));
        (ColumnSpread, RowSpread) = (-Least(-ColumnsFirst, -ColumnsSecond), -Least(-RowsFirst, -RowsSecond));
        BlockColumns = ByteLanes512.BlockSpread(ColumnsFirst, ColumnsSecond);
        BlockRows = ByteLanes512.BlockSpread(RowsFirst, RowsSecond);
        Through = Vector512.Create(job.Settings.Mode switch { RayMode.Maximum or RayMode.Mean => (short)0, _ => short.MaxValue });
        (Red, Green, Blue, Grey) = (default, default, default, default);
        (Before, SlopeColumns, SlopeRows, SlopeAxis) = (default, default, default, default);
    }

    /// <summary>Whether no ray that goes on behind a plane lets through enough to be seen.</summary>
    public readonly bool IsFinished(int plane)
    {
        var goesOn = Vector512.GreaterThan(End, Vector512.Create((ushort)plane)).AsInt16();
        return Vector512.GreaterThan(Through & goesOn,
            Vector512.Create((short)(ByteRaycaster.Finished * 32767))).ExtractMostSignificantBits() == 0;
    }

    // Sixteen rays: where they are, and their planes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Lanes(
        RayJob job, SlicePlan plan, Vector512<float> across, Vector512<float> down, int u, int v, out Vector512<float> column,
            out Vector512<float> row,
        out Vector512<float> columnSlope, out Vector512<float> rowSlope, out Vector512<int> from, out Vector512<int> end)
    {
        var s = job.Settings;
        var pu = (across + Vector512.Create(u + 0.5f)) * job.Scale - Vector512.Create(0.5f);
        var pv = (down + Vector512.Create(v + 0.5f)) * job.Scale - Vector512.Create(0.5f);
        Vector3 o = plan.Rays.Origin, ou = plan.Rays.OriginRight, ov = plan.Rays.OriginDown;
        Vector3 d = plan.Rays.Direction, du = plan.Rays.DirectionRight, dv = plan.Rays.DirectionDown;
        var along = Vector512.Create(d.X) + pu * du.X + pv * dv.X;
        var inverse = Vector512.Create((float)plan.Sign) / along;
        columnSlope = (Vector512.Create(d.Y) + pu * du.Y + pv * dv.Y) * inverse;
        rowSlope = (Vector512.Create(d.Z) + pu * du.Z + pv * dv.Z) * inverse;
        var origin = (Vector512.Create(o.X - plan.Reference) + pu * ou.X + pv * ov.X) * plan.Sign;
        column = Vector512.Create(o.Y) + pu * ou.Y + pv * ov.Y - origin * columnSlope;
        row = Vector512.Create(o.Z) + pu * ou.Z + pv * ov.Z - origin * rowSlope;
        var start = Vector512.MaxNative(origin, Vector512.Create(plan.HLow));
        var stop = Vector512.Create(plan.HHigh);
        Slab(column, columnSlope, plan.Low.Y, plan.High.Y, ref start, ref stop);
        Slab(row, rowSlope, plan.Low.Z, plan.High.Z, ref start, ref stop);
        for (var i = 0; i < s.Clip.Planes.Count; i++)
        {
            Cut(s.Clip, i, plan, column, row, columnSlope, rowSlope, ref start, ref stop);
        }

        var count = Vector512.Create(plan.Count);
        var per = 1 / SlicePlan.Step;
        var first = Vector512.Ceiling((start - Vector512.Create(plan.First)) * per - Vector512.Create(SlicePlan.Near));
        var last = Vector512.Floor((stop - Vector512.Create(plan.First)) * per + Vector512.Create(SlicePlan.Near)) + Vector512<float>.One;
        from = Bounded(first, count);
        end = Bounded(last, count);
        var none = Vector512.GreaterThanOrEqual(from, end);
        from |= none;
        end &= ~none;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> PartOf(Vector512<float> columnSlope, Vector512<float> rowSlope, SlicePlan plan)
    {
        var length = Vector512.Sqrt(Vector512<float>.One + columnSlope * columnSlope + rowSlope * rowSlope);
        return Avx512F.ConvertToVector512Int32(length * (SlicePlan.Step / plan.Length * 32767));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Bounded(Vector512<float> planes, Vector512<int> count) => Vector512.Min(
        Vector512.Max(Vector512.ConvertToInt32Native(Vector512.MinNative(Vector512.MaxNative(planes, Vector512.Create(-1f)),
            Vector512.Create(1e6f))),
            Vector512<int>.Zero), count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Slab(Vector512<float> at, Vector512<float> slope, float low, float high, ref Vector512<float> start,
        ref Vector512<float> end)
    {
        var size = Vector512.MaxNative(Vector512.Abs(slope), Vector512.Create(SlicePlan.LeastSlope));
        var inverse = Vector512<float>.One / Vector512.CopySign(size, slope);
        Vector512<float> a = (Vector512.Create(low) - at) * inverse, b = (Vector512.Create(high) - at) * inverse;
        start = Vector512.MaxNative(start, Vector512.MinNative(a, b));
        end = Vector512.MinNative(end, Vector512.MaxNative(a, b));
    }

    // What one plane, or a surface near one, leaves of the rays.
    private static void Cut(
        ClipShape clip, int i, SlicePlan plan, Vector512<float> column, Vector512<float> row, Vector512<float> columnSlope,
            Vector512<float> rowSlope,
        ref Vector512<float> start, ref Vector512<float> end)
    {
        var (n, relief) = clip.Planes[i];
        var normal = plan.Pick(new Vector3(n.X, n.Y, n.Z));
        var along = Vector512.Create(normal.X * plan.Sign) + columnSlope * normal.Y + rowSlope * normal.Z;
        var at = Vector512.Create(normal.X * plan.Reference + n.W) + column * normal.Y + row * normal.Z;
        var level = Vector512.LessThan(Vector512.Abs(along), Vector512.Create(1e-12f));
        var meet = -at / along;
        for (var k = 0; relief != 0 && k < Vector512<float>.Count; k++)
        {
            Vector3 o = default, d = default;
            (o[plan.Axis], o[plan.Column], o[plan.Row]) = (plan.Reference, column[k], row[k]);
            (d[plan.Axis], d[plan.Column], d[plan.Row]) = (plan.Sign, columnSlope[k], rowSlope[k]);
            meet = meet.WithElement(k, clip.Meet(o, d, at[k], along[k], relief));
        }

        var enters = Vector512.GreaterThan(along, Vector512<float>.Zero);
        start = Vector512.ConditionalSelect(enters & ~level, Vector512.MaxNative(start, meet), start);
        end = Vector512.ConditionalSelect(~enters & ~level, Vector512.MinNative(end, meet), end);
        end = Vector512.ConditionalSelect(level & Vector512.LessThan(at, Vector512<float>.Zero), Vector512.Create(float.MinValue), end);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Least(Vector512<float> a, Vector512<float> b) => Lanes512.Least(Vector512.MinNative(a, b));
}
