using DendriteViewer.Analysis.Experiments;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Analysis.Nucleation;
using DendriteViewer.Analysis.Uncertainties;
using DendriteViewer.Analysis.Voids;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Web.Plots;
using static DendriteViewer.Web.Analysis.AnalysisText;

namespace DendriteViewer.Web.Analysis;

/// <summary>The plots of an analysis, the same in the panel and in the report.</summary>
internal static class AnalysisPlots
{
    /// <summary>
    /// Void by depth in per cent of the electrolyte, with intervals of 95 %. The id of a bar is <see cref="IdOf(ProfileBin)"/>.
    /// </summary>
    /// <param name="voids">The voids.</param>
    /// <param name="binUm">Width of a bin, µm.</param>
    /// <param name="band">The band, drawn behind the bars.</param>
    /// <param name="selectedId">The bar that is lit, or null.</param>
    public static PlotSpec VoidsByDepth(VoidFindings voids, double binUm, Band band, string? selectedId = null) => new()
    {
        Title = "Void volume by depth",
        FileName = "void-profile",
        X = new("depth from the interface", "µm"),
        Y = new("void in the electrolyte", "%"),
        SelectedId = selectedId,
        Spans = [new(band.FromUm, band.ToUm, "band", PlotColor.Band)],
        Series = [new("voids", PlotKind.Bars, PlotColor.Void, voids.Profile(binUm).Select(Bar).ToArray())],
    };

    /// <summary>By what a bar is found again.</summary>
    public static string IdOf(ProfileBin bin) => N(bin.FromUm);

    /// <summary>New dark volume over time with its interval of 95 %, against what the charge can plate.</summary>
    /// <param name="r">The result.</param>
    /// <param name="shownHours">The time that the pictures show, or null.</param>
    /// <param name="withFaraday">Whether Faraday's limit is drawn; without it small volumes are seen.</param>
    public static PlotSpec NewDark(AnalysisResult r, double? shownHours = null, bool withFaraday = true)
    {
        var band = r.Lithium.Select(l => PlotPoint.Between(l.Hours, l.LowUm3, l.HighUm3)).ToArray();
        var measured = r.Lithium.Select(l => new PlotPoint(l.Hours, l.MeasuredUm3)
        {
            Text = $"{H(l.Hours)} h\n{LithiumWords.Short(r)} {Rounded.Both(l.MeasuredUm3, l.LowUm3, l.HighUm3)} µm³"
                + (l.FaradayUm3 is { } most ? $"\nlithium at most {F(most, "0")} µm³" : ""),
            Id = N(l.Hours),
        }).ToArray();
        var series = new List<PlotSeries>
        {
            new("95 %", PlotKind.Band, PlotColor.Lithium, band),
            new(LithiumWords.Short(r), PlotKind.Line, PlotColor.Lithium, measured) { HasMarkers = true },
        };
        if (withFaraday && r.Lithium.Any(l => l.FaradayUm3 is not null))
        {
            var limit = r.Lithium.Where(l => l.FaradayUm3 is not null).Select(l => (l.Hours, l.FaradayUm3!.Value));
            series.Add(PlotSeries.Line("lithium at most", PlotColor.Soft, limit) with { IsDashed = true });
        }

        return new()
        {
            Title = (LithiumWords.IsLithium(r) ? "Lithium" : LithiumWords.NewDark) + (withFaraday ? " and its limit" : " over time"),
            FileName = withFaraday ? "lithium" : "lithium-alone",
            X = new("time", "h"),
            Y = new("volume", "µm³"),
            Series = series,
            Events = shownHours is { } hours ? [new(hours, "", PlotColor.Soft)] : [],
        };
    }

    /// <summary>How many sites bands at all depths hold, over what chance would give.</summary>
    /// <param name="scan">Bands of one width, by depth.</param>
    /// <param name="stepUm">How far their beginnings are apart, µm.</param>
    /// <param name="band">The band that is asked about.</param>
    public static PlotSpec Enrichment(IReadOnlyList<BandFindings> scan, double stepUm, Band band)
    {
        var bars = scan.Select(b => PlotPoint.Bar(b.FromUm, b.FromUm + stepUm, b.OverElectrolyte.Ratio) with
        {
            Text = $"{F(b.FromUm, "0.#")}–{F(b.ToUm, "0.#")} µm: {b.Sites} sites\n"
                + $"{Of(b.OverElectrolyte.Ratio, (b.OverElectrolyte.Low, b.OverElectrolyte.High))} times chance, "
                + $"p {P(b.OverElectrolyte.P)}",
            Id = b.FromUm >= band.FromUm && b.FromUm < band.FromUm + stepUm ? "band" : "other",
        });
        return new()
        {
            Title = "Enrichment of bands at all depths",
            FileName = "enrichment",
            X = new($"depth at which a band of {F(band.ToUm - band.FromUm, "0.#")} µm begins", "µm"),
            Y = new("sites over chance"),
            SelectedId = "band",
            Series = [new("sites over chance", PlotKind.Bars, PlotColor.Lithium, bars.ToArray())],
        };
    }

    private static PlotPoint Bar(ProfileBin b) => PlotPoint.Bar(b.FromUm, b.ToUm, b.PercentOfElectrolyte) with
    {
        Low = b.PercentOfElectrolyteInterval.Low,
        High = b.PercentOfElectrolyteInterval.High,
        Id = IdOf(b),
        Text = $"{F(b.FromUm, "0.#")}–{F(b.ToUm, "0.#")} µm\n"
            + $"{Of(b.PercentOfElectrolyte, b.PercentOfElectrolyteInterval)} % of the electrolyte\n"
            + $"{Of(b.PercentOfBin, b.PercentOfBinInterval)} % of the bin\n"
            + $"{Rounded.Count(b.Count, b.CountInterval)} voids, {Rounded.Both(b.VoidUm3, b.LowUm3, b.HighUm3)} µm³",
    };
}
