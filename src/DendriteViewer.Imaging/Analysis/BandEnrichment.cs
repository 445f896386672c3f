using DendriteViewer.Imaging.Geometry;
using MathNet.Numerics.Distributions;

namespace DendriteViewer.Imaging.Analysis;

/// <summary>A share of something in the band against the share that chance would give it.</summary>
/// <param name="Share">What is in the band, 0 to 1.</param>
/// <param name="Expected">What chance would give, 0 to 1.</param>
/// <param name="Ratio">The first over the second.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end of its 95 % interval.</param>
/// <param name="P">Chance that random placement gives as much or more.</param>
public readonly record struct Enrichment(double Share, double Expected, double Ratio, double Low, double High, double P);

/// <summary>Is it really the band? Sites and lithium in it, against placement by chance.</summary>
/// <param name="FromUm">Depth at which the band begins.</param>
/// <param name="ToUm">Depth at which it ends.</param>
/// <param name="Sites">Sites in the band.</param>
/// <param name="AllSites">Sites in all.</param>
/// <param name="OverElectrolyte">Sites against placement anywhere in the electrolyte.</param>
/// <param name="OverVoidSurface">Sites against placement anywhere on the surface of pristine voids; null where there are none.</param>
/// <param name="Lithium">Volume of lithium against pieces placed anywhere in the electrolyte; null where there is none.</param>
public sealed record BandFindings(double FromUm, double ToUm, int Sites, int AllSites, Enrichment OverElectrolyte, Enrichment? OverVoidSurface, Enrichment? Lithium);

/// <summary>
/// Enrichment of a band. Sites fall into it or not, so their number under random placement is binomial: the interval is Clopper's and
/// Pearson's (Biometrika 26, 404, 1934), the p-value the binomial's upper tail. Lithium comes in pieces of unequal size: its interval is
/// by resampling pieces, its p-value by placing each piece at random depths, 2000 times with a fixed seed.
/// </summary>
public static class BandEnrichment
{
    private const int Draws = 2000;

    /// <summary>Sites and lithium in a band.</summary>
    public static BandFindings Of(
        Band band, DepthHistogram electrolyte, IReadOnlyList<VoidRecord> voids, IReadOnlyList<double> siteDepthsUm, IReadOnlyList<DepthHistogram> pieces)
    {
        var inBand = siteDepthsUm.Count(d => band.Contains(new Depth(d)));
        var whole = electrolyte.TotalUm3;
        var share = whole > 0 ? electrolyte.Between(band.FromUm, band.ToUm) / whole : 0;
        var surface = voids.Sum(v => v.SurfaceUm2);
        var surfaceShare = surface > 0 ? voids.Where(v => band.Contains(new Depth(v.DepthUm))).Sum(v => v.SurfaceUm2) / surface : 0;
        return new BandFindings(
            band.FromUm, band.ToUm, inBand, siteDepthsUm.Count, OfCounts(inBand, siteDepthsUm.Count, share),
            surface > 0 ? OfCounts(inBand, siteDepthsUm.Count, surfaceShare) : null, pieces.Count == 0 ? null : OfPieces(band, electrolyte, share, pieces));
    }

    /// <summary>The same for bands of one width at all depths, to see whether this one stands out.</summary>
    public static IReadOnlyList<BandFindings> Scan(double widthUm, double stepUm, DepthHistogram electrolyte, IReadOnlyList<VoidRecord> voids, IReadOnlyList<double> siteDepthsUm)
    {
        var end = electrolyte.StepUm * (Array.FindLastIndex(electrolyte.Um3, v => v > 0) + 1);
        return Enumerable.Range(0, Math.Max(1, (int)((end - widthUm) / stepUm) + 1))
            .Select(i => Of(new Band(i * stepUm, i * stepUm + widthUm), electrolyte, voids, siteDepthsUm, [])).ToArray();
    }

    private static Enrichment OfCounts(int inBand, int all, double expected)
    {
        if (all == 0 || expected <= 0)
        {
            return new Enrichment(all == 0 ? 0 : (double)inBand / all, expected, 0, 0, 0, 1);
        }

        var low = inBand == 0 ? 0 : Beta.InvCDF(inBand, all - inBand + 1, 0.025);
        var high = inBand == all ? 1 : Beta.InvCDF(inBand + 1, all - inBand, 0.975);
        var p = inBand == 0 ? 1 : expected >= 1 ? 1 : 1 - Binomial.CDF(expected, all, inBand - 1);
        return new Enrichment((double)inBand / all, expected, (double)inBand / all / expected, low / expected, high / expected, Math.Clamp(p, 0, 1));
    }

    private static Enrichment? OfPieces(Band band, DepthHistogram electrolyte, double expected, IReadOnlyList<DepthHistogram> pieces)
    {
        var volumes = pieces.Select(p => (In: p.Between(band.FromUm, band.ToUm), All: p.TotalUm3)).ToArray();
        var total = volumes.Sum(v => v.All);
        if (total <= 0 || expected <= 0)
        {
            return null;
        }

        var share = volumes.Sum(v => v.In) / total;
        var random = new Random(7799);
        var resampled = new double[Draws];
        for (var i = 0; i < Draws; i++)
        {
            double sumIn = 0, sumAll = 0;
            for (var k = 0; k < volumes.Length; k++)
            {
                var v = volumes[random.Next(volumes.Length)];
                (sumIn, sumAll) = (sumIn + v.In, sumAll + v.All);
            }

            resampled[i] = sumIn / sumAll;
        }

        Array.Sort(resampled);

        // Depths to draw from, as likely as there is electrolyte there.
        var cumulative = new double[electrolyte.Um3.Length + 1];
        for (var i = 0; i < electrolyte.Um3.Length; i++)
        {
            cumulative[i + 1] = cumulative[i] + electrolyte.Um3[i];
        }

        var means = pieces.Select(p => p.Um3.Select((v, i) => v * (i + 0.5) * p.StepUm).Sum() / Math.Max(1e-12, p.TotalUm3)).ToArray();
        var asMuch = 0;
        for (var i = 0; i < Draws; i++)
        {
            var sum = 0.0;
            for (var k = 0; k < pieces.Count; k++)
            {
                var at = Array.BinarySearch(cumulative, random.NextDouble() * cumulative[^1]);
                var depth = Math.Clamp(at < 0 ? ~at - 1 : at, 0, electrolyte.Um3.Length - 1) * electrolyte.StepUm;
                var by = depth - means[k];
                sum += pieces[k].Between(band.FromUm - by, band.ToUm - by);
            }

            asMuch += sum / total >= share ? 1 : 0;
        }

        return new Enrichment(
            share, expected, share / expected, resampled[(int)(0.025 * Draws)] / expected, resampled[(int)(0.975 * Draws)] / expected, (1.0 + asMuch) / (1 + Draws));
    }
}
