using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// A <see cref="BrickLevel"/> as programs read it: its size, its bricks, and where a voxel of a brick lies. Blittable. Voxel (z, y, x) of a
/// brick lies at Σ (i ≫ TileShift)·Tile_i + (i &amp; TileMask)·Step_i, Step_x being 1; a brick without tiles is one tile of any size.
/// </summary>
public struct LevelShape
{
    /// <summary>Voxels along each axis.</summary>
    public int Z, Y, X;

    /// <summary>log2 of a brick's edge along each axis.</summary>
    public int ShiftZ, ShiftY, ShiftX;

    /// <summary>How often each axis was halved since the volume's finest level here.</summary>
    public int HalvingsZ, HalvingsY, HalvingsX;

    /// <summary>Bricks along y and x.</summary>
    public int CountY, CountX;

    /// <summary>Where the level's bricks begin in the page table of the volume.</summary>
    public int Pages;

    /// <summary>Voxels from a tile to the next along each axis.</summary>
    public int TileZ, TileY, TileX;

    /// <summary>log2 of a tile's edge; 31 where bricks have no tiles.</summary>
    public int TileShift;

    /// <summary>Takes from an index in a brick the index in its tile.</summary>
    public int TileMask;

    /// <summary>Voxels from one to the next along z and y within a tile.</summary>
    public int StepZ, StepY;

    /// <summary>Voxels from one to the next along y in a brick with tiles.</summary>
    public const int TiledStepY = Brick.TileEdge + 1;

    /// <summary>Voxels from one to the next along z in a brick with tiles.</summary>
    public const int TiledStepZ = TiledStepY * TiledStepY;

    /// <summary>Describes a level.</summary>
    /// <param name="level">The level.</param>
    /// <param name="pages">Where its bricks begin in the page table.</param>
    internal static LevelShape Of(BrickLevel level, int pages)
    {
        var shape = new LevelShape
        {
            Z = level.Z, Y = level.Y, X = level.X, ShiftZ = level.ShiftZ, ShiftY = level.ShiftY, ShiftX = level.ShiftX,
            HalvingsZ = level.HalvingsZ, HalvingsY = level.HalvingsY, HalvingsX = level.HalvingsX,
            CountY = level.CountY, CountX = level.CountX, Pages = pages,
        };
        if (!Brick.IsTiledFor(1 << level.ShiftZ, 1 << level.ShiftY, 1 << level.ShiftX))
        {
            (shape.TileShift, shape.TileMask, shape.StepZ, shape.StepY) = (31, -1, 1 << (level.ShiftX + level.ShiftY), 1 << level.ShiftX);
            return shape;
        }

        (shape.TileShift, shape.TileMask, shape.StepZ, shape.StepY) = (Brick.TileShift, Brick.TileEdge - 1, TiledStepZ, TiledStepY);
        shape.TileX = Brick.TileStride;
        shape.TileY = shape.TileX << (level.ShiftX - Brick.TileShift);
        shape.TileZ = shape.TileY << (level.ShiftY - Brick.TileShift);
        return shape;
    }

    /// <summary>Describes every level of a volume, whose pages follow one another.</summary>
    internal static LevelShape[] Of(PagedVolume volume)
    {
        var shapes = new LevelShape[volume.Levels.Count];
        var pages = 0;
        for (var i = 0; i < shapes.Length; i++)
        {
            shapes[i] = Of(volume.Levels[i], pages);
            pages += volume.Levels[i].CountZ * volume.Levels[i].CountY * volume.Levels[i].CountX;
        }

        return shapes;
    }
}
