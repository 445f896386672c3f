using System.Runtime.CompilerServices;

namespace DendriteViewer.Kernels.Bricks;

/// <summary>One level of a <see cref="PagedVolume"/>: its bricks, null where one is not in memory.</summary>
/// <param name="Z">Voxels along z.</param>
/// <param name="Y">Voxels along y.</param>
/// <param name="X">Voxels along x.</param>
/// <param name="ShiftZ">log2 of a brick's edge along z, at least 3.</param>
/// <param name="ShiftY">log2 of a brick's edge along y, at least 3.</param>
/// <param name="ShiftX">log2 of a brick's edge along x, at least 3.</param>
/// <param name="HalvingsZ">How often z was halved since the volume's finest level here.</param>
/// <param name="HalvingsY">How often y was halved.</param>
/// <param name="HalvingsX">How often x was halved.</param>
/// <param name="Bricks">Brick (bz, by, bx) is <c>Bricks[(bz·CountY + by)·CountX + bx]</c>.</param>
public sealed record BrickLevel(
    int Z, int Y, int X, int ShiftZ, int ShiftY, int ShiftX, int HalvingsZ, int HalvingsY, int HalvingsX, Brick?[] Bricks)
{
    /// <summary>Bricks along z.</summary>
    public int CountZ { get; } = (Z + (1 << ShiftZ) - 1) >> ShiftZ;

    /// <summary>Bricks along y.</summary>
    public int CountY { get; } = (Y + (1 << ShiftY) - 1) >> ShiftY;

    /// <summary>Bricks along x.</summary>
    public int CountX { get; } = (X + (1 << ShiftX) - 1) >> ShiftX;

    /// <summary>The brick that holds voxel (z, y, x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Brick? BrickAt(int z, int y, int x) => Bricks[((z >> ShiftZ) * CountY + (y >> ShiftY)) * CountX + (x >> ShiftX)];
}
