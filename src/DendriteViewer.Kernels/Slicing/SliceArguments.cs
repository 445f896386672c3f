using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>What every pixel of a slice shares, as <see cref="SliceProgram"/> reads it. Blittable.</summary>
public struct SliceArguments
{
    /// <summary>As <see cref="SliceGeometry"/>; x, y, z in index coordinates.</summary>
    public Float3 Origin, Right, Down, Normal;

    /// <summary>Pixels of the slice.</summary>
    public int Width, Height;

    /// <summary>Samples through the slab.</summary>
    public int Samples;

    /// <summary>As <see cref="SlabMode"/>, and as <see cref="SliceInterpolation"/>.</summary>
    public int Mode, Interpolation;

    /// <summary>The shape of the level that is sliced.</summary>
    public LevelShape Grid;

    /// <summary>The arguments of a slice.</summary>
    internal static SliceArguments Of(PagedVolume volume, in SliceGeometry plane, int width = 0, int height = 0) => new()
    {
        Origin = plane.Origin, Right = plane.Right, Down = plane.Down, Normal = plane.Normal, Width = width, Height = height,
        Samples = plane.SlabSamples, Mode = (int)plane.Mode, Interpolation = (int)plane.Interpolation, Grid = LevelShape.Of(volume.Grid, 0),
    };
}
