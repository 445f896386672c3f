using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Measuring;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Imaging.Tests.Measuring;

public sealed class LineProfilerTests(FunctionVolume volumes) : IClassFixture<FunctionVolume>
{
    private static readonly Gen<WorldPoint> s_inner =
        from z in Gen.Choose(20, FunctionVolume.Z * 10 - 20)
        from y in Gen.Choose(20, FunctionVolume.Y * 10 - 20)
        from x in Gen.Choose(20, FunctionVolume.X * 10 - 20)
        select new WorldPoint(z / 10.0, y / 10.0, x / 10.0);

    // Trilinear interpolation gives back a linear field exactly, along any line and however the volume is turned.
    [Fact]
    public void Profile_OfALinearField_IsExactAlongAnyLineHoweverTheVolumeIsTurned() =>
        Prop.ForAll(s_inner.Two().ToArbitrary(), Gen.Choose(-180, 180).ToArbitrary(), (ends, degrees) =>
        {
            var (from, to) = ends;
            if ((to - from).Length < 1)
            {
                return;
            }

            var motion = new Motion(new WorldVector(1, degrees, 3), degrees, new WorldVector(5, -7, 11));
            var found = Measure(new ProfileLine(motion.Of(from), motion.Of(to)), volumes, motion);
            Assert.Equal((to - from).Length, found.LengthUm, 9);
            Assert.InRange(found.StepUm, 0.25, 0.5 + 1e-9);
            for (var i = 0; i < found.Values.Count; i++)
            {
                var p = from + (double)i / (found.Values.Count - 1) * (to - from);
                Assert.Equal(Field(p), found.Values[i]!.Value, 1e-6);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Profile_WithAWidth_IsTheMeanAcrossAndTellsTheSpread()
    {
        // Along x in a z slice, 6 µm wide along y: the mean is the field in the middle, the spread that of 12 samples 0.5 µm apart.
        var line = new ProfileLine(new WorldPoint(30.5, 40, 20.5), new WorldPoint(30.5, 40, 60.5), 6, new WorldVector(1, 0, 0));
        var found = Measure(line, volumes);
        Assert.Equal(12, found.SamplesAcross);
        Assert.Equal(81, found.Values.Count);
        for (var i = 0; i <= 80; i++)
        {
            Assert.Equal(Field(new WorldPoint(30.5, 40, 20.5 + i / 2.0)), found.Values[i]!.Value, 9);
            Assert.Equal(2 * 0.5 * Math.Sqrt(13), found.Deviations![i]!.Value, 9);
        }

        var thick = Measure(line with { ThicknessUm = 4 }, volumes);
        Assert.Equal(12 * 8, thick.SamplesAcross);
        Assert.Equal(found.Values[7]!.Value, thick.Values[7]!.Value, 9);
        var round = Measure(line with { Normal = null }, volumes);
        Assert.InRange(round.SamplesAcross, 0.9 * Math.PI / 4 * 144, 1.1 * Math.PI / 4 * 144);
        Assert.Equal(found.Values[7]!.Value, round.Values[7]!.Value, 9);
    }

    [Fact]
    public void Profile_BeyondTheVolume_HasNoValuesThereAndSaysTheShare()
    {
        var found = Measure(new ProfileLine(new WorldPoint(30.5, 40.5, -40), new WorldPoint(30.5, 40.5, 40)), volumes);
        Assert.Equal(161, found.Values.Count);
        Assert.Equal(80, found.Values.Count(v => v is null));
        Assert.Equal(80 / 161.0, found.OutsideShare, 9);
        Assert.Null(found.Values[79]);

        // Within half a voxel of the face the outermost voxel goes on.
        Assert.Equal(Field(new WorldPoint(30.5, 40.5, 0.5)), found.Values[80]!.Value, 9);
        Assert.Contains("outside the volume", Refused(new ProfileLine(new WorldPoint(30, 40, -40), new WorldPoint(30, 40, -1))));
        Assert.Contains("no length", Refused(new ProfileLine(new WorldPoint(30, 40, 40), new WorldPoint(30, 40, 40))));
        Assert.Contains("narrower", Refused(
            new ProfileLine(new WorldPoint(30, 40, 0), new WorldPoint(30, 40, 140), 1e5, new(1, 0, 0), 1e5)));
    }

    [Fact]
    public async Task Profile_BesideVoxelsWithoutData_LeavesThemOutAndCountsThem()
    {
        var line = new ProfileLine(new WorldPoint(12.5, 12.5, 5.5), new WorldPoint(12.5, 12.5, 20.5));
        var found = await volumes.Lines.MeasureAsync(volumes.Floats, line, null, default);
        Assert.Equal(31, found.Values.Count);

        // Voxels 10 to 13 have none, so samples between 9.5 and 14.5 that read one of them have none: 10.0 to 14.0.
        Assert.Equal(9, found.NoData);
        Assert.Equal(9, found.Values.Count(v => v is null));
        Assert.NotNull(found.Values[8]);
        Assert.Null(found.Values[9]);
    }

    [Fact]
    public void LengthAndAngle_AreThoseOfGeometry_WithHalfAVoxelOfDoubt()
    {
        var voxels = AffineTransform.Of(new VoxelSize(4, 1, 1), new WorldPoint(0, 0, 0));
        Assert.Equal(new Measured(5, 0.5), PointGeometry.Length(new(7, 0, 0), new(7, 3, 4), voxels));
        Assert.Equal(new Measured(10, 2), PointGeometry.Length(new(0, 0, 0), new(10, 0, 0), voxels));
        var right = PointGeometry.Angle(new(0, 0, 10), new(0, 0, 0), new(0, 10, 0), voxels);
        Assert.Equal(90, right.Value, 9);
        Assert.Equal(double.Hypot(0.05, 0.05) * 180 / Math.PI, right.Error, 9);
        Assert.Equal(45, PointGeometry.Angle(new(10, 0, 10), new(0, 0, 0), new(0, 0, 10), voxels).Value, 9);
        Assert.Equal(180, PointGeometry.Angle(new(0, 0, 10), new(0, 0, 0), new(0, 0, -3), voxels).Value, 9);
        Assert.Throws<ArgumentException>(() => PointGeometry.Angle(new(0, 0, 0), new(0, 0, 0), new(0, 0, 1), voxels));
    }

    private static double Field(WorldPoint p) => p.X - 0.5 + 2 * (p.Y - 0.5) + 3 * (p.Z - 0.5);

    private static LineProfile Measure(ProfileLine line, FunctionVolume volumes, Motion? motion = null) =>
        volumes.Lines.MeasureAsync(motion?.Of(volumes.Ramp) ?? volumes.Ramp, line, null, default).GetAwaiter().GetResult();

    private string Refused(ProfileLine line) => Assert.Throws<ArgumentException>(() => Measure(line, volumes)).Message;
}
