using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>What a brush covers around each point of its way.</summary>
public enum BrushShape
{
    /// <summary>A disc in the plane of a slice, one layer of voxels thick.</summary>
    Disc,

    /// <summary>A ball in space.</summary>
    Ball,
}

/// <summary>Something that sets voxels of a mask, or clears them.</summary>
/// <param name="Erase">Whether it clears voxels; else it sets them.</param>
public abstract record MaskMark(bool Erase);

/// <summary>
/// A stroke of a brush: a way of straight pieces. A voxel belongs to it where its centre lies, in µm, no farther than the radius from the
/// way; of a disc, where it also lies in the layer of voxels that the slice's plane goes through, and the distance is measured in that
/// plane.
/// </summary>
/// <param name="Erase">Whether it clears voxels.</param>
/// <param name="Shape">The brush.</param>
/// <param name="RadiusUm">Its radius, µm.</param>
/// <param name="Points">The way, in µm of the dataset's frame; one point is a dab.</param>
/// <param name="Normal">Normal of the slice's plane, of a disc.</param>
public sealed record BrushMark(bool Erase, BrushShape Shape, double RadiusUm, IReadOnlyList<WorldPoint> Points, WorldVector Normal)
    : MaskMark(Erase)
{
    /// <summary>Points at most.</summary>
    public const int MostPoints = 1000;

    /// <summary>Radius of a brush.</summary>
    public static readonly NumberRange Radius = new("The brush's radius", 1e-3, 1e5, "µm");

    /// <summary>The same with a normal of length 1, checked.</summary>
    /// <exception cref="OutOfRangeException">A number is out of its range.</exception>
    public BrushMark Checked()
    {
        Radius.Check(RadiusUm);
        new NumberRange("The number of a stroke's points", 1, MostPoints).Check(Points.Count);
        foreach (var p in Points)
        {
            Ranges.Um.Check([p.Z, p.Y, p.X], 3);
        }

        if (Shape == BrushShape.Ball)
        {
            return this with { Normal = default };
        }

        var length = Normal.Length;
        return length is > 1e-6 and < 1e6 ? this with { Normal = 1 / length * Normal }
            : throw new OutOfRangeException("A disc's normal is three numbers z, y, x that are not all 0.");
    }
}

/// <summary>A fill: its voxels were found when it was made, and are its own from then on.</summary>
/// <param name="Erase">Whether it clears voxels.</param>
/// <param name="Runs">Voxels as runs along x: z, y, the first x, and the x after the last, for each.</param>
public sealed record FillMark(bool Erase, IReadOnlyList<int> Runs) : MaskMark(Erase)
{
    /// <summary>Runs at most.</summary>
    public const int MostRuns = 100_000;

    /// <summary>How far grey values may lie from that at the point from which a fill grows.</summary>
    public static readonly NumberRange Tolerance = new("The tolerance", 0, 3.4e38, "grey values");

    /// <summary>The same, checked against a volume.</summary>
    /// <exception cref="OutOfRangeException">A run lies outside of the volume, or there are none or too many.</exception>
    public FillMark Checked(VolumeShape shape)
    {
        new NumberRange("The number of a fill's runs", 1, MostRuns).Check(Runs.Count / 4.0);
        for (var i = 0; i < Runs.Count; i += 4)
        {
            if (i + 3 >= Runs.Count || !shape.Contains(new VoxelIndex(Runs[i], Runs[i + 1], Runs[i + 2]))
                || Runs[i + 3] <= Runs[i + 2] || Runs[i + 3] > shape.X)
            {
                throw new OutOfRangeException($"Run {i / 4 + 1} of a fill lies outside of the mask's {shape} voxels.");
            }
        }

        return this;
    }
}
