using System.Numerics;
using DendriteViewer.Kernels.Raycasting;
using FsCheck;
using FsCheck.Fluent;
using static DendriteViewer.Kernels.Tests.Raycasting.Scenes;

namespace DendriteViewer.Kernels.Tests.Raycasting;

public sealed class ClipShapeTests
{
    // Whatever the ray and the bulges: where it is cut, the value that decides is nearly 0.
    [Fact]
    public void Cut_OfAnyRayThatIsSteep_EndsOnTheSurface() => Check(numbers =>
    {
        var clip = Curved([.. numbers[..6], 1, .. numbers[6..]], 5 * numbers[0]);
        var direction = Vector3.Normalize(new Vector3(numbers[2], numbers[5], numbers[7] > 0 ? 1.5f : -1.5f));
        if (clip.Planes.Any(c => MathF.Abs(Vector3.Dot(c.Plane.AsVector3(), direction)) < 0.6f))
        {
            return;
        }

        var origin = new Vector3(30, 30, 16) - 60 * direction + 10 * new Vector3(numbers[1], numbers[4], numbers[8]);
        var (start, end) = (0f, 500f);
        Assert.True(clip.Cut(origin, direction, ref start, ref end));
        foreach (var t in new[] { start, end }.Where(t => t is > 0 and < 500))
        {
            var p = origin + t * direction;
            var nearest = clip.Planes.Min(c => MathF.Abs(Vector4.Dot(c.Plane, new Vector4(p, 1)) + c.Relief * clip.Relief!.At(p)));
            Assert.InRange(nearest, 0, 0.15f);
        }

        if (end - start > 1)
        {
            Assert.True(clip.IsKept(origin + (start + end) / 2 * direction));
        }
    });

    [Fact]
    public void Loose_KeepsAllThatIsKept() => Check(numbers =>
    {
        var clip = Curved([.. numbers[..6], 1, .. numbers[6..]], 5);
        var p = new Vector3(60 * numbers[0], 60 * numbers[3], 40 * numbers[8]);
        Assert.True(!clip.IsKept(p) || clip.Loose.All(plane => Vector4.Dot(plane, new Vector4(p, 1)) >= -1e-3f));
    });

    [Fact]
    public void At_BeyondTheGrid_IsTheEdges()
    {
        var relief = new ClipRelief(new Vector4(1, 0, 0, 0), new Vector4(0, 1, 0, 0), 2, 3, [1, 2, 3, 4, 5, 7]);
        Assert.Equal([1, 7, 3, 3.5f, 2.5f], new[] { new Vector3(-9, -9, 0), new(9, 9, 5), new(0, 2, 1), new(0.5f, 1, 0), new(0.5f, 0, 3) }.Select(relief.At));
        Assert.Equal(7, relief.Most);
    }

    private static void Check(Action<float[]> holds) => Prop.ForAll(
        Gen.Choose(-1000, 1000).Select(i => i / 1000f).ArrayOf(10).ToArbitrary(), n => holds(n)).Check(Config.QuickThrowOnFailure.WithMaxTest(400));
}
