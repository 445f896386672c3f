using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Web.Plots;
using static DendriteViewer.Web.Absorption.AbsorptionText;

namespace DendriteViewer.Web.Absorption;

/// <summary>The plots of spectra, the same in the panel and in the report. Energies are absolute; ranges are told relative to E0.</summary>
internal static class AbsorptionPlots
{
    /// <summary>Ids of the ranges that can be moved.</summary>
    public const string Pre = "pre", Post = "post", Fit = "fit";

    private const double StepEv = 0.5;
    private static readonly PlotAxis s_energy = new("energy", "eV", Decimals: 2);
    private static readonly PlotAxis s_flat = new("flattened µ", Decimals: 3);

    /// <summary>µ as it was measured, with the curves below and above the edge and their ranges.</summary>
    /// <param name="spectrum">The spectrum.</param>
    /// <param name="isAdjustable">Whether the ranges have handles.</param>
    public static PlotSpec Raw(NormalizedSpectrum spectrum, bool isAdjustable = false)
    {
        var energies = spectrum.Spectrum.Energies;
        return new()
        {
            Title = $"Raw µ of {spectrum.Spectrum.Name}",
            FileName = "absorption-raw",
            X = s_energy,
            Y = new("µ"),
            Series =
            [
                PlotSeries.Line("µ", PlotColor.Of(0), energies.Zip(spectrum.Spectrum.Absorption)),
                PlotSeries.Line("pre-edge line", PlotColor.Of(1), energies.Zip(spectrum.PreEdge)) with { IsDashed = true },
                PlotSeries.Line("post-edge curve", PlotColor.Of(2), energies.Zip(spectrum.PostEdge)) with { IsDashed = true },
            ],
            Events = [new(spectrum.E0, $"E0 {F(spectrum.E0, "0.00")} eV", PlotColor.Soft)],
            Spans =
            [
                Span(spectrum.Pre, spectrum.E0, "pre-edge", PlotColor.Of(1), isAdjustable ? Pre : null) with { Most = spectrum.E0 },
                Span(spectrum.Post, spectrum.E0, "post-edge", PlotColor.Of(2), isAdjustable ? Post : null) with { Least = spectrum.E0 },
            ],
        };
    }

    /// <summary>The flattened sample with what it is compared with.</summary>
    public static PlotSpec Flattened(AbsorptionStudy study)
    {
        var series = new List<PlotSeries>();
        if (study.Before is { } before)
        {
            series.Add(Flat(before, before.Spectrum.Name, PlotColor.Soft));
        }

        series.Add(Flat(study.Sample, study.Sample.Spectrum.Name, PlotColor.Of(0)));
        return new()
        {
            Title = study.Before is null ? "Flattened" : "Flattened, before and after", FileName = "absorption-flattened", X = s_energy,
            Y = s_flat, Series = series,
        };
    }

    /// <summary>After minus before.</summary>
    public static PlotSpec Difference(SpectrumDifference difference) => new()
    {
        Title = "Difference: after minus before",
        FileName = "absorption-difference",
        X = s_energy,
        Y = new("difference", "edge steps", Decimals: 3),
        Series = [PlotSeries.Line("", PlotColor.Of(3), difference.EnergiesEv.Zip(difference.Values))],
    };

    /// <summary>The flattened sample with its mixture and the references, and the fitted range.</summary>
    /// <param name="study">The spectra.</param>
    /// <param name="fit">The mixture.</param>
    /// <param name="isAdjustable">Whether the range has handles.</param>
    public static PlotSpec Mixture(AbsorptionStudy study, MixtureFit fit, bool isAdjustable = false) => new()
    {
        Title = "Mixture",
        FileName = "absorption-mixture",
        X = s_energy,
        Y = s_flat,
        Series =
        [
            .. study.References.Select((r, i) => Flat(r, r.Spectrum.Name, PlotColor.Of(i + 2)) with { IsDashed = true }),
            Flat(study.Sample, study.Sample.Spectrum.Name, PlotColor.Of(0)),
            PlotSeries.Line("fit", PlotColor.Of(1), fit.EnergiesEv.Zip(fit.Model)),
        ],
        Spans = [Span(fit.Fit, study.Sample.E0, "fitted", PlotColor.Soft, isAdjustable ? Fit : null)],
    };

    /// <summary>The flattened sample and references where there is no mixture, to set the range again.</summary>
    public static PlotSpec Unfitted(AbsorptionStudy study, EnergyRange range, bool isAdjustable) => new()
    {
        Title = "Sample and references",
        FileName = "absorption-mixture",
        X = s_energy,
        Y = s_flat,
        Series =
        [
            .. study.References.Select((r, i) => Flat(r, r.Spectrum.Name, PlotColor.Of(i + 2)) with { IsDashed = true }),
            Flat(study.Sample, study.Sample.Spectrum.Name, PlotColor.Of(0)),
        ],
        Spans = [Span(range, study.Sample.E0, "fitted", PlotColor.Soft, isAdjustable ? Fit : null)],
    };

    /// <summary>Data minus mixture.</summary>
    public static PlotSpec Residual(MixtureFit fit) => new()
    {
        Title = "Residual: data minus fit",
        FileName = "absorption-residual",
        X = s_energy,
        Y = new("residual", "edge steps", Decimals: 4),
        Series = [PlotSeries.Line("", PlotColor.Of(3), fit.EnergiesEv.Select((e, i) => (e, fit.Data[i] - fit.Model[i])))],
    };

    /// <summary>The squares that each component accounts for.</summary>
    public static PlotSpec Scree(PrincipalComponents components) => new()
    {
        Title = "Scree",
        FileName = "absorption-scree",
        X = new("component", Decimals: 0),
        Y = new("eigenvalue", Scale: PlotScale.Logarithmic),
        Series =
        [
            PlotSeries.Line("", PlotColor.Of(0), components.Shares.Select((s, i) => (i + 1.0, s.Eigenvalue))) with { HasMarkers = true },
        ],
        Events = [new(components.Suggested, $"{components.Suggested} suggested", PlotColor.Soft)],
    };

    /// <summary>A range that was moved, relative to E0, in hundredths of an eV.</summary>
    public static EnergyRange RangeOf(PlotSpanMove move, double e0) => new(Math.Round(move.From - e0, 2), Math.Round(move.To - e0, 2));

    private static PlotSeries Flat(NormalizedSpectrum spectrum, string name, PlotColor color) =>
        PlotSeries.Line(name, color, spectrum.Spectrum.Energies.Zip(spectrum.Flattened));

    private static PlotSpan Span(EnergyRange range, double e0, string name, PlotColor color, string? id) =>
        new(e0 + range.From, e0 + range.To, name, color) { Id = id, Step = StepEv };
}
