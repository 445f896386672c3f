using System.Numerics;
using System.Runtime.CompilerServices;

namespace DendriteViewer.Kernels.Sampling;

/// <summary>
/// A point or a displacement in index coordinates of a level, in which the centre of voxel (k, j, i) is z = k, y = j, x = i. This is how places
/// come into the kernels: the components have names, so that no caller has to know an order. Inside the kernels a <see cref="Vector3"/> always
/// means x, y, z.
/// </summary>
/// <param name="Z">Along the slowest axis, in voxels.</param>
/// <param name="Y">Along the middle axis, in voxels.</param>
/// <param name="X">Along the fastest axis, in voxels.</param>
public readonly record struct VoxelVector(float Z, float Y, float X)
{
    /// <summary>One voxel along every axis.</summary>
    public static VoxelVector One => new(1, 1, 1);

    /// <summary>One voxel along z.</summary>
    public static VoxelVector UnitZ => new(1, 0, 0);

    /// <summary>One voxel along y.</summary>
    public static VoxelVector UnitY => new(0, 1, 0);

    /// <summary>One voxel along x.</summary>
    public static VoxelVector UnitX => new(0, 0, 1);

    /// <summary>The same components as x, y, z, for arithmetic.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Vector3(VoxelVector v) => new(v.X, v.Y, v.Z);

    /// <summary>A vector whose components are x, y, z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VoxelVector FromXyz(Vector3 v) => new(v.Z, v.Y, v.X);

    /// <summary>The sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VoxelVector operator +(VoxelVector a, VoxelVector b) => new(a.Z + b.Z, a.Y + b.Y, a.X + b.X);

    /// <summary>The vector from the second point to the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VoxelVector operator -(VoxelVector a, VoxelVector b) => new(a.Z - b.Z, a.Y - b.Y, a.X - b.X);

    /// <summary>The opposite displacement.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VoxelVector operator -(VoxelVector v) => new(-v.Z, -v.Y, -v.X);

    /// <summary>A displacement scaled by a factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static VoxelVector operator *(float factor, VoxelVector v) => new(factor * v.Z, factor * v.Y, factor * v.X);

    /// <summary>Length in voxels.</summary>
    public float Length() => ((Vector3)this).Length();
}
