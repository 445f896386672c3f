using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Imaging.Corrections;

/// <summary>
/// A stroke on a grid. Its parts are the capsules around its straight pieces: a ball that moves along a piece, or a disc that moves within
/// its plane.
/// </summary>
internal sealed class BrushRaster : MaskRaster
{
    // Of a voxel: a centre that lies exactly at the border must not fall out of the box by rounding.
    private const double Slack = 1e-6;

    private readonly BrushMark _brush;
    private readonly AffineTransform _transform;
    private readonly WorldPoint[] _points;
    private readonly double _half;

    private BrushRaster(BrushMark brush, WorldPoint[] points, double half, AffineTransform transform, VoxelBox[] boxes)
        : base(brush.Erase, boxes) => (_brush, _points, _half, _transform) = (brush, points, half, transform);

    public static BrushRaster Of(BrushMark brush, VolumeShape shape, AffineTransform transform)
    {
        var isDisc = brush.Shape == BrushShape.Disc;
        var half = isDisc ? HalfLayerUm(brush.Normal, transform) : 0;

        // A disc moves in one plane, that of its first point.
        var points = brush.Points.Select(p => isDisc ? p + -(p - brush.Points[0]).Dot(brush.Normal) * brush.Normal : p).ToArray();
        var reach = new double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            // How fast a voxel index grows along each axis of the world.
            var g = new WorldVector(Part(new(1, 0, 0)), Part(new(0, 1, 0)), Part(new(0, 0, 1)));
            var along = isDisc ? Math.Abs(g.Dot(brush.Normal)) : 0;
            var aside = Math.Sqrt(Math.Max(0, g.Dot(g) - along * along));
            reach[axis] = isDisc ? half * along + brush.RadiusUm * aside : brush.RadiusUm * aside;

            double Part(WorldVector v) => Axis(transform.ToVoxel(v), axis);
        }

        var whole = VoxelBox.Of(shape);
        var boxes = new VoxelBox[Math.Max(1, points.Length - 1)];
        for (var i = 0; i < boxes.Length; i++)
        {
            VoxelPoint a = transform.ToVoxel(points[i]), b = transform.ToVoxel(points[Math.Min(i + 1, points.Length - 1)]);
            var (z0, z1) = Span(0);
            var (y0, y1) = Span(1);
            var (x0, x1) = Span(2);
            boxes[i] = new VoxelBox(z0, y0, x0, z1, y1, x1).In(whole);
            if (boxes[i].IsEmpty)
            {
                boxes[i] = default;
            }

            // Centres lie at half a voxel.
            (int, int) Span(int axis) => (
                First(Math.Min(Axis(a, axis), Axis(b, axis)) - reach[axis]),
                Last(Math.Max(Axis(a, axis), Axis(b, axis)) + reach[axis]) + 1);
        }

        return new BrushRaster(brush, points, half, transform, boxes);
    }

    /// <summary>Half the thickness of the layer of voxels along a direction, µm.</summary>
    public static double HalfLayerUm(WorldVector normal, AffineTransform transform) => 0.5
        * Enumerable.Range(0, 3).Sum(axis => Math.Abs(transform.Column(axis).Dot(normal)));

    /// <inheritdoc/>
    public override void Row(int part, int z, int y, int x0, int x1, Span<ulong> bits, int at)
    {
        WorldPoint a = _points[part], b = _points[Math.Min(part + 1, _points.Length - 1)];
        var (ab, limit) = (b - a, _brush.RadiusUm * _brush.RadiusUm);
        var length = ab.Dot(ab);
        for (var x = x0; x < x1; x++)
        {
            if (IsDone(bits, at + x))
            {
                continue;
            }

            var v = _transform.ToWorld(new VoxelPoint(z + 0.5, y + 0.5, x + 0.5)) - a;
            if (_half > 0)
            {
                var off = v.Dot(_brush.Normal);
                if (!(off > -_half && off <= _half))
                {
                    continue;
                }

                v += -off * _brush.Normal;
            }

            var d = v + -(length > 0 ? Math.Clamp(v.Dot(ab) / length, 0, 1) : 0) * ab;
            if (d.Dot(d) <= limit)
            {
                Put(bits, at + x);
            }
        }
    }

    private static double Axis(VoxelPoint p, int axis) => axis switch { 0 => p.Z, 1 => p.Y, _ => p.X };

    private static int First(double at) => (int)Math.Ceiling(Math.Clamp(at - 0.5 - Slack, -1, int.MaxValue / 2));

    private static int Last(double at) => (int)Math.Floor(Math.Clamp(at - 0.5 + Slack, -1, int.MaxValue / 2));
}
