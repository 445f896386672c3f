using System.Runtime.CompilerServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>Which cells can be seen, and which blocks are needed beyond those that hold one.</summary>
internal readonly struct OccupancyQuery(EmptySpace? empty, byte needed)
{
    /// <summary>The cells of a block (bit i is cell i >> 2, i >> 1 &amp; 1, i &amp; 1), and whether its voxels may be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsNeeded(BrickLevel grid, int z, int y, int x, out int seen)
    {
        if (empty is null)
        {
            seen = 0xFF;
            return true;
        }

        (int vz, int vy, int vx) = (z * BlockWindow.Edge, y * BlockWindow.Edge, x * BlockWindow.Edge);
        seen = 0;
        var near = false;
        if (grid.ShiftZ < 4 || grid.ShiftY < 4 || grid.ShiftX < 4)
        {
            for (var i = 0; i < 8; i++)
            {
                near |= Cell(grid, vz + ((i & 4) << 1), vy + ((i & 2) << 2), vx + ((i & 1) << 3), 1 << i, ref seen);
            }

            return near;
        }

        var map = empty.OfBrick[((vz >> grid.ShiftZ) * grid.CountY + (vy >> grid.ShiftY)) * grid.CountX + (vx >> grid.ShiftX)];
        if (map < 0)
        {
            return -map <= needed && IsBesideOthers(grid, z, y, x);
        }

        map += LocalCell(grid, vz, vy, vx);
        for (var i = 0; i < 8; i++)
        {
            int d = empty.Maps[map + ((i & 4) << 4) + ((i & 2) << 2) + (i & 1)];
            seen |= d == 0 ? 1 << i : 0;
            near |= d <= needed;
        }

        return near;
    }

    // Whether a block of an empty brick touches a brick that is not empty.
    private bool IsBesideOthers(BrickLevel grid, int z, int y, int x)
    {
        var (z0, z1) = Reach(z, grid.ShiftZ - 4, grid.CountZ);
        var (y0, y1) = Reach(y, grid.ShiftY - 4, grid.CountY);
        var (x0, x1) = Reach(x, grid.ShiftX - 4, grid.CountX);
        for (var bz = z0; bz <= z1; bz++)
        {
            for (var by = y0; by <= y1; by++)
            {
                for (var bx = x0; bx <= x1; bx++)
                {
                    if (empty!.OfBrick[(bz * grid.CountY + by) * grid.CountX + bx] >= 0)
                    {
                        return true;
                    }
                }
            }
        }

        return false;

        static (int From, int To) Reach(int block, int shift, int count) =>
            (Math.Max((block - 1) >> shift, 0), Math.Min((block + 1) >> shift, count - 1));
    }

    private bool Cell(BrickLevel grid, int z, int y, int x, int bit, ref int seen)
    {
        if (z >= grid.Z || y >= grid.Y || x >= grid.X)
        {
            return false;
        }

        var map = empty!.OfBrick[((z >> grid.ShiftZ) * grid.CountY + (y >> grid.ShiftY)) * grid.CountX + (x >> grid.ShiftX)];
        var d = map < 0 ? -map : empty.Maps[map + LocalCell(grid, z, y, x)];
        seen |= d == 0 ? bit : 0;
        return d <= needed;
    }

    private static int LocalCell(BrickLevel grid, int z, int y, int x) =>
        ((z & ((1 << grid.ShiftZ) - 1)) >> 3 << 6) | ((y & ((1 << grid.ShiftY) - 1)) >> 3 << 3) | ((x & ((1 << grid.ShiftX) - 1)) >> 3);
}
