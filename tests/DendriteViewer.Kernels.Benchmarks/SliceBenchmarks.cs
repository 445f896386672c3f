using BenchmarkDotNet.Attributes;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Kernels.Benchmarks;

/// <summary>An oblique slice of 768×768 pixels through 256³ voxels of 8 bits, by packet width.</summary>
public class SliceBenchmarks
{
    private const int Pixels = 768;
    private readonly float[] _target = new float[Pixels * Pixels];

    /// <summary>What lies between voxels.</summary>
    [Params(SliceInterpolation.Linear, SliceInterpolation.Cubic)]
    public SliceInterpolation Between { get; set; }

    /// <summary>The specification.</summary>
    [Benchmark(Baseline = true)]
    public void Scalar() => Render(PacketLanes.Scalar);

    /// <summary>128 bits.</summary>
    [Benchmark]
    public void Lanes4() => Render(PacketLanes.Four);

    /// <summary>256 bits; not available without AVX2.</summary>
    [Benchmark]
    public void Lanes8() => Render(PacketLanes.Eight);

    /// <summary>512 bits; not available without AVX-512.</summary>
    [Benchmark]
    public void Lanes16() => Render(PacketLanes.Sixteen);

    private void Render(PacketLanes lanes)
    {
        if (!Packets.Supports(lanes))
        {
            throw new NotSupportedException($"This processor has no packets of {lanes}.");
        }

        const float Scale = (float)Scene.N / Pixels;
        VoxelVector right = new(0, 0.4f, 0.9165f), down = new(0.6f, 0.7332f, -0.32f);
        var plane = new SliceGeometry(128 * VoxelVector.One - 128 * right - 128 * down, Scale * right, Scale * down, default, Interpolation: Between);
        Slicer.Render(Scene.Volume, plane, Pixels, Pixels, (u, v, row) => row.CopyTo(_target.AsSpan(v * Pixels + u)), lanes: lanes);
    }
}
