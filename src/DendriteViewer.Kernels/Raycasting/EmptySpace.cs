using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// For every cell of 8³ voxels in the visible part of a <see cref="PagedVolume"/>, the Chebyshev distance in cells to the nearest one that can be
/// seen: 0 must be sampled; d lets a ray leave the cube of d − 1 cells around in one leap.
/// </summary>
public sealed class EmptySpace
{
    // What gathers of four bytes read behind the last cell.
    private const int Padding = 3;

    private EmptySpace(byte[] distance) => Distance = distance;

    /// <summary>Distance of each cell (z, y, x), capped at 255; a few bytes more.</summary>
    public byte[] Distance { get; }

    /// <summary>A map for the cells in which <paramref name="isVisible"/> holds for (least, most).</summary>
    public static EmptySpace Of(PagedVolume volume, Func<float, float, bool> isVisible)
    {
        int nz = volume.CellsZ, ny = volume.CellsY, nx = volume.CellsX;
        var distance = new byte[checked(nz * ny * nx) + Padding];
        var (least, most) = (volume.CellLeast, volume.CellMost);
        Parallel.For(0, nz * ny, row =>
        {
            for (var x = 0; x < nx; x++)
            {
                var at = row * nx + x;
                distance[at] = isVisible(least[at], most[at]) ? (byte)0 : byte.MaxValue;
            }
        });

        // Two sweeps over the 13 neighbours already passed give the exact chessboard distance: three rows of the slice before,
        // one row of this slice, one cell of this row.
        var before = new byte[nx + 2];
        Array.Fill(before, byte.MaxValue);
        for (var z = 0; z < nz; z++)
        {
            for (var y = 0; y < ny; y++)
            {
                var row = Relax(z, y, -1);
                for (var x = 1; x < nx; x++)
                {
                    row[x] = Math.Min(row[x], Next(row[x - 1]));
                }
            }
        }

        for (var z = nz - 1; z >= 0; z--)
        {
            for (var y = ny - 1; y >= 0; y--)
            {
                var row = Relax(z, y, 1);
                for (var x = nx - 2; x >= 0; x--)
                {
                    row[x] = Math.Min(row[x], Next(row[x + 1]));
                }
            }
        }

        return new EmptySpace(distance);

        Span<byte> Row(int z, int y) => distance.AsSpan((z * ny + y) * nx, nx);

        Span<byte> Relax(int z, int y, int side)
        {
            var rows = before.AsSpan(1, nx);
            rows.Fill(byte.MaxValue);
            if ((uint)(z + side) < (uint)nz)
            {
                for (var dy = -1; dy <= 1; dy++)
                {
                    if ((uint)(y + dy) < (uint)ny)
                    {
                        Least(rows, Row(z + side, y + dy));
                    }
                }
            }

            if ((uint)(y + side) < (uint)ny)
            {
                Least(rows, Row(z, y + side));
            }

            var row = Row(z, y);
            var i = 0;
            for (; i + Vector<byte>.Count <= nx; i += Vector<byte>.Count)
            {
                var near = Vector.Min(new Vector<byte>(before, i), Vector.Min(new Vector<byte>(before, i + 1), new Vector<byte>(before, i + 2)));
                near = Vector.Min(near, new Vector<byte>(254)) + Vector<byte>.One;
                Vector.Min(near, new Vector<byte>(row[i..])).CopyTo(row[i..]);
            }

            for (; i < nx; i++)
            {
                row[i] = Math.Min(row[i], Next(Math.Min(before[i], Math.Min(before[i + 1], before[i + 2]))));
            }

            return row;
        }

        static byte Next(byte d) => (byte)Math.Min(d + 1, byte.MaxValue);
    }

    private static void Least(Span<byte> target, ReadOnlySpan<byte> other)
    {
        var a = MemoryMarshal.Cast<byte, Vector<byte>>(target);
        var b = MemoryMarshal.Cast<byte, Vector<byte>>(other);
        for (var i = 0; i < a.Length; i++)
        {
            a[i] = Vector.Min(a[i], b[i]);
        }

        for (var i = a.Length * Vector<byte>.Count; i < target.Length; i++)
        {
            target[i] = Math.Min(target[i], other[i]);
        }
    }
}
