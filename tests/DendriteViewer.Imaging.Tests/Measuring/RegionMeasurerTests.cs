using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Measuring;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Imaging.Tests.Measuring;

public sealed class RegionMeasurerTests(FunctionVolume volumes) : IClassFixture<FunctionVolume>
{
    private const int Z = FunctionVolume.Z, Y = FunctionVolume.Y, X = FunctionVolume.X;

    private static readonly Gen<WorldVector> s_vectors =
        from z in Between(-1, 1)
        from y in Between(-1, 1)
        from x in Between(0.1, 1)
        select new WorldVector(z, y, x);

    private static readonly Gen<Motion> s_motions =
        from axis in s_vectors
        from degrees in Between(-180, 180)
        from shift in s_vectors
        select new Motion(axis, degrees, 30 * shift);

    private static readonly Gen<Region> s_regions =
        from motion in s_motions
        from straight in Gen.Elements(true, false)
        from z in Between(-5, Z + 5)
        from y in Between(-5, Y + 5)
        from x in Between(-5, X + 5)
        from a in Between(0.8, 25)
        from b in Between(0.8, 25)
        from c in Between(0.8, 25)
        from kind in Gen.Choose(0, 4)
        let frame = RegionFrame.Straight(new WorldPoint(0, 0, 0))
        let turned = (straight ? frame : motion.Of(frame)).From(new WorldPoint(z, y, x))
        select new Region(turned, kind switch
        {
            0 => new BallShape(a),
            1 => new BoxShape(a, b, c),
            2 => new DiscShape(a) { ThicknessUm = c / 8 },
            3 => new BoxShape(a, b) { ThicknessUm = 0 },
            _ => new PolygonShape([(-a, -b), (a, -b / 2), (a / 3, 0), (a / 2, b), (-a / 2, b / 3)]) { ThicknessUm = 0 },
        });

    // Every voxel of the volume is asked whether its centre is inside, by plain geometry; nothing of how the measurer works is used.
    [Fact]
    public void Region_OfAnyKindAndOrientation_CountsTheVoxelsThatPlainGeometryFinds() =>
        Prop.ForAll(s_regions.ToArbitrary(), s_motions.ToArbitrary(), (region, motion) =>
        {
            var volume = motion.Of(volumes.Ramp);
            region = region with { Frame = motion.Of(region.Frame) };
            var values = Inside(volume, region.For(volume.Transform));
            if (values.Count == 0)
            {
                Assert.Throws<ArgumentException>(() => Measure(volume, region));
                return;
            }

            var found = Measure(volume, region);
            var mean = values.Average();
            if ((values.Count != found.Voxels || Math.Abs(mean - found.Values!.Mean) > 1e-9)
                && OnBorder(volume, region.For(volume.Transform)) is > 0 and var open)
            {
                // The measurer has a rule of its own for these.
                Assert.InRange(found.Voxels, values.Count - open, values.Count + open);
                return;
            }

            Assert.Equal(values.Count, found.Voxels);
            Assert.Equal(mean, found.Values!.Mean, 9);
            var variance = values.Sum(v => (v - mean) * (v - mean)) / Math.Max(1, values.Count - 1);
            Assert.Equal(Math.Sqrt(variance), found.Values.Deviation, 6);
            Assert.Equal((values.Min(), values.Max()), (found.Values.Least, found.Values.Most));
            Assert.Equal(ValueStatistics.Shares.Select(q => Quantile(values, q)), found.Values.Percentiles, (a, b) =>
                Math.Abs(a - b) < 1e-9);
            var h = found.Values.Histogram;
            Assert.Equal(values.Count, h.Below + h.Above + h.Counts.Sum());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(120));

    [Fact]
    public void Sphere_WhereverItLies_HasItsVolumeToWithinHalfAVoxelOfItsSurface() =>
        Prop.ForAll(Between(3, 30).ToArbitrary(), s_motions.ToArbitrary(), (radius, motion) =>
        {
            var found = Measure(motion.Of(volumes.Ramp), new Region(
                RegionFrame.Straight(motion.Of(new WorldPoint(35.2, 37.7, 70.1))), new BallShape(radius)));
            Assert.Equal(4 * Math.PI / 3 * radius * radius * radius, found.GeometricSize, 6);
            Assert.InRange(found.SampledSize, found.GeometricSize - found.SizeError, found.GeometricSize + found.SizeError);
            Assert.Equal(0, found.OutsideShare);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    // The mean of a linear field over a region that is symmetric about its middle is the field's value there.
    [Fact]
    public void Mean_OfALinearField_IsTheValueAtTheMiddleOfTheRegion() =>
        Prop.ForAll(Between(12, 30).ToArbitrary(), s_motions.ToArbitrary(), (radius, motion) =>
        {
            var frame = RegionFrame.Straight(new WorldPoint(35, 37.5, 70));
            var at = 70 - 0.5 + 2 * (37.5 - 0.5) + 3 * (35 - 0.5);
            Assert.InRange(Measure(volumes.Ramp, new Region(frame, new BallShape(radius))).Values!.Mean, at - 0.5, at + 0.5);
            var disc = new Region(motion.Of(frame).From(frame.Origin), new DiscShape(radius) { ThicknessUm = 0 });
            var found = Measure(volumes.Ramp, disc);
            Assert.InRange(found.Values!.Mean, at - 1.5, at + 1.5);
            Assert.InRange(found.SampledSize, found.GeometricSize - found.SizeError, found.GeometricSize + found.SizeError);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Rectangle_InASliceAlongTheAxes_IsOneLayerOfVoxels_AlsoWhereThePlaneLiesBetweenTwo()
    {
        // 8 by 4 voxels; the plane at 20.0 lies between layers 19 and 20, of which a probe reads 20.
        foreach (var (z, layer) in new[] { (20.5, 20), (20.0, 20), (20.2, 20), (20.999, 20), (21, 21) })
        {
            var frame = RegionFrame.Of(new WorldPoint(z, 30, 40), new WorldVector(0, 0, 1), new WorldVector(0, 1, 0));
            var found = Measure(volumes.Ramp, new Region(frame, new BoxShape(4, 2) { ThicknessUm = 0 }));
            Assert.Equal((32, 32d, 32d, 1d), (found.Voxels, found.SampledSize, found.GeometricSize, found.ThicknessUm!.Value));
            Assert.Equal(39.5 + 2 * 29.5 + 3 * layer, found.Values!.Mean, 9);
        }

        var across = RegionFrame.Of(new WorldPoint(30, 20, 40), new WorldVector(0, 0, 1), new WorldVector(1, 0, 0));
        var thin = Measure(volumes.Ramp, new Region(across, new BoxShape(4, 2) { ThicknessUm = 0 }));
        Assert.Equal(39.5 + 2 * 20 + 3 * 29.5, thin.Values!.Mean, 9);
        var thick = Measure(volumes.Ramp, new Region(across, new BoxShape(4, 2) { ThicknessUm = 6 }));
        Assert.Equal((6 * 32, 32d, 6d), (thick.Voxels, thick.SampledSize, thick.ThicknessUm!.Value));
    }

    [Fact]
    public void Box_PartlyOutsideTheVolume_SaysWhichShareOfItIs()
    {
        var found = Measure(volumes.Ramp, new Region(RegionFrame.Straight(new WorldPoint(35, 37, 0)), new BoxShape(10, 5, 5)));
        Assert.Equal((0.5, 1000L, 2000d, 1000d), (found.OutsideShare, found.Voxels, found.GeometricSize, found.SampledSize));
    }

    [Fact]
    public void Floats_WithAHotVoxelAndVoxelsWithoutData_KeepThemOutOfValuesAndSayHowMany()
    {
        var found = Measure(volumes.Floats, new Region(RegionFrame.Straight(new WorldPoint(12, 12, 12)), new BoxShape(6, 6, 6)));
        Assert.Equal((1728, 64), (found.Voxels, found.NoData));
        var values = (from z in Enumerable.Range(6, 12) from y in Enumerable.Range(6, 12) from x in Enumerable.Range(6, 12)
                      select (double)FunctionVolume.FloatAt(z, y, x)).Where(double.IsFinite).ToList();
        Assert.Equal(values.Average(), found.Values!.Mean, 6);
        var variance = values.Sum(v => Math.Pow(v - values.Average(), 2)) / (values.Count - 1);
        Assert.Equal(variance, Math.Pow(found.Values.Deviation, 2), 8);
        for (var i = 0; i < ValueStatistics.Shares.Count; i++)
        {
            Assert.Equal(Quantile(values, ValueStatistics.Shares[i]), found.Values.Percentiles[i], 1.5e-2);
        }

        Assert.InRange(found.Values.PercentileBinWidth, 1e-9, 1e-4);

        var hot = Measure(volumes.Floats, new Region(RegionFrame.Straight(new WorldPoint(30.5, 30.5, 60.5)), new BoxShape(8, 8, 8)));
        Assert.Equal(1e30f, hot.Values!.Most);
        Assert.InRange(hot.Values.Median, 1002, 1003);
        Assert.InRange(hot.Values.PercentileBinWidth, 1e-9, 1e-3);
        Assert.Equal((1L, 0L), (hot.Values.Histogram.Above, hot.NoData));

        var none = Measure(volumes.Floats, new Region(RegionFrame.Straight(new WorldPoint(12, 12, 12)), new BoxShape(1, 1, 1)));
        Assert.Equal((8L, 8L, null), (none.Voxels, none.NoData, none.Values));
    }

    [Fact]
    public void Region_TooLargeOrOutsideOrEmpty_IsRefusedInOneSentence()
    {
        Assert.Contains("billion", Refused(new WorldPoint(35, 37, 70), new BallShape(1000)));
        Assert.Contains("many times", Refused(new WorldPoint(35, 37, 70), new BallShape(1e8)));
        Assert.Contains("outside the volume", Refused(new WorldPoint(350, 37, 70), new BallShape(5)));
        Assert.Contains("smaller than a voxel", Refused(new WorldPoint(35, 37, 70), new BallShape(0.1)));
        string Refused(WorldPoint at, RegionShape shape) => Assert.Throws<ArgumentException>(() =>
            Measure(volumes.Ramp, new Region(RegionFrame.Straight(at), shape))).Message;
    }

    [Fact]
    public async Task Measuring_WhenCancelled_Stops()
    {
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => volumes.Regions.MeasureAsync(
            volumes.Ramp, new Region(RegionFrame.Straight(new WorldPoint(35, 37, 70)), new BallShape(40)), _ => stop.Cancel(), stop.Token));
    }

    [Fact]
    public void Polygon_ThatCrossesItselfOrHasNoArea_IsRefused()
    {
        Assert.Contains("crosses itself", Assert.Throws<ArgumentException>(() =>
            new PolygonShape([(0, 0), (4, 4), (4, 0), (0, 4)])).Message);
        Assert.Contains("one line", Assert.Throws<ArgumentException>(() => new PolygonShape([(0, 0), (4, 4), (8, 8)])).Message);
        Assert.Contains("2 corners", Assert.Throws<ArgumentException>(() => new PolygonShape([(0, 0), (4, 4)])).Message);
    }

    private static Gen<double> Between(double from, double to) => Gen.Choose(0, 1 << 20).Select(i => from + (to - from) * i / (1 << 20));

    private RegionStatistics Measure(VolumeInfo volume, Region region) =>
        volumes.Regions.MeasureAsync(volume, region, null, default).GetAwaiter().GetResult();

    private static List<double> Inside(VolumeInfo volume, Region region)
    {
        var values = new List<double>();
        for (var z = 0; z < Z; z++)
        {
            for (var y = 0; y < Y; y++)
            {
                for (var x = 0; x < X; x++)
                {
                    var (u, v, w) = region.Frame.ToFrame(volume.Transform.ToWorld(new VoxelIndex(z, y, x).Center));
                    if (Contains(region.Shape, u, v, w))
                    {
                        values.Add(FunctionVolume.RampAt(z, y, x));
                    }
                }
            }
        }

        return values;
    }

    // How many voxels have their centre as near to the region's border as the measurer counts by its own rule: it takes a row that just
    // touches a face (1e-7 µm), and shifts a thickness by a millionth of itself, so that of two layers equally near the farther is taken.
    private static int OnBorder(VolumeInfo volume, Region region)
    {
        const double Near = 2e-7;
        var across = Math.Max(Near, 2e-6 * (region.Shape.ThicknessUm ?? 0));
        var count = 0;
        for (var i = 0; i < Z * Y * X; i++)
        {
            var (u, v, w) = region.Frame.ToFrame(
                volume.Transform.ToWorld(new VoxelIndex(i / X / Y, i / X % Y, i % X).Center));
            var inside = Contains(region.Shape, u, v, w);
            count += Enumerable.Range(0, 8).Any(k => Contains(
                region.Shape, u + ((k & 1) - 0.5) * 2 * Near, v + ((k & 2) - 1) * Near, w + ((k & 4) / 2 - 1) * across) != inside) ? 1 : 0;
        }

        return count;
    }

    private static bool Contains(RegionShape shape, double u, double v, double w) => shape switch
    {
        BallShape b => u * u + v * v + w * w <= b.RadiusUm * b.RadiusUm,
        BoxShape { ThicknessUm: null } b => Math.Abs(u) <= b.HalfU && Math.Abs(v) <= b.HalfV && Math.Abs(w) <= b.HalfW,
        _ when Math.Abs(w) > shape.ThicknessUm / 2 => false,
        DiscShape d => u * u + v * v <= d.RadiusUm * d.RadiusUm,
        BoxShape b => Math.Abs(u) <= b.HalfU && Math.Abs(v) <= b.HalfV,
        _ => Winding((PolygonShape)shape, u, v),
    };

    // By the angle that the corners go round a point, which is another way than the measurer's.
    private static bool Winding(PolygonShape polygon, double u, double v)
    {
        double turned = 0;
        var c = polygon.Corners;
        for (var i = 0; i < c.Count; i++)
        {
            var (a, b) = (c[i], c[(i + 1) % c.Count]);
            var (ax, ay, bx, by) = (a.U - u, a.V - v, b.U - u, b.V - v);
            turned += Math.Atan2(ax * by - ay * bx, ax * bx + ay * by);
        }

        return Math.Abs(turned) > Math.PI;
    }

    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        var place = share * (sorted.Length - 1);
        var below = (int)place;
        return sorted[below] + (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]) * (place - below);
    }
}
