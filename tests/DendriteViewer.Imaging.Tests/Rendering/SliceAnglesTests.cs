using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Rendering;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Imaging.Tests.Rendering;

/// <summary>How slices lie: as rotations, as angles, and through points.</summary>
public sealed class SliceAnglesTests
{
    private static readonly Arbitrary<int[]> s_numbers = Gen.Choose(-180_000, 180_000).ArrayOf(9).ToArbitrary();

    [Fact]
    public void Rotation_OfTheAxesItTurns_IsTheSameRotation() => Prop.ForAll(s_numbers, n =>
    {
        // A quarter about y too, where the turns about z and x are one.
        var rotation = new SliceRotation(n[0] / 1e3, n[1] % 5 == 0 ? 90 * Math.Sign(n[1]) : n[1] / 1e3, n[2] / 1e3);
        AreAlike(rotation, SliceRotation.Of(rotation.Turn(new(1, 0, 0)), rotation.Turn(new(0, 1, 0)), rotation.Turn(new(0, 0, 1))));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Angles_OfARotation_GiveTheSameRotation() => Prop.ForAll(s_numbers, n =>
    {
        var (rotation, pane) = (new SliceRotation(n[0] / 1e3, n[1] / 1e3, n[2] / 1e3), (Pane)(Math.Abs(n[3]) % 3));
        AreAlike(rotation, SliceAngles.Of(rotation, pane).RotationOf(pane));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Angles_MadeARotation_AreReadBack() => Prop.ForAll(s_numbers, n =>
    {
        var (angles, pane) = (new SliceAngles(n[0] / 1e3, n[1] / 2.001e3, n[2] / 1e3), (Pane)(Math.Abs(n[3]) % 3));
        var rotation = angles.RotationOf(pane);
        var back = SliceAngles.Of(rotation, pane);
        Assert.Equal(0, Off(angles.Down, back.Down), 5);
        Assert.Equal(angles.Right, back.Right, 5);
        Assert.Equal(0, Off(angles.Spin, back.Spin), 5);

        // What the angles mean.
        var (right, down, normal) = SlicePlane.AxesOf(pane);
        var turned = rotation.Turn(normal);
        Assert.Equal(Math.Sin(angles.Right * Math.PI / 180), turned.Dot(right), 9);
        Assert.Equal(Math.Sin(angles.Down * Math.PI / 180) * Math.Cos(angles.Right * Math.PI / 180), turned.Dot(down), 9);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Through_ThreePoints_LiesOnAllOfThem() => Prop.ForAll(s_numbers, n =>
    {
        WorldPoint[] points = [new(n[0] / 1e3, n[1] / 1e3, n[2] / 1e3), new(n[3] / 1e3, n[4] / 1e3, n[5] / 1e3),
            new(n[6] / 1e3, n[7] / 1e3, n[8] / 1e3)];
        var (pane, before) = ((Pane)(Math.Abs(n[4]) % 3), new SliceRotation(n[8] / 1e3, n[0] / 1e3, n[5] / 1e3));
        SliceAngles angles;
        try
        {
            angles = SliceAngles.Through(before, pane, points, 0.5);
        }
        catch (OutOfRangeException)
        {
            return;
        }

        var normal = angles.RotationOf(pane).Turn(SlicePlane.AxesOf(pane).Normal);
        Assert.All(points, p => Assert.InRange((p - points[0]).Dot(normal), -1e-6, 1e-6));
        Assert.True(normal.Dot(before.Turn(SlicePlane.AxesOf(pane).Normal)) > -1e-9, "It faces where it did.");
        Assert.Equal(0, Off(SliceAngles.Of(before, pane).Spin, angles.Spin), 6);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(10, 0, 0, 20, 0, 0, 0.5)]
    [InlineData(10, 0, 0, 0, 0, 0, 0.5)]
    [InlineData(0, 0, 0, 0, 0, 0, 0.5)]
    [InlineData(10, 10, 10, 20.2, 20.2, 19.8, 0.5)]
    public void Through_PointsOnALine_IsRefusedWithASentence(
        double z1, double y1, double x1, double z2, double y2, double x2, double least)
    {
        var refused = Assert.Throws<OutOfRangeException>(() => SliceAngles.Through(
            default, Pane.Z, [default, new(z1, y1, x1), new(z2, y2, x2)], least));
        Assert.Contains("further off", refused.Message, StringComparison.Ordinal);
        Assert.Throws<OutOfRangeException>(() => SliceAngles.Through(default, Pane.Z, [default, new(1, 0, 0)], least));
    }

    [Fact]
    public void Roll_OfAPicture_TurnsItInItsPlaneAndNoOther() => Prop.ForAll(s_numbers, n =>
    {
        var view = new ViewState { Rotation = new SliceRotation(n[0] / 1e3, n[1] / 1e3, n[2] / 1e3), Focus = new(n[3], n[4], n[5]) };
        var (rolled, roll) = (view with { Roll = new SliceRoll(0, n[6] / 1e3, 0) }, n[6] / 1e3 * Math.PI / 180);
        var (before, after) = (SlicePlane.Of(view, Pane.Y), SlicePlane.Of(rolled, Pane.Y));
        Assert.Equal(before.Normal, after.Normal);
        Assert.Equal(before.Middle, after.Middle);
        Assert.Equal(Math.Cos(roll), after.Right.Dot(before.Right), 9);
        Assert.Equal(Math.Sin(roll), after.Right.Dot(before.Down), 9);
        Assert.Equal(0, after.Right.Dot(after.Down), 9);
        Assert.Equal(SlicePlane.Of(view, Pane.Z), SlicePlane.Of(rolled, Pane.Z));
    }).QuickCheckThrowOnFailure();

    // Two rotations by what they do.
    private static void AreAlike(SliceRotation a, SliceRotation b)
    {
        foreach (var axis in new WorldVector[] { new(1, 0, 0), new(0, 1, 0), new(0, 0, 1) })
        {
            Assert.InRange((a.Turn(axis) + -1 * b.Turn(axis)).Length, 0, 1e-7);
        }
    }

    private static double Off(double a, double b) => Math.IEEERemainder(a - b, 360);
}
