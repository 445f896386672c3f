using BenchmarkDotNet.Attributes;
using DendriteViewer.Kernels.Distances;
using DendriteViewer.Kernels.Filtering;
using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Kernels.Benchmarks;

/// <summary>What the analysis is made of, on the voids of the benchmark volume.</summary>
public class SetBenchmarks
{
    private readonly BitVolume _set = Threshold();
    private readonly Components _components = ComponentLabeller.Label(Threshold(), StructuringElement.Faces);
    private readonly float[] _slice = Scene.Voxels[..(Scene.N * Scene.N)].Select(v => (float)v).ToArray();
    private readonly float[] _target = new float[Scene.N * Scene.N];

    /// <summary>Grey values to bits.</summary>
    [Benchmark]
    public object Bits() => Threshold();

    /// <summary>Components with their moments.</summary>
    [Benchmark]
    public object Label() => ComponentLabeller.Label(_set, StructuringElement.Faces);

    /// <summary>The same by flooding.</summary>
    [Benchmark]
    public object LabelScalar() => ComponentLabeller.LabelScalar(_set, StructuringElement.Faces);

    /// <summary>Surfaces of all components.</summary>
    [Benchmark]
    public object Surfaces() => SurfaceAreas.Of(_components, 1, 1, 1);

    /// <summary>One voxel more all around.</summary>
    [Benchmark]
    public object Dilate() => Morphology.Dilate(_set, StructuringElement.Corners);

    /// <summary>Holes filled.</summary>
    [Benchmark]
    public object FillHoles() => Morphology.FillHoles(_set);

    /// <summary>Exact distances to the voids.</summary>
    [Benchmark]
    public object Distances() => EuclideanDistance.Squared(_set);

    /// <summary>Counts and Otsu's threshold.</summary>
    [Benchmark]
    public int Otsu() => OtsuThreshold.Split(ValueCounts.Of(Scene.Voxels));

    /// <summary>Median of 27, a slice.</summary>
    [Benchmark]
    public void Median() => NeighbourhoodFilters.Median(_slice, _slice, _slice, Scene.N, Scene.N, _target);

    private static BitVolume Threshold()
    {
        var set = new BitVolume(Scene.N, Scene.N, Scene.N);
        Parallel.For(0, Scene.N, z =>
        {
            for (var y = 0; y < Scene.N; y++)
            {
                ThresholdKernel.Within<byte>(Scene.Voxels.AsSpan((z * Scene.N + y) * Scene.N, Scene.N), 11, 99, set.Row(z, y));
            }
        });
        return set;
    }
}
