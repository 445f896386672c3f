using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// The bricks of one pyramid level as a page table: brick (bz, by, bx) is <c>bricks[(bz * countY + by) * countX + bx]</c>,
/// little-endian voxels in C order (z, y, x), every brick full sized, or null while it is not loaded.
/// </summary>
/// <param name="ShapeZ">Voxels along z.</param>
/// <param name="ShapeY">Voxels along y.</param>
/// <param name="ShapeX">Voxels along x.</param>
/// <param name="BrickShiftZ">log2 of a brick's size along z.</param>
/// <param name="BrickShiftY">log2 of a brick's size along y.</param>
/// <param name="BrickShiftX">log2 of a brick's size along x.</param>
/// <param name="Bricks">The page table.</param>
public readonly record struct BrickTable(
    int ShapeZ, int ShapeY, int ShapeX, int BrickShiftZ, int BrickShiftY, int BrickShiftX, byte[]?[] Bricks)
{
    /// <summary>Bricks along z.</summary>
    public int CountZ => (ShapeZ + (1 << BrickShiftZ) - 1) >> BrickShiftZ;

    /// <summary>Bricks along y.</summary>
    public int CountY => (ShapeY + (1 << BrickShiftY) - 1) >> BrickShiftY;

    /// <summary>Bricks along x.</summary>
    public int CountX => (ShapeX + (1 << BrickShiftX) - 1) >> BrickShiftX;

    /// <summary>The voxel at an index inside the shape, or false where its brick is not loaded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TryGet<T>(int z, int y, int x, int countY, int countX, out float value) where T : unmanaged, INumberBase<T>
    {
        var brick = Bricks[((z >> BrickShiftZ) * countY + (y >> BrickShiftY)) * countX + (x >> BrickShiftX)];
        if (brick is null)
        {
            value = float.NaN;
            return false;
        }

        var offset = ((((z & ((1 << BrickShiftZ) - 1)) << BrickShiftY) + (y & ((1 << BrickShiftY) - 1))) << BrickShiftX)
            + (x & ((1 << BrickShiftX) - 1));
        value = float.CreateTruncating(Unsafe.Add(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(brick)), offset));
        return true;
    }
}
