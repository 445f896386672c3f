using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using DendriteViewer.Imaging.Storage;
using DendriteViewer.Imaging.Volumes;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Imaging.Tests.Geometry;

public sealed class GeometryTests
{
    private static readonly Gen<double> Um = Gen.Choose(-1_000_000, 1_000_000).Select(i => i / 1000.0);

    [Fact]
    public void Transform_ThereAndBack_IsTheSamePoint() =>
        Prop.ForAll(Um.Three().ToArbitrary(), Um.Three().ToArbitrary(), (t, p) =>
        {
            var transform = new AffineTransform([0.5, 0.01, 0, t.Item1, -0.02, 0.6, 0.03, t.Item2, 0, 0, 0.4, t.Item3]);
            var world = transform.ToWorld(new VoxelPoint(p.Item1, p.Item2, p.Item3));
            var back = transform.ToVoxel(world);
            return Math.Abs(back.Z - p.Item1) + Math.Abs(back.Y - p.Item2) + Math.Abs(back.X - p.Item3) < 1e-6;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void VoxelZero_HasItsCentreAtHalfAVoxel()
    {
        var t = AffineTransform.Of(new VoxelSize(0.5, 1, 2), new WorldPoint(10, 20, 30));
        Assert.Equal(new WorldPoint(10.25, 20.5, 31), t.ToWorld(new VoxelIndex(0, 0, 0).Center));
        Assert.Equal(new WorldPoint(10.5, 21, 32), t.ForLevel(2, 2, 2).ToWorld(new VoxelIndex(0, 0, 0).Center));
    }

    [Fact]
    public void Transforms_OneAfterAnotherAndBack_AreWhatTheyDoInTurn()
    {
        var random = new Random(9);
        for (var i = 0; i < 50; i++)
        {
            AffineTransform Any() => new(Enumerable.Range(0, 12).Select(k => random.NextDouble() - 0.5 + (k is 0 or 5 or 10 ? 2 : 0)).ToArray());
            var (a, b) = (Any(), Any());
            var p = new VoxelPoint(random.NextDouble(), random.NextDouble(), random.NextDouble());
            var via = a.ToWorld(p);
            var (expected, found, back) = (b.ToWorld(new VoxelPoint(via.Z, via.Y, via.X)), b.After(a).ToWorld(p), a.Inverse().ToWorld(new VoxelPoint(via.Z, via.Y, via.X)));
            Assert.Equal(0, (expected - found).Length, 9);
            Assert.Equal(0, (back - new WorldPoint(p.Z, p.Y, p.X)).Length, 9);
        }
    }

    // A tilted plane and a bulged surface: depth is 0 on it, grows across it, and the point at a depth has that depth.
    [Theory]
    [InlineData(Axis.Z, 1)]
    [InlineData(Axis.Y, -1)]
    [InlineData(Axis.X, 1)]
    public void Depth_FromASurface_IsMeasuredAcrossItsMeanPlane(Axis axis, int direction)
    {
        var heights = Enumerable.Range(0, 30).Select(i => 25 + 0.05f * 10 * (i / 6) - 0.02f * 10 * (i % 6) + (i == 14 ? 0.5f : 0)).ToArray();
        var frame = new DepthFrame(axis, direction, 25, new InterfaceSurface(axis, (5, 7), 10, (5, 6), heights, 0.1));
        double u = 15, v = 17;
        WorldPoint At(double along) => axis switch { Axis.Y => new(u, along, v), Axis.X => new(u, v, along), _ => new(along, u, v) };
        Assert.Equal(0, frame.DepthOf(At(frame.Surface!.HeightAt(u, v))).Um, 9);
        Assert.Equal(40, frame.DepthOf(At(frame.CoordinateOf(new Depth(40), u, v))).Um, 9);
        var (normal, offset) = frame.MeanPlane;
        Assert.Equal(1, normal.Length, 9);
        Assert.Equal(frame.DepthOf(At(80)).Um, normal.Dot(At(80) - default(WorldPoint)) - offset, 0.3);
        var plane = new DepthFrame(axis, direction, 0, InterfaceSurface.OfPlane(axis, At(30), axis switch { Axis.Y => new(0.1, 1, 0), Axis.X => new(0.1, 0, 1), _ => new(1, 0.1, 0) }));
        Assert.Equal(0, plane.DepthOf(At(30)).Um, 2);
        Assert.Equal(direction * 10 / Math.Sqrt(1.01), plane.DepthOf(At(40)).Um, 2);
    }

    [Theory]
    [InlineData(1, 138.2, 113.2)]
    [InlineData(-1, 138.2, -113.2)]
    public void Depth_IsSignedFromTheInterface(int direction, double z, double depth)
    {
        var frame = new DepthFrame(Axis.Z, direction, 25);
        Assert.Equal(depth, frame.DepthOf(new WorldPoint(z, 1, 1)).Um, 9);
        Assert.Equal(z, frame.CoordinateOf(new Depth(depth), 3, 4), 9);
    }

    [Fact]
    public void Rotation_KeepsLengthsAndRightAngles() =>
        Prop.ForAll(Um.Three().ToArbitrary(), r =>
        {
            var turn = new SliceRotation(r.Item1, r.Item2, r.Item3);
            WorldVector a = turn.Turn(new(1, 0, 0)), b = turn.Turn(new(0, 1, 0)), c = turn.Turn(new(0, 0, 1));
            return Math.Abs(a.Length - 1) + Math.Abs(b.Length - 1) + Math.Abs(a.Dot(b)) + Math.Abs(b.Dot(c)) + Math.Abs(a.Dot(c)) < 1e-9;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(new double[] { 1, 2 })]
    [InlineData(new double[] { 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0 })]
    [InlineData(new[] { 1, 0, 0, double.NaN, 0, 1, 0, 0, 0, 0, 1, 0 })]
    public void Transform_ThatCannotBeOne_IsRefused(double[] rows) => Assert.Throws<ArgumentException>(() => new AffineTransform(rows));

    [Fact]
    public void DatasetId_FromAnyName_IsOneThatParses() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), name =>
        {
            string id;
            try
            {
                id = DatasetId.FromName(name.Get).Value;
            }
            catch (ArgumentException)
            {
                // Lone surrogates cannot be normalised, and are no name.
                return true;
            }

            return DatasetId.TryParse(id, out var back) && back.Value == id && BlobNames.Manifest(back) == $"datasets/{id}/dataset.json";
        }).QuickCheckThrowOnFailure();
}
