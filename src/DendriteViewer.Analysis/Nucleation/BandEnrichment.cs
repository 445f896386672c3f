using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Geometry;
using MathNet.Numerics.Distributions;

namespace DendriteViewer.Analysis.Nucleation;

/// <summary>A share of something in the band against the share that chance would give it.</summary>
/// <param name="Share">What is in the band, 0 to 1.</param>
/// <param name="Expected">What chance would give, 0 to 1.</param>
/// <param name="Ratio">The first over the second.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end of its 95 % interval.</param>
/// <param name="P">Chance that random placement gives as much or more.</param>
public readonly record struct Enrichment(double Share, double Expected, double Ratio, double Low, double High, double P)
{
    /// <summary>What the interval is made of.</summary>
    public EnrichmentUncertainty Uncertainty { get; init; }
}

/// <summary>By how much each cause moves a ratio at 95 %; they are combined in quadrature.</summary>
/// <param name="CountingLow">Counting, towards less (Clopper and Pearson; of volumes the wider of this and resampled pieces).</param>
/// <param name="CountingHigh">Counting, towards more.</param>
/// <param name="DepthLow">Sites within the uncertainty of depth of the band's limits, inside.</param>
/// <param name="DepthHigh">The same outside.</param>
/// <param name="Expected">The band's own share, whose limits are as uncertain as depth.</param>
public readonly record struct EnrichmentUncertainty(double CountingLow, double CountingHigh, double DepthLow, double DepthHigh,
    double Expected);

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
/// the wider of resampled pieces and of Clopper and Pearson with the effective number of pieces, (ΣV)²/ΣV²; its p-value comes from placing
/// each piece at random depths, 2000 times with a fixed seed. Depth is uncertain too: sites near the band's limits may lie on their other
/// side, and the share that chance gives is not known exactly, so that the interval of a band that holds every site still reaches above it.
/// </summary>
public static class BandEnrichment
{
    private const int Draws = 2000;

    /// <summary>Sites and lithium in a band.</summary>
    /// <param name="band">The band.</param>
    /// <param name="electrolyte">Volume of the electrolyte by depth.</param>
    /// <param name="voids">Pristine voids.</param>
    /// <param name="siteDepthsUm">Depth of each site, µm.</param>
    /// <param name="pieces">Volume of each piece of lithium by depth.</param>
    /// <param name="depthUm">Standard deviation of depth, µm.</param>
    public static BandFindings Of(
        Band band, DepthHistogram electrolyte, IReadOnlyList<VoidRecord> voids, IReadOnlyList<double> siteDepthsUm,
        IReadOnlyList<DepthHistogram> pieces, double depthUm)
    {
        var relative = Math.Min(1, Math.Sqrt(2) * depthUm / Math.Max(1e-9, band.ToUm - band.FromUm));
        var inner = siteDepthsUm.Count(d => d >= band.FromUm + 2 * depthUm && d < band.ToUm - 2 * depthUm);
        var outer = siteDepthsUm.Count(d => d >= band.FromUm - 2 * depthUm && d < band.ToUm + 2 * depthUm);
        var inBand = siteDepthsUm.Count(d => band.Contains(new Depth(d)));
        var whole = electrolyte.TotalUm3;
        var share = whole > 0 ? electrolyte.Between(band.FromUm, band.ToUm) / whole : 0;
        var surface = voids.Sum(v => v.SurfaceUm2);
        var surfaceShare = surface > 0 ? voids.Where(v => band.Contains(new Depth(v.DepthUm))).Sum(v => v.SurfaceUm2) / surface : 0;
        return new BandFindings(
            band.FromUm, band.ToUm, inBand, siteDepthsUm.Count, OfSites(share), surface > 0 ? OfSites(surfaceShare) : null,
            pieces.Count == 0 ? null : OfPieces(band, electrolyte, share, pieces, relative));

        Enrichment OfSites(double expected) =>
            OfCounts((Math.Min(inner, inBand), inBand, Math.Max(outer, inBand)), siteDepthsUm.Count, expected, relative);
    }

    /// <summary>The same for bands of one width at all depths, to see whether this one stands out.</summary>
    public static IReadOnlyList<BandFindings> Scan(double widthUm, double stepUm, DepthHistogram electrolyte,
        IReadOnlyList<VoidRecord> voids,
        IReadOnlyList<double> siteDepthsUm, double depthUm)
    {
        var end = electrolyte.StepUm * (Array.FindLastIndex(electrolyte.Um3, v => v > 0) + 1);
        return Enumerable.Range(0, Math.Max(1, (int)((end - widthUm) / stepUm) + 1))
            .Select(i => Of(new Band(i * stepUm, i * stepUm + widthUm), electrolyte, voids, siteDepthsUm, [], depthUm)).ToArray();
    }

    private static Enrichment OfCounts((int Inner, int In, int Outer) sites, int all, double expected, double relative)
    {
        if (expected <= 0)
        {
            return new Enrichment(all == 0 ? 0 : (double)sites.In / all, expected, 0, 0, 0, 1);
        }

        var share = all == 0 ? 0 : (double)sites.In / all;
        var p = sites.In == 0 ? 1 : expected >= 1 ? 1 : 1 - Binomial.CDF(expected, all, sites.In - 1);
        var near = all == 0 ? (0, 0) : ((double)(sites.In - sites.Inner) / all, (double)(sites.Outer - sites.In) / all);
        return Combined(share, expected, Counting.OfShare(sites.In, all), near, relative, Math.Clamp(p, 0, 1));
    }

    // The ratio of a share to what chance gives, with all that makes it uncertain.
    private static Enrichment Combined(
        double share, double expected, (double Low, double High) counting, (double Inside, double Outside) near, double relative, double p)
    {
        var ratio = share / expected;
        var parts = new EnrichmentUncertainty(
            (share - counting.Low) / expected, (counting.High - share) / expected, near.Inside / expected, near.Outside / expected,
            2 * relative * ratio);
        double Root(double a, double b) => Math.Sqrt(a * a + b * b + parts.Expected * parts.Expected);
        return new Enrichment(
            share, expected, ratio, Math.Max(0, ratio - Root(parts.CountingLow, parts.DepthLow)), ratio + Root(parts.CountingHigh,
                parts.DepthHigh), p)
        {
            Uncertainty = parts,
        };
    }

    private static Enrichment? OfPieces(Band band, DepthHistogram electrolyte, double expected, IReadOnlyList<DepthHistogram> pieces,
        double relative)
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

        var effective = total * total / volumes.Sum(v => v.All * v.All);
        var (low, high) = Counting.OfShare(share * effective, effective);
        var counting = (Math.Min(low, resampled[(int)(0.025 * Draws)]), Math.Max(high, resampled[(int)(0.975 * Draws)]));
        return Combined(share, expected, counting, default, relative, (1.0 + asMuch) / (1 + Draws));
    }
}
