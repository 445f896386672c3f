using DendriteViewer.Kernels.Filtering;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Filtering;

public sealed class NeighbourhoodFiltersTests
{
    [Fact]
    public void Median_OfAnySlices_IsTheFourteenthOfTheSortedTwentySeven() => Prop.ForAll(Gen.Choose(1, 40).Two().ToArbitrary(), Gen.Choose(1, 1 << 20).ToArbitrary(), (size, seed) =>
    {
        var (h, w) = size;
        var random = new Random(seed);
        var s = Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, h * w).Select(_ => (float)random.Next(50)).ToArray()).ToArray();
        var found = new float[h * w];
        NeighbourhoodFilters.Median(s[0], s[1], s[2], h, w, found);
        return Enumerable.Range(0, h * w).All(i => found[i] == Around(s, h, w, i).Order().ElementAt(13));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Gaussian_OfAnySlices_WeighsByOneTwoOne() => Prop.ForAll(Gen.Choose(1, 40).Two().ToArbitrary(), Gen.Choose(1, 1 << 20).ToArbitrary(), (size, seed) =>
    {
        var (h, w) = size;
        var random = new Random(seed);
        var s = Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, h * w).Select(_ => (float)random.Next(50)).ToArray()).ToArray();
        var found = new float[h * w];
        NeighbourhoodFilters.Gaussian(s[0], s[1], s[2], h, w, found);
        int[] weights = [1, 2, 1, 2, 4, 2, 1, 2, 1, 2, 4, 2, 4, 8, 4, 2, 4, 2, 1, 2, 1, 2, 4, 2, 1, 2, 1];
        return Enumerable.Range(0, h * w).All(i => Math.Abs(found[i] - Around(s, h, w, i).Select((v, k) => v * weights[k]).Sum() / 64) < 1e-3);
    }).QuickCheckThrowOnFailure();

    private static IEnumerable<float> Around(float[][] s, int h, int w, int i)
    {
        foreach (var slice in s)
        {
            for (var dy = -1; dy <= 1; dy++)
            {
                for (var dx = -1; dx <= 1; dx++)
                {
                    yield return slice[Math.Clamp(i / w + dy, 0, h - 1) * w + Math.Clamp(i % w + dx, 0, w - 1)];
                }
            }
        }
    }
}
