using BenchmarkDotNet.Attributes;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Raycasting;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Benchmarks;

/// <summary>Rays of 384×384 pixels through 256³ voxels of 8 bits, by packet width.</summary>
public class RaycastBenchmarks
{
    private readonly uint[] _target = new uint[Scene.Pixels * Scene.Pixels];
    private RaycastSettings _settings = null!;

    /// <summary>What is looked at, and how.</summary>
    [Params("sparse, flat", "sparse, shaded", "fog, shaded", "fog, integrated")]
    public string View { get; set; } = "";

    /// <summary>Makes the view's settings.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        var table = View.StartsWith("sparse", StringComparison.Ordinal) ? Scene.Sparse : Scene.Translucent;
        _settings = new RaycastSettings
        {
            Transfer = table, Empty = EmptySpace.Of(Scene.Volume, table.IsVisible), Shaded = !View.EndsWith("flat", StringComparison.Ordinal),
            Integrated = View.EndsWith("integrated", StringComparison.Ordinal),
        };
    }

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

        Raycaster.Render(Scene.Volume, _settings, Scene.Rays, Scene.Pixels, Scene.Pixels, 1, _target, lanes: lanes);
    }
}
