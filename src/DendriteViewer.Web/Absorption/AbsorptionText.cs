using System.Globalization;
using DendriteViewer.Analysis.Absorption;

namespace DendriteViewer.Web.Absorption;

/// <summary>Words and numbers of spectra as pages and files write them.</summary>
internal static class AbsorptionText
{
    /// <summary>A number in a format.</summary>
    public static string F(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>A range of energies relative to E0.</summary>
    public static string RangeText(EnergyRange range) => $"{Signed(range.From)} to {Signed(range.To)} eV";

    /// <summary>A weight.</summary>
    public static string Weight(double weight) => F(weight, "0.000");

    /// <summary>A standard deviation of a weight; a dash where it has none.</summary>
    public static string Sigma(double? sigma) => sigma is { } s && double.IsFinite(s) ? F(s, "0.0000") : "–";

    /// <summary>How µ was measured.</summary>
    public static string Of(AbsorptionMode mode) => mode switch
    {
        AbsorptionMode.Transmission => "transmission",
        AbsorptionMode.Fluorescence => "fluorescence",
        AbsorptionMode.ElectronYield => "electron yield",
        _ => "mode not said",
    };

    /// <summary>How µ was measured, with how deep that looks.</summary>
    public static string WithDepth(AbsorptionMode mode) =>
        AbsorptionCautions.DepthOf(mode) is { Length: > 0 } depth ? $"{Of(mode)}, {depth}" : Of(mode);

    /// <summary>When a spectrum was taken.</summary>
    public static string When(CellSpectrum s) => s.Said.Moment switch
    {
        SpectrumMoment.Before => "before",
        SpectrumMoment.After => "after",
        _ when s.File.StartHours is { } hours => $"at {F(hours, "0.##")} h",
        _ => "time not said",
    };

    /// <summary>Which points belong to ranges.</summary>
    public static string Of(RangeEnds ends) => ends == RangeEnds.Larch
        ? "Larch’s rule" : "nearest points";

    /// <summary>Which of a weight's two uncertainties is larger.</summary>
    public static string Larger(MixtureWeight weight, double spread) => (weight.Sigma, double.IsFinite(spread)) switch
    {
        ({ } sigma, true) => sigma > spread ? "covariance" : "normalisation",
        (null, true) => "normalisation",
        ({ }, false) => "covariance",
        _ => "none",
    };

    private static string Signed(double value) => F(value, "0.##").Replace('-', '−');
}
