using System.Numerics;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Bricks;
using DendriteViewer.Kernels.Sampling;
using DendriteViewer.Kernels.Slicing;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>The sheet at one depth from the interface, or a slab along it.</summary>
internal sealed record CurvedShape(CurvedSliceGeometry Geometry) : SliceShape
{
    private const int Tile = 32;

    /// <summary>A sheet of a level.</summary>
    /// <param name="transform">The level's.</param>
    /// <param name="sheet">The sheet, which follows a depth.</param>
    /// <param name="width">Pixels across.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="umPerPixel">Scale.</param>
    /// <param name="slabStepUm">Depth from one sample of the slab to the next.</param>
    /// <param name="look">Samples of the slab, how they are combined and what lies between voxels.</param>
    public static CurvedShape Of(
        AffineTransform transform, SliceSheet sheet, int width, int height, double umPerPixel, double slabStepUm,
        (int Samples, SlabMode Mode, SliceInterpolation Interpolation) look)
    {
        var (plane, curve) = (sheet.Plane, sheet.Curve!);
        var first = plane.At(0, 0, width, height, umPerPixel);
        var origin = transform.ToVoxel(first);
        var (level, u0, v0) = InterfaceSurface.Split(curve.Depth.Axis, first.Z, first.Y, first.X);

        // Across the depth axis u runs down in the pane, v to the right. Heights are counted from the level of the plane.
        var field = HeightField.Level((float)(curve.Depth.CoordinateOf(new Depth(curve.DepthUm), u0, v0) - level));
        (double, double) fieldOrigin = (0.5, 0.5), fieldStep = default;
        var cosine = 1.0;
        if (curve.Depth.Surface is { } s)
        {
            cosine = s.Cosine;
            var above = curve.Depth.Direction * curve.DepthUm / cosine - level;
            field = new HeightField([.. s.SeenHeightsUm().Select(h => (float)(h + above))], s.Shape.U, s.Shape.V);
            fieldOrigin = ((u0 - s.OriginUm.U) / s.StepUm, (v0 - s.OriginUm.V) / s.StepUm);
            fieldStep = (umPerPixel / s.StepUm, umPerPixel / s.StepUm);
        }

        return new CurvedShape(new CurvedSliceGeometry(
            new VoxelVector((float)(origin.Z - 0.5), (float)(origin.Y - 0.5), (float)(origin.X - 0.5)), Step(umPerPixel * plane.Right),
            Step(umPerPixel * plane.Down), Step(plane.Normal), field, fieldOrigin, fieldStep,
            curve.Outline is { } outline ? InsideOf(outline, u0, v0, height, umPerPixel) : null, (float)(slabStepUm / cosine),
            look.Samples, look.Mode, look.Interpolation));

        VoxelVector Step(WorldVector v)
        {
            var p = transform.ToVoxel(v);
            return new VoxelVector((float)p.Z, (float)p.Y, (float)p.X);
        }
    }

    /// <summary>Whether a pixel lies above or below voxels of the volume, whatever height the sheet has there.</summary>
    public bool IsAcross(PagedVolume volume, int u, int v)
    {
        var p = (Vector3)Geometry.Origin + u * (Vector3)Geometry.Right + v * (Vector3)Geometry.Down;
        var along = Vector3.Abs(Geometry.Along);
        var most = Math.Max(along.X, Math.Max(along.Y, along.Z));
        return (along.X == most || Within(p.X, volume.X)) && (along.Y == most || Within(p.Y, volume.Y))
            && (along.Z == most || Within(p.Z, volume.Z));

        static bool Within(float at, int count) => at >= -0.5f && at <= count - 0.5f;
    }

    /// <inheritdoc/>
    public override bool Render(PagedVolume volume, int width, int height, SliceRow row, CancellationToken ct) =>
        CurvedSlicer.Render(volume, Geometry, width, height, row, ct);

    /// <summary>Those that each tile of the picture can touch at the heights that it has.</summary>
    public override IEnumerable<(int At, BrickIndex Brick)> BricksOf(PyramidLevel level, int width, int height)
    {
        var found = new HashSet<int>();
        var (n, b, s) = (level.BrickCount, level.Brick, level.Shape);
        var around = Around(Geometry.Interpolation);
        for (var v = 0; v < height; v += Tile)
        {
            for (var u = 0; u < width; u += Tile)
            {
                if (BoxOf(u, v, Math.Min(u + Tile, width) - 1, Math.Min(v + Tile, height) - 1) is not var (low, high))
                {
                    continue;
                }

                var (z0, z1) = Span(low.Z, high.Z, b.Z, n.Z, s.Z, around);
                var (y0, y1) = Span(low.Y, high.Y, b.Y, n.Y, s.Y, around);
                var (x0, x1) = Span(low.X, high.X, b.X, n.X, s.X, around);
                for (var z = z0; z <= z1; z++)
                {
                    for (var y = y0; y <= y1; y++)
                    {
                        for (var x = x0; x <= x1; x++)
                        {
                            if (found.Add((z * n.Y + y) * n.X + x))
                            {
                                yield return ((z * n.Y + y) * n.X + x, new BrickIndex(level.Number, z, y, x));
                            }
                        }
                    }
                }
            }
        }
    }

    // The box around the samples of some pixels; null where none has a height. Between lines of the field's nodes the sheet is bilinear, so
    // that it is lowest and highest at corners of the pieces into which the lines cut the tile.
    private (Vector3 Low, Vector3 High)? BoxOf(int u0, int v0, int u1, int v1)
    {
        var (least, most) = (float.PositiveInfinity, float.NegativeInfinity);
        var columns = Stops(u0, u1, Geometry.FieldOrigin.Column, Geometry.FieldStep.Column, Geometry.Field.Columns);
        var rows = Stops(v0, v1, Geometry.FieldOrigin.Row, Geometry.FieldStep.Row, Geometry.Field.Rows);
        foreach (var v in rows)
        {
            foreach (var u in columns)
            {
                var h = Geometry.HeightAt(u, v);
                if (!float.IsNaN(h))
                {
                    (least, most) = (Math.Min(least, h), Math.Max(most, h));
                }
            }
        }

        if (least > most)
        {
            return null;
        }

        var slab = (Geometry.SlabSamples - 1) * 0.5f * MathF.Abs(Geometry.SlabStep);
        var (low, high) = (new Vector3(float.MaxValue), new Vector3(float.MinValue));
        for (var i = 0; i < 8; i++)
        {
            var p = (Vector3)Geometry.Origin + ((i & 1) != 0 ? u1 : u0) * (Vector3)Geometry.Right
                + ((i & 2) != 0 ? v1 : v0) * (Vector3)Geometry.Down
                + ((i & 4) != 0 ? most + slab : least - slab) * (Vector3)Geometry.Along;
            (low, high) = (Vector3.Min(low, p), Vector3.Max(high, p));
        }

        return (low, high);
    }

    // The ends of a row of pixels, and the pixels beside each line of nodes between them: a piece may be known up to its line alone.
    private static List<double> Stops(int from, int to, double origin, double step, int nodes)
    {
        List<double> stops = [from, to];
        if (step > 0)
        {
            var first = Math.Max(0, (int)Math.Ceiling(origin + from * step));
            var last = Math.Min(nodes - 1, (int)Math.Floor(origin + to * step));
            for (var node = first; node <= last; node++)
            {
                var at = (node - origin) / step;
                stops.AddRange([Math.Clamp(Math.Floor(at), from, to), Math.Clamp(at, from, to), Math.Clamp(Math.Ceiling(at), from, to)]);
            }
        }

        return stops;
    }

    // Where each row of pixels lies inside the outline, in columns.
    private static double[][] InsideOf(CellOutline outline, double u0, double v0, int height, double umPerPixel) =>
        [.. Enumerable.Range(0, height).Select(row =>
            outline.Crossings(u0 + row * umPerPixel).Select(v => (v - v0) / umPerPixel).ToArray())];
}
