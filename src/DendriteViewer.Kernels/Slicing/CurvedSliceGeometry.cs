using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>
/// A curved sheet in index coordinates of a level, as <see cref="SliceGeometry"/> is a plane: pixel (u, v) is sampled at
/// <c>Origin + u·Right + v·Down + h·Along</c>, where h is the height of <see cref="Field"/> there; a slab further at <c>h ± n·SlabStep</c>.
/// </summary>
/// <param name="Origin">Centre of pixel (0, 0) at height 0.</param>
/// <param name="Right">Step from a pixel to the one right of it, at one height.</param>
/// <param name="Down">Step from a pixel to the one below it, at one height.</param>
/// <param name="Along">Step for a height of 1.</param>
/// <param name="Field">Heights of the sheet's middle.</param>
/// <param name="FieldOrigin">Row and column of the field at pixel (0, 0).</param>
/// <param name="FieldStep">Rows of the field a pixel down, and columns a pixel across.</param>
/// <param name="Inside">For each row of the picture the columns between which the sheet is known: from, to, from, to, ascending; null for
/// all columns of all rows.</param>
/// <param name="SlabStep">Height from one sample of the slab to the next.</param>
/// <param name="SlabSamples">Samples through the slab, centred on the sheet; 1 is a plain slice.</param>
/// <param name="Mode">How the samples of a slab are combined.</param>
/// <param name="Interpolation">What lies between voxels.</param>
public sealed record CurvedSliceGeometry(
    VoxelVector Origin, VoxelVector Right, VoxelVector Down, VoxelVector Along, HeightField Field, (double Row, double Column) FieldOrigin,
    (double Row, double Column) FieldStep, double[][]? Inside = null, float SlabStep = 0, int SlabSamples = 1,
    SlabMode Mode = SlabMode.Mean, SliceInterpolation Interpolation = SliceInterpolation.Linear)
{
    /// <summary>Height of the sheet's middle at a pixel, which may be a part of one; NaN where the field has none.</summary>
    public float HeightAt(double u, double v) =>
        Field.At(FieldOrigin.Row + v * FieldStep.Row, FieldOrigin.Column + u * FieldStep.Column);

    /// <summary>Whether the sheet is known at a pixel: the field has a height there, and it lies inside.</summary>
    public bool IsKnown(int u, int v) => IsInside(u, v) && !float.IsNaN(HeightAt(u, v));

    internal bool IsInside(int u, int v)
    {
        if (Inside is null)
        {
            return true;
        }

        var row = Inside[v];
        for (var i = 0; i + 1 < row.Length; i += 2)
        {
            if (u >= row[i] && u < row[i + 1])
            {
                return true;
            }
        }

        return false;
    }
}
