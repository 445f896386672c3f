using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using ILGPU;

namespace DendriteViewer.Kernels.Devices;

/// <summary>What every voxel of a seam shares. Public, since the launchers that ILGPU makes stand in an assembly of their own.</summary>
public struct SeamArguments
{
    /// <summary>The level.</summary>
    public LevelShape Grid;

    /// <summary>Bricks whose seams are filled.</summary>
    public int Bricks;
}

/// <summary>
/// Fills the seams of bricks on a device: tiles have room for the layer behind their far sides, which at a brick's own far sides belongs
/// to its
/// neighbours. The host looks those voxels up; on a device a third of all groups of rays would meet such a place at every step.
/// </summary>
internal static class SeamProgram
{
    /// <summary>Voxels of a brick's seams, edges and corners counted with each side that they belong to.</summary>
    public static int Voxels(in LevelShape g)
    {
        int z = (1 << g.ShiftZ) + 1, y = (1 << g.ShiftY) + 1, x = (1 << g.ShiftX) + 1;
        return y * x + z * x + z * y;
    }

    /// <summary>One work item a voxel of a seam, and a row of them a brick.</summary>
    public static void Fill<TKind>(ArrayView<byte> pool, ArrayView<int> pages, ArrayView<int> bricks, SeamArguments a) where TKind
        : struct, IVoxelKind
    {
        int item = Grid.GlobalIndex.X, row = Grid.GlobalIndex.Y;
        var g = a.Grid;
        if (row < a.Bricks && item < Voxels(g))
        {
            // The side that the item lies on, and its place there.
            int edgeZ = 1 << g.ShiftZ, edgeY = 1 << g.ShiftY, edgeX = 1 << g.ShiftX;
            int sideZ = (edgeY + 1) * (edgeX + 1), sideY = (edgeZ + 1) * (edgeX + 1);
            int z = edgeZ, y = edgeY, x = edgeX;
            if (item < sideZ)
            {
                y = item / (edgeX + 1);
                x = item % (edgeX + 1);
            }
            else if (item < sideZ + sideY)
            {
                z = (item - sideZ) / (edgeX + 1);
                x = (item - sideZ) % (edgeX + 1);
            }
            else
            {
                z = (item - sideZ - sideY) / (edgeY + 1);
                y = (item - sideZ - sideY) % (edgeY + 1);
            }

            Copy<TKind>(pool, pages, g, bricks[row], z, y, x);
        }
    }

    private static void Copy<TKind>(ArrayView<byte> pool, ArrayView<int> pages, LevelShape g, int brick, int z, int y, int x)
        where TKind : struct, IVoxelKind
    {
        var shift = default(TKind).PageShift;
        int bx = brick % g.CountX, by = brick / g.CountX % g.CountY, bz = brick / g.CountX / g.CountY;
        int atZ = (bz << g.ShiftZ) + z, atY = (by << g.ShiftY) + y, atX = (bx << g.ShiftX) + x;
        if (atZ < g.Z && atY < g.Y && atX < g.X)
        {
            var from = ((long)(pages[VoxelProgram.Entry(g, atZ, atY, atX)] & BrickPool.PageMask) << shift) + VoxelProgram.Offset(g, atZ,
                atY, atX);
            var to = (long)(pages[g.Pages + brick] & BrickPool.PageMask) << shift;

            // A voxel at a tile's beginning lies behind the tile before too.
            for (var i = 0; i < 8; i++)
            {
                int alsoZ = i >> 2, alsoY = i >> 1 & 1, alsoX = i & 1;
                if (IsThere(z, alsoZ, g.ShiftZ) && IsThere(y, alsoY, g.ShiftY) && IsThere(x, alsoX, g.ShiftX))
                {
                    int tileZ = Tile(z, alsoZ, g.ShiftZ), tileY = Tile(y, alsoY, g.ShiftY), tileX = Tile(x, alsoX, g.ShiftX);
                    var offset = tileZ * g.TileZ + tileY * g.TileY + tileX * g.TileX
                        + (z - tileZ * Brick.TileEdge) * g.StepZ + (y - tileY * Brick.TileEdge) * g.StepY + (x - tileX * Brick.TileEdge);
                    default(TKind).Copy(pool, from, to + offset);
                }
            }
        }
    }

    private static bool IsThere(int i, int also, int shift) => also == 0 || ((i & (Brick.TileEdge - 1)) == 0 && i > 0 && i < 1 << shift);

    private static int Tile(int i, int also, int shift) => Math.Min(i >> Brick.TileShift, (1 << (shift - Brick.TileShift)) - 1) - also;
}
