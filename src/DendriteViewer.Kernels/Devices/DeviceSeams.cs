using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using ILGPU;
using ILGPU.Runtime;

namespace DendriteViewer.Kernels.Devices;

/// <summary>Runs <see cref="SeamProgram"/> for the bricks of a volume that were not filled yet, and says so in its page table.</summary>
internal static class DeviceSeams
{
    // Rows of groups that a device takes at most.
    private const int MostRows = 65535;

    private const int GroupSize = 64;

    /// <summary>Fills the seams of those bricks that are walked through whose neighbours on the far sides are all here.</summary>
    /// <param name="device">Where.</param>
    /// <param name="pool">The bricks.</param>
    /// <param name="volume">The volume.</param>
    /// <param name="places">Of all levels' bricks, the grid's first.</param>
    /// <param name="pages">The page table on the host; gets <see cref="BrickPool.SeamsFilled"/>.</param>
    /// <param name="onDevice">The page table on the device, which is written.</param>
    /// <returns>As <see cref="IVoxelMemory.IsWhole"/>: whether rays find every brick with its seams.</returns>
    public static bool Fill(
        ComputeDevice device, DeviceBuffer pool, PagedVolume volume, BrickPool.Place?[] places, int[] pages, DeviceBuffer onDevice)
    {
        var grid = volume.Grid;
        var shape = LevelShape.Of(grid, 0);
        if (shape.TileShift != Brick.TileShift)
        {
            return false;
        }

        var count = grid.CountZ * grid.CountY * grid.CountX;
        var bricks = Enumerable.Range(0, count).Where(b => places[b] is { HasSeams: false } && HasNeighbours(grid, places, b)).ToArray();
        foreach (var some in bricks.Chunk(MostRows))
        {
            Fill(device, pool, volume.Type, shape, onDevice, some);
            Array.ForEach(some, b => places[b]!.HasSeams = true);
        }

        for (var b = 0; b < count; b++)
        {
            pages[b] |= places[b] is { HasSeams: true } ? BrickPool.SeamsFilled : 0;
        }

        device.Write<int>(onDevice, pages);
        return IsWhole(volume, places);
    }

    private static void Fill(ComputeDevice device, DeviceBuffer pool, VoxelType type, LevelShape shape, DeviceBuffer pages, int[] bricks)
    {
        Action<ArrayView<byte>, ArrayView<int>, ArrayView<int>, SeamArguments> kernel = type.Size() switch
        {
            1 => SeamProgram.Fill<UInt8Kind>,
            2 => SeamProgram.Fill<UInt16Kind>,
            _ => SeamProgram.Fill<FloatKind>,
        };
        using var list = device.Upload<int>(bricks);
        device.Run("filling seams", () =>
        {
            var groups = new Index2D((SeamProgram.Voxels(shape) + GroupSize - 1) / GroupSize, bricks.Length);
            var stream = device.Accelerator.DefaultStream;
            device.Kernel(kernel.Method, d => d.LoadKernel(kernel))(
                stream, new KernelConfig(groups, new Index2D(GroupSize, 1)), pool.View, pages.As<int>(), list.As<int>(),
                new SeamArguments { Grid = shape, Bricks = bricks.Length });
            stream.Synchronize();
            return true;
        });
    }

    private static bool HasNeighbours(BrickLevel grid, BrickPool.Place?[] places, int b)
    {
        int x = b % grid.CountX, y = b / grid.CountX % grid.CountY, z = b / grid.CountX / grid.CountY;
        for (var i = 1; i < 8; i++)
        {
            int nz = z + (i >> 2), ny = y + (i >> 1 & 1), nx = x + (i & 1);
            if (nz < grid.CountZ && ny < grid.CountY && nx < grid.CountX && places[(nz * grid.CountY + ny) * grid.CountX + nx] is null)
            {
                return false;
            }
        }

        return true;
    }

    // In the part that can be seen. Where an axis has one voxel, its only cell has no corners on the far side.
    private static bool IsWhole(PagedVolume volume, BrickPool.Place?[] places)
    {
        var (from, to) = volume.Bricks;
        var isWhole = volume.Z > 1 && volume.Y > 1 && volume.X > 1;
        for (var z = from.Z; z < to.Z && isWhole; z++)
        {
            for (var y = from.Y; y < to.Y && isWhole; y++)
            {
                for (var x = from.X; x < to.X && isWhole; x++)
                {
                    isWhole = places[(z * volume.Grid.CountY + y) * volume.Grid.CountX + x] is { HasSeams: true };
                }
            }
        }

        return isWhole;
    }
}
