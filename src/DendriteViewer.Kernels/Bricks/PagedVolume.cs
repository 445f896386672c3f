using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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
    private readonly Lazy<(float[] Least, float[] Most)> _ranges;

    /// <param name="type">How a voxel is stored.</param>
    /// <param name="levels">The level that is walked through, then coarser ones to stand in for it.</param>
    /// <param name="box">The part in which anything can be seen, in voxels of the first level, multiples of 8 or the volume's end; all of it by default.</param>
    public PagedVolume(VoxelType type, IReadOnlyList<BrickLevel> levels, ((int Z, int Y, int X) From, (int Z, int Y, int X) To)? box = null)
    {
        (Type, _levels) = (type, [.. levels]);
        (From, To) = box ?? ((0, 0, 0), (Z, Y, X));
        (CellsZ, CellsY, CellsX) = (Cells(From.Z, To.Z), Cells(From.Y, To.Y), Cells(From.X, To.X));
        FirstCell = ((From.Z >> S) * CellsY + (From.Y >> S)) * CellsX + (From.X >> S);
        _ranges = new(FindRanges);

        static int Cells(int from, int to) => (to + 7 >> S) - (from >> S);
    }

    /// <summary>How a voxel is stored.</summary>
    public VoxelType Type { get; }

    /// <summary>The level that is walked through.</summary>
    public BrickLevel Grid => _levels[0];

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

    /// <summary>Cell (z, y, x) of the whole grid is entry <c>(z·CellsY + y)·CellsX + x − FirstCell</c> of a map of the part's cells.</summary>
    public int FirstCell { get; }

    /// <summary>Least value that a sample in each of the part's cells can be made of.</summary>
    public float[] CellLeast => _ranges.Value.Least;

    /// <summary>Largest value that a sample in each of the part's cells can be made of.</summary>
    public float[] CellMost => _ranges.Value.Most;

    /// <summary>Cells of 8 voxels along z in the part that can be seen.</summary>
    public int CellsZ { get; }

    /// <summary>Cells of 8 voxels along y.</summary>
    public int CellsY { get; }

    /// <summary>Cells of 8 voxels along x.</summary>
    public int CellsX { get; }

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

    /// <summary>
    /// Copies voxels x … x + target.Length − 1 of a row, clamped into the volume; signed types as they are stored.
    /// </summary>
    internal void Row<T>(int z, int y, int x, Span<T> target) where T : unmanaged, INumber<T>
    {
        (z, y) = (Math.Min(z, Z - 1), Math.Min(y, Y - 1));
        var grid = _levels[0];
        for (var i = 0; i < target.Length;)
        {
            var at = x + i;
            if (at >= X)
            {
                target[i..].Fill(target[i - 1]);
                return;
            }

            var brick = grid.BrickAt(z, y, at);
            var run = Math.Min(Math.Min(target.Length - i, X - at), (((at >> grid.ShiftX) + 1) << grid.ShiftX) - at);
            if (brick is null)
            {
                for (var k = 0; k < run; k++)
                {
                    target[i + k] = T.CreateTruncating(StandIn(z, y, at + k));
                }
            }
            else
            {
                run = brick.IsTiled ? Math.Min(run, Brick.TileEdge - (at & (Brick.TileEdge - 1))) : run;
                var from = brick.Offset(z & ((1 << grid.ShiftZ) - 1), y & ((1 << grid.ShiftY) - 1), at & ((1 << grid.ShiftX) - 1));
                MemoryMarshal.Cast<byte, T>(brick.Data.AsSpan()).Slice(from, run).CopyTo(target[i..]);
            }

            i += run;
        }
    }

    private static float Voxel(Brick brick, BrickLevel level, int z, int y, int x)
    {
        var v = brick.At(z & ((1 << level.ShiftZ) - 1), y & ((1 << level.ShiftY) - 1), x & ((1 << level.ShiftX) - 1));
        return brick.Type == VoxelType.Float32 ? Finite(v) : v;
    }

    private (float[] Least, float[] Most) FindRanges()
    {
        var (least, most) = (new float[CellsZ * CellsY * CellsX], new float[CellsZ * CellsY * CellsX]);
        var grid = _levels[0];
        int z0 = From.Z >> S, y0 = From.Y >> S, x0 = From.X >> S;
        Parallel.For(0, CellsZ * CellsY, row =>
        {
            int cz = z0 + row / CellsY, cy = y0 + row % CellsY, inBrick = 1 << (grid.ShiftX - S);
            int kz = cz & ((1 << (grid.ShiftZ - S)) - 1), ky = cy & ((1 << (grid.ShiftY - S)) - 1);
            var far = kz + 1 == 1 << (grid.ShiftZ - S) || ky + 1 == 1 << (grid.ShiftY - S);
            for (var x = 0; x < CellsX;)
            {
                var cx = x0 + x;
                var run = Math.Min(inBrick - (cx & (inBrick - 1)), CellsX - x);
                var at = row * CellsX + x;
                if (!far && (cx & (inBrick - 1)) == 0 && grid.BrickAt(cz << S, cy << S, cx << S) is { } brick)
                {
                    // All but the last cell of a row lie inside the brick.
                    var inner = Math.Min(run, brick.Ranges.CountX);
                    brick.Ranges.CopyRow(kz, ky, least.AsSpan(at, inner), most.AsSpan(at, inner));
                    if (run == inBrick)
                    {
                        (least[at + run - 1], most[at + run - 1]) = CellRange(0, cz, cy, cx + run - 1);
                    }
                }
                else
                {
                    for (var i = 0; i < run; i++)
                    {
                        (least[at + i], most[at + i]) = CellRange(0, cz, cy, cx + i);
                    }
                }

                x += run;
            }
        });
        return (least, most);
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
        for (var l = 1; l < _levels.Length; l++)
        {
            var level = _levels[l];
            var (z0, z1, fz) = Neighbours(z, level.HalvingsZ, level.Z);
            var (y0, y1, fy) = Neighbours(y, level.HalvingsY, level.Y);
            var (x0, x1, fx) = Neighbours(x, level.HalvingsX, level.X);
            if (level.BrickAt(Math.Min(z >> level.HalvingsZ, level.Z - 1), Math.Min(y >> level.HalvingsY, level.Y - 1), Math.Min(x >> level.HalvingsX, level.X - 1)) is null)
            {
                continue;
            }

            var near = Mix(Mix(V(z0, y0, x0), V(z0, y0, x1), fx), Mix(V(z0, y1, x0), V(z0, y1, x1), fx), fy);
            var far = Mix(Mix(V(z1, y0, x0), V(z1, y0, x1), fx), Mix(V(z1, y1, x0), V(z1, y1, x1), fx), fy);
            return Mix(near, far, fz);

            float V(int cz, int cy, int cx) => level.BrickAt(cz, cy, cx) is { } brick ? Voxel(brick, level, cz, cy, cx) : Nearest(l + 1, z, y, x);
        }

        return 0;

        static float Mix(float a, float b, float t) => a + (b - a) * t;
    }

    private float Nearest(int from, int z, int y, int x)
    {
        for (var l = from; l < _levels.Length; l++)
        {
            var level = _levels[l];
            int cz = Math.Min(z >> level.HalvingsZ, level.Z - 1), cy = Math.Min(y >> level.HalvingsY, level.Y - 1), cx = Math.Min(x >> level.HalvingsX, level.X - 1);
            if (level.BrickAt(cz, cy, cx) is { } brick)
            {
                return Voxel(brick, level, cz, cy, cx);
            }
        }

        return 0;
    }

    private static (int Low, int High, float Fraction) Neighbours(int i, int halvings, int size)
    {
        var at = (i + 0.5f) / (1 << halvings) - 0.5f;
        var low = (int)MathF.Floor(at);
        return (Math.Clamp(low, 0, size - 1), Math.Clamp(low + 1, 0, size - 1), at - low);
    }

    private (float Least, float Most) CellRange(int l, int cz, int cy, int cx)
    {
        if (l >= _levels.Length)
        {
            return (0, 0);
        }

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

    // What the stand-ins of the cell's voxels can be: the extremes of every coarser cell that their interpolation reads.
    private (float Least, float Most) CoarserRange(int l, int z, int y, int x)
    {
        if (l + 1 >= _levels.Length)
        {
            return (0, 0);
        }

        var (level, fine) = (_levels[l + 1], _levels[l]);
        var (z0, z1) = Span(z, level.HalvingsZ - fine.HalvingsZ, level.Z);
        var (y0, y1) = Span(y, level.HalvingsY - fine.HalvingsY, level.Y);
        var (x0, x1) = Span(x, level.HalvingsX - fine.HalvingsX, level.X);
        var (least, most) = (float.MaxValue, float.MinValue);
        for (var cz = z0; cz <= z1; cz++)
        {
            for (var cy = y0; cy <= y1; cy++)
            {
                for (var cx = x0; cx <= x1; cx++)
                {
                    var (a, b) = CellRange(l + 1, cz, cy, cx);
                    (least, most) = (Math.Min(least, a), Math.Max(most, b));
                }
            }
        }

        return (least, most);

        static (int From, int To) Span(int v, int halvings, int size) =>
            (Math.Clamp((v >> halvings) - 1, 0, size - 1) >> S, Math.Clamp(((v + 8) >> halvings) + 1, 0, size - 1) >> S);
    }
}
