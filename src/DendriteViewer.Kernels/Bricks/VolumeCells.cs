namespace DendriteViewer.Kernels.Bricks;

/// <summary>What the cells of 8³ voxels of a volume can hold, where bricks are missing that of what stands in for them.</summary>
/// <param name="levels">The grid, then coarser levels.</param>
/// <param name="coarser">What stands in for missing bricks.</param>
internal sealed class VolumeCells(BrickLevel[] levels, CoarserLevels coarser)
{
    private const int S = CellRanges.CellShift;

    /// <summary>
    /// The cells of brick (bz, by, bx) of the grid in which something can be seen: bit y·8 + x of slice z. Where the brick is missing,
    /// those of what stands in for it, or more.
    /// </summary>
    /// <returns>Whether there is any.</returns>
    public bool Visible(int bz, int by, int bx, Func<float, float, bool> isVisible, Span<ulong> visible)
    {
        var grid = levels[0];
        visible.Clear();
        int z0 = bz << (grid.ShiftZ - S), y0 = by << (grid.ShiftY - S), x0 = bx << (grid.ShiftX - S);
        int nz = Math.Min(1 << (grid.ShiftZ - S), Cells(grid.Z) - z0), ny = Math.Min(1 << (grid.ShiftY - S), Cells(grid.Y) - y0);
        var nx = Math.Min(1 << (grid.ShiftX - S), Cells(grid.X) - x0);
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
                    var (least, most) = inner && x != farX ? ranges[z, y, x] : Range(0, z0 + z, y0 + y, x0 + x);
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
        if (coarser.LevelOf(z0 << S, y0 << S, x0 << S) is not { } l)
        {
            return isVisible(0, 0) && All(visible);
        }

        var level = levels[l];
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
                        var (least, most) = Range(l, z, y, x);
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

    /// <summary>Least and largest value that a sample in a cell of a level can be made of.</summary>
    public (float Least, float Most) Range(int l, int cz, int cy, int cx)
    {
        var level = levels[l];
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
        var fine = levels[l];
        for (l++; l < levels.Length; l++)
        {
            var level = levels[l];
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
                        var (a, b) = Range(l, cz, cy, cx);
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
