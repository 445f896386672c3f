using DendriteViewer.Kernels.Distances;
using DendriteViewer.Kernels.Masks;
using DendriteViewer.Kernels.Tests.Masks;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Distances;

public sealed class EuclideanDistanceTests
{
    [Fact]
    public void Squared_OfAnySet_IsTheNearestOfAll() =>
        Prop.ForAll(Sets.Any, Gen.Elements((1.0, 1.0, 1.0), (2.0, 0.5, 0.25), (0.7, 1.3, 1.0)).ToArbitrary(), (set, size) =>
        {
            var inside = new List<(int Z, int Y, int X)>();
            Sets.ForVoxels(set, (z, y, x) =>
            {
                if (set[z, y, x])
                {
                    inside.Add((z, y, x));
                }
            });
            if (inside.Count > 300)
            {
                return true;
            }

            var found = EuclideanDistance.Squared(set, size.Item1, size.Item2, size.Item3);
            var right = true;
            Sets.ForVoxels(set, (z, y, x) =>
            {
                var expected = inside.Count == 0 ? double.PositiveInfinity : inside.Min(p => Sq((p.Z - z) * size.Item1) + Sq((p.Y - y) * size.Item2) + Sq((p.X - x) * size.Item3));
                var f = found[(z * set.Y + y) * set.X + x];
                right &= double.IsInfinity(expected) ? float.IsInfinity(f) : Math.Abs(f - expected) <= 1e-5 * expected;
            });
            return right;

            static double Sq(double d) => d * d;
        }).QuickCheckThrowOnFailure();
}
