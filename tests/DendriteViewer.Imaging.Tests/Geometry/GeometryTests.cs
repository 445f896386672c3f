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
