using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>The bricks of a <see cref="PagedVolume"/> where they lie on the host. A page is a brick's place in the list of all levels'
/// bricks.</summary>
internal readonly struct HostVoxels : IVoxelMemory
{
    private readonly LevelShape[] _levels;
    private readonly Brick?[] _bricks;
    private readonly VoxelType _type;

    public HostVoxels(PagedVolume volume)
    {
        _type = volume.Type;
        _levels = LevelShape.Of(volume);
        _bricks = volume.Levels.Count == 1 ? volume.Grid.Bricks
            : [.. volume.Levels.SelectMany(l => l.Bricks.Take(l.CountZ * l.CountY * l.CountX))];
    }

    public int LevelCount => _levels.Length;

    public bool IsFloat => _type == VoxelType.Float32;

    public bool IsWhole => false;

    public LevelShape Level(int level) => _levels[level];

    public int Page(int entry) => _bricks[entry] is null ? -1 : entry;

    public bool HasSeams(int page) => false;

    public float Voxel(int page, int offset)
    {
        ref var data = ref MemoryMarshal.GetArrayDataReference(_bricks[page]!.Data);
        return _type switch
        {
            VoxelType.UInt8 => Unsafe.Add(ref data, offset),
            VoxelType.Int8 => Unsafe.Add(ref Unsafe.As<byte, sbyte>(ref data), offset),
            VoxelType.UInt16 => Unsafe.Add(ref Unsafe.As<byte, ushort>(ref data), offset),
            VoxelType.Int16 => Unsafe.Add(ref Unsafe.As<byte, short>(ref data), offset),
            _ => PagedVolume.Finite(Unsafe.Add(ref Unsafe.As<byte, float>(ref data), offset)),
        };
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
