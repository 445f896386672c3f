using System.Numerics;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting.BytePackets;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Kernels.Raycasting;

/// <summary>
/// What of a <see cref="PagedVolume"/> need not be sampled, in two steps: for a brick in which nothing can be seen, how far away
/// the nearest other is; within the others, how far away the nearest cell of 8³ voxels is that can be seen. Distances are
/// Chebyshev's, in bricks and in cells; d lets a ray leave the cube of d − 1 around in one leap. What lies beyond a brick counts as
/// visible within it, so that a brick's map is made without its neighbours' maps.
/// </summary>
public sealed class EmptySpace
{
    /// <summary>Bytes of a brick's map: cell (z, y, x) is byte (z·8 + y)·8 + x.</summary>
    public const int MapSize = 512;

    // What gathers of four bytes read behind the last cell.
    private const int Padding = 3;

    // Made when a picture asks for them; two threads that ask at once make the same.
    private readonly CellBits?[] _across = new CellBits?[3];

    private EmptySpace(int[] ofBrick, byte[] maps) => (OfBrick, Maps) = (ofBrick, maps);

    /// <summary>By brick of the volume's grid: where its map begins in <see cref="Maps"/>, or, negative, its distance in bricks.</summary>
    public int[] OfBrick { get; }

    /// <summary>The distance of every cell, 0 where it must be sampled, map by map; a few bytes more.</summary>
    public byte[] Maps { get; }

    /// <summary>A map for the cells in which <paramref name="isVisible"/> holds for (least, most).</summary>
    public static EmptySpace Of(PagedVolume volume, Func<float, float, bool> isVisible)
    {
        var grid = volume.Grid;
        int nz = grid.CountZ, ny = grid.CountY, nx = grid.CountX;
        var (from, to) = volume.Bricks;
        var distance = new byte[nz * ny * nx];
        Array.Fill(distance, byte.MaxValue);
        var ofBrick = new int[distance.Length];
        int boxY = to.Y - from.Y, boxX = to.X - from.X, boxed = (to.Z - from.Z) * boxY * boxX;
        var maps = GC.AllocateUninitializedArray<byte>(boxed * MapSize + Padding);
        var used = 0;
        Parallel.For(0, boxed, ComputeLane.Options(), i =>
        {
            int z = from.Z + i / boxX / boxY, y = from.Y + i / boxX % boxY, x = from.X + i % boxX;
            Span<ulong> visible = stackalloc ulong[8];
            if (volume.VisibleCells(z, y, x, isVisible, visible))
            {
                var brick = (z * ny + y) * nx + x;
                distance[brick] = 0;
                ofBrick[brick] = (Interlocked.Increment(ref used) - 1) * MapSize;
                Spread(visible, grid, maps.AsSpan(ofBrick[brick], MapSize));
            }
        });
        Sweep(distance, nz, ny, nx);
        for (var i = 0; i < distance.Length; i++)
        {
            ofBrick[i] = distance[i] == 0 ? ofBrick[i] : -distance[i];
        }

        // Where little is seen the room for the rest is given back.
        var needed = used * MapSize + Padding;
        return new EmptySpace(ofBrick, needed < maps.Length / 2 ? maps[..needed] : maps);
    }

    /// <summary>The cells that can be seen, in slabs across an axis (0 is x, 1 is y, 2 is z) of the level that this was made for.</summary>
    internal CellBits CellsAcross(BrickLevel grid, int axis) => _across[axis] ??= new CellBits(this, grid, axis);

    // Distances within a brick, by letting the set of visible cells grow: a slice of 8×8 cells is 64 bits.
    private static void Spread(ReadOnlySpan<ulong> visible, BrickLevel grid, Span<byte> map)
    {
        const ulong Left = 0x0101010101010101;
        int cz = 1 << (grid.ShiftZ - 3), cy = 1 << (grid.ShiftY - 3), cx = 1 << (grid.ShiftX - 3);
        var row = (1ul << cx) - 1;
        var inside = cy == 8 ? row * Left : row * (Left & ((1ul << (8 * cy)) - 1));
        var edge = inside & ~((inside << 1 & ~Left) & (inside >> 1 & ~(Left << 7)) & inside << 8 & inside >> 8);
        Span<ulong> now = stackalloc ulong[8], next = stackalloc ulong[8];
        visible.CopyTo(now);
        map.Clear();
        for (byte d = 1; ; d++)
        {
            var any = 0ul;
            for (var z = 0; z < cz; z++)
            {
                var near = now[z] | (z > 0 ? now[z - 1] : 0) | (z + 1 < cz ? now[z + 1] : 0);
                near |= (near << 1 & ~Left) | (near >> 1 & ~(Left << 7));
                near |= near << 8 | near >> 8;
                near |= d > 1 ? 0 : z == 0 || z + 1 == cz ? inside : edge;
                next[z] = near & inside;
                var fresh = next[z] & ~now[z];
                any |= fresh;
                while (fresh != 0)
                {
                    map[z * 64 + BitOperations.TrailingZeroCount(fresh)] = d;
                    fresh &= fresh - 1;
                }
            }

            if (any == 0)
            {
                return;
            }

            next.CopyTo(now);
        }
    }

    // Two sweeps over the 13 neighbours already passed give the exact chessboard distance: three rows of the slice before, one row
    // of this slice, one brick of this row.
    private static void Sweep(byte[] distance, int nz, int ny, int nx)
    {
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
            for (var i = 0; i < nx; i++)
            {
                row[i] = Math.Min(row[i], Next(Math.Min(before[i], Math.Min(before[i + 1], before[i + 2]))));
            }

            return row;
        }

        static byte Next(byte d) => (byte)Math.Min(d + 1, byte.MaxValue);

        static void Least(Span<byte> target, ReadOnlySpan<byte> other)
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = Math.Min(target[i], other[i]);
            }
        }
    }
}
