using System.Buffers;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>One row of bricks of a level: as many slices as a brick is deep. Slices are arrays of their own, below 2 GiB each.</summary>
internal sealed class BrickRow(PyramidLevel level, VoxelType type)
{
    private readonly int _voxel = type.Size();
    private readonly byte[]?[] _slices = new byte[]?[level.Brick.Z];

    public PyramidLevel Level => level;

    /// <summary>Which row of the level.</summary>
    public int Number { get; set; }

    /// <summary>Slices that are in it.</summary>
    public int Filled { get; set; }

    /// <summary>Slice i of the row, little endian, Y × X voxels.</summary>
    public Memory<byte> Slice(int i) => _slices[i] ??= GC.AllocateUninitializedArray<byte>(checked((int)(level.Shape.SliceCount * _voxel)));

    public void Clear() => (Filled, Number) = (0, 0);

    /// <summary>A brick of the row, from voxel (y0, x0) on; 0 outside the volume.</summary>
    public void CopyBrick(int y0, int x0, Span<byte> brick)
    {
        var rows = Math.Min(level.Brick.Y, level.Shape.Y - y0);
        var bytes = Math.Min(level.Brick.X, level.Shape.X - x0) * _voxel;
        if (Filled < level.Brick.Z || rows < level.Brick.Y || bytes < level.Brick.X * _voxel)
        {
            brick.Clear();
        }

        for (var z = 0; z < Filled; z++)
        {
            ReadOnlySpan<byte> slice = _slices[z];
            for (var y = 0; y < rows; y++)
            {
                slice.Slice(((y0 + y) * level.Shape.X + x0) * _voxel, bytes).CopyTo(brick[((z * level.Brick.Y + y) * level.Brick.X * _voxel)..]);
            }
        }
    }

    /// <summary>Fills the row from the store.</summary>
    /// <exception cref="VolumeFormatException">A brick is missing or damaged.</exception>
    public Task ReadAsync(VolumeReader reader, int number, CancellationToken ct)
    {
        var (n, b, s) = (level.BrickCount, level.Brick, level.Shape);
        Number = number;
        for (var z = 0; z < Filled; z++)
        {
            _ = Slice(z);
        }

        return Parallel.ForAsync(0, n.Y * n.X, ComputeLane.Options(ct), async (i, token) =>
        {
            int by = i / n.X, bx = i % n.X, y0 = by * b.Y, x0 = bx * b.X;
            var size = reader.BrickBytes(level.Number);
            var voxels = ArrayPool<byte>.Shared.Rent(size);
            try
            {
                await reader.ReadBrickAsync(new BrickIndex(level.Number, number, by, bx), voxels.AsMemory(0, size), token);
                var bytes = Math.Min(b.X, s.X - x0) * _voxel;
                for (var z = 0; z < Filled; z++)
                {
                    for (var y = 0; y < Math.Min(b.Y, s.Y - y0); y++)
                    {
                        voxels.AsSpan((z * b.Y + y) * b.X * _voxel, bytes).CopyTo(_slices[z].AsSpan(((y0 + y) * s.X + x0) * _voxel));
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(voxels);
            }
        });
    }
}
