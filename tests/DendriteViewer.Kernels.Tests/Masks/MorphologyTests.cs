using DendriteViewer.Kernels.Masks;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Masks;

public sealed class MorphologyTests
{
    [Fact]
    public void DilateAndErode_OfAnySetAndElement_AreAsVoxelByVoxel() => Prop.ForAll(Sets.Any, Sets.Elements, (set, element) =>
        Sets.Same(Morphology.Dilate(set, element), Sets.Where(set.Z, set.Y, set.X, (z, y, x) => Around(set, element, z, y, x, outside: false).Any(v => v)))
        && Sets.Same(Morphology.Erode(set, element), Sets.Where(set.Z, set.Y, set.X, (z, y, x) => Around(set, element, z, y, x, outside: true).All(v => v)))).QuickCheckThrowOnFailure();

    // Opening never adds, closing never takes away, and doing either twice does nothing more.
    [Fact]
    public void OpenAndClose_OfAnySet_AreIdempotent() => Prop.ForAll(Sets.Any, Sets.Elements, (set, element) =>
    {
        var (open, close) = (Morphology.Open(set, element), Morphology.Close(set, element));
        return open.Clone().AndNot(set).Count == 0 && set.Clone().AndNot(close).Count == 0
            && Sets.Same(Morphology.Open(open, element), open) && Sets.Same(Morphology.Close(close, element), close);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void DilateBall_OfAnySet_HoldsWhatLiesWithinTheEllipsoid() =>
        Prop.ForAll(Sets.Any, Gen.Choose(0, 10).Three().Select(t => (Z: t.Item1 / 3.0, Y: t.Item2 / 3.0, X: t.Item3 / 3.0)).ToArbitrary(), (set, r) =>
        {
            var inside = new List<(int Z, int Y, int X)>();
            Sets.ForVoxels(set, (z, y, x) =>
            {
                if (set[z, y, x])
                {
                    inside.Add((z, y, x));
                }
            });
            if (inside.Count > 400)
            {
                return true;
            }

            static double Part(int d, double r) => d == 0 ? 0 : r == 0 ? 9 : d * d / (r * r);
            return Sets.Same(Morphology.DilateBall(set, r.Z, r.Y, r.X), Sets.Where(set.Z, set.Y, set.X, (z, y, x) =>
                inside.Exists(p => Part(p.Z - z, r.Z) + Part(p.Y - y, r.Y) + Part(p.X - x, r.X) <= 1 + 1e-9)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void FillHoles_OfAShell_FillsItAndNotWhatIsOpen()
    {
        bool Shell(int z, int y, int x, int at) => Math.Max(Math.Abs(z - 5), Math.Max(Math.Abs(y - 5), Math.Abs(x - at))) == 3;
        var set = Sets.Where(11, 11, 40, (z, y, x) => Shell(z, y, x, 5) || (Shell(z, y, x, 20) && (z, y, x) != (5, 5, 23)));
        var filled = Morphology.FillHoles(set);
        Assert.True(filled[5, 5, 5]);
        Assert.False(filled[5, 5, 20]);
        Assert.Equal(125, filled.Clone().AndNot(set).Count);
    }

    [Fact]
    public void Faces_OfAnySet_AreAsVoxelByVoxel() => Prop.ForAll(Sets.Any, set =>
    {
        var (z, y, x) = (0L, 0L, 0L);
        Sets.ForVoxels(set, (k, j, i) =>
        {
            z += k + 1 < set.Z && set[k, j, i] != set[k + 1, j, i] ? 1 : 0;
            y += j + 1 < set.Y && set[k, j, i] != set[k, j + 1, i] ? 1 : 0;
            x += i + 1 < set.X && set[k, j, i] != set[k, j, i + 1] ? 1 : 0;
        });
        return FaceCounts.Internal(set) == (z, y, x);
    }).QuickCheckThrowOnFailure();

    private static IEnumerable<bool> Around(BitVolume set, StructuringElement element, int z, int y, int x, bool outside)
    {
        for (var n = 0; n < 27; n++)
        {
            var (dz, dy, dx) = (n / 9 - 1, n / 3 % 3 - 1, n % 3 - 1);
            if (n == 13 || element.Has(dz, dy, dx))
            {
                var (k, j, i) = (z + dz, y + dy, x + dx);
                yield return (uint)k < (uint)set.Z && (uint)j < (uint)set.Y && (uint)i < (uint)set.X ? set[k, j, i] : outside;
            }
        }
    }
}
