using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Filtering;
using DendriteViewer.Kernels.Scheduling;

namespace DendriteViewer.Analysis.Segmentation;

/// <summary>Slices with noise filtered away, made as they are asked for.</summary>
internal sealed class FilteredSlices(SlidingSlices raw, VolumeShape shape, Denoise denoise) : IDisposable
{
    private readonly float[]?[]? _filtered = denoise == Denoise.None ? null : new float[]?[shape.Z];

    /// <summary>Slices across z; null where none is held.</summary>
    public float[]?[] Slices => _filtered ?? raw.Slices;

    /// <summary>Holds slices [from, to), cut to the volume; from never falls from call to call.</summary>
    public async Task HoldAsync(int from, int to, CancellationToken ct)
    {
        await raw.HoldAsync(_filtered is null ? from : from - 1, _filtered is null ? to : to + 1, ct);
        if (_filtered is null)
        {
            return;
        }

        (from, to) = (Math.Clamp(from, 0, shape.Z), Math.Clamp(to, 0, shape.Z));
        for (var z = 0; z < from; z++)
        {
            Release(z);
        }

        Parallel.For(from, to, ComputeLane.Options(), z =>
        {
            if (_filtered[z] is not null)
            {
                return;
            }

            var target = System.Buffers.ArrayPool<float>.Shared.Rent((int)shape.SliceCount);
            float[] above = raw.Slices[Math.Max(0, z - 1)]!, same = raw.Slices[z]!, below = raw.Slices[Math.Min(shape.Z - 1, z + 1)]!;
            if (denoise == Denoise.Median)
            {
                NeighbourhoodFilters.Median(above, same, below, shape.Y, shape.X, target);
            }
            else
            {
                NeighbourhoodFilters.Gaussian(above, same, below, shape.Y, shape.X, target);
            }

            _filtered[z] = target;
        });
    }

    /// <summary>Gives every slice back.</summary>
    public void Dispose()
    {
        for (var z = 0; z < (_filtered?.Length ?? 0); z++)
        {
            Release(z);
        }
    }

    private void Release(int z)
    {
        if (_filtered![z] is { } slice)
        {
            System.Buffers.ArrayPool<float>.Shared.Return(slice);
            _filtered[z] = null;
        }
    }
}
