using System.Runtime.InteropServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Kernels.Tests.Slicing;

/// <summary>Small volumes and planes through them, for every way of slicing.</summary>
internal static class SlicedVolumes
{
    /// <summary>A plane of any orientation, scale and thickness through a volume of some 40³ voxels, from 13 numbers of −2 to 2.</summary>
    public static SliceGeometry AnyPlane(float[] n)
    {
        var plane = new SliceGeometry(
            new VoxelVector(20 + n[0] * 8, 18 + n[1] * 8, 25 + n[2] * 12), 1f / 3 * new VoxelVector(n[3], n[4], n[5]), 1f / 3 * new VoxelVector(n[6], n[7], n[8]),
            new VoxelVector(n[9], n[10], n[11]), n[12] > 1 ? 1 + (int)(4 * n[12]) : 1, n[0] > 1 ? SlabMode.Maximum : n[0] < -1 ? SlabMode.Minimum : SlabMode.Mean);
        return plane with { Origin = plane.Origin - 30 * plane.Right - 20 * plane.Down };
    }

    public static PagedVolume Linear(int nz, int ny, int nx, int shift) => Of(nz, ny, nx, shift, p => (ushort)(3 * p.Z - 2 * p.Y + p.X + 500));

    public static PagedVolume Of<T>(int nz, int ny, int nx, int shift, Func<(int Z, int Y, int X), T> value) where T : unmanaged =>
        new(TypeOf<T>(), [Level(nz, ny, nx, shift, 0, value)]);

    /// <summary>A volume that has lost some of its bricks, for which a level of half the size stands in.</summary>
    public static PagedVolume Without<T>(PagedVolume whole, Func<int, bool> isMissing, Func<(int Z, int Y, int X), T> coarser)
        where T : unmanaged
    {
        var grid = whole.Grid with { Bricks = [.. whole.Grid.Bricks.Select((brick, i) => isMissing(i) ? null : brick)] };
        var half = Level((whole.Z + 1) / 2, (whole.Y + 1) / 2, (whole.X + 1) / 2, grid.ShiftZ, 1, coarser);
        return new PagedVolume(whole.Type, [grid, half]);
    }

    private static VoxelType TypeOf<T>() where T : unmanaged => default(T) switch
    {
        byte => VoxelType.UInt8, sbyte => VoxelType.Int8, ushort => VoxelType.UInt16, short => VoxelType.Int16, _ => VoxelType.Float32,
    };

    private static BrickLevel Level<T>(int nz, int ny, int nx, int shift, int halvings, Func<(int Z, int Y, int X), T> value)
        where T : unmanaged
    {
        // Bricks of 8³ lie in rows, larger ones in tiles.
        var edge = 1 << shift;
        var level = new BrickLevel(nz, ny, nx, shift, shift, shift, halvings, halvings, halvings, []);
        level = level with { Bricks = new Brick?[level.CountZ * level.CountY * level.CountX] };
        for (var b = 0; b < level.Bricks.Length; b++)
        {
            int z0 = b / level.CountX / level.CountY * edge, y0 = b / level.CountX % level.CountY * edge, x0 = b % level.CountX * edge;
            var voxels = Enumerable.Range(0, edge * edge * edge)
                .Select(i => value((z0 + i / edge / edge, y0 + i / edge % edge, x0 + i % edge))).ToArray();
            level.Bricks[b] = new Brick(
                MemoryMarshal.AsBytes(voxels.AsSpan()), TypeOf<T>(), edge, edge, edge,
                Math.Min(edge, nz - z0), Math.Min(edge, ny - y0), Math.Min(edge, nx - x0));
        }

        return level;
    }
}
