using DendriteViewer.Kernels.Statistics;
using FsCheck;
using FsCheck.Fluent;

namespace DendriteViewer.Kernels.Tests.Statistics;

public sealed class OtsuThresholdTests
{
    private static readonly Arbitrary<long[]> s_bins = Gen.Choose(0, 50).Select(n => (long)Math.Max(0, n - 10)).ArrayOf(14).ToArbitrary();

    // Trying every way to part the bins finds nothing better.
    [Fact]
    public void Splits_OfAnyHistogram_AreTheBestOfAll() => Prop.ForAll(s_bins, Gen.Choose(2, 4).ToArbitrary(), (bins, classes) =>
    {
        if (bins.Count(b => b > 0) < classes)
        {
            return Throws(() => OtsuThreshold.Splits(bins, classes));
        }

        var best = Ways(bins.Length, classes).Max(w => Between(bins, w));
        return Math.Abs(Between(bins, OtsuThreshold.Splits(bins, classes)) - best) <= 1e-9 * best;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Split_OfAnyHistogram_IsTheTwoClassSplit() => Prop.ForAll(s_bins, bins =>
        bins.Count(b => b > 0) < 2
            ? OtsuThreshold.Split(bins) == -1
            : Math.Abs(Between(bins, [OtsuThreshold.Split(bins)]) - Between(bins, OtsuThreshold.Splits(bins, 2))) <= 1e-9 * Between(bins, OtsuThreshold.Splits(bins, 2))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(1 << 18)]
    [InlineData((1 << 23) + 13)]
    public void Counts_OfAnyLength_AreAsOneByOne(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        var expected = new long[256];
        foreach (var b in bytes)
        {
            expected[b]++;
        }

        Assert.Equal(expected, ValueCounts.Of(bytes));
        var words = bytes.Select(b => (ushort)(b * 257)).ToArray();
        var counts = ValueCounts.Of(words.AsMemory());
        Assert.Equal(expected, Enumerable.Range(0, 256).Select(i => counts[i * 257]));
    }

    private static bool Throws(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static IEnumerable<int[]> Ways(int bins, int classes, int from = 0) => classes == 1
        ? [[]]
        : Enumerable.Range(from, bins - from - 1).SelectMany(i => Ways(bins, classes - 1, i + 1).Select(w => (int[])[i, .. w]));

    private static double Between(long[] bins, int[] splits)
    {
        var total = bins.Sum();
        var mean = bins.Select((n, i) => (double)n * i).Sum() / total;
        var sum = 0.0;
        for (var c = 0; c <= splits.Length; c++)
        {
            var (from, to) = (c == 0 ? 0 : splits[c - 1] + 1, c == splits.Length ? bins.Length : splits[c] + 1);
            double n = 0, s = 0;
            for (var i = from; i < to; i++)
            {
                n += bins[i];
                s += (double)bins[i] * i;
            }

            sum += n > 0 ? n * (s / n - mean) * (s / n - mean) : 0;
        }

        return sum;
    }
}
