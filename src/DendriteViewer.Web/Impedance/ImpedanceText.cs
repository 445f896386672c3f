using System.Globalization;
using System.Text.RegularExpressions;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Processes;
using DendriteViewer.Analysis.Uncertainties;

namespace DendriteViewer.Web.Impedance;

/// <summary>Impedances and what is fitted to them, as pages and files write them.</summary>
internal static partial class ImpedanceText
{
    /// <summary>A number to some significant digits, with an exponent where it is very small or large.</summary>
    public static string G(double value, int digits = 4)
    {
        var text = value.ToString("G" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.Replace("E+0", "e", StringComparison.Ordinal).Replace("E-0", "e-", StringComparison.Ordinal)
            .Replace("E+", "e", StringComparison.Ordinal).Replace("E", "e", StringComparison.Ordinal);
    }

    /// <summary>A frequency with its unit.</summary>
    public static string Hz(double value) => value switch
    {
        >= 1e6 => G(value / 1e6) + " MHz",
        >= 1e3 => G(value / 1e3) + " kHz",
        < 0.1 => G(value * 1e3) + " mHz",
        _ => G(value) + " Hz",
    };

    /// <summary>A parameter's value with its deviation; resistances in the unit that is shown.</summary>
    public static string Value(FittedParameter p, ImpedanceSettings settings) =>
        Rounded.WithSigma(p.Value * Factor(p, settings), p.Sigma * Factor(p, settings));

    /// <summary>The unit in which a parameter is shown.</summary>
    public static string Unit(FittedParameter p, ImpedanceSettings settings) => p.Unit == "Ω" ? settings.Unit : p.Unit;

    /// <summary>What a parameter is multiplied by to be shown.</summary>
    public static double Factor(FittedParameter p, ImpedanceSettings settings) => p.Unit == "Ω" ? settings.Scale : 1;

    /// <summary>What must be said of a parameter; null where nothing.</summary>
    public static string? Note(FittedParameter p) => p.TiedTo is { } leader ? $"equals {leader}"
        : p.IsFixed ? "fixed"
        : p.AtLimit ? "at its limit"
        : p.Sigma is null ? "not determined" : null;

    /// <summary>A growth law in words.</summary>
    public static string Law(GrowthKind kind) => kind == GrowthKind.Diffusion ? "√t (diffusion)" : "t (reaction)";

    /// <summary>The unit of a rate of growth.</summary>
    public static string RateUnit(GrowthKind kind, string unit) => kind == GrowthKind.Diffusion ? $"{unit} h^-½" : $"{unit} h⁻¹";

    /// <summary>A sentence of the analysis without the options of the command line that it names in brackets.</summary>
    public static string Plain(string sentence) => Options().Replace(sentence, "");

    /// <summary>A weight in words.</summary>
    public static string Weight(FitWeight weight) => weight switch
    {
        FitWeight.Modulus => "modulus",
        FitWeight.Proportional => "proportional",
        _ => "unit",
    };

    [GeneratedRegex(@" \(--[^)]*\)")]
    private static partial Regex Options();
}
