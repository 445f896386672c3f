using BenchmarkDotNet.Attributes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Downsampling;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Kernels.Benchmarks;

/// <summary>What is done once a volume or a transfer function: 256³ voxels of 8 bits.</summary>
public class VoxelBenchmarks
{
    private readonly byte[] _half = new byte[Scene.N / 2 * Scene.N / 2];
    private readonly long[] _bins = new long[512];

    /// <summary>The map of empty space, made anew for a transfer function.</summary>
    [Benchmark]
    public object EmptySpaceMap() => EmptySpace.Of(Scene.Volume, Scene.Sparse.IsVisible);

    /// <summary>A transfer function's table with its pieces and sums.</summary>
    [Benchmark]
    public object Table() => new TransferTable(0, 255, new float[TransferTable.Size], new int[TransferTable.Size], 0.5f);

    /// <summary>64 bricks: tiles and extremes.</summary>
    [Benchmark]
    public object Bricks() => PagedVolume.FromDense<byte>(Scene.Voxels, Scene.N, Scene.N, Scene.N);

    /// <summary>The next level of the pyramid.</summary>
    [Benchmark]
    public void Halve()
    {
        const int Slice = Scene.N * Scene.N;
        for (var z = 0; z < Scene.N; z += 2)
        {
            MeanDownsampler.Halve<byte>(Scene.Voxels.AsSpan(z * Slice, Slice), Scene.Voxels.AsSpan((z + 1) * Slice, Slice), Scene.N, Scene.N, _half);
        }
    }

    /// <summary>512 bins.</summary>
    [Benchmark]
    public void Histogram() => HistogramKernel.Accumulate<byte>(Scene.Voxels, 0, 255, _bins);
}
