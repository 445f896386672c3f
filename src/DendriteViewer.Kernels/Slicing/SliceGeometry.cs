using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>How the samples through a thick slab become one value.</summary>
public enum SlabMode
{
    /// <summary>Arithmetic mean of the samples.</summary>
    Mean,

    /// <summary>Smallest sample.</summary>
    Minimum,

    /// <summary>Largest sample.</summary>
    Maximum,
}

/// <summary>What lies between voxels.</summary>
public enum SliceInterpolation
{
    /// <summary>Trilinear.</summary>
    Linear,

    /// <summary>The nearest voxel: labels, and voxels as they are.</summary>
    Nearest,

    /// <summary>Tricubic (Catmull–Rom), which goes through the voxels and overshoots at sharp borders.</summary>
    Cubic,
}

/// <summary>
/// A plane in index coordinates of a level, in which the centre of voxel (k, j, i) is the point (k, j, i):
/// pixel (u, v) is sampled at <c>Origin + u·Right + v·Down</c>, a slab further at <c>± n·Normal</c>.
/// </summary>
/// <param name="Origin">Centre of pixel (0, 0).</param>
/// <param name="Right">Step from a pixel to the one right of it.</param>
/// <param name="Down">Step from a pixel to the one below it.</param>
/// <param name="Normal">Step from one sample of the slab to the next.</param>
/// <param name="SlabSamples">Samples through the slab, centred on the plane; 1 is a plain slice.</param>
/// <param name="Mode">How the samples of a slab are combined.</param>
/// <param name="Interpolation">What lies between voxels.</param>
public readonly record struct SliceGeometry(
    VoxelVector Origin, VoxelVector Right, VoxelVector Down, VoxelVector Normal,
    int SlabSamples = 1, SlabMode Mode = SlabMode.Mean, SliceInterpolation Interpolation = SliceInterpolation.Linear);
