using System.Numerics;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Raycasting.BytePackets;

/// <summary>
/// The cells of 8³ voxels that can be seen, as bits in slabs across an axis: a bit a cell, a row of columns after another. Made from the
/// distances of <see cref="EmptySpace"/>, 64 cells at a time.
/// </summary>
internal sealed class CellBits
{
    private const ulong Left = 0x0101010101010101;

    private readonly ulong[] _words;
    private readonly int _wordsARow;

    /// <param name="empty">Where nothing can be seen.</param>
    /// <param name="grid">The level that it is of.</param>
    /// <param name="axis">The axis across slabs: 0 is x, 1 is y, 2 is z; columns and rows as in <see cref="SlicePlan"/>.</param>
    public CellBits(EmptySpace empty, BrickLevel grid, int axis)
    {
        int cx = Cells(grid.X), cy = Cells(grid.Y), cz = Cells(grid.Z);
        (Slabs, Rows, Columns) = axis switch { 0 => (cx, cz, cy), 1 => (cy, cz, cx), _ => (cz, cy, cx) };
        _wordsARow = (Columns + 63) / 64 + 1;
        _words = new ulong[Slabs * Rows * _wordsARow];
        int edgeZ = 1 << (grid.ShiftZ - 3), edgeY = 1 << (grid.ShiftY - 3), edgeX = 1 << (grid.ShiftX - 3);
        for (var brick = 0; brick < empty.OfBrick.Length; brick++)
        {
            if (empty.OfBrick[brick] < 0)
            {
                continue;
            }

            var map = MemoryMarshal.Cast<byte, ulong>(empty.Maps.AsSpan(empty.OfBrick[brick], EmptySpace.MapSize));
            int x0 = brick % grid.CountX * edgeX, y0 = brick / grid.CountX % grid.CountY * edgeY,
                z0 = brick / grid.CountX / grid.CountY * edgeZ;
            int nx = Math.Min(edgeX, cx - x0), ny = Math.Min(edgeY, cy - y0), nz = Math.Min(edgeZ, cz - z0);
            for (var z = 0; z < nz; z++)
            {
                // Bit 8·y + x of the cells of one layer; with x and y exchanged across x.
                var layer = 0ul;
                for (var y = 0; y < ny; y++)
                {
                    layer |= (ZeroBytes(map[z * 8 + y]) & ((1ul << nx) - 1)) << (8 * y);
                }

                layer = axis == 0 ? Transposed(layer) : layer;
                for (var i = 0; i < 8 && layer != 0; i++, layer >>= 8)
                {
                    var row = layer & 0xFF;
                    if (row != 0)
                    {
                        var (slab, at, column) =
                            axis switch { 0 => (x0 + i, z0 + z, y0), 1 => (y0 + i, z0 + z, x0), _ => (z0 + z, y0 + i, x0) };
                        Set(slab, at, column, row);
                    }
                }
            }
        }

        static int Cells(int voxels) => (voxels + 7) >> CellRanges.CellShift;
    }

    /// <summary>Slabs of cells.</summary>
    public int Slabs { get; }

    /// <summary>Rows of a slab.</summary>
    public int Rows { get; }

    /// <summary>Columns of a row.</summary>
    public int Columns { get; }

    /// <summary>
    /// The cells of a row from a column on, 32 of them, the first in the lowest bit; cells outside the volume cannot be seen.
    /// </summary>
    public uint Of(int slab, int row, int column)
    {
        if ((uint)slab >= (uint)Slabs || (uint)row >= (uint)Rows || column >= Columns || column <= -32)
        {
            return 0;
        }

        var at = (slab * Rows + row) * _wordsARow;
        if (column < 0)
        {
            return (uint)_words[at] << -column;
        }

        at += column >> 6;
        var shift = column & 63;
        return (uint)(_words[at] >> shift | (shift == 0 ? 0 : _words[at + 1] << (64 - shift)));
    }

    private void Set(int slab, int row, int column, ulong bits)
    {
        var at = (slab * Rows + row) * _wordsARow + (column >> 6);
        _words[at] |= bits << (column & 63);
    }

    // Bit i is set where byte i is 0.
    private static ulong ZeroBytes(ulong bytes)
    {
        var any = (((bytes & 0x7F7F7F7F7F7F7F7F) + 0x7F7F7F7F7F7F7F7F) | bytes) >> 7 & Left;
        return ((any ^ Left) * 0x0102040810204080) >> 56;
    }

    // Bit 8·y + x becomes bit 8·x + y.
    private static ulong Transposed(ulong b)
    {
        var t = (b ^ (b >> 7)) & 0x00AA00AA00AA00AA;
        b ^= t ^ (t << 7);
        t = (b ^ (b >> 14)) & 0x0000CCCC0000CCCC;
        b ^= t ^ (t << 14);
        t = (b ^ (b >> 28)) & 0x00000000F0F0F0F0;
        return b ^ t ^ (t << 28);
    }
}
