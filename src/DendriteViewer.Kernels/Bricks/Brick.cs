using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Bricks;

/// <summary>
/// A piece of a level in memory. Its voxels lie as tiles of 16³ one after another (z, y, x), each followed by the layer behind it
/// on the far sides where that lies in this brick: a sample finds its eight corners in one tile, a slice in any direction finds
/// its neighbours near, and rays take a volume tile by tile. A brick with an edge below 16 is one tile as it comes.
/// </summary>
public sealed class Brick
{
    /// <summary>log2 of a tile's edge in voxels.</summary>
    public const int TileShift = 4;

    /// <summary>Voxels along an edge of a tile that are its own; one layer more follows on the far sides.</summary>
    public const int TileEdge = 1 << TileShift;

    /// <summary>Voxels from a tile to the next.</summary>
    public const int TileStride = (TileEdge + 1) * (TileEdge + 1) * (TileEdge + 1) + 15;

    // What vectors read behind the last voxel.
    private const int Beyond = 128;

    private readonly int _tilesX;
    private readonly int _tilesY;

    // Whether huge pages were asked for; two threads that ask at once do no harm.
    private bool _isAsked;

    /// <param name="voxels">Little-endian voxels in C order (z, y, x), full sized.</param>
    /// <param name="type">How a voxel is stored.</param>
    /// <param name="edgeZ">Voxels along z, a power of two.</param>
    /// <param name="edgeY">Voxels along y, a power of two.</param>
    /// <param name="edgeX">Voxels along x, a power of two.</param>
    /// <param name="z">Voxels along z that lie inside the level.</param>
    /// <param name="y">Voxels along y that lie inside the level.</param>
    /// <param name="x">Voxels along x that lie inside the level.</param>
    public Brick(ReadOnlySpan<byte> voxels, VoxelType type, int edgeZ, int edgeY, int edgeX, int z, int y, int x)
    {
        (Type, Z, Y, X) = (type, z, y, x);
        Ranges = CellRanges.Of(voxels, type, edgeY * edgeX, edgeX, z, y, x);
        IsTiled = IsTiledFor(edgeZ, edgeY, edgeX);
        if (IsTiled)
        {
            (StepY, StepZ, _tilesY, _tilesX) = (TileEdge + 1, (TileEdge + 1) * (TileEdge + 1), edgeY >> TileShift, edgeX >> TileShift);
            Data = Tiles(voxels, type.Size(), edgeZ, edgeY, edgeX);
        }
        else
        {
            (StepY, StepZ) = (edgeX, edgeX * edgeY);
            Data = new byte[voxels.Length + Beyond];
            voxels.CopyTo(Data);
        }
    }

    /// <summary>Whether bricks of these edges lie in tiles.</summary>
    internal static bool IsTiledFor(int edgeZ, int edgeY, int edgeX) => edgeZ >= TileEdge && edgeY >= TileEdge && edgeX >= TileEdge;

    /// <summary>The voxels' bytes; where they lie is what <see cref="Offset"/> says.</summary>
    public byte[] Data { get; }

    /// <summary>How a voxel is stored.</summary>
    public VoxelType Type { get; }

    /// <summary>Voxels along z that lie inside the level.</summary>
    public int Z { get; }

    /// <summary>Voxels along y that lie inside the level.</summary>
    public int Y { get; }

    /// <summary>Voxels along x that lie inside the level.</summary>
    public int X { get; }

    /// <summary>Whether the voxels lie in tiles.</summary>
    public bool IsTiled { get; }

    /// <summary>Voxels from one to the next along y; the next along x follows at once. Both hold up to the layer behind a tile.</summary>
    public int StepY { get; }

    /// <summary>Voxels from one to the next along z.</summary>
    public int StepZ { get; }

    /// <summary>Extremes of the cells of 8³ voxels.</summary>
    public CellRanges Ranges { get; }

    /// <summary>Bytes in memory, the extremes included.</summary>
    public long Bytes => Data.LongLength + CellRanges.BytesOf(Z, Y, X);

    /// <summary>Where voxel (z, y, x) of the brick lies, in voxels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Offset(int z, int y, int x)
    {
        const int Mask = TileEdge - 1;
        return IsTiled ? TileOffset(z, y, x) + (z & Mask) * StepZ + (y & Mask) * StepY + (x & Mask) : z * StepZ + y * StepY + x;
    }

    /// <summary>Where the tile of voxel (z, y, x) begins, in voxels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int TileOffset(int z, int y, int x) => (((z >> TileShift) * _tilesY + (y >> TileShift)) * _tilesX + (x >> TileShift)) * TileStride;

    /// <summary>Tells that the brick is read many times from now on: see <see cref="HugePages"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AskForHugePages()
    {
        if (!_isAsked)
        {
            _isAsked = true;
            HugePages.Ask(Data);
        }
    }

    /// <summary>The voxel at (z, y, x) of the brick as it is stored.</summary>
    public float At(int z, int y, int x)
    {
        var at = Offset(z, y, x);
        return Type switch
        {
            VoxelType.UInt8 => Data[at],
            VoxelType.Int8 => (sbyte)Data[at],
            VoxelType.UInt16 => MemoryMarshal.Cast<byte, ushort>(Data)[at],
            VoxelType.Int16 => MemoryMarshal.Cast<byte, short>(Data)[at],
            _ => MemoryMarshal.Cast<byte, float>(Data)[at],
        };
    }

    private byte[] Tiles(ReadOnlySpan<byte> voxels, int size, int edgeZ, int edgeY, int edgeX)
    {
        var tiles = new byte[voxels.Length / size / (TileEdge * TileEdge * TileEdge) * TileStride * size + Beyond];
        for (var z = 0; z < edgeZ; z += TileEdge)
        {
            for (var y = 0; y < edgeY; y += TileEdge)
            {
                for (var x = 0; x < edgeX; x += TileEdge)
                {
                    var at = TileOffset(z, y, x) * size;
                    var run = Math.Min(TileEdge + 1, edgeX - x) * size;
                    for (var k = 0; k <= TileEdge && z + k < edgeZ; k++)
                    {
                        for (var j = 0; j <= TileEdge && y + j < edgeY; j++)
                        {
                            voxels.Slice((((z + k) * edgeY + y + j) * edgeX + x) * size, run).CopyTo(tiles.AsSpan(at + (k * StepZ + j * StepY) * size));
                        }
                    }
                }
            }
        }

        return tiles;
    }
}
