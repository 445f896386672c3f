using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>Where a scan's field of view ends within its box of voxels.</summary>
internal static class FieldOfView
{
    // A reconstruction's circle touches the box's sides or nearly so.
    private const double LeastRadius = 0.9, MostUnlike = 0.03;

    /// <summary>
    /// The value of the padding: the voxels of all four edges of the box along one axis have it, bit for bit. Null where the edges differ,
    /// as measured values do, and where the whole box is one value.
    /// </summary>
    public static float? PaddingOf(ReadOnlySpan<float> values, VolumeShape shape)
    {
        if (values.IsEmpty || !float.IsFinite(values[0]) || values.IndexOfAnyExcept(values[0]) < 0)
        {
            return null;
        }

        for (var axis = 0; axis < 3; axis++)
        {
            var box = new Slices(shape, axis);
            if (box.Depth > 1 && box.Width > 2 && box.Height > 2 && EdgesAre(values, box, values[0]))
            {
                return values[0];
            }
        }

        return null;
    }

    private static bool EdgesAre(ReadOnlySpan<float> values, Slices box, float value)
    {
        for (var s = 0; s < box.Depth; s++)
        {
            if (values[box.At(s, 0, 0)] != value || values[box.At(s, 0, box.Width - 1)] != value
                || values[box.At(s, box.Height - 1, 0)] != value || values[box.At(s, box.Height - 1, box.Width - 1)] != value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Whether the padding is what lies outside the circle that a tomograph reconstructs: in the middle slice across an axis it covers
    /// what is outside an ellipse in the middle of the box that nearly touches its sides, and little else.
    /// </summary>
    public static bool IsCircle(ReadOnlySpan<float> values, VolumeShape shape, float padding)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            if (IsCircle(values, new Slices(shape, axis), padding))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCircle(ReadOnlySpan<float> values, Slices box, float padding)
    {
        int s = box.Depth / 2, unlike = 0, before = 0, behind = 0;
        while (before < box.Width / 2 && values[box.At(s, box.Height / 2, before)] == padding)
        {
            before++;
        }

        while (behind < box.Width / 2 && values[box.At(s, box.Height / 2, box.Width - 1 - behind)] == padding)
        {
            behind++;
        }

        var radius = 1 - (before + behind) / (double)box.Width;
        if (radius < LeastRadius || Math.Abs(before - behind) > Math.Max(2, MostUnlike * box.Width))
        {
            return false;
        }

        for (var v = 0; v < box.Height; v++)
        {
            for (var u = 0; u < box.Width; u++)
            {
                double x = (2 * u + 1.0) / box.Width - 1, y = (2 * v + 1.0) / box.Height - 1;
                unlike += values[box.At(s, v, u)] == padding == x * x + y * y < radius * radius ? 1 : 0;
            }
        }

        return unlike < MostUnlike * box.Width * box.Height;
    }
}

/// <summary>A box of voxels as slices across an axis.</summary>
internal readonly struct Slices
{
    private readonly int _slice, _row, _column;

    /// <summary>Slices across axis 0 (z), 1 (y) or 2 (x), with rows along x, z and y in turn.</summary>
    public Slices(VolumeShape shape, int axis)
    {
        (int Size, int Step) z = (shape.Z, shape.Y * shape.X), y = (shape.Y, shape.X), x = (shape.X, 1);
        ((Depth, _slice), (Height, _row), (Width, _column)) = axis switch { 0 => (z, y, x), 1 => (y, x, z), _ => (x, z, y) };
    }

    /// <summary>How many slices.</summary>
    public int Depth { get; }

    /// <summary>Rows of a slice.</summary>
    public int Height { get; }

    /// <summary>Voxels of a row.</summary>
    public int Width { get; }

    /// <summary>Index of a voxel.</summary>
    public int At(int slice, int row, int column) => slice * _slice + row * _row + column * _column;
}
