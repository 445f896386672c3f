using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DendriteViewer.Kernels.Bricks;

/// <summary>One level of a <see cref="PagedVolume"/>: its bricks, null where one is not in memory.</summary>
/// <param name="Z">Voxels along z.</param>
/// <param name="Y">Voxels along y.</param>
/// <param name="X">Voxels along x.</param>
/// <param name="ShiftZ">log2 of a brick's edge along z, at least 3.</param>
/// <param name="ShiftY">log2 of a brick's edge along y, at least 3.</param>
/// <param name="ShiftX">log2 of a brick's edge along x, at least 3.</param>
/// <param name="HalvingsZ">How often z was halved since the volume's finest level here.</param>
/// <param name="HalvingsY">How often y was halved.</param>
/// <param name="HalvingsX">How often x was halved.</param>
/// <param name="Bricks">Brick (bz, by, bx) is <c>Bricks[(bz·CountY + by)·CountX + bx]</c>.</param>
public sealed record BrickLevel(
    int Z, int Y, int X, int ShiftZ, int ShiftY, int ShiftX, int HalvingsZ, int HalvingsY, int HalvingsX, Brick?[] Bricks)
{
    /// <summary>Bricks along z.</summary>
    public int CountZ { get; } = (Z + (1 << ShiftZ) - 1) >> ShiftZ;

    /// <summary>Bricks along y.</summary>
    public int CountY { get; } = (Y + (1 << ShiftY) - 1) >> ShiftY;

    /// <summary>Bricks along x.</summary>
    public int CountX { get; } = (X + (1 << ShiftX) - 1) >> ShiftX;

    /// <summary>The brick that holds voxel (z, y, x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Brick? BrickAt(int z, int y, int x) => Bricks[((z >> ShiftZ) * CountY + (y >> ShiftY)) * CountX + (x >> ShiftX)];
}

/// <summary>
/// What a ray caster walks through: a level's grid of voxels, paged in bricks of the volume's own type. Where a brick is not in
/// memory, the finest coarser level that has the place stands in, interpolated to the same grid, so that rays, cells and
/// neighbours need not know what is there. Its last level ought to be in memory; a voxel found nowhere is 0.
/// </summary>
public sealed class PagedVolume
{
    private const int S = CellRanges.CellShift;

    private readonly BrickLevel[] _levels;

    /// <param name="type">How a voxel is stored.</param>
    /// <param name="levels">The level that is walked through, then coarser ones to stand in for it.</param>
    /// <param name="box">The part in which anything can be seen, in voxels of the first level, multiples of 8 or the volume's end; all of it by default.</param>
    public PagedVolume(VoxelType type, IReadOnlyList<BrickLevel> levels, ((int Z, int Y, int X) From, (int Z, int Y, int X) To)? box = null)
    {
        (Type, _levels) = (type, [.. levels]);
        (From, To) = box ?? ((0, 0, 0), (Z, Y, X));
    }

    /// <summary>How a voxel is stored.</summary>
    public VoxelType Type { get; }

    /// <summary>The level that is walked through.</summary>
    public BrickLevel Grid => _levels[0];

    /// <summary>The grid and what stands in for it, fine to coarse.</summary>
    internal IReadOnlyList<BrickLevel> Levels => _levels;

    /// <summary>Voxels along z.</summary>
    public int Z => _levels[0].Z;

    /// <summary>Voxels along y.</summary>
    public int Y => _levels[0].Y;

    /// <summary>Voxels along x.</summary>
    public int X => _levels[0].X;

    /// <summary>Where the part that can be seen begins.</summary>
    public (int Z, int Y, int X) From { get; }

    /// <summary>Where the part that can be seen ends, exclusive.</summary>
    public (int Z, int Y, int X) To { get; }

    /// <summary>The bricks of the grid that the part touches.</summary>
    internal ((int Z, int Y, int X) From, (int Z, int Y, int X) To) Bricks =>
        ((From.Z >> Grid.ShiftZ, From.Y >> Grid.ShiftY, From.X >> Grid.ShiftX),
            (((To.Z - 1) >> Grid.ShiftZ) + 1, ((To.Y - 1) >> Grid.ShiftY) + 1, ((To.X - 1) >> Grid.ShiftX) + 1));

    /// <summary>A volume of one level from an array in C order (z, y, x), cut into bricks of 64³.</summary>
    public static PagedVolume FromDense<T>(ReadOnlySpan<T> voxels, int z, int y, int x) where T : unmanaged
    {
        const int Shift = 6, Edge = 1 << Shift;
        var type = Unsafe.SizeOf<T>() switch
        {
            1 => typeof(T) == typeof(sbyte) ? VoxelType.Int8 : VoxelType.UInt8,
            2 => typeof(T) == typeof(short) ? VoxelType.Int16 : VoxelType.UInt16,
            _ => VoxelType.Float32,
        };
        var level = new BrickLevel(z, y, x, Shift, Shift, Shift, 0, 0, 0, new Brick?[Count(z) * Count(y) * Count(x)]);
        for (var b = 0; b < level.Bricks.Length; b++)
        {
            int z0 = b / level.CountX / level.CountY * Edge, y0 = b / level.CountX % level.CountY * Edge, x0 = b % level.CountX * Edge;
            int nz = Math.Min(Edge, z - z0), ny = Math.Min(Edge, y - y0), nx = Math.Min(Edge, x - x0);
            var bytes = new byte[Edge * Edge * Edge * Unsafe.SizeOf<T>()];
            var target = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
            for (var k = 0; k < nz; k++)
            {
                for (var j = 0; j < ny; j++)
                {
                    voxels.Slice(((z0 + k) * y + y0 + j) * x + x0, nx).CopyTo(target[((k * Edge + j) * Edge)..]);
                }
            }

            level.Bricks[b] = new Brick(bytes, type, Edge, Edge, Edge, nz, ny, nx);
        }

        return new PagedVolume(type, [level]);

        static int Count(int n) => (n + Edge - 1) >> Shift;
    }

    /// <summary>
    /// The voxel at an index, which is clamped into the volume: stored, or interpolated from the finest coarser level in memory.
    /// </summary>
    public float At(int z, int y, int x)
    {
        (z, y, x) = (Math.Clamp(z, 0, Z - 1), Math.Clamp(y, 0, Y - 1), Math.Clamp(x, 0, X - 1));
        return _levels[0].BrickAt(z, y, x) is { } brick ? Voxel(brick, _levels[0], z, y, x) : StandIn(z, y, x);
    }

    /// <summary>A float as rays read it: NaN is 0, infinities are large.</summary>
    public static float Finite(float v) => float.IsNaN(v) ? 0 : Math.Clamp(v, -1e30f, 1e30f);

    internal static Vector<float> Finite(Vector<float> v) =>
        Vector.Min(Vector.Max(Vector.ConditionalSelect(Vector.Equals(v, v), v, Vector<float>.Zero), new Vector<float>(-1e30f)), new Vector<float>(1e30f));

    private static float Voxel(Brick brick, BrickLevel level, int z, int y, int x)
    {
        var v = brick.At(z & ((1 << level.ShiftZ) - 1), y & ((1 << level.ShiftY) - 1), x & ((1 << level.ShiftX) - 1));
        return brick.Type == VoxelType.Float32 ? Finite(v) : v;
    }

    /// <summary>
    /// The cells of brick (bz, by, bx) of the grid in which something can be seen: bit y·8 + x of slice z. Where the brick is missing,
    /// those of what stands in for it, or more.
    /// </summary>
    /// <returns>Whether there is any.</returns>
    internal bool VisibleCells(int bz, int by, int bx, Func<float, float, bool> isVisible, Span<ulong> visible)
    {
        var grid = Grid;
        visible.Clear();
        int z0 = bz << (grid.ShiftZ - S), y0 = by << (grid.ShiftY - S), x0 = bx << (grid.ShiftX - S);
        int nz = Math.Min(1 << (grid.ShiftZ - S), Cells(grid.Z) - z0), ny = Math.Min(1 << (grid.ShiftY - S), Cells(grid.Y) - y0), nx = Math.Min(1 << (grid.ShiftX - S), Cells(grid.X) - x0);
        if (grid.Bricks[(bz * grid.CountY + by) * grid.CountX + bx] is not { } brick)
        {
            return VisibleStandIn(z0, y0, x0, nz, ny, nx, isVisible, visible);
        }

        var ranges = brick.Ranges;
        int farZ = (1 << (grid.ShiftZ - S)) - 1, farY = (1 << (grid.ShiftY - S)) - 1, farX = (1 << (grid.ShiftX - S)) - 1;
        var any = 0ul;
        for (var z = 0; z < nz; z++)
        {
            var slice = 0ul;
            for (var y = 0; y < ny; y++)
            {
                var inner = z != farZ && y != farY;
                for (var x = 0; x < nx; x++)
                {
                    var (least, most) = inner && x != farX ? ranges[z, y, x] : CellRange(0, z0 + z, y0 + y, x0 + x);
                    slice |= isVisible(least, most) ? 1ul << ((y << 3) | x) : 0;
                }
            }

            visible[z] = slice;
            any |= slice;
        }

        return any != 0;

        static int Cells(int voxels) => (voxels + 7) >> S;
    }

    // A missing brick's cells lie within few of the level that stands in for it: what can be seen of those, grown by one.
    private bool VisibleStandIn(int z0, int y0, int x0, int nz, int ny, int nx, Func<float, float, bool> isVisible, Span<ulong> visible)
    {
        if (LevelOf(z0 << S, y0 << S, x0 << S) is not { } l)
        {
            return isVisible(0, 0) && All(visible);
        }

        var level = _levels[l];
        var any = false;
        for (var z = 0; z < nz; z++)
        {
            var (za, zb) = Span(z0 + z, level.HalvingsZ, level.Z);
            for (var y = 0; y < ny; y++)
            {
                var (ya, yb) = Span(y0 + y, level.HalvingsY, level.Y);
                (int From, int To) last = (-1, -1);
                var seen = false;
                for (var x = 0; x < nx; x++)
                {
                    var (xa, xb) = Span(x0 + x, level.HalvingsX, level.X);
                    seen = (xa, xb) == last ? seen : Seen(za, zb, ya, yb, xa, xb);
                    last = (xa, xb);
                    if (seen)
                    {
                        visible[z] |= 1ul << ((y << 3) | x);
                        any = true;
                    }
                }
            }
        }

        return any;

        bool Seen(int za, int zb, int ya, int yb, int xa, int xb)
        {
            for (var z = za; z <= zb; z++)
            {
                for (var y = ya; y <= yb; y++)
                {
                    for (var x = xa; x <= xb; x++)
                    {
                        var (least, most) = CellRange(l, z, y, x);
                        if (isVisible(least, most))
                        {
                            return true;
                        }
                    }
                }
            }

            return false;
        }

        bool All(Span<ulong> visible)
        {
            visible[..nz].Fill(ulong.MaxValue);
            return true;
        }

        // Cells of the coarser level that the interpolation of a cell reads.
        static (int From, int To) Span(int cell, int halvings, int size) =>
            (Math.Clamp((cell << S >> halvings) - 1, 0, size - 1) >> S, Math.Clamp(((cell << S) + 8 >> halvings) + 1, 0, size - 1) >> S);
    }

    // In the volume's own type, as a voxel would be.
    private float StandIn(int z, int y, int x)
    {
        var v = Interpolated(z, y, x);
        return Type == VoxelType.Float32 ? v : MathF.Round(v);
    }

    // Trilinear between the coarser voxels around the centre of voxel (z, y, x) of the grid.
    private float Interpolated(int z, int y, int x)
    {
        if (LevelOf(z, y, x) is not { } l)
        {
            return 0;
        }

        var level = _levels[l];
        var (z0, z1, fz) = Neighbours(z, level.HalvingsZ, level.Z);
        var (y0, y1, fy) = Neighbours(y, level.HalvingsY, level.Y);
        var (x0, x1, fx) = Neighbours(x, level.HalvingsX, level.X);
        var near = Mix(Mix(At(l, z0, y0, x0), At(l, z0, y0, x1), fx), Mix(At(l, z0, y1, x0), At(l, z0, y1, x1), fx), fy);
        var far = Mix(Mix(At(l, z1, y0, x0), At(l, z1, y0, x1), fx), Mix(At(l, z1, y1, x0), At(l, z1, y1, x1), fx), fy);
        return Mix(near, far, fz);

        static float Mix(float a, float b, float t) => a + (b - a) * t;
    }

    // The finest coarser level that has the place of voxel (z, y, x).
    private int? LevelOf(int z, int y, int x)
    {
        for (var l = 1; l < _levels.Length; l++)
        {
            var level = _levels[l];
            if (level.BrickAt(Math.Min(z >> level.HalvingsZ, level.Z - 1), Math.Min(y >> level.HalvingsY, level.Y - 1), Math.Min(x >> level.HalvingsX, level.X - 1)) is not null)
            {
                return l;
            }
        }

        return null;
    }

    // Voxel (z, y, x) of a coarser level, or where it is not in memory the one of a still coarser level that covers it.
    private float At(int l, int z, int y, int x)
    {
        for (; l < _levels.Length; l++)
        {
            var level = _levels[l];
            if (level.BrickAt(z, y, x) is { } brick)
            {
                return Voxel(brick, level, z, y, x);
            }

            if (l + 1 < _levels.Length)
            {
                var next = _levels[l + 1];
                z = Math.Min(z >> (next.HalvingsZ - level.HalvingsZ), next.Z - 1);
                y = Math.Min(y >> (next.HalvingsY - level.HalvingsY), next.Y - 1);
                x = Math.Min(x >> (next.HalvingsX - level.HalvingsX), next.X - 1);
            }
        }

        return 0;
    }

    /// <summary>Room that <see cref="StandIn{T}"/> needs, in floats.</summary>
    internal const int StandInScratch = 3 * 19 * 19 * StandInRow;

    private const int StandInRow = 24;

    /// <summary>
    /// Fills rows of <paramref name="target"/>, <paramref name="step"/> apart and 24 wide, with what stands in for the voxels from (z, y, x)
    /// on, at most 17 along each axis, that lie in one missing brick. The same as <see cref="At(int, int, int)"/>, a block at a time:
    /// interpolated along x, then y, then z. Rows are written in turn and run over their end, by less than a row.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void StandIn<T>(int z, int y, int x, int nz, int ny, int nx, Span<T> target, int stepZ, int stepY, float[] scratch) where T : unmanaged
    {
        var l = LevelOf(z, y, x) ?? -1;
        if (l < 0)
        {
            for (var k = 0; k < nz; k++)
            {
                for (var j = 0; j < ny; j++)
                {
                    target.Slice(k * stepZ + j * stepY, nx).Clear();
                }
            }

            return;
        }

        var level = _levels[l];
        var first = (Z: Neighbours(z, level.HalvingsZ, level.Z).Low, Y: Neighbours(y, level.HalvingsY, level.Y).Low, X: Neighbours(x, level.HalvingsX, level.X).Low);
        var cz = Neighbours(z + nz - 1, level.HalvingsZ, level.Z).High - first.Z + 1;
        var cy = Neighbours(y + ny - 1, level.HalvingsY, level.Y).High - first.Y + 1;
        var cx = Neighbours(x + nx - 1, level.HalvingsX, level.X).High - first.X + 1;
        Span<float> alongX = scratch.AsSpan(0, 19 * 19 * StandInRow), alongY = scratch.AsSpan(19 * 19 * StandInRow, 19 * 19 * StandInRow);
        Span<float> row = stackalloc float[StandInRow], mixed = stackalloc float[StandInRow];
        Span<int> low = stackalloc int[nx], high = stackalloc int[nx];
        Span<float> part = stackalloc float[nx];
        for (var i = 0; i < nx; i++)
        {
            var (a, b, f) = Neighbours(x + i, level.HalvingsX, level.X);
            (low[i], high[i], part[i]) = (a - first.X, b - first.X, f);
        }

        for (var k = 0; k < cz; k++)
        {
            for (var j = 0; j < cy; j++)
            {
                Coarse(l, first.Z + k, first.Y + j, first.X, row[..cx]);
                var to = alongX.Slice((k * 19 + j) * StandInRow, nx);
                for (var i = 0; i < nx; i++)
                {
                    to[i] = row[low[i]] + (row[high[i]] - row[low[i]]) * part[i];
                }
            }
        }

        for (var k = 0; k < cz; k++)
        {
            for (var j = 0; j < ny; j++)
            {
                var (a, b, f) = Neighbours(y + j, level.HalvingsY, level.Y);
                Mix(alongX.Slice((k * 19 + a - first.Y) * StandInRow, StandInRow), alongX.Slice((k * 19 + b - first.Y) * StandInRow, StandInRow), f,
                    alongY.Slice((k * 19 + j) * StandInRow, StandInRow));
            }
        }

        for (var k = 0; k < nz; k++)
        {
            var (a, b, f) = Neighbours(z + k, level.HalvingsZ, level.Z);
            for (var j = 0; j < ny; j++)
            {
                Mix(alongY.Slice(((a - first.Z) * 19 + j) * StandInRow, StandInRow), alongY.Slice(((b - first.Z) * 19 + j) * StandInRow, StandInRow), f, mixed);
                Store(mixed, target.Slice(k * stepZ + j * stepY, nx == 1 ? 1 : StandInRow));
            }
        }
    }

    // Voxels of a row of a coarser level.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Coarse(int l, int z, int y, int x, Span<float> target)
    {
        var level = _levels[l];
        for (var i = 0; i < target.Length;)
        {
            var at = x + i;
            var run = Math.Min(target.Length - i, (((at >> level.ShiftX) + 1) << level.ShiftX) - at);
            if (level.BrickAt(z, y, at) is not { } brick)
            {
                for (var k = 0; k < run; k++)
                {
                    target[i + k] = At(l, z, y, at + k);
                }
            }
            else
            {
                run = brick.IsTiled ? Math.Min(run, Brick.TileEdge - (at & (Brick.TileEdge - 1))) : run;
                var from = brick.Offset(z & ((1 << level.ShiftZ) - 1), y & ((1 << level.ShiftY) - 1), at & ((1 << level.ShiftX) - 1));
                switch (Type)
                {
                    case VoxelType.UInt8: Convert<byte>(brick.Data, from, target.Slice(i, run)); break;
                    case VoxelType.Int8: Convert<sbyte>(brick.Data, from, target.Slice(i, run)); break;
                    case VoxelType.UInt16: Convert<ushort>(brick.Data, from, target.Slice(i, run)); break;
                    case VoxelType.Int16: Convert<short>(brick.Data, from, target.Slice(i, run)); break;
                    default: Convert<float>(brick.Data, from, target.Slice(i, run)); break;
                }
            }

            i += run;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Convert<TVoxel>(byte[] data, int from, Span<float> target) where TVoxel : unmanaged, INumberBase<TVoxel>
        {
            ref var first = ref Unsafe.Add(ref Unsafe.As<byte, TVoxel>(ref MemoryMarshal.GetArrayDataReference(data)), from);
            for (var k = 0; k < target.Length; k++)
            {
                var v = float.CreateTruncating(Unsafe.Add(ref first, k));
                target[k] = typeof(TVoxel) == typeof(float) ? Finite(v) : v;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float t, Span<float> target)
    {
        for (var i = 0; i < StandInRow; i += 4)
        {
            var va = Vector128.Create(a.Slice(i, 4));
            (va + (Vector128.Create(b.Slice(i, 4)) - va) * t).CopyTo(target.Slice(i, 4));
        }
    }

    // Rounds and narrows a row of 24, of which those beyond the block are overwritten by the next row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(ReadOnlySpan<float> row, Span<T> target) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            MemoryMarshal.Cast<float, T>(row)[..target.Length].CopyTo(target);
            return;
        }

        if (target.Length < StandInRow)
        {
            var v = (int)MathF.Round(row[0]);
            target[0] = Unsafe.As<int, T>(ref v);
            return;
        }

        for (var i = 0; i < StandInRow; i += 8)
        {
            var low = Vector128.ConvertToInt32(Vector128.Round(Vector128.Create(row.Slice(i, 4)))).AsUInt32();
            var high = Vector128.ConvertToInt32(Vector128.Round(Vector128.Create(row.Slice(i + 4, 4)))).AsUInt32();
            var words = Vector128.Narrow(low, high);
            if (typeof(T) == typeof(ushort))
            {
                words.CopyTo(MemoryMarshal.Cast<T, ushort>(target)[i..]);
            }
            else
            {
                Vector128.Narrow(words, words).GetLower().CopyTo(MemoryMarshal.Cast<T, byte>(target)[i..]);
            }
        }
    }

    private static (int Low, int High, float Fraction) Neighbours(int i, int halvings, int size)
    {
        var at = (i + 0.5f) / (1 << halvings) - 0.5f;
        var low = (int)MathF.Floor(at);
        return (Math.Clamp(low, 0, size - 1), Math.Clamp(low + 1, 0, size - 1), at - low);
    }

    /// <summary>Least and largest value that a sample in a cell of a level can be made of.</summary>
    internal (float Least, float Most) CellRange(int l, int cz, int cy, int cx)
    {
        var level = _levels[l];
        int z = cz << S, y = cy << S, x = cx << S;
        if (level.BrickAt(z, y, x) is not { } brick)
        {
            return CoarserRange(l, z, y, x);
        }

        var ranges = brick.Ranges;
        int kz = (z & ((1 << level.ShiftZ) - 1)) >> S, ky = (y & ((1 << level.ShiftY) - 1)) >> S, kx = (x & ((1 << level.ShiftX) - 1)) >> S;
        var (least, most) = ranges[kz, ky, kx];
        bool farZ = kz + 1 == 1 << (level.ShiftZ - S) && z + 8 < level.Z, farY = ky + 1 == 1 << (level.ShiftY - S) && y + 8 < level.Y,
            farX = kx + 1 == 1 << (level.ShiftX - S) && x + 8 < level.X;
        if (!farZ && !farY && !farX)
        {
            return (least, most);
        }

        for (var n = 1; n < 8; n++)
        {
            bool dz = (n & 4) != 0, dy = (n & 2) != 0, dx = (n & 1) != 0;
            if ((dz && !farZ) || (dy && !farY) || (dx && !farX))
            {
                continue;
            }

            int nz = dz ? z + 8 : z, ny = dy ? y + 8 : y, nx = dx ? x + 8 : x;
            var (a, b) = level.BrickAt(nz, ny, nx) is { } neighbour
                ? neighbour.Ranges[dz ? neighbour.Ranges.CountZ : kz, dy ? neighbour.Ranges.CountY : ky, dx ? neighbour.Ranges.CountX : kx]
                : CoarserRange(l, nz, ny, nx);
            (least, most) = (Math.Min(least, a), Math.Max(most, b));
        }

        return (least, most);
    }

    // What the stand-ins of a cell's voxels can be: the extremes of every cell that their interpolation reads, of the finest coarser
    // level that has the place.
    private (float Least, float Most) CoarserRange(int l, int z, int y, int x)
    {
        var fine = _levels[l];
        for (l++; l < _levels.Length; l++)
        {
            var level = _levels[l];
            int hz = level.HalvingsZ - fine.HalvingsZ, hy = level.HalvingsY - fine.HalvingsY, hx = level.HalvingsX - fine.HalvingsX;
            if (level.BrickAt(Math.Min(z >> hz, level.Z - 1), Math.Min(y >> hy, level.Y - 1), Math.Min(x >> hx, level.X - 1)) is null)
            {
                continue;
            }

            var (z0, z1) = Span(z, hz, level.Z);
            var (y0, y1) = Span(y, hy, level.Y);
            var (x0, x1) = Span(x, hx, level.X);
            var (least, most) = (float.MaxValue, float.MinValue);
            for (var cz = z0; cz <= z1; cz++)
            {
                for (var cy = y0; cy <= y1; cy++)
                {
                    for (var cx = x0; cx <= x1; cx++)
                    {
                        var (a, b) = CellRange(l, cz, cy, cx);
                        (least, most) = (Math.Min(least, a), Math.Max(most, b));
                    }
                }
            }

            return (least, most);
        }

        return (0, 0);

        static (int From, int To) Span(int v, int halvings, int size) =>
            (Math.Clamp((v >> halvings) - 1, 0, size - 1) >> S, Math.Clamp(((v + 8) >> halvings) + 1, 0, size - 1) >> S);
    }
}
