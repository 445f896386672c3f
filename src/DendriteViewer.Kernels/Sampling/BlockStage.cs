using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// Where a block's 16³ voxels and one layer more on the far sides are gathered: from the bricks around it, and from coarser ones
/// where those are missing. Beyond the volume its outermost voxels go on.
/// </summary>
internal sealed class BlockStage
{
    private const int Edge = BlockWindow.Edge;

    /// <summary>Voxels of a row; a slice has as many rows.</summary>
    public const int Row = Edge + 1;

    private const int MostVoxels = Row * Row * Row + 64;

    private readonly byte[] _stage = GC.AllocateUninitializedArray<byte>(MostVoxels * sizeof(float));
    private readonly byte[] _beside = GC.AllocateUninitializedArray<byte>(MostVoxels * sizeof(float));
    private readonly float[] _scratch = new float[CoarserLevels.Scratch];

    /// <summary>
    /// The voxels of the block that begins at (z, y, x): a tile as it lies in its brick, or gathered here. Valid until the next call.
    /// What no entry that is wanted is made of may be anything.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ref byte Of<T>(PagedVolume v, ReadOnlySpan<BlockSheet.Range> entries, int z, int y, int x) where T : unmanaged
    {
        var grid = v.Grid;
        ref var stage = ref MemoryMarshal.GetArrayDataReference(_stage);
        if (grid.ShiftZ < 4 || grid.ShiftY < 4 || grid.ShiftX < 4)
        {
            StageVoxels<T>(v, z, y, x);
            return ref stage;
        }

        int maskZ = (1 << grid.ShiftZ) - 1, maskY = (1 << grid.ShiftY) - 1, maskX = (1 << grid.ShiftX) - 1;
        bool endZ = z + Edge >= v.Z, endY = y + Edge >= v.Y, endX = x + Edge >= v.X;
        bool farZ = (z & maskZ) + Edge > maskZ && !endZ, farY = (y & maskY) + Edge > maskY && !endY;
        bool farX = (x & maskX) + Edge > maskX && !endX;
        Span<(int From, int To)> rows = stackalloc (int, int)[Row];
        Needed(entries, rows);
        ref var voxels = ref Unsafe.As<byte, T>(ref stage);
        var all = MemoryMarshal.CreateSpan(ref voxels, _stage.Length / Unsafe.SizeOf<T>());
        if (grid.BrickAt(z, y, x) is { } brick)
        {
            var at = brick.TileOffset(z & maskZ, y & maskY, x & maskX) * Unsafe.SizeOf<T>();
            ref var tile = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(brick.Data), at);
            if (!(farZ || farY || farX || endZ || endY || endX))
            {
                return ref tile;
            }

            for (var k = 0; k < Row; k++)
            {
                var (from, to) = rows[k];
                if (from <= to)
                {
                    var offset = (k * Row + from) * Row * Unsafe.SizeOf<T>();
                    Unsafe.CopyBlockUnaligned(
                        ref Unsafe.Add(ref stage, offset), ref Unsafe.Add(ref tile, offset),
                        (uint)((to - from + 1) * Row * Unsafe.SizeOf<T>()));
                }
            }
        }
        else
        {
            v.StandIn(
                z, y, x, endZ ? v.Z - z : farZ ? Edge : Edge + 1, endY ? v.Y - y : farY ? Edge : Edge + 1,
                endX ? v.X - x : farX ? Edge : Edge + 1,
                all, Row * Row, Row, _scratch);
        }

        for (var n = 1; n < 8; n++)
        {
            bool dz = (n & 4) != 0, dy = (n & 2) != 0, dx = (n & 1) != 0;
            if ((dz && !farZ) || (dy && !farY) || (dx && !farX))
            {
                continue;
            }

            // The neighbour's first layer, with what it has behind where this block ends inside its own brick.
            int nz = dz ? z + Edge : z, ny = dy ? y + Edge : y, nx = dx ? x + Edge : x;
            int fromZ = dz ? Edge : 0, toZ = dz ? Edge : farZ ? Edge - 1 : endZ ? v.Z - z - 1 : Edge;
            int fromY = dy ? Edge : 0, toY = dy ? Edge : farY ? Edge - 1 : endY ? v.Y - y - 1 : Edge;
            if (grid.BrickAt(nz, ny, nx) is not { } neighbour)
            {
                // Rows of a stand-in run over their end: they are made beside the stage.
                var width = dx ? 1 : farX ? Edge : endX ? v.X - x : Edge + 1;
                var beside = MemoryMarshal.Cast<byte, T>(_beside.AsSpan());
                v.StandIn(nz, ny, nx, toZ - fromZ + 1, toY - fromY + 1, width, beside, Row * Row, Row, _scratch);
                for (var k = fromZ; k <= toZ; k++)
                {
                    for (var j = fromY; j <= toY; j++)
                    {
                        beside.Slice(((k - fromZ) * Row + j - fromY) * Row, width)
                            .CopyTo(all.Slice((k * Row + j) * Row + (dx ? Edge : 0), width));
                    }
                }

                continue;
            }

            ref var source = ref Unsafe.As<byte, T>(ref Unsafe.Add(
                ref MemoryMarshal.GetArrayDataReference(neighbour.Data),
                neighbour.TileOffset(nz & maskZ, ny & maskY, nx & maskX) * Unsafe.SizeOf<T>()));
            for (var k = fromZ; k <= toZ; k++)
            {
                var end = Math.Min(toY, rows[k].To);
                for (var j = Math.Max(fromY, rows[k].From); j <= end; j++)
                {
                    var from = ((dz ? 0 : k) * Row + (dy ? 0 : j)) * Row;
                    var to = (k * Row + j) * Row;
                    if (dx)
                    {
                        Unsafe.Add(ref voxels, to + Edge) = Unsafe.Add(ref source, from);
                    }
                    else
                    {
                        ref var target = ref Unsafe.Add(ref voxels, to);
                        Unsafe.CopyBlockUnaligned(
                            ref Unsafe.As<T, byte>(ref target), ref Unsafe.As<T, byte>(ref Unsafe.Add(ref source, from)),
                            (uint)(Edge * Unsafe.SizeOf<T>()));
                        if (!farX)
                        {
                            Unsafe.Add(ref target, Edge) = Unsafe.Add(ref source, from + Edge);
                        }
                    }
                }
            }
        }

        if (endZ || endY || endX)
        {
            Repeat(MemoryMarshal.CreateSpan(ref voxels, Row * Row * Row), v.Z - z, v.Y - y, v.X - x);
        }

        return ref stage;
    }

    // Rows of each slice that the entries are made of: those of this slice and of the one before, and the row behind them.
    private static void Needed(ReadOnlySpan<BlockSheet.Range> entries, Span<(int From, int To)> rows)
    {
        var before = (From: Edge, To: 0);
        for (var k = 0; k < rows.Length; k++)
        {
            var here = k < entries.Length && entries[k].From < entries[k].To ? (entries[k].From, entries[k].To) : (From: Edge, To: 0);
            rows[k] = (Math.Min(here.From, before.From), Math.Max(here.To, before.To));
            before = here;
        }
    }

    // Beyond the volume its outermost voxels go on.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Repeat<T>(Span<T> voxels, int nz, int ny, int nx)
    {
        for (var k = 0; k <= Edge; k++)
        {
            for (var j = 0; j <= Edge; j++)
            {
                var row = voxels.Slice((k * Row + j) * Row, Row);
                if (k >= nz || j >= ny)
                {
                    voxels.Slice((Math.Min(k, nz - 1) * Row + Math.Min(j, ny - 1)) * Row, Row).CopyTo(row);
                }

                if (nx <= Edge)
                {
                    row[nx..].Fill(row[nx - 1]);
                }
            }
        }
    }

    // Voxel by voxel, where bricks are too flat for tiles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StageVoxels<T>(PagedVolume v, int z, int y, int x) where T : unmanaged
    {
        var stage = MemoryMarshal.Cast<byte, T>(_stage.AsSpan());
        for (var i = 0; i < Row * Row * Row; i++)
        {
            var value = v.At(z + i / (Row * Row), y + i / Row % Row, x + i % Row);
            if (typeof(T) == typeof(float))
            {
                stage[i] = Unsafe.BitCast<float, T>(value);
            }
            else
            {
                var bits = (int)value;
                stage[i] = Unsafe.As<int, T>(ref bits);
            }
        }
    }
}
