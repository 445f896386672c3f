using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Bricks;

/// <summary>
/// What a ray caster walks through: a level's grid of voxels, paged in bricks of the volume's own type. Where a brick is not in
/// memory, the finest coarser level that has the place stands in, interpolated to the same grid, so that rays, cells and
/// neighbours need not know what is there. Its last level ought to be in memory; a voxel found nowhere is 0.
/// </summary>
public sealed class PagedVolume
{
    private readonly BrickLevel[] _levels;
    private readonly CoarserLevels _coarser;
    private readonly VolumeCells _cells;

    /// <param name="type">How a voxel is stored.</param>
    /// <param name="levels">The level that is walked through, then coarser ones to stand in for it.</param>
    /// <param name="box">
    /// The part in which anything can be seen, in voxels of the first level, multiples of 8 or the volume's end; all of it by default.
    /// </param>
    public PagedVolume(VoxelType type, IReadOnlyList<BrickLevel> levels, ((int Z, int Y, int X) From, (int Z, int Y, int X) To)? box = null)
    {
        (Type, _levels) = (type, [.. levels]);
        _coarser = new CoarserLevels(type, _levels);
        _cells = new VolumeCells(_levels, _coarser);
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
        return _levels[0].BrickAt(z, y, x) is { } brick ? Voxel(brick, _levels[0], z, y, x) : _coarser.At(z, y, x);
    }

    /// <summary>A float as rays read it: NaN is 0, infinities are large.</summary>
    public static float Finite(float v) => float.IsNaN(v) ? 0 : Math.Clamp(v, -1e30f, 1e30f);

    internal static Vector<float> Finite(Vector<float> v) =>
        Vector.Min(Vector.Max(Vector.ConditionalSelect(Vector.Equals(v, v), v, Vector<float>.Zero), new Vector<float>(-1e30f)),
            new Vector<float>(1e30f));

    /// <summary>Voxel (z, y, x) of a level, which lies in a brick.</summary>
    internal static float Voxel(Brick brick, BrickLevel level, int z, int y, int x)
    {
        var v = brick.At(z & ((1 << level.ShiftZ) - 1), y & ((1 << level.ShiftY) - 1), x & ((1 << level.ShiftX) - 1));
        return brick.Type == VoxelType.Float32 ? Finite(v) : v;
    }

    /// <inheritdoc cref="CoarserLevels.Fill{T}"/>
    internal void StandIn<T>(int z, int y, int x, int nz, int ny, int nx, Span<T> target, int stepZ, int stepY, float[] scratch)
        where T : unmanaged => _coarser.Fill(z, y, x, nz, ny, nx, target, stepZ, stepY, scratch);

    /// <inheritdoc cref="VolumeCells.Range"/>
    internal (float Least, float Most) CellRange(int l, int cz, int cy, int cx) => _cells.Range(l, cz, cy, cx);

    /// <inheritdoc cref="VolumeCells.Visible"/>
    internal bool VisibleCells(int bz, int by, int bx, Func<float, float, bool> isVisible, Span<ulong> visible) =>
        _cells.Visible(bz, by, bx, isVisible, visible);
}
