using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Analysis.Segmentation;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Geometry;

namespace DendriteViewer.Analysis.Tests.Nucleation;

public sealed class BandEnrichmentTests
{
    private static readonly DepthHistogram s_electrolyte = new(1, Enumerable.Repeat(10.0, 200).ToArray());

    // 8 of 10 in a tenth of the electrolyte; Clopper and Pearson's interval of 8 of 10 is 0.4439 to 0.9748.
    [Fact]
    public void Sites_MostlyInTheBand_AreEnrichedWithClopperPearsonsInterval()
    {
        double[] depths = [101, 102, 105, 110, 112, 115, 118, 119, 20, 180];
        var band = BandEnrichment.Of(new Band(100, 120), s_electrolyte, [], depths, [], 0);
        Assert.Equal((8, 10), (band.Sites, band.AllSites));
        Assert.Equal(0.1, band.OverElectrolyte.Expected, 12);
        Assert.Equal(8, band.OverElectrolyte.Ratio, 9);
        Assert.Equal(4.439, band.OverElectrolyte.Low, 2);
        Assert.Equal(9.748, band.OverElectrolyte.High, 2);

        // Of ten throws at 0.1, eight or more: 45·0.1⁸·0.9² + 10·0.1⁹·0.9 + 0.1¹⁰.
        Assert.Equal(45e-8 * 0.81 + 10e-9 * 0.9 + 1e-10, band.OverElectrolyte.P, 12);
        Assert.Null(band.OverVoidSurface);
    }

    [Fact]
    public void Sites_WhereVoidSurfaceIs_AreNotEnrichedOverIt()
    {
        VoidRecord Void(double depth, double surface) => new(1, 1, 1, surface, 1, depth, [0, 0, 0], [0, 0, 0], [0, 0, 0]);
        var band = BandEnrichment.Of(new Band(100, 120), s_electrolyte, [Void(110, 80), Void(50, 20)], [101, 105, 110, 115, 20], [], 0);
        Assert.Equal(1, band.OverVoidSurface!.Value.Ratio, 9);
        Assert.True(band.OverVoidSurface.Value.P > 0.5);
    }

    // Clopper's and Pearson's interval of 12 of 12 ends at 12 of 12; that the band's limits are not known exactly reaches above it.
    [Fact]
    public void Sites_AllInTheBand_HaveAnIntervalThatReachesAboveTheEstimate()
    {
        var band = BandEnrichment.Of(new Band(100, 120), s_electrolyte, [], Enumerable.Repeat(110.0, 12).ToArray(), [], 0.5)
            .OverElectrolyte;
        Assert.Equal(10, band.Ratio, 9);
        Assert.InRange(band.Low, 7, 7.5);
        Assert.InRange(band.High, 10.5, 11);
        Assert.Equal(0, band.Uncertainty.CountingHigh, 9);
    }

    // A site half a micrometre outside of the band may lie in it.
    [Fact]
    public void Sites_NearTheBandsLimits_WidenTheInterval()
    {
        double[] depths = [99.5, 100.5, 105, 110, 120.4, 60, 150];
        Enrichment Of(double depthUm) => BandEnrichment.Of(new Band(100, 120), s_electrolyte, [], depths, [], depthUm).OverElectrolyte;
        Assert.True(Of(0.5).High > Of(0).High + 0.1 && Of(0.5).Low < Of(0).Low);
        Assert.Equal(1 / 7.0 / 0.1, Of(0.5).Uncertainty.DepthLow, 9);
        Assert.Equal(2 / 7.0 / 0.1, Of(0.5).Uncertainty.DepthHigh, 9);
    }

    // One piece says next to nothing of where pieces are.
    [Fact]
    public void Lithium_OfOnePiece_HasAWideInterval()
    {
        DepthHistogram piece = new(1, Enumerable.Range(0, 200).Select(i => i is >= 105 and < 109 ? 1.0 : 0).ToArray());
        var one = BandEnrichment.Of(new Band(100, 120), s_electrolyte, [], [], [piece], 0.5).Lithium!.Value;
        Assert.Equal(10, one.Ratio, 9);
        Assert.InRange(one.Low, 0, 1);
        Assert.True(one.High > 10);
    }

    // Pieces placed anywhere are in the band by chance alone; all in it are not.
    [Fact]
    public void Lithium_AllInTheBand_IsUnlikelyAndEverywhereLikely()
    {
        DepthHistogram Piece(int at) => new(1, Enumerable.Range(0, 200).Select(i => i >= at && i < at + 4 ? 1.0 : 0).ToArray());
        var inside = BandEnrichment.Of(new Band(100, 120), s_electrolyte, [], [], [Piece(101), Piece(106), Piece(110), Piece(115)], 0)
            .Lithium!.Value;
        Assert.Equal(10, inside.Ratio, 9);
        Assert.True(inside.P < 0.01);
        var spread = BandEnrichment.Of(new Band(100, 120), s_electrolyte, [], [], Enumerable.Range(0, 19).Select(i => Piece(10 * i))
            .ToArray(), 0).Lithium!.Value;
        Assert.InRange(spread.Ratio, 0.7, 1.5);
        Assert.True(spread.P > 0.1);
    }

    [Fact]
    public void Nothing_IsNotEnriched()
    {
        var band = BandEnrichment.Of(new Band(100, 120), s_electrolyte, [], [], [], 0);
        Assert.Equal(1, band.OverElectrolyte.P);
        Assert.Null(band.Lithium);
        Assert.Equal(10, BandEnrichment.Scan(20, 20, s_electrolyte, [], [], 0).Count);
    }

    [Fact]
    public void Histogram_CutByALimit_CountsInPart() => Assert.Equal(10 * (0.25 + 3 + 0.5), s_electrolyte.Between(9.75, 13.5), 9);
}
