using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// The 8- or 16-bit voxels around a tile of a slice, copied from the tiles of bricks into one array without seams: row (z, y) follows
/// row (z, y − 1) by <see cref="StepY"/> voxels, slices by <see cref="StepZ"/>. Only rows near the slice are copied, 16 voxels at a
/// time; the others hold anything, and so do voxels beyond the volume's end. Whoever samples at the last voxel gives the one behind it
/// the weight 0.
/// </summary>
internal sealed unsafe class VoxelWindow : IDisposable
{
    /// <summary>Voxels of a row.</summary>
    public const int StepY = 144;

    /// <summary>Voxels along a tile's side that fit well: its box is larger where the tile is turned.</summary>
    public const float MostTile = 88;

    /// <summary>Voxels of a slice: its rows, and those copied too many after the last.</summary>
    public const int StepZ = (Most + AtOnce) * StepY;

    // Slices, and rows of each that samples may use.
    private const int Most = 128;
    private const int Edge = Brick.TileEdge;

    // Rows are copied four by four, since how many there are is different for each slice and hard to predict. What is copied too many lies
    // in the block that comes next, which is copied over it, or after the slice's last row, where there is room for it: in the slice that
    // comes next it would lie over rows that are already there. In the brick it is what follows, and what vectors may read behind its end.
    private const int AtOnce = 4;

    // Samples load rows of voxels that they do not use, at most 31 rows behind the last that they use.
    private const int Beyond = 16 * StepZ;

    private static readonly int s_voxels = Most * StepZ + Beyond;

    private readonly byte[] _stage = new byte[(Edge * (Edge + 1) * (Edge + 1) + 512) * sizeof(ushort)];
    private readonly float[] _scratch = new float[CoarserLevels.Scratch];
    private PagedVolume? _volume;
    private byte* _data;
    private nuint _bytes;
    private (int Z, int Y, int X) _first;

    /// <summary>Whether a volume's voxels lie in tiles of a type that this copies.</summary>
    public static bool Covers(PagedVolume volume) => volume.Type != VoxelType.Float32
        && Brick.IsTiledFor(1 << volume.Grid.ShiftZ, 1 << volume.Grid.ShiftY, 1 << volume.Grid.ShiftX);

    /// <summary>Turns to a volume of 8- or 16-bit voxels.</summary>
    public void Open(PagedVolume volume)
    {
        _volume = volume;
        var bytes = (nuint)s_voxels * (nuint)volume.Type.Size();
        if (bytes > _bytes)
        {
            NativeMemory.AlignedFree(_data);
            _data = (byte*)NativeMemory.AlignedAlloc(bytes, 64);
            _bytes = bytes;
        }
    }

    /// <summary>Address of voxel (0, 0, 0) if it lay in the window: voxel (z, y, x) is z·StepZ + y·StepY + x voxels further.</summary>
    public byte* Origin => _data
        - ((nint)_first.Z * StepZ + (nint)_first.Y * StepY + _first.X) * _volume!.Type.Size();

    /// <summary>Copies what samples in a part of the volume read; the part's box lies within the volume's outermost centres.</summary>
    /// <param name="part">The part.</param>
    /// <param name="sheet">What of its blocks is read.</param>
    /// <returns>False where the part is too large.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Prepare(in ConvexPart part, in BlockSheet sheet)
    {
        var v = _volume!;
        int z0 = (int)part.Low.Z, y0 = (int)part.Low.Y, x0 = (int)part.Low.X & -Edge;
        int z1 = Math.Min((int)part.High.Z + 1, v.Z - 1), y1 = Math.Min((int)part.High.Y + 1, v.Y - 1);
        var x1 = Math.Min((int)part.High.X + 1, v.X - 1);
        if (z1 - z0 >= Most || y1 - y0 >= Most || x1 - x0 >= StepY)
        {
            return false;
        }

        _first = (z0, y0, x0);
        for (var z = z0 / Edge; z <= z1 / Edge; z++)
        {
            for (var y = y0 / Edge; y <= y1 / Edge; y++)
            {
                for (var x = x0 / Edge; x <= x1 / Edge; x++)
                {
                    if (part.Touches(z, y, x))
                    {
                        Copy(v, sheet, z * Edge, y * Edge, x * Edge, (z0, z1), (y0, y1));
                    }
                }
            }
        }

        return true;
    }

    // The rows of a block that lie near the slice and between the first and last slice and row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Copy(PagedVolume v, in BlockSheet sheet, int z, int y, int x, (int From, int To) slices, (int From, int To) rows)
    {
        if (!sheet.Rows(z, y, x, Math.Max(rows.From - y, 0), Math.Min(rows.To - y + 1, Edge), out var first, out var end))
        {
            return;
        }

        int* from = stackalloc int[Edge], to = stackalloc int[Edge];
        first.Store(from);
        end.Store(to);
        var size = v.Type.Size();
        var grid = v.Grid;
        var brick = grid.BrickAt(z, y, x);
        if (brick is null)
        {
            StandIn(v, z, y, x);
        }

        int maskZ = (1 << grid.ShiftZ) - 1, maskY = (1 << grid.ShiftY) - 1, maskX = (1 << grid.ShiftX) - 1;
        var tile = brick is null ? 0 : brick.TileOffset(z & maskZ, y & maskY, x & maskX) * size;
        fixed (byte* source = &Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(brick?.Data ?? _stage), tile))
        {
            var last = Math.Min(slices.To - z, Edge - 1);
            var target = Origin + ((nint)z * StepZ + (nint)y * StepY + x) * size;
            for (var k = Math.Max(slices.From - z, 0); k <= last; k++)
            {
                var read = source + (k * (Edge + 1) + from[k]) * (Edge + 1) * size;
                var written = target + (k * StepZ + from[k] * StepY) * size;
                if (size == 1)
                {
                    for (var j = from[k]; j < to[k]; j += AtOnce, read += AtOnce * (Edge + 1), written += AtOnce * StepY)
                    {
                        Vector128<byte> r0 = Vector128.Load(read), r1 = Vector128.Load(read + (Edge + 1));
                        Vector128<byte> r2 = Vector128.Load(read + 2 * (Edge + 1)), r3 = Vector128.Load(read + 3 * (Edge + 1));
                        r0.Store(written);
                        r1.Store(written + StepY);
                        r2.Store(written + 2 * StepY);
                        r3.Store(written + 3 * StepY);
                    }
                }
                else
                {
                    for (var j = from[k]; j < to[k]; j += AtOnce, read += 2 * AtOnce * (Edge + 1), written += 2 * AtOnce * StepY)
                    {
                        Vector256<byte> r0 = Vector256.Load(read), r1 = Vector256.Load(read + 2 * (Edge + 1));
                        Vector256<byte> r2 = Vector256.Load(read + 4 * (Edge + 1)), r3 = Vector256.Load(read + 6 * (Edge + 1));
                        r0.Store(written);
                        r1.Store(written + 2 * StepY);
                        r2.Store(written + 4 * StepY);
                        r3.Store(written + 6 * StepY);
                    }
                }
            }
        }
    }

    // What coarser levels have for a block whose brick is missing, laid out as a tile.
    private void StandIn(PagedVolume v, int z, int y, int x)
    {
        const int Row = Edge + 1;
        int nz = Math.Min(v.Z - z, Edge), ny = Math.Min(v.Y - y, Edge), nx = Math.Min(v.X - x, Edge);
        if (v.Type.Size() == 1)
        {
            v.StandIn<byte>(z, y, x, nz, ny, nx, _stage, Row * Row, Row, _scratch);
        }
        else
        {
            v.StandIn(z, y, x, nz, ny, nx, MemoryMarshal.Cast<byte, ushort>(_stage.AsSpan()), Row * Row, Row, _scratch);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
        GC.SuppressFinalize(this);
    }

    ~VoxelWindow() => Dispose();
}
