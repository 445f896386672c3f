using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// Curved sheets through 8- and 16-bit voxels, 4×4 pixels at a time. First the heights of all pixels of a tile are looked up, sixteen of a
/// row at once; their least and greatest bound the box of voxels that is copied into a <see cref="VoxelWindow"/>. Then the voxels around
/// each sixteen samples are permuted by <see cref="VoxelBoxes"/>; sixteen that lie too far apart, where the sheet is steep, are drawn one
/// by one. Same values as <see cref="CurvedSlicer.Pixel(PagedVolume, CurvedSliceGeometry, int, int)"/> but for the last bits.
/// </summary>
internal sealed unsafe class CurvedBoxes(PagedVolume volume, CurvedSliceGeometry sheet, int width, int height, SliceRow row)
{
    /// <summary>Pixels of a tile each way at most.</summary>
    public const int MostTile = 64;

    private const int Side = SliceBoxes.Side;

    // A slice of a box has 2 to 16 rows.
    private const int MostRowsASlice = VoxelBoxes.MostRows / 2;

    private readonly HostSlicer _host = new(volume, sheet.Interpolation);

    /// <summary>Whether a sheet is drawn so.</summary>
    public static bool Covers(PagedVolume volume, CurvedSliceGeometry sheet) =>
        VoxelBoxes.IsSupported && VoxelWindow.Covers(volume) && sheet.Interpolation != SliceInterpolation.Cubic;

    /// <summary>Pixels of the tiles that fit well, each way.</summary>
    public int TileSize
    {
        get
        {
            var pixel = Math.Max(sheet.Right.Length(), sheet.Down.Length());
            var size = MostTile;
            while (size > 8 && size * pixel > VoxelWindow.MostTile)
            {
                size /= 2;
            }

            return size;
        }
    }

    /// <summary>Draws a tile, or smaller ones where its voxels do not fit the window.</summary>
    public void RenderTile(TileWorker worker, int u0, int v0, int size)
    {
        int u1 = Math.Min(u0 + size, width), v1 = Math.Min(v0 + size, height);
        if (u0 >= u1 || v0 >= v1)
        {
            return;
        }

        var values = (float*)worker.Packets;
        var heights = values + MostTile * MostTile;
        var (least, most) = Heights(heights, u0, v0, u1, v1);
        var (low, high) = BoxOf(u0, v0, u1, v1, least, most);
        if (!(least <= most))
        {
            // No height is known.
            new Span<float>(values, MostTile * MostTile).Fill(float.NaN);
        }
        else if (worker.Voxels.Prepare(new ConvexPart(low, high, []), BlockSheet.Everything))
        {
            if (volume.Type.Size() == 1)
            {
                Draw<Samples512.Bits8>(worker.Voxels.Origin, values, heights, (low, high), u0, v0, u1, v1);
            }
            else
            {
                Draw<Samples512.Bits16>(worker.Voxels.Origin, values, heights, (low, high), u0, v0, u1, v1);
            }
        }
        else if (size > Side)
        {
            var half = size / 2;
            RenderTile(worker, u0, v0, half);
            RenderTile(worker, u0 + half, v0, half);
            RenderTile(worker, u0, v0 + half, half);
            RenderTile(worker, u0 + half, v0 + half, half);
            return;
        }
        else
        {
            OneByOne(values, u0, v0, u0, v0);
        }

        for (var v = v0; v < v1; v++)
        {
            row(u0, v, new ReadOnlySpan<float>(values + MostTile * (v - v0), u1 - u0));
        }
    }

    // Heights of a tile's pixels, NaN where the sheet is not known and beyond the tile's end; the least and the greatest of them.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (float Least, float Most) Heights(float* heights, int u0, int v0, int u1, int v1)
    {
        const int Lanes = 16;
        var field = sheet.Field;
        var (least, most) = (Vector512.Create(float.PositiveInfinity), Vector512.Create(float.NegativeInfinity));
        new Span<float>(heights, MostTile * MostTile).Fill(float.NaN);
        fixed (float* nodes = field.Heights)
        {
            for (var v = v0; v < v1; v++)
            {
                var at = sheet.FieldOrigin.Row + v * sheet.FieldStep.Row;
                if (!(at >= -0.5 && at <= field.Rows - 0.5))
                {
                    continue;
                }

                // As HeightField.At: half a node beyond the outermost ones theirs goes on.
                at = Math.Clamp(at, 0, field.Rows - 1);
                var i = Math.Min((int)at, field.Rows - 2);
                var line = (int*)(nodes + i * field.Columns);
                var down = Vector512.Create((float)(at - i));
                var written = heights + (v - v0) * MostTile;
                for (var u = u0; u < u1; u += Lanes)
                {
                    var column = Vector512.Create((float)(sheet.FieldOrigin.Column + u * sheet.FieldStep.Column))
                        + Vector512.CreateSequence(0f, 1f) * (float)sheet.FieldStep.Column;
                    var known = Vector512.GreaterThanOrEqual(column, Vector512.Create(-0.5f))
                        & Vector512.LessThanOrEqual(column, Vector512.Create(field.Columns - 0.5f));
                    column = Vector512.Min(Vector512.Max(column, Vector512<float>.Zero), Vector512.Create(field.Columns - 1f));
                    var j = Vector512.Min(Vector512.ConvertToInt32Native(column), Vector512.Create(field.Columns - 2));
                    var across = column - Vector512.ConvertToSingle(j);
                    var near = Between(line, j, across);
                    var far = Between(line + field.Columns, j, across);
                    var h = Vector512.ConditionalSelect(known, near + (far - near) * down, Vector512.Create(float.NaN));
                    h.Store(written + u - u0);
                }

                Outside(written, u0, u1, v);
                for (var u = u0; u < u1; u += Lanes)
                {
                    var h = Vector512.Load(written + u - u0);
                    var known = Vector512.Equals(h, h);
                    least = Vector512.Min(least, Vector512.ConditionalSelect(known, h, least));
                    most = Vector512.Max(most, Vector512.ConditionalSelect(known, h, most));
                }
            }
        }

        return (Lanes512.Least(least), -Lanes512.Least(-most));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<float> Between(int* line, Vector512<int> j, Vector512<float> across)
        {
            var first = Lanes512.Words(line, j).AsSingle();
            return first + (Lanes512.Words(line + 1, j).AsSingle() - first) * across;
        }
    }

    // Takes the heights away beyond the tile's end and from columns that are not inside.
    private void Outside(float* heights, int u0, int u1, int v)
    {
        var end = (u1 - u0 + 15) / 16 * 16;
        new Span<float>(heights + u1 - u0, end - (u1 - u0)).Fill(float.NaN);
        if (sheet.Inside is null)
        {
            return;
        }

        var inside = sheet.Inside[v];
        var next = u0;
        for (var i = 0; i + 1 < inside.Length && next < u1; i += 2)
        {
            int from = Column(inside[i]), to = Column(inside[i + 1]);
            new Span<float>(heights + next - u0, Math.Max(from - next, 0)).Fill(float.NaN);
            next = Math.Max(next, to);
        }

        new Span<float>(heights + next - u0, u1 - next).Fill(float.NaN);

        int Column(double at) => (int)Math.Ceiling(Math.Clamp(at, u0, u1));
    }

    // The space around all samples of a tile, a voxel around it included, within the volume.
    private (Vector3 Low, Vector3 High) BoxOf(int u0, int v0, int u1, int v1, float least, float most)
    {
        var slab = (sheet.SlabSamples - 1) * 0.5f * MathF.Abs(sheet.SlabStep);
        Vector3 low = new(float.MaxValue), high = new(float.MinValue);
        for (var i = 0; i < 8; i++)
        {
            var p = (Vector3)sheet.Origin + ((i & 1) != 0 ? u1 - 1 : u0) * (Vector3)sheet.Right
                + ((i & 2) != 0 ? v1 - 1 : v0) * (Vector3)sheet.Down
                + ((i & 4) != 0 ? most + slab : least - slab) * (Vector3)sheet.Along;
            (low, high) = (Vector3.Min(low, p), Vector3.Max(high, p));
        }

        var last = new Vector3(volume.X - 1, volume.Y - 1, volume.Z - 1);
        return (Vector3.Clamp(low - Vector3.One, Vector3.Zero, last), Vector3.Clamp(high + Vector3.One, Vector3.Zero, last));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Draw<TVoxel>(
        byte* origin, float* values, float* heights, (Vector3 Low, Vector3 High) box, int u0, int v0, int u1, int v1)
        where TVoxel : struct
    {
        var size = volume.Type.Size();
        var rows = stackalloc int[(MostRowsASlice + 1) * VoxelBoxes.MostRows];
        for (var n = 2; n <= MostRowsASlice; n++)
        {
            for (var i = 0; i < VoxelBoxes.MostRows; i++)
            {
                rows[n * VoxelBoxes.MostRows + i] = VoxelBoxes.Rows(n)[i] * size;
            }
        }

        var (across, down) = SliceBoxes.Lanes();
        Vector3 right = sheet.Right, below = sheet.Down, along = sheet.Along, step = sheet.SlabStep * along;
        var start = -(sheet.SlabSamples - 1) * 0.5f * step;
        Vector512<float> dz = across * right.Z + down * below.Z + Vector512.Create(start.Z);
        var dy = across * right.Y + down * below.Y + Vector512.Create(start.Y);
        var dx = across * right.X + down * below.X + Vector512.Create(start.X);
        var (flip, bias) = (VoxelBoxes.FlipOf(volume.Type), Vector512.Create(BlockWindow.BiasOf(volume.Type)));
        var isNearest = sheet.Interpolation == SliceInterpolation.Nearest;
        for (var v = v0; v < v1; v += Side)
        {
            for (var u = u0; u < u1; u += Side)
            {
                var at = (v - v0) * MostTile + u - u0;
                var h = Load(heights + at);
                var known = Vector512.Equals(h, h);
                var lowest = Lanes512.Least(Vector512.ConditionalSelect(known, h, Vector512.Create(float.PositiveInfinity)));
                if (float.IsPositiveInfinity(lowest))
                {
                    Store(Vector512.Create(float.NaN), values + at);
                    continue;
                }

                // What is not known is sampled beside the rest, and not shown.
                h = Vector512.ConditionalSelect(known, h, Vector512.Create(lowest));
                var first = (Vector3)sheet.Origin + u * right + v * below;
                var z = Vector512.Create(first.Z) + dz + h * along.Z;
                var y = Vector512.Create(first.Y) + dy + h * along.Y;
                var x = Vector512.Create(first.X) + dx + h * along.X;
                Vector512<float> sum = default, count = default;
                var (least, most) = (Vector512.Create(float.PositiveInfinity), Vector512.Create(float.NegativeInfinity));
                var fits = true;
                for (var s = 0; s < sheet.SlabSamples && fits; s++)
                {
                    var pz = Clamp(z, box.Low.Z, box.High.Z);
                    var py = Clamp(y, box.Low.Y, box.High.Y);
                    var px = Clamp(x, box.Low.X, box.High.X);
                    if (isNearest)
                    {
                        var half = Vector512.Create(0.5f);
                        (pz, py, px) = (Vector512.Floor(pz + half), Vector512.Floor(py + half), Vector512.Floor(px + half));
                    }

                    fits = Sample<TVoxel>(origin, rows, size, pz, py, px, flip, out var value);
                    value += bias;
                    var inside = known & IsInside(z, volume.Z) & IsInside(y, volume.Y) & IsInside(x, volume.X);
                    sum += value & inside;
                    count += Vector512<float>.One & inside;
                    least = Vector512.ConditionalSelect(inside, Vector512.Min(least, value), least);
                    most = Vector512.ConditionalSelect(inside, Vector512.Max(most, value), most);
                    z += Vector512.Create(step.Z);
                    y += Vector512.Create(step.Y);
                    x += Vector512.Create(step.X);
                }

                if (!fits)
                {
                    OneByOne(values, u0, v0, u, v);
                    continue;
                }

                var shown = sheet.Mode switch { SlabMode.Minimum => least, SlabMode.Maximum => most, _ => sum / count };
                Store(Vector512.ConditionalSelect(
                    Vector512.GreaterThan(count, Vector512<float>.Zero), shown, Vector512.Create(float.NaN)), values + at);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<float> Clamp(Vector512<float> p, float low, float high) =>
            Vector512.Min(Vector512.Max(p, Vector512.Create(low)), Vector512.Create(high));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector512<float> IsInside(Vector512<float> p, int voxels) =>
            Vector512.GreaterThanOrEqual(p, Vector512.Create(-0.5f)) & Vector512.LessThanOrEqual(p, Vector512.Create(voxels - 0.5f));
    }

    // The values at sixteen places in the window, or false where they do not lie in one box.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Sample<TVoxel>(
        byte* origin, int* rows, int size, Vector512<float> z, Vector512<float> y, Vector512<float> x, Vector512<int> flip,
        out Vector512<float> value)
        where TVoxel : struct
    {
        int z0 = (int)Lanes512.Least(z), y0 = (int)Lanes512.Least(y), x0 = (int)Lanes512.Least(x);
        int slices = (int)-Lanes512.Least(-z) - z0 + 2, rowsASlice = (int)-Lanes512.Least(-y) - y0 + 2;
        var columns = (int)-Lanes512.Least(-x) - x0 + 2;
        if (columns > VoxelBoxes.Width || rowsASlice > MostRowsASlice || slices * rowsASlice > VoxelBoxes.MostRows)
        {
            value = default;
            return false;
        }

        Vector512<int> iz = Vector512.ConvertToInt32Native(z), iy = Vector512.ConvertToInt32Native(y);
        var ix = Vector512.ConvertToInt32Native(x);
        Vector512<float> fz = z - Vector512.ConvertToSingle(iz), fy = y - Vector512.ConvertToSingle(iy);
        var fx = x - Vector512.ConvertToSingle(ix);
        var number = (iz * rowsASlice + iy) * VoxelBoxes.Width + ix - Vector512.Create((z0 * rowsASlice + y0) * VoxelBoxes.Width + x0);
        var first = origin + ((nint)z0 * VoxelWindow.StepZ + (nint)y0 * VoxelWindow.StepY + x0) * size;
        rows += rowsASlice * VoxelBoxes.MostRows;
        value = slices * rowsASlice <= VoxelBoxes.MostRows / 2
            ? VoxelBoxes.Sample<TVoxel, VoxelBoxes.Few>(first, rows, rowsASlice, number, fz, fy, fx, flip)
            : VoxelBoxes.Sample<TVoxel, VoxelBoxes.Many>(first, rows, rowsASlice, number, fz, fy, fx, flip);
        return true;
    }

    // The pixels of the box from (u, v) on in a tile from (u0, v0) on.
    private void OneByOne(float* values, int u0, int v0, int u, int v)
    {
        for (var i = 0; i < Side * Side; i++)
        {
            int pu = u + i % Side, pv = v + i / Side;
            if (pu < width && pv < height)
            {
                values[(pv - v0) * MostTile + pu - u0] = CurvedSlicer.Pixel(volume, _host, sheet, pu, pv);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load(float* from) => Vector512.Create(
        Vector256.Create(Vector128.Load(from), Vector128.Load(from + MostTile)),
        Vector256.Create(Vector128.Load(from + 2 * MostTile), Vector128.Load(from + 3 * MostTile)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> pixels, float* to)
    {
        pixels.GetLower().GetLower().Store(to);
        pixels.GetLower().GetUpper().Store(to + MostTile);
        pixels.GetUpper().GetLower().Store(to + 2 * MostTile);
        pixels.GetUpper().GetUpper().Store(to + 3 * MostTile);
    }
}
