namespace DendriteViewer.Kernels.Statistics;

/// <summary>Where to part a histogram into classes.</summary>
public static class OtsuThreshold
{
    /// <summary>
    /// The last bin of the darker of two classes: the split that maximises the variance between them (N. Otsu, IEEE Trans. SMC
    /// 9, 62, 1979); the first of equal ones. −1 where fewer than two bins are filled.
    /// </summary>
    public static int Split(ReadOnlySpan<long> bins)
    {
        double total = 0, sum = 0;
        for (var i = 0; i < bins.Length; i++)
        {
            total += bins[i];
            sum += (double)bins[i] * i;
        }

        double n0 = 0, s0 = 0, best = -1;
        var at = -1;
        for (var i = 0; i < bins.Length - 1; i++)
        {
            n0 += bins[i];
            s0 += (double)bins[i] * i;
            if (n0 == 0 || n0 == total)
            {
                continue;
            }

            var apart = s0 / n0 - (sum - s0) / (total - n0);
            var between = n0 * (total - n0) * apart * apart;
            if (between > best)
            {
                (best, at) = (between, i);
            }
        }

        return at;
    }

    /// <summary>
    /// The last bins of all classes but the brightest, for two to five classes: the split of largest variance between the
    /// classes, by dynamic programming over the bins (P.-S. Liao, T.-S. Chen, P.-C. Chung, J. Inf. Sci. Eng. 17, 713, 2001).
    /// </summary>
    /// <exception cref="ArgumentException">Fewer bins are filled than there are classes.</exception>
    public static int[] Splits(ReadOnlySpan<long> bins, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, 5);
        var n = bins.Length;
        var filled = 0;
        double[] weight = new double[n + 1], sum = new double[n + 1];
        for (var i = 0; i < n; i++)
        {
            filled += bins[i] > 0 ? 1 : 0;
            weight[i + 1] = weight[i] + bins[i];
            sum[i + 1] = sum[i] + (double)bins[i] * i;
        }

        if (filled < classes)
        {
            throw new ArgumentException($"A histogram of {filled} filled bins has no {classes} classes.", nameof(bins));
        }

        // best[c][j]: the largest sum of s²/w when bins [0, j) are parted into c + 1 classes.
        var best = new double[classes, n + 1];
        var from = new int[classes, n + 1];
        for (var j = 1; j <= n; j++)
        {
            best[0, j] = Between(0, j);
        }

        for (var c = 1; c < classes; c++)
        {
            for (var j = 0; j <= n; j++)
            {
                best[c, j] = double.NegativeInfinity;
                for (var i = c; i < j; i++)
                {
                    var v = best[c - 1, i] + Between(i, j);
                    if (v > best[c, j])
                    {
                        (best[c, j], from[c, j]) = (v, i);
                    }
                }
            }
        }

        var splits = new int[classes - 1];
        for (int c = classes - 1, j = n; c > 0; c--)
        {
            j = from[c, j];
            splits[c - 1] = j - 1;
        }

        return splits;

        double Between(int i, int j)
        {
            var w = weight[j] - weight[i];
            return w > 0 ? (sum[j] - sum[i]) * (sum[j] - sum[i]) / w : 0;
        }
    }
}
