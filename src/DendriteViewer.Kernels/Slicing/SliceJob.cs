using System.Numerics;
using System.Runtime.CompilerServices;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;

namespace DendriteViewer.Kernels.Slicing;

/// <summary>Takes part of a row: values from pixel (u, v) to the right, NaN outside the volume.</summary>
public delegate void SliceRow(int u, int v, ReadOnlySpan<float> values);

/// <summary>A slice to be drawn: what its tiles share.</summary>
internal sealed class SliceJob(PagedVolume volume, SliceGeometry plane, int width, int height, SliceRow row)
{
    public readonly SliceGeometry Plane = plane;
    public readonly PagedVolume Volume = volume;
    public readonly SliceRow Row = row;
    public readonly int Width = width;
    public readonly int Height = height;
    private HostSlicer? _host;

    /// <summary>The shape of the level that is sliced.</summary>
    public readonly LevelShape Shape = LevelShape.Of(volume.Grid, 0);

    /// <summary>Draws what packets leave over, one pixel at a time.</summary>
    public HostSlicer Host => _host ??= new HostSlicer(Volume, Plane);

    /// <summary>The slab as a <see cref="BlockWindow"/> takes it, so that it need not unpack more of a block.</summary>
    public readonly BlockSheet Sheet = SheetOf(plane, 1);

    // Where no pixel lies outside the volume.
    private readonly BlockSheet _within = SheetOf(plane, 0.01f);

    // Pixels up to half a voxel outside the volume are drawn from its outermost voxels, which are so much further away at most.
    private static BlockSheet SheetOf(in SliceGeometry plane, float further)
    {
        var n = Vector3.Cross(plane.Right, plane.Down);
        if (n.LengthSquared() < 1e-20f)
        {
            return BlockSheet.Everything;
        }

        n = Vector3.Normalize(n);
        var half = 0.5f * (plane.SlabSamples - 1) * MathF.Abs(Vector3.Dot(n, plane.Normal));
        return new BlockSheet(n, -Vector3.Dot(n, plane.Origin), half + further);
    }

    // Where pixel (0, 0) lies on a sheet of the slab.
    private Vector3 SheetOrigin(int sheet) => Plane.Origin + (sheet - (Plane.SlabSamples - 1) * 0.5f) * Plane.Normal;

    /// <summary>Whether every sample of a tile, on all sheets, lies between the outermost voxels' centres.</summary>
    public bool IsInside(int u0, int v0, int u1, int v1)
    {
        var last = new Vector3(Volume.X - 1, Volume.Y - 1, Volume.Z - 1);
        Vector3 right = Plane.Right, below = Plane.Down;
        for (var i = 0; i < 8; i++)
        {
            Vector3 p = SheetOrigin((i & 4) != 0 ? Plane.SlabSamples - 1 : 0);
            p += ((i & 1) != 0 ? u1 : u0) * right + ((i & 2) != 0 ? v1 : v0) * below;
            if (Vector3.Clamp(p, Vector3.Zero, last) != p)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Makes ready what some sheets of a tile read; false where it does not fit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Prepare(BlockWindow window, int u0, int v0, int u1, int v1, int sheet, int sheets)
    {
        Span<Vector4> planes = stackalloc Vector4[MostSides];
        return window.Prepare(PartOf(u0, v0, u1, v1, sheet, sheets, planes), new OccupancyQuery(null, 0));
    }

    /// <summary>The same for a slice of one sheet.</summary>
    /// <param name="window">What is made ready.</param>
    /// <param name="u0">The tile's first column.</param>
    /// <param name="v0">The tile's first row.</param>
    /// <param name="u1">Behind its last column.</param>
    /// <param name="v1">Behind its last row.</param>
    /// <param name="isInside">Whether all its pixels lie between the volume's outermost centres.</param>
    /// <param name="low">The least coordinates of what is ready.</param>
    /// <param name="high">The greatest.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Prepare(VoxelWindow window, int u0, int v0, int u1, int v1, bool isInside, out Vector3 low, out Vector3 high)
    {
        Span<Vector4> planes = stackalloc Vector4[MostSides];
        var part = PartOf(u0, v0, u1, v1, 0, 1, planes);
        (low, high) = (part.Low, part.High);
        return window.Prepare(part, isInside ? _within : Sheet);
    }

    private const int MostSides = 6;

    // The space that some sheets of a tile take, a voxel around it included.
    private ConvexPart PartOf(int u0, int v0, int u1, int v1, int sheet, int sheets, Span<Vector4> planes)
    {
        Vector3 low = new(float.MaxValue), high = new(float.MinValue);
        Vector3 right = Plane.Right, below = Plane.Down;
        Vector3 across = (u1 - 1 - u0) * right, down = (v1 - 1 - v0) * below, through = (sheets - 1) * Plane.Normal;
        var origin = SheetOrigin(sheet) + u0 * right + v0 * below;
        for (var i = 0; i < 8; i++)
        {
            var p = origin + ((i & 1) != 0 ? across : default) + ((i & 2) != 0 ? down : default) + ((i & 4) != 0 ? through : default);
            (low, high) = (Vector3.Min(low, p), Vector3.Max(high, p));
        }

        // A tile of one pixel each way has no sides; what its box holds is needed then.
        var n = 0;
        Sides(Vector3.Cross(right, below), through, planes, ref n);
        Sides(Vector3.Cross(below, Vector3.Cross(right, below)), across, planes, ref n);
        Sides(Vector3.Cross(right, Vector3.Cross(right, below)), down, planes, ref n);

        // Pixels outside read the outermost voxels.
        var last = new Vector3(Volume.X - 1, Volume.Y - 1, Volume.Z - 1);
        (low, high) = (Vector3.Clamp(low - Vector3.One, Vector3.Zero, last), Vector3.Clamp(high + Vector3.One, Vector3.Zero, last));
        return new ConvexPart(low, high, planes[..n]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void Sides(Vector3 normal, Vector3 extent, Span<Vector4> planes, ref int n)
        {
            if (normal.LengthSquared() < 1e-12f)
            {
                return;
            }

            normal = Vector3.Normalize(normal);
            var (a, b) = (Vector3.Dot(normal, origin), Vector3.Dot(normal, origin + extent));
            if (normal == default || float.IsNaN(a))
            {
                return;
            }

            // Other corners of a sheared tile may lie further out; they are in the tile's box all the same.
            var reach = MathF.Abs(Vector3.Dot(normal, across)) + MathF.Abs(Vector3.Dot(normal, down))
                + MathF.Abs(Vector3.Dot(normal, through)) - MathF.Abs(b - a);
            planes[n++] = new Vector4(normal, -(MathF.Min(a, b) - reach - 0.5f));
            planes[n++] = new Vector4(-normal, MathF.Max(a, b) + reach + 0.5f);
        }
    }
}
