using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Zarr;
using DendriteViewer.Kernels.Statistics;

namespace DendriteViewer.Imaging.Rendering;

/// <summary>
/// How often values occur in a scan, with Otsu's threshold (the split that maximises the variance between the two classes;
/// N. Otsu, IEEE Trans. SMC 9, 62, 1979) and the means of what it parts. Counted on the finest level of at most 4 million voxels.
/// </summary>
public sealed record ValueHistogram(double Least, double Most, IReadOnlyList<long> Bins, double Threshold, double DarkMean, double BrightMean)
{
    private const long MostVoxels = 4_200_000;

    /// <summary>Value range in which all but the outermost 0.2 % of the voxels lie; a window to start with.</summary>
    public (double Low, double High) Window => (Quantile(0.002), Quantile(0.998));

    /// <summary>Counts a stored volume.</summary>
    public static async Task<ValueHistogram> OfAsync(DatasetStore store, VolumeInfo volume, CancellationToken ct)
    {
        var reader = await store.ReaderAsync(volume, ct);
        var level = reader.Levels.FirstOrDefault(l => l.Shape.Count <= MostVoxels) ?? reader.Levels[^1];
        var values = await DenseLevels.ReadFloatAsync(reader, level, ct);
        var most = volume.Most > volume.Least ? volume.Most : volume.Least + 1;
        var bins = new long[512];
        HistogramKernel.Accumulate<float>(values, volume.Least, most, bins);
        return Of(volume.Least, most, bins);
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
