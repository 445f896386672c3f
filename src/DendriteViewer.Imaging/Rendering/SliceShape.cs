using System.Numerics;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>The points of a level that a slice samples: which bricks hold them, and how they are drawn by the CPU.</summary>
internal abstract record SliceShape
{
    /// <summary>Bricks that a picture reads, some perhaps more than once, each with its number among the level's bricks.</summary>
    public abstract IEnumerable<(int At, BrickIndex Brick)> BricksOf(PyramidLevel level, int width, int height);

    /// <summary>Draws it; false where <paramref name="ct"/> stopped it.</summary>
    public abstract bool Render(PagedVolume volume, int width, int height, SliceRow row, CancellationToken ct);

    /// <summary>
    /// Bricks along one axis that hold voxels between two coordinates and so many around them; the last before the first for none.
    /// </summary>
    protected static (int From, int To) Span(float low, float high, int brick, int count, int size, int around) =>
        high < -0.5f || low > size - 0.5f
            ? (0, -1)
            : (Math.Clamp((int)MathF.Floor((low - around) / brick), 0, count - 1),
                Math.Clamp((int)MathF.Floor((high + around) / brick), 0, count - 1));

    /// <summary>How many voxels around a sample its interpolation reads.</summary>
    protected static int Around(SliceInterpolation between) => between == SliceInterpolation.Cubic ? 2 : 1;
}

/// <summary>A plane, or a slab along one.</summary>
internal sealed record PlaneShape(SliceGeometry Geometry) : SliceShape
{
    /// <inheritdoc/>
    public override bool Render(PagedVolume volume, int width, int height, SliceRow row, CancellationToken ct) =>
        Slicer.Render(volume, Geometry, width, height, row, ct);

    /// <summary>Those near the plane that the pane's rectangle, grown by the slab, can touch.</summary>
    public override IEnumerable<(int At, BrickIndex Brick)> BricksOf(PyramidLevel level, int width, int height)
    {
        var g = Geometry;
        Vector3 half = (g.SlabSamples - 1) * 0.5f * g.Normal, origin = g.Origin;
        var low = new Vector3(float.MaxValue);
        var high = new Vector3(float.MinValue);
        for (var i = 0; i < 8; i++)
        {
            var p = origin + ((i & 1) != 0 ? width : 0) * g.Right + ((i & 2) != 0 ? height : 0) * g.Down + ((i & 4) != 0 ? half : -half);
            low = Vector3.Min(low, p);
            high = Vector3.Max(high, p);
        }

        var normal = Vector3.Normalize(Vector3.Cross(g.Right, g.Down));
        var around = Around(g.Interpolation);
        var reach = MathF.Abs(Vector3.Dot(half, normal)) + around + 0.01f;
        var (n, b, s) = (level.BrickCount, level.Brick, level.Shape);
        var (z0, z1) = Span(low.Z, high.Z, b.Z, n.Z, s.Z, around);
        var (y0, y1) = Span(low.Y, high.Y, b.Y, n.Y, s.Y, around);
        var (x0, x1) = Span(low.X, high.X, b.X, n.X, s.X, around);
        for (var z = z0; z <= z1; z++)
        {
            for (var y = y0; y <= y1; y++)
            {
                for (var x = x0; x <= x1; x++)
                {
                    // Distance of the brick's middle from the plane against the brick's extent along the normal.
                    var middle = new Vector3((x + 0.5f) * b.X - 0.5f, (y + 0.5f) * b.Y - 0.5f, (z + 0.5f) * b.Z - 0.5f);
                    var extent = 0.5f * (b.X * MathF.Abs(normal.X) + b.Y * MathF.Abs(normal.Y) + b.Z * MathF.Abs(normal.Z)) + reach;
                    if (MathF.Abs(Vector3.Dot(middle - origin, normal)) <= extent)
                    {
                        yield return ((z * n.Y + y) * n.X + x, new BrickIndex(level.Number, z, y, x));
                    }
                }
            }
        }
    }
}
