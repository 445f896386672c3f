using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// How often values occur in a scan, with Otsu's threshold (the split that maximises the variance between the two classes;
/// N. Otsu, IEEE Trans. SMC 9, 62, 1979) and the means of what it parts. Counted on the finest level of at most 4 million voxels, without
/// padding (one value all around the field of view).
/// </summary>
/// <param name="Least">Where the first bin begins: the least value, or one below nearly all where outliers lie far below.</param>
/// <param name="Most">Where the last bin ends: the largest value, or one above nearly all where outliers lie far above.</param>
/// <param name="Bins">Counts in equal bins. Outliers beyond the range are in none.</param>
/// <param name="Threshold">Otsu's threshold.</param>
/// <param name="DarkMean">Mean of what is darker.</param>
/// <param name="BrightMean">Mean of what is brighter.</param>
public sealed record ValueHistogram(double Least, double Most, IReadOnlyList<long> Bins, double Threshold, double DarkMean, double BrightMean)
{
    private const long MostVoxels = 4_200_000;
    private const double Outlying = 0.0005, Tail = 0.002;
    private float[] _sample = [];

    /// <summary>Value range in which all but the outermost 0.2 % of the voxels lie; a window to start with.</summary>
    public (double Low, double High) Window => WindowOf(Tail);

    /// <summary>What the scan is made of; null where voxels were not looked at in their places.</summary>
    public ScanClasses? Classes { get; private init; }

    /// <summary>The labels that the scan's voxels are; null where they are grey levels, or were not looked at.</summary>
    public ScanLabels? Labels { get; private init; }

    /// <summary>The value of the padding, which is not counted; null for none.</summary>
    public double? Padding { get; private init; }

    /// <summary>Voxels that lie beyond <see cref="Least"/> and <see cref="Most"/>.</summary>
    public long Outliers { get; private init; }

    /// <summary>
    /// Value range without a share of the voxels at either end. Of a stored scan the quantiles are those of some 65,000 evenly taken voxels
    /// that are finite and not padding: a share of 0.1 % is met within ±0.03 %.
    /// </summary>
    /// <param name="tail">Share left out at either end, 0–0.5.</param>
    public (double Low, double High) WindowOf(double tail) => _sample.Length > 0
        ? (ScanSurvey.Quantile(_sample, tail), ScanSurvey.Quantile(_sample, 1 - tail))
        : (Quantile(tail), Quantile(1 - tail));

    /// <summary>Counts a stored volume.</summary>
    public static async Task<ValueHistogram> OfAsync(DatasetStore store, VolumeInfo volume, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(volume, ct);
        var level = reader.Levels.FirstOrDefault(l => l.Shape.Count <= MostVoxels) ?? reader.Levels[^1];
        var values = await DenseLevels.ReadFloatAsync(reader, level, ct);
        var factor = Math.Cbrt((double)level.FactorZ * level.FactorY * level.FactorX);
        return Of(values, level.Shape, factor, (volume.Least, volume.Most)) with { Labels = await ScanLabels.OfAsync(reader, volume, ct) };
    }

    /// <summary>Counts a level's values.</summary>
    /// <param name="values">Values, z, y, x.</param>
    /// <param name="shape">Their shape.</param>
    /// <param name="factor">Voxels of the finest level along one of these.</param>
    /// <param name="range">The volume's least and largest value.</param>
    internal static ValueHistogram Of(float[] values, VolumeShape shape, double factor, (double Least, double Most) range)
    {
        var survey = ScanSurvey.Of(values, shape, factor);
        var (least, most) = RangeOf(range, survey.Sample);
        var bins = new long[512];
        HistogramKernel.Accumulate<float>(values, least, most, bins);
        var outliers = least > range.Least || most < range.Most ? Beyond(values, least, most) : 0;
        if (survey.Padding is { } padding && padding >= least && padding <= most)
        {
            bins[Math.Min((int)((padding - least) * (bins.Length / (most - least))), bins.Length - 1)] -= values.AsSpan().Count(padding);
        }

        return Of(least, most, bins) with
        {
            _sample = survey.Sample, Classes = survey.Classes, Padding = survey.Padding, Outliers = outliers,
        };
    }

    private static long Beyond(float[] values, double least, double most)
    {
        long count = 0;
        foreach (var v in values)
        {
            count += float.IsFinite(v) && (v < least || v > most) ? 1 : 0;
        }

        return count;
    }

    // Values far beyond nearly all others would press those into few bins.
    private static (double Least, double Most) RangeOf((double Least, double Most) all, float[] sample)
    {
        var (least, most) = (all.Least, all.Most > all.Least ? all.Most : all.Least + 1);
        if (sample.Length == 0)
        {
            return (least, most);
        }

        double low = ScanSurvey.Quantile(sample, Outlying), high = ScanSurvey.Quantile(sample, 1 - Outlying), span = high - low;
        return span > 0 && most - least > 2 * span
            ? (Math.Max(least, low - span / 10), Math.Min(most, high + span / 10))
            : (least, most);
    }

    /// <summary>Statistics of given counts.</summary>
    public static ValueHistogram Of(double least, double most, IReadOnlyList<long> bins)
    {
        double Center(int i) => least + (i + 0.5) * (most - least) / bins.Count;
        var counts = bins as long[] ?? bins.ToArray();
        var split = OtsuThreshold.Split(counts);
        if (split < 0)
        {
            return new ValueHistogram(least, most, bins, (least + most) / 2, least, most);
        }

        double Mean(int from, int to)
        {
            double n = 0, sum = 0;
            for (var i = from; i < to; i++)
            {
                n += counts[i];
                sum += counts[i] * Center(i);
            }

            return sum / n;
        }

        return new ValueHistogram(least, most, bins, Center(split), Mean(0, split + 1), Mean(split + 1, counts.Length));
    }

    private double Quantile(double q)
    {
        var wanted = q * Bins.Sum();
        double seen = 0;
        for (var i = 0; i < Bins.Count; i++)
        {
            seen += Bins[i];
            if (seen >= wanted && seen > 0)
            {
                return Least + (i + (q < 0.5 ? 0 : 1)) * (Most - Least) / Bins.Count;
            }
        }

        return Most;
    }
}
