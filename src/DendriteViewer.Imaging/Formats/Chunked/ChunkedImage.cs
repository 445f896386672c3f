using System.Globalization;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>A level of an image.</summary>
/// <param name="Array">Its samples.</param>
/// <param name="Scale">Length of a voxel along each axis.</param>
/// <param name="Translation">Where the middle of the first voxel lies.</param>
internal sealed record ChunkedLevel(ChunkedArray Array, double[] Scale, double[] Translation)
{
    /// <summary>A level of which nothing says how large its voxels are.</summary>
    public static ChunkedLevel OfUnitScale(ChunkedArray array) =>
        new(array, Enumerable.Repeat(1.0, array.Shape.Length).ToArray(), new double[array.Shape.Length]);

    /// <summary>
    /// Whether its shape is what its scale makes of a finer level's. A writer may round lengths up or down, or divide the extent by the
    /// rounded length.
    /// </summary>
    public bool FitsTo(ChunkedLevel finer, AxisOrder order) => new[] { order.Z, order.Y, order.X }.Where(i => i >= 0)
        .All(i => Math.Abs(finer.Array.Shape[i] * finer.Scale[i] / Scale[i] - Array.Shape[i]) <= 1.5);
}

/// <summary>An image: its levels, finest first.</summary>
/// <param name="Format">The format, for people.</param>
/// <param name="Axes">Which of the arrays' axes are z, y, x and time.</param>
/// <param name="Levels">The levels.</param>
/// <param name="Geometry">Where the finest lies, where it says so with a unit.</param>
/// <param name="Remarks">What was not taken, guessed, or is in doubt.</param>
internal sealed record ChunkedImage(
    string Format, AxisOrder Axes, IReadOnlyList<ChunkedLevel> Levels, FileGeometry? Geometry, IReadOnlyList<string> Remarks);

/// <summary>Where voxels lie, from lengths and places along the axes and a unit of each.</summary>
internal static class ChunkedGeometry
{
    /// <summary>The geometry of an array.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="order">Which of its axes are z, y and x.</param>
    /// <param name="scale">Length of a voxel along each axis, above 0.</param>
    /// <param name="translation">Where the middle of the first voxel lies along each.</param>
    /// <param name="axes">Name and unit of each.</param>
    /// <param name="from">What says so, for people.</param>
    /// <param name="remarks">Told what was not taken or guessed.</param>
    /// <returns>Null where a unit is missing or unknown, or there is no picture plane.</returns>
    public static FileGeometry? Of(
        string path,
        AxisOrder order,
        double[] scale,
        double[] translation,
        IReadOnlyList<NamedAxis> axes,
        string from,
        List<string> remarks)
    {
        if (order.Y < 0 || order.X < 0)
        {
            return null;
        }

        var space = new[] { order.Z, order.Y, order.X }.Where(i => i >= 0).ToArray();
        var unknown = space.Where(i => LengthUnits.InUm(axes[i].Unit) is null).ToArray();
        if (unknown.Length > 0)
        {
            var which = string.Join(", ", unknown.Select(i => axes[i].Unit is { Length: > 0 } u
                ? $"along {NameOf(i)} in {OneLine.Of(u)}, which is no unit of length that is known" : $"along {NameOf(i)} without a unit"));
            var said = string.Join(" × ", space.Select(i => scale[i].ToString("R", CultureInfo.InvariantCulture)));
            remarks.Add($"Its {from} is {said}, {which}, so it was not taken.");
            return null;
        }

        if (order.Z < 0)
        {
            remarks.Add("It has no z; a slice is taken to be as thick as its pixels are wide.");
        }

        double sy = Um(order.Y, scale, 0), sx = Um(order.X, scale, 0), sz = Um(order.Z, scale, Math.Min(sy, sx));
        double[] middle = [Um(order.X, translation, 0), Um(order.Y, translation, 0), Um(order.Z, translation, 0)];
        return LengthUnits.Geometry([[sx, 0, 0], [0, sy, 0], [0, 0, sz]], middle, path, from);

        double Um(int axis, double[] values, double otherwise) =>
            axis >= 0 ? values[axis] * LengthUnits.InUm(axes[axis].Unit)!.Value : otherwise;

        string NameOf(int axis) => axis == order.Z ? "z" : axis == order.Y ? "y" : "x";
    }
}
