using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Corrections;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Kernels.Masks;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Imaging.Tests.Corrections;

public sealed class MaskRasterTests
{
    private static readonly VolumeShape s_shape = new(13, 17, 70);

    private static readonly AffineTransform[] s_grids =
    [
        AffineTransform.Of(VoxelSize.Cubic(1), default), AffineTransform.Of(new VoxelSize(2.5, 1, 0.4), new WorldPoint(-3, 8, 100)),
        new AffineTransform([0.9, 0.1, 0, 5, -0.2, 1.1, 0.3, 0, 0.05, -0.2, 0.8, -7]),
    ];

    // Whole numbers, so that centres which lie exactly at the border are among those that are tried.
    private static readonly Gen<WorldPoint> s_offsets =
        from z in Gen.Choose(-8, 8) from y in Gen.Choose(-10, 10) from x in Gen.Choose(-40, 40) select new WorldPoint(z, y, x);

    private static readonly Gen<BrushMark> s_strokes =
        from erase in Gen.Elements(true, false)
        from shape in Gen.Elements(BrushShape.Disc, BrushShape.Ball)
        from radius in Gen.Choose(1, 24)
        from count in Gen.Choose(1, 4)
        from points in Gen.ListOf(s_offsets, count)
        from normal in Gen.Elements(new WorldVector(1, 0, 0), new(0, 1, 0), new(0, 0, 1), new(0.6, 0, 0.8), new(1, 2, -2))
        select new BrushMark(erase, shape, radius / 4.0, [.. points], normal);

    // The definition, voxel by voxel over the whole volume, without boxes or parts. What lies within the slack of a border may go either
    // way by rounding.
    private static bool Covers(BrushMark stroke, AffineTransform grid, VoxelIndex at, double slack)
    {
        var (center, normal) = (grid.ToWorld(at.Center), stroke.Normal.Normalized());
        var isDisc = stroke.Shape == BrushShape.Disc;
        if (isDisc)
        {
            var off = (center - stroke.Points[0]).Dot(normal);
            var half = BrushRaster.HalfLayerUm(normal, grid);
            if (off <= -half - slack || off > half + slack)
            {
                return false;
            }
        }

        return Enumerable.Range(0, Math.Max(1, stroke.Points.Count - 1)).Any(i =>
        {
            WorldPoint a = Flat(stroke.Points[i]), b = Flat(stroke.Points[Math.Min(i + 1, stroke.Points.Count - 1)]), c = Flat(center);
            var (ab, ac) = (b - a, c - a);
            var along = ab.Dot(ab) > 0 ? Math.Clamp(ac.Dot(ab) / ab.Dot(ab), 0, 1) : 0;
            return (c - (a + along * ab)).Length <= stroke.RadiusUm + slack;
        });

        WorldPoint Flat(WorldPoint p) => isDisc ? p + -(p - stroke.Points[0]).Dot(normal) * normal : p;
    }

    [Fact]
    public void Stroke_OnAnyGrid_CoversWhatItsDefinitionDoes()
    {
        var cases = from stroke in s_strokes
            from grid in Gen.Elements(s_grids)
            from shift in Gen.Elements(s_shape.Z / 2, 2)
            select (stroke, grid, shift);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            // The offsets are from a place in the volume.
            var middle = c.grid.ToWorld(new VoxelPoint(c.shift + 0.5, s_shape.Y / 2 + 0.5, s_shape.X / 2 + 0.5));
            var stroke = c.stroke with { Points = [.. c.stroke.Points.Select(p => middle + 0.5 * (p - default(WorldPoint)))] };
            var set = new BitVolume(s_shape.Z, s_shape.Y, s_shape.X);
            if (stroke.Erase)
            {
                set = set.Complement();
            }

            try
            {
                MaskRaster.Of(stroke, s_shape, c.grid).Apply(set);
            }
            catch (OutOfRangeException)
            {
                // Nothing of it lies in the volume, as the definition must say too.
            }

            for (var z = 0; z < s_shape.Z; z++)
            {
                for (var y = 0; y < s_shape.Y; y++)
                {
                    for (var x = 0; x < s_shape.X; x++)
                    {
                        var expected = Covers(stroke, c.grid, new(z, y, x), 1e-9);
                        if ((set[z, y, x] != stroke.Erase) != expected && expected == Covers(stroke, c.grid, new(z, y, x), -1e-9))
                        {
                            Assert.Fail($"voxel {z}, {y}, {x} of {stroke}: {set[z, y, x]}");
                        }
                    }
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    // The plane may lie between two layers: it then belongs to the one behind, as a slice there shows it.
    [Theory]
    [InlineData(8)]
    [InlineData(8.3)]
    [InlineData(9.99)]
    public void Disc_InASliceAlongAnAxis_IsOneLayerThick(double z)
    {
        var grid = AffineTransform.Of(new VoxelSize(2, 1, 1), default);
        var set = new BitVolume(9, 9, 9);
        MaskRaster.Of(
            new BrushMark(false, BrushShape.Disc, 3, [new WorldPoint(z, 4.5, 4.5)], new WorldVector(1, 0, 0)), new VolumeShape(9, 9, 9),
            grid).Apply(set);
        Assert.Equal([0, 0, 0, 0, 29, 0, 0, 0, 0], set.CountSlices());
    }

    [Fact]
    public void Fill_OutsideOfTheVolume_IsRefused()
    {
        Assert.Throws<OutOfRangeException>(() => MaskRaster.Of(new FillMark(false, [0, 0, 0, 71]), s_shape, s_grids[0]));
        Assert.Throws<OutOfRangeException>(() => MaskRaster.Of(new FillMark(false, [0, 17, 0, 5]), s_shape, s_grids[0]));
        Assert.Throws<OutOfRangeException>(() => MaskRaster.Of(new FillMark(false, [0, 0, 5, 5]), s_shape, s_grids[0]));
        Assert.Throws<OutOfRangeException>(() => MaskRaster.Of(new FillMark(false, [0, 0, 5]), s_shape, s_grids[0]));
    }

    [Fact]
    public void Stroke_OutsideOfTheScan_IsRefused()
    {
        var stroke = new BrushMark(false, BrushShape.Ball, 3, [new WorldPoint(-20, 4, 4)], default);
        var refused = Assert.Throws<OutOfRangeException>(() => MaskRaster.Of(stroke, s_shape, s_grids[0]));
        Assert.Contains("outside of the scan", refused.Message);
    }

    [Fact]
    public void Stroke_OfTooManyVoxels_IsRefusedBeforeItCosts()
    {
        var shape = new VolumeShape(2000, 2000, 2000);
        var stroke = new BrushMark(false, BrushShape.Ball, 900, [new WorldPoint(1000, 1000, 1000)], default);
        Assert.Contains("smaller brush", Assert.Throws<OutOfRangeException>(() => MaskRaster.Of(stroke, shape, s_grids[0])).Message);
    }
}
