namespace DendriteViewer.Kernels.Statistics;

/// <summary>
/// How many classes a histogram has, and where they part. For each number of classes the split is Otsu's for several thresholds
/// (<see cref="OtsuThreshold.Splits"/>); the number is the one of least <c>k²·W(k)</c>, where W(k) is the variance that is left within k
/// classes (F. H. C. Marriott, Biometrics 27, 501, 1971). Values that are spread evenly leave σ²/k², so that the product stays σ² whatever
/// k is: it falls only where the classes are really there. No more classes are looked for once less than a thousandth of the variance is
/// left: what they would part is noise. Last, a class that is clearly two, which a far larger distance elsewhere had hidden (bone and air
/// beside a metal screw), is parted by Otsu's threshold of its own.
/// </summary>
public static class OtsuClasses
{
    /// <summary>The fewest classes that are looked for.</summary>
    public const int Fewest = 2;

    /// <summary>The most classes that are looked for.</summary>
    public const int Most = 4;

    /// <summary>What is left of the variance where no more classes are looked for.</summary>
    public const double Negligible = 0.001;

    // k²W over the variance for two classes: 1 of an even spread, 1.45 of a normal one, this of two peaks some 8 standard deviations apart.
    // Peaks nearer than some bins may be one value that the bins part.
    private const double ClearlyTwo = 0.2, LeastShare = 0.02, LeastApart = 4;

    /// <summary>
    /// The last bins of all classes but the brightest, ascending. Empty where fewer than two bins are filled.
    /// </summary>
    public static int[] Splits(ReadOnlySpan<long> bins)
    {
        var splits = MarriottSplits(bins);
        while (splits.Length is > 0 and < Most - 1 && HiddenSplit(bins, splits) is { } hidden)
        {
            splits = [.. splits.Append(hidden).Order()];
        }

        return splits;
    }

    /// <summary>The splits of least k²·W(k); of equally good numbers of classes the smallest.</summary>
    internal static int[] MarriottSplits(ReadOnlySpan<long> bins)
    {
        var filled = bins.Length - bins.Count(0);
        int[] best = [];
        var (least, whole) = (double.PositiveInfinity, VarianceWithin(bins, []));
        for (var k = Fewest; k <= Math.Min(Most, filled); k++)
        {
            var splits = OtsuThreshold.Splits(bins, k);
            var left = VarianceWithin(bins, splits);
            if (k * k * left < least * (1 - 1e-9))
            {
                (best, least) = (splits, k * k * left);
            }

            if (left < Negligible * whole)
            {
                break;
            }
        }

        return best;
    }

    // The threshold within the class that is most clearly two.
    private static int? HiddenSplit(ReadOnlySpan<long> bins, int[] splits)
    {
        var (least, at, total) = (ClearlyTwo, (int?)null, Sum(bins));
        for (var c = 0; c <= splits.Length; c++)
        {
            var from = c == 0 ? 0 : splits[c - 1] + 1;
            var part = bins[from..(c == splits.Length ? bins.Length : splits[c] + 1)];
            if (OtsuThreshold.Split(part) is var split and >= 0
                && Math.Min(Sum(part[..(split + 1)]), Sum(part[(split + 1)..])) > LeastShare * total
                && Mean(part[(split + 1)..]) + split + 1 - Mean(part[..(split + 1)]) >= LeastApart
                && 4 * VarianceWithin(part, [split]) / VarianceWithin(part, []) is var clear && clear < least)
            {
                (least, at) = (clear, from + split);
            }
        }

        return at;
    }

    private static double Mean(ReadOnlySpan<long> bins)
    {
        double sum = 0;
        for (var i = 0; i < bins.Length; i++)
        {
            sum += (double)bins[i] * i;
        }

        return sum / Sum(bins);
    }

    private static double Sum(ReadOnlySpan<long> bins)
    {
        double sum = 0;
        foreach (var n in bins)
        {
            sum += n;
        }

        return sum;
    }

    /// <summary>
    /// Variance of the bins' numbers within the classes, averaged over all that is counted; 0 where nothing is. In squared bins.
    /// </summary>
    public static double VarianceWithin(ReadOnlySpan<long> bins, ReadOnlySpan<int> splits)
    {
        double total = 0, left = 0;
        for (var c = 0; c <= splits.Length; c++)
        {
            var from = c == 0 ? 0 : splits[c - 1] + 1;
            var to = c == splits.Length ? bins.Length : splits[c] + 1;
            double n = 0, mean = 0, squares = 0;
            for (var i = from; i < to; i++)
            {
                // Weighted running mean and sum of squares (D. H. D. West, Comm. ACM 22, 532, 1979): no difference of large numbers.
                if (bins[i] > 0)
                {
                    n += bins[i];
                    var away = i - mean;
                    mean += away * bins[i] / n;
                    squares += bins[i] * away * (i - mean);
                }
            }

            total += n;
            left += squares;
        }

        return total > 0 ? left / total : 0;
    }
}
