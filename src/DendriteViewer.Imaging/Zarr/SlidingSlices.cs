using System.Buffers;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Imaging.Zarr;

/// <summary>
/// A stored volume's slices as floats, some at a time: bricks are read layer by layer as slices further along z are asked for, and
/// slices before them are given back. Memory goes with the slices asked for at once and one layer of bricks.
/// </summary>
public sealed class SlidingSlices(VolumeReader reader, PyramidLevel level) : IDisposable
{
    private int _read;

    /// <summary>Slices across z, Y × X values; null where none is held.</summary>
    public float[]?[] Slices { get; } = new float[]?[level.Shape.Z];

    /// <summary>Holds slices [from, to), cut to the volume; from never falls from call to call.</summary>
    public async Task HoldAsync(int from, int to, CancellationToken ct)
    {
        from = Math.Clamp(from, 0, level.Shape.Z);
        for (var z = 0; z < from; z++)
        {
            Release(z);
        }

        // Whole layers are read, and those that end before the first slice asked for are not.
        _read = Math.Max(_read, from / level.Brick.Z * level.Brick.Z);
        while (_read < Math.Min(to, level.Shape.Z))
        {
            var end = Math.Min(_read + level.Brick.Z, level.Shape.Z);
            for (var z = Math.Max(from, _read); z < end; z++)
            {
                Slices[z] = ArrayPool<float>.Shared.Rent((int)level.Shape.SliceCount);
            }

            await ReadLayerAsync(_read / level.Brick.Z, ct);
            _read = end;
        }
    }

    /// <summary>Gives every slice back.</summary>
    public void Dispose()
    {
        for (var z = 0; z < Slices.Length; z++)
        {
            Release(z);
        }
    }

    private Task ReadLayerAsync(int layer, CancellationToken ct)
    {
        var (n, s, b) = (level.BrickCount, level.Shape, level.Brick);
        var voxel = reader.Type.Size();
        return Parallel.ForAsync(0, n.Y * n.X, ComputeLane.Options(ct), async (i, token) =>
        {
            int by = i / n.X, bx = i % n.X, y0 = by * b.Y, x0 = bx * b.X;
            var bytes = ArrayPool<byte>.Shared.Rent(reader.BrickBytes(level.Number));
            try
            {
                await reader.ReadBrickAsync(new BrickIndex(level.Number, layer, by, bx), bytes.AsMemory(0, reader.BrickBytes(level.Number)), token);
                var width = Math.Min(b.X, s.X - x0);
                for (var z = 0; z < Math.Min(b.Z, s.Z - layer * b.Z); z++)
                {
                    if (Slices[layer * b.Z + z] is not { } slice)
                    {
                        continue;
                    }

                    for (var y = 0; y < Math.Min(b.Y, s.Y - y0); y++)
                    {
                        DenseLevels.ToFloat(bytes.AsSpan((z * b.Y + y) * b.X * voxel, width * voxel), reader.Type, slice.AsSpan((y0 + y) * s.X + x0, width));
                    }
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        });
    }

    private void Release(int z)
    {
        if (Slices[z] is { } slice)
        {
            ArrayPool<float>.Shared.Return(slice);
            Slices[z] = null;
        }
    }
}
