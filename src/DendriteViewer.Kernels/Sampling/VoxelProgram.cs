using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// Reads a paged volume; the host and every device compile this one source. Where a brick is missing, the finest coarser level that has the
/// place stands in, interpolated to the same grid. Code for devices takes no exceptions, spans, arrays or <c>System.Numerics</c>, and
/// loops have
/// one way back to their head (decision 0042).
/// </summary>
internal static class VoxelProgram
{
    /// <summary>A place between voxels: the corners of its cell, and how far it lies from the first towards the last along each
    /// axis.</summary>
    public struct Cell
    {
        /// <summary>The cell's corners.</summary>
        public Corners C;

        /// <summary>0 to 1 from the nearer to the further corners along x, y, z.</summary>
        public float Fx, Fy, Fz;

        /// <summary>The trilinear value.</summary>
        public readonly float Value()
        {
            float c00 = C.C000 + (C.C001 - C.C000) * Fx, c01 = C.C010 + (C.C011 - C.C010) * Fx;
            float c10 = C.C100 + (C.C101 - C.C100) * Fx, c11 = C.C110 + (C.C111 - C.C110) * Fx;
            float c0 = c00 + (c01 - c00) * Fy, c1 = c10 + (c11 - c10) * Fy;
            return c0 + (c1 - c0) * Fz;
        }

        /// <summary>The gradient of the same trilinear function.</summary>
        public readonly Float3 Gradient()
        {
            float dx00 = C.C001 - C.C000, dx01 = C.C011 - C.C010, dx10 = C.C101 - C.C100, dx11 = C.C111 - C.C110;
            float c00 = C.C000 + dx00 * Fx, c01 = C.C010 + dx01 * Fx, c10 = C.C100 + dx10 * Fx, c11 = C.C110 + dx11 * Fx;
            float dy0 = c01 - c00, dy1 = c11 - c10, c0 = c00 + dy0 * Fy, c1 = c10 + dy1 * Fy;
            float dx0 = dx00 + (dx01 - dx00) * Fy, dx1 = dx10 + (dx11 - dx10) * Fy;
            return new Float3(dx0 + (dx1 - dx0) * Fz, dy0 + (dy1 - dy0) * Fz, c1 - c0);
        }
    }

    /// <summary>The cell around a point in index coordinates of the grid; beyond the last voxel the last one goes on.</summary>
    public static Cell CellAt<TMemory>(in TMemory memory, in LevelShape grid, Float3 p) where TMemory : struct, IVoxelMemory
    {
        int x = Clamp((int)p.X, grid.X - 1), y = Clamp((int)p.Y, grid.Y - 1), z = Clamp((int)p.Z, grid.Z - 1);
        return new Cell { C = CornersAt(memory, grid, z, y, x), Fx = p.X - x, Fy = p.Y - y, Fz = p.Z - z };
    }

    /// <summary>The trilinear value at a point in index coordinates.</summary>
    public static float ValueAt<TMemory>(in TMemory memory, in LevelShape grid, Float3 p) where TMemory : struct, IVoxelMemory =>
        CellAt(memory, grid, p).Value();

    /// <summary>The voxel at an index, which is clamped into the volume: stored, or interpolated from the finest coarser level that has
    /// it.</summary>
    public static float VoxelAt<TMemory>(in TMemory memory, in LevelShape grid, int z, int y, int x) where TMemory : struct, IVoxelMemory
    {
        z = Clamp(z, grid.Z - 1);
        y = Clamp(y, grid.Y - 1);
        x = Clamp(x, grid.X - 1);
        var page = memory.Page(Entry(grid, z, y, x));
        return page >= 0 ? memory.Voxel(page, Offset(grid, z, y, x)) : StandIn(memory, z, y, x);
    }

    // Three ways, fast to slow: all eight corners in one tile; in several bricks that are all there; some of them stood in for.
    private static Corners CornersAt<TMemory>(in TMemory memory, in LevelShape grid, int z, int y, int x) where TMemory : struct,
        IVoxelMemory
    {
        if (memory.IsWhole)
        {
            return memory.Corners(memory.Page(Entry(grid, z, y, x)), Offset(grid, z, y, x));
        }

        int farZ = (1 << grid.ShiftZ) - 1, farY = (1 << grid.ShiftY) - 1, farX = (1 << grid.ShiftX) - 1;
        var page = memory.Page(Entry(grid, z, y, x));
        var isInside = page >= 0 && grid.TileShift == Brick.TileShift && z + 1 < grid.Z && y + 1 < grid.Y && x + 1 < grid.X
            && (memory.HasSeams(page) || ((z & farZ) != farZ && (y & farY) != farY && (x & farX) != farX));
        return isInside ? memory.Corners(page, Offset(grid, z, y, x)) : AcrossBricks(memory, grid, z, y, x);
    }

    private static Corners AcrossBricks<TMemory>(in TMemory memory, in LevelShape grid, int z, int y, int x) where TMemory : struct,
        IVoxelMemory
    {
        var c = default(Corners);
        for (var i = 0; i < 8; i++)
        {
            int cz = Math.Min(z + (i >> 2), grid.Z - 1), cy = Math.Min(y + (i >> 1 & 1), grid.Y - 1),
                cx = Math.Min(x + (i & 1), grid.X - 1);
            var page = memory.Page(Entry(grid, cz, cy, cx));
            var v = page >= 0 ? memory.Voxel(page, Offset(grid, cz, cy, cx)) : StandIn(memory, cz, cy, cx);
            c.C000 = i == 0 ? v : c.C000;
            c.C001 = i == 1 ? v : c.C001;
            c.C010 = i == 2 ? v : c.C010;
            c.C011 = i == 3 ? v : c.C011;
            c.C100 = i == 4 ? v : c.C100;
            c.C101 = i == 5 ? v : c.C101;
            c.C110 = i == 6 ? v : c.C110;
            c.C111 = i == 7 ? v : c.C111;
        }

        return c;
    }

    /// <summary>Where the brick of voxel (z, y, x) stands in the page table.</summary>
    public static int Entry(in LevelShape level, int z, int y, int x) =>
        level.Pages + ((z >> level.ShiftZ) * level.CountY + (y >> level.ShiftY)) * level.CountX + (x >> level.ShiftX);

    /// <summary>Where voxel (z, y, x) of a level lies in its brick.</summary>
    public static int Offset(in LevelShape level, int z, int y, int x)
    {
        z &= (1 << level.ShiftZ) - 1;
        y &= (1 << level.ShiftY) - 1;
        x &= (1 << level.ShiftX) - 1;
        return (z >> level.TileShift) * level.TileZ + (y >> level.TileShift) * level.TileY + (x >> level.TileShift) * level.TileX
            + (z & level.TileMask) * level.StepZ + (y & level.TileMask) * level.StepY + (x & level.TileMask);
    }

    // What stands in for a voxel whose brick is missing: trilinear between the coarser voxels around its centre, in the volume's own type.
    private static float StandIn<TMemory>(in TMemory memory, int z, int y, int x) where TMemory : struct, IVoxelMemory
    {
        var from = FinestWith(memory, z, y, x);
        var value = 0f;
        if (from < memory.LevelCount)
        {
            var level = memory.Level(from);
            float atZ = Place(z, level.HalvingsZ), atY = Place(y, level.HalvingsY), atX = Place(x, level.HalvingsX);
            float z0 = MathF.Floor(atZ), y0 = MathF.Floor(atY), x0 = MathF.Floor(atX);
            for (var i = 0; i < 8; i++)
            {
                int dz = i >> 2, dy = i >> 1 & 1, dx = i & 1;
                var weight = Share(dz, atZ - z0) * Share(dy, atY - y0) * Share(dx, atX - x0);
                value += weight * Coarse(
                    memory, from, Clamp((int)z0 + dz, level.Z - 1), Clamp((int)y0 + dy, level.Y - 1), Clamp((int)x0 + dx, level.X - 1));
            }
        }

        return memory.IsFloat ? value : Round(value);
    }

    // The finest coarser level that has the place of a voxel of the grid; the number of levels where none has.
    private static int FinestWith<TMemory>(in TMemory memory, int z, int y, int x) where TMemory : struct, IVoxelMemory
    {
        var n = 1;
        while (n < memory.LevelCount && memory.Page(EntryOf(memory.Level(n), z, y, x)) < 0)
        {
            n++;
        }

        return n;
    }

    private static int EntryOf(in LevelShape level, int z, int y, int x) => Entry(
        level, Math.Min(z >> level.HalvingsZ, level.Z - 1), Math.Min(y >> level.HalvingsY, level.Y - 1),
            Math.Min(x >> level.HalvingsX, level.X - 1));

    // Voxel (z, y, x) of a coarser level, or where its brick is missing the one of a still coarser level that covers it; 0 where none does.
    private static float Coarse<TMemory>(in TMemory memory, int n, int z, int y, int x) where TMemory : struct, IVoxelMemory
    {
        var level = memory.Level(n);
        var page = memory.Page(Entry(level, z, y, x));
        while (page < 0 && n + 1 < memory.LevelCount)
        {
            var next = memory.Level(n + 1);
            z = Math.Min(z >> (next.HalvingsZ - level.HalvingsZ), next.Z - 1);
            y = Math.Min(y >> (next.HalvingsY - level.HalvingsY), next.Y - 1);
            x = Math.Min(x >> (next.HalvingsX - level.HalvingsX), next.X - 1);
            n++;
            level = next;
            page = memory.Page(Entry(level, z, y, x));
        }

        return page >= 0 ? memory.Voxel(page, Offset(level, z, y, x)) : 0;
    }

    // Where the centre of a voxel of the grid lies in a level halved so often.
    private static float Place(int i, int halvings) => (i + 0.5f) / (1 << halvings) - 0.5f;

    private static float Share(int side, float fraction) => side == 1 ? fraction : 1 - fraction;

    // Half to even, for at most 2²² either way: adding 1.5·2²³ leaves no room for a fraction.
    private static float Round(float v) => v + 12582912f - 12582912f;

    /// <summary>An index within 0 … <paramref name="last"/>.</summary>
    public static int Clamp(int i, int last) => Math.Max(0, Math.Min(i, last));
}
