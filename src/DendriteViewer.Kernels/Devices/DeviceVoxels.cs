using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using ILGPU;

namespace DendriteViewer.Kernels.Devices;

/// <summary>Reads voxels of one type out of a device's memory.</summary>
internal interface IVoxelKind
{
    /// <summary>log2 of how many voxels a page counts.</summary>
    int PageShift { get; }

    /// <summary>Whether voxels are floats.</summary>
    bool IsFloat { get; }

    /// <summary>The voxel at an index of the pool.</summary>
    float Read(ArrayView<byte> pool, long at);

    /// <summary>Copies a voxel within the pool.</summary>
    void Copy(ArrayView<byte> pool, long from, long to);
}

/// <summary>8-bit unsigned voxels.</summary>
internal readonly struct UInt8Kind : IVoxelKind
{
    public int PageShift => 8;

    public bool IsFloat => false;

    public float Read(ArrayView<byte> pool, long at) => pool[at];

    public void Copy(ArrayView<byte> pool, long from, long to) => pool[to] = pool[from];
}

/// <summary>8-bit signed voxels.</summary>
internal readonly struct Int8Kind : IVoxelKind
{
    public int PageShift => 8;

    public bool IsFloat => false;

    public float Read(ArrayView<byte> pool, long at) => pool.Cast<sbyte>()[at];

    public void Copy(ArrayView<byte> pool, long from, long to) => pool[to] = pool[from];
}

/// <summary>16-bit unsigned voxels.</summary>
internal readonly struct UInt16Kind : IVoxelKind
{
    public int PageShift => 7;

    public bool IsFloat => false;

    public float Read(ArrayView<byte> pool, long at) => pool.Cast<ushort>()[at];

    public void Copy(ArrayView<byte> pool, long from, long to) => pool.Cast<ushort>()[to] = pool.Cast<ushort>()[from];
}

/// <summary>16-bit signed voxels.</summary>
internal readonly struct Int16Kind : IVoxelKind
{
    public int PageShift => 7;

    public bool IsFloat => false;

    public float Read(ArrayView<byte> pool, long at) => pool.Cast<short>()[at];

    public void Copy(ArrayView<byte> pool, long from, long to) => pool.Cast<ushort>()[to] = pool.Cast<ushort>()[from];
}

/// <summary>Floats as rays read them: NaN is 0, infinities are large.</summary>
internal readonly struct FloatKind : IVoxelKind
{
    public int PageShift => 6;

    public bool IsFloat => true;

    public float Read(ArrayView<byte> pool, long at) => Finite(pool.Cast<float>()[at]);

    public void Copy(ArrayView<byte> pool, long from, long to) => pool.Cast<int>()[to] = pool.Cast<int>()[from];

    public static float Finite(float v) => float.IsNaN(v) ? 0 : MathF.Max(-1e30f, MathF.Min(v, 1e30f));
}

/// <summary>Whether anything of a volume may be missing: <see cref="IVoxelMemory.IsWhole"/>.</summary>
internal interface IFill
{
    /// <summary>Whether nothing is missing.</summary>
    bool IsWhole { get; }
}

/// <summary>Bricks may be missing; coarser ones stand in.</summary>
internal readonly struct PartFill : IFill
{
    public bool IsWhole => false;
}

/// <summary>Every brick is there.</summary>
internal readonly struct WholeFill : IFill
{
    public bool IsWhole => true;
}

/// <summary>A volume's levels and its page table on a device.</summary>
internal struct VolumeViews
{
    /// <summary>The levels' shapes.</summary>
    public ArrayView<LevelShape> Levels;

    /// <summary>
    /// Where bricks lie in the pool, in <see cref="BrickPool.Unit"/>s, with <see cref="BrickPool.SeamsFilled"/>; negative where they are
    /// missing.
    /// </summary>
    public ArrayView<int> Pages;

    /// <summary>How many levels there are.</summary>
    public int LevelCount;
}

/// <summary>A volume of one voxel type in a device's memory.</summary>
/// <typeparam name="TKind">The voxel type.</typeparam>
/// <typeparam name="TFill">Whether bricks may be missing.</typeparam>
internal readonly struct DeviceVoxels<TKind, TFill>(ArrayView<byte> pool, VolumeViews views) : IVoxelMemory
    where TKind : struct, IVoxelKind where TFill : struct, IFill
{
    private readonly ArrayView<byte> _pool = pool;
    private readonly VolumeViews _views = views;

    public int LevelCount => _views.LevelCount;

    public bool IsFloat => default(TKind).IsFloat;

    public bool IsWhole => default(TFill).IsWhole;

    public LevelShape Level(int level) => _views.Levels[level];

    public int Page(int entry) => _views.Pages[entry];

    public bool HasSeams(int page) => (page & BrickPool.SeamsFilled) != 0;

    public float Voxel(int page, int offset) => default(TKind).Read(_pool, Place(page) + offset);

    public Corners Corners(int page, int offset)
    {
        const int Y = LevelShape.TiledStepY, Z = LevelShape.TiledStepZ;
        var at = Place(page) + offset;
        return new Corners
        {
            C000 = default(TKind).Read(_pool, at), C001 = default(TKind).Read(_pool, at + 1),
            C010 = default(TKind).Read(_pool, at + Y), C011 = default(TKind).Read(_pool, at + Y + 1),
            C100 = default(TKind).Read(_pool, at + Z), C101 = default(TKind).Read(_pool, at + Z + 1),
            C110 = default(TKind).Read(_pool, at + Z + Y), C111 = default(TKind).Read(_pool, at + Z + Y + 1),
        };
    }

    private static long Place(int page) => (long)(page & BrickPool.PageMask) << default(TKind).PageShift;
}

/// <summary>A volume of any voxel type in a device's memory: the volumes of a picture may differ.</summary>
internal readonly struct DeviceAnyVoxels(ArrayView<byte> pool, VolumeViews views, int type) : IVoxelMemory
{
    private readonly ArrayView<byte> _pool = pool;
    private readonly VolumeViews _views = views;
    private readonly int _type = type;

    public int LevelCount => _views.LevelCount;

    public bool IsFloat => _type == (int)VoxelType.Float32;

    public bool IsWhole => false;

    public LevelShape Level(int level) => _views.Levels[level];

    public int Page(int entry) => _views.Pages[entry];

    public bool HasSeams(int page) => (page & BrickPool.SeamsFilled) != 0;

    public float Voxel(int page, int offset)
    {
        page &= BrickPool.PageMask;
        if (_type == (int)VoxelType.Float32)
        {
            return default(FloatKind).Read(_pool, ((long)page << 6) + offset);
        }

        if (_type >= (int)VoxelType.UInt16)
        {
            // The sign is taken from the bits, so that one load serves both types.
            int v = _pool.Cast<ushort>()[((long)page << 7) + offset];
            return _type == (int)VoxelType.Int16 ? (short)v : v;
        }

        int b = _pool[((long)page << 8) + offset];
        return _type == (int)VoxelType.Int8 ? (sbyte)b : b;
    }

    public Corners Corners(int page, int offset)
    {
        const int Y = LevelShape.TiledStepY, Z = LevelShape.TiledStepZ;
        return new Corners
        {
            C000 = Voxel(page, offset), C001 = Voxel(page, offset + 1), C010 = Voxel(page, offset + Y), C011 = Voxel(page, offset + Y + 1),
            C100 = Voxel(page, offset + Z), C101 = Voxel(page, offset + Z + 1), C110 = Voxel(page, offset + Z + Y),
                C111 = Voxel(page, offset + Z + Y + 1),
        };
    }
}
