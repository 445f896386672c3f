namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// For every cell of a <see cref="RayVolume"/>, the Chebyshev distance in cells to the nearest one that can be seen:
/// 0 must be sampled; d lets a ray leave the cube of d − 1 cells around in one leap.
/// </summary>
public sealed class EmptySpace
{
    private EmptySpace(byte[] distance) => Distance = distance;

    /// <summary>Distance of each cell, capped at 255.</summary>
    public byte[] Distance { get; }

    /// <summary>A map for the cells in which <paramref name="isVisible"/> holds for (least, most).</summary>
    public static EmptySpace Of(RayVolume volume, Func<ushort, ushort, bool> isVisible)
    {
        int nz = volume.CellsZ, ny = volume.CellsY, nx = volume.CellsX;
        var distance = new byte[nz * ny * nx];
        var least = volume.CellLeast;
        var most = volume.CellMost;
        for (var i = 0; i < distance.Length; i++)
        {
            distance[i] = least[i] <= most[i] && isVisible(least[i], most[i]) ? (byte)0 : byte.MaxValue;
        }

        // Two sweeps over the 13 neighbours already passed give the exact chessboard distance.
        for (var z = 0; z < nz; z++)
        {
            for (var y = 0; y < ny; y++)
            {
                for (var x = 0; x < nx; x++)
                {
                    Relax(z, y, x, -1);
                }
            }
        }

        for (var z = nz - 1; z >= 0; z--)
        {
            for (var y = ny - 1; y >= 0; y--)
            {
                for (var x = nx - 1; x >= 0; x--)
                {
                    Relax(z, y, x, 1);
                }
            }
        }

        return new EmptySpace(distance);

        void Relax(int z, int y, int x, int side)
        {
            var at = (z * ny + y) * nx + x;
            var best = (int)distance[at];
            if (best == 0)
            {
                return;
            }

            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    Look(z + side, y + dy, x + dx);
                }
            }

            for (var dx = -1; dx <= 1; dx++)
            {
                Look(z, y + side, x + dx);
            }

            Look(z, y, x + side);
            distance[at] = (byte)Math.Min(best, byte.MaxValue);

            void Look(int qz, int qy, int qx)
            {
                if ((uint)qz < (uint)nz && (uint)qy < (uint)ny && (uint)qx < (uint)nx)
                {
                    best = Math.Min(best, distance[(qz * ny + qy) * nx + qx] + 1);
                }
            }
        }
    }
}
