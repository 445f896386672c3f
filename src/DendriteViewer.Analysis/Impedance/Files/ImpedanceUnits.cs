using System.Text.RegularExpressions;
using DendriteViewer.Analysis.TimeSeries.Cyclers;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>Units that columns of impedance files have, each read whole: what is not in the tables is no unit.</summary>
internal static partial class ImpedanceUnits
{
    /// <summary>The units that a kind of column may have, for messages.</summary>
    public static string Accepted(ColumnKind kind) => kind switch
    {
        ColumnKind.Frequency => "Hz, mHz, kHz, MHz or rad/s",
        ColumnKind.Phase => "deg, rad or mrad",
        ColumnKind.Seconds => "ms, s, min, h or d",
        _ => "Ohm, mOhm, kOhm, MOhm or Ohm cm2",
    };

    /// <summary>What makes Hz, Ω, degrees or seconds of a unit; null where the kind of column has no such unit.</summary>
    /// <param name="kind">What the column holds.</param>
    /// <param name="unit">The unit as the file writes it.</param>
    /// <param name="perArea">Whether it is of an area too, so that the factor leads to Ω cm².</param>
    public static double? Find(ColumnKind kind, string unit, out bool perArea)
    {
        perArea = false;
        var text = Plain(unit);
        switch (kind)
        {
            case ColumnKind.Frequency:
                // "mhz" is more often a careless MHz than mHz, so neither is taken.
                return text == "mhz" ? null
                    : Hertz().Match(text) is { Success: true } hertz ? Prefix(hertz.Groups["prefix"].Value)
                    : Radians().Match(text) is { Success: true } radians ? Prefix(radians.Groups["prefix"].Value) / (2 * Math.PI)
                    : null;
            case ColumnKind.Phase:
                return Degrees().IsMatch(text) ? 1
                    : Angle().Match(text) is { Success: true } angle ? Prefix(angle.Groups["prefix"].Value) * 180 / Math.PI : null;
            case ColumnKind.Seconds:
                return Units.Find(Quantity.TestTime, unit)?.Factor;
            case ColumnKind.Real or ColumnKind.Imaginary or ColumnKind.Modulus when Ohm().Match(text) is { Success: true } ohm:
                perArea = ohm.Groups["area"].Success;
                return Prefix(ohm.Groups["prefix"].Value) * (ohm.Groups["area"].Value == "m2" ? 1e4 : 1);
            default:
                return null;
        }
    }

    /// <summary>Whether some kind of column has a unit.</summary>
    public static bool IsKnown(string unit) => new[] { ColumnKind.Frequency, ColumnKind.Real, ColumnKind.Phase, ColumnKind.Seconds }
        .Any(kind => Find(kind, unit, out _) is not null);

    // Capital M is a million, small m a thousandth.
    private static double Prefix(string text) => text switch
    {
        "" => 1, "k" or "K" => 1e3, "M" => 1e6, "G" => 1e9, "m" => 1e-3, "n" => 1e-9, "µ" or "u" => 1e-6,
        _ => text.ToLowerInvariant() switch { "kilo" => 1e3, "mega" => 1e6, "giga" => 1e9, "milli" => 1e-3, _ => 1e-6 },
    };

    // Ohm and micro have two code points each; products are written in many ways.
    private static string Plain(string unit) => Products().Replace(
        unit.Trim().Replace('\u2126', 'Ω').Replace('μ', 'µ').Replace("²", "2", StringComparison.Ordinal)
            .Replace("⁻¹", "-1", StringComparison.Ordinal).Replace("^", "", StringComparison.Ordinal), "");

    [GeneratedRegex(@"[\s.*·⋅∙•×()\[\]]+", RegexOptions.CultureInvariant)]
    private static partial Regex Products();

    [GeneratedRegex(@"^(?:(?<prefix>[kKMmGµun]|(?i:kilo|mega|giga|milli|micro))?-?(?i:hz|hertz)|1/s|s-1)$", RegexOptions.CultureInvariant)]
    private static partial Regex Hertz();

    [GeneratedRegex(@"^(?<prefix>[kKm])?(?i:rad(?:ians?)?)(?:/s(?:ec)?|s-1)$", RegexOptions.CultureInvariant)]
    private static partial Regex Radians();

    [GeneratedRegex("^(deg(rees?)?|[°º\uFFFD])$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Degrees();

    [GeneratedRegex(@"^(?<prefix>m)?(?i:rad(?:ians?)?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Angle();

    [GeneratedRegex(@"^(?<prefix>[kKMmGµun]|(?i:kilo|mega|giga|milli|micro))?-?(?:(?i:ohms?)|[Ωω])(?<area>c?m2)?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Ohm();
}
