using DendriteViewer.Kernels.Labelling;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Tests.Masks;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Labelling;

public sealed class ComponentLabellerTests
{
    [Fact]
    public void Label_OfAnySetAndElement_FloodsToTheSameNumbers() => Prop.ForAll(Sets.Any, Sets.Elements, (set, element) =>
    {
        var components = ComponentLabeller.Label(set, element);
        var expected = ComponentLabeller.LabelScalar(set, element);
        var slice = new int[set.Y * set.X];
        var same = true;
        for (var z = 0; z < set.Z; z++)
        {
            components.WriteSlice(z, slice);
            same &= slice.AsSpan().SequenceEqual(expected.AsSpan(z * slice.Length, slice.Length));
        }

        Sets.ForVoxels(set, (z, y, x) => same &= components.At(z, y, x) == expected[(z * set.Y + y) * set.X + x]);
        return same && Regions(components, expected, set);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Keep_OfSomeComponents_KeepsTheirVoxelsAndNoOthers()
    {
        var set = Sets.Random(9, 9, 130, 20, 4);
        var components = ComponentLabeller.Label(set, StructuringElement.Faces);
        var large = components.Keep(r => r.Voxels > 3);
        Assert.Equal(components.Regions.ToArray().Where(r => r.Voxels > 3).Sum(r => r.Voxels), large.Count);
        Assert.Equal(0, large.AndNot(set).Count);
    }

    // Voxelised balls, boxes and ellipsoids of unequal voxels: within 3 % of their true surface, where faces give 50 % more.
    [Theory]
    [InlineData(1, 1, 1, 12, 12, 12)]
    [InlineData(1, 1, 1, 6, 9, 16)]
    [InlineData(2, 1, 1, 24, 24, 24)]
    [InlineData(1, 1.5, 0.7, 12, 14, 12)]
    public void Surface_OfAnEllipsoid_IsNearItsOwn(double z, double y, double x, double a, double b, double c)
    {
        var set = Sets.Where((int)(2 * a / z) + 5, (int)(2 * b / y) + 5, (int)(2 * c / x) + 5, (k, j, i) =>
            Sq((k + 0.5) * z - a - 2 * z, a) + Sq((j + 0.5) * y - b - 2 * y, b) + Sq((i + 0.5) * x - c - 2 * x, c) <= 1);
        var area = SurfaceAreas.Of(ComponentLabeller.Label(set, StructuringElement.Faces), z, y, x).Single();

        // K. Thomsen's approximation, within 1.06 %.
        const double P = 1.6075;
        var expected = 4 * Math.PI * Math.Pow((Math.Pow(a * b, P) + Math.Pow(a * c, P) + Math.Pow(b * c, P)) / 3, 1 / P);
        Assert.InRange(area / expected, 0.96, 1.04);

        static double Sq(double d, double r) => d * d / (r * r);
    }

    // C. Lang's weights for cubic voxels, as given in the paper: 0.0458, 0.0370, 0.0352 of the half sphere each way.
    [Fact]
    public void SurfaceWeights_OfCubicVoxels_AreThePublishedOnes()
    {
        var w = SurfaceAreas.Weights(1, 1, 1);
        Assert.Equal(4 * 0.04577789120476, w[0], 3);
        Assert.Equal(4 * 0.03698062787608 / Math.Sqrt(2), w[3], 3);
        Assert.Equal(4 * 0.03519563978232 / Math.Sqrt(3), w[9], 3);
    }

    private static bool Regions(Components components, int[] labels, BitVolume set)
    {
        var expected = new Region[components.Count];
        Array.Fill(expected, Region.Empty);
        Sets.ForVoxels(set, (z, y, x) =>
        {
            if (labels[(z * set.Y + y) * set.X + x] is > 0 and var l)
            {
                expected[l - 1].Add(z, y, x, x + 1);
            }
        });
        return components.Regions.SequenceEqual(expected);
    }
}
