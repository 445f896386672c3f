using DendriteViewer.Kernels.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Statistics;

public sealed class OtsuClassesTests
{
    private static readonly Arbitrary<long[]> s_bins = Gen.Choose(0, 50).Select(n => (long)Math.Max(0, n - 10)).ArrayOf(12).ToArbitrary();

    // Every number of classes and every way to part the bins is tried.
    [Fact]
    public void Splits_OfAnyHistogram_HaveTheLeastMarriottCriterionOfAllWays() => Prop.ForAll(s_bins, bins =>
    {
        var filled = bins.Count(b => b > 0);
        var found = OtsuClasses.MarriottSplits(bins);
        if (filled < 2)
        {
            return found.Length == 0;
        }

        // The least variance of each number of classes, up to the first that leaves nearly none.
        var least = double.PositiveInfinity;
        for (var k = 2; k <= Math.Min(4, filled); k++)
        {
            var left = Ways(bins.Length, k).Where(w => HasAllFilled(bins, w)).Min(w => Variance(bins, w));
            least = Math.Min(least, k * k * left);
            if (left < OtsuClasses.Negligible * Variance(bins, []))
            {
                break;
            }
        }

        var got = (found.Length + 1) * (found.Length + 1) * Variance(bins, found);
        return Math.Abs(got - least) <= 1e-9 * (1 + least);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Splits_OfCountsTimesAFactor_AreTheSame() => Prop.ForAll(s_bins, Gen.Choose(2, 1000).ToArbitrary(), (bins, factor) =>
        OtsuClasses.Splits(bins).SequenceEqual(OtsuClasses.Splits(bins.Select(b => b * factor).ToArray()))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Splits_OfSomeNormalPeaks_FindAsManyClasses(int peaks)
    {
        var bins = new long[256];
        for (var p = 0; p < peaks; p++)
        {
            for (var i = 0; i < bins.Length; i++)
            {
                var away = (i - (40 + 180.0 * p / (peaks - 1))) / 8;
                bins[i] += (long)(100_000.0 / (p + 1) * Math.Exp(-away * away / 2));
            }
        }

        Assert.Equal(peaks - 1, OtsuClasses.Splits(bins).Length);
    }

    // Otsu's criterion sees only the metal, which is a hundred times farther from both than they are from each other.
    [Fact]
    public void Splits_OfAirAndBoneBesideMetal_PartAllThree()
    {
        var bins = new long[1000];
        (bins[4], bins[5], bins[12], bins[13]) = (30_000, 20_000, 20_000, 10_000);
        bins.AsSpan(960).Fill(1000);
        Assert.Equal([5, 13], OtsuClasses.Splits(bins));
    }

    [Fact]
    public void Splits_OfOneValueOrNone_AreNone()
    {
        Assert.Empty(OtsuClasses.Splits([]));
        Assert.Empty(OtsuClasses.Splits([0, 0, 0]));
        Assert.Empty(OtsuClasses.Splits([0, 7, 0]));
    }

    private static bool HasAllFilled(long[] bins, int[] splits) => Enumerable.Range(0, splits.Length + 1).All(c =>
        bins[(c == 0 ? 0 : splits[c - 1] + 1)..(c == splits.Length ? bins.Length : splits[c] + 1)].Any(b => b > 0));

    private static IEnumerable<int[]> Ways(int bins, int classes, int from = 0) => classes == 1
        ? [[]]
        : Enumerable.Range(from, bins - from - 1).SelectMany(i => Ways(bins, classes - 1, i + 1).Select(w => (int[])[i, .. w]));

    private static double Variance(long[] bins, int[] splits)
    {
        var values = bins.SelectMany((n, i) => Enumerable.Repeat(i, (int)n)).ToArray();
        return values.GroupBy(v => splits.Count(s => s < v)).Sum(g => g.Sum(v => Math.Pow(v - g.Average(), 2))) / values.Length;
    }
}
