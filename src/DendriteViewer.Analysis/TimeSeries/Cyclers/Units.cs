namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>The units that quantities are written in, and what makes the quantity's own unit of them.</summary>
public static class Units
{
    private static readonly (string Canonical, (double Factor, string[] Names)[] Units)[] s_dimensions =
    [
        ("s", [(1, ["s", "sec", "secs", "second", "seconds"]), (1e-3, ["ms", "msec", "millisecond", "milliseconds"]),
            (1e-6, ["us", "µs"]), (60, ["min", "mins", "minute", "minutes"]), (3600, ["h", "hr", "hrs", "hour", "hours"]),
                (86400, ["d", "day", "days"])]),
        ("V", [(1, ["V", "volt", "volts"]), (1e-3, ["mV"]), (1e-6, ["uV", "µV"]), (1e3, ["kV"])]),
        ("A", [(1, ["A", "ampere", "amperes", "amp", "amps"]), (1e-3, ["mA"]), (1e-6, ["uA", "µA"]), (1e-9, ["nA"])]),
        ("A/cm2", [(1, ["A/cm2"]), (1e-3, ["mA/cm2"]), (1e-6, ["uA/cm2", "µA/cm2"]), (1e-4, ["A/m2"]), (0.1, ["kA/m2"])]),
        ("Ah", [(1, ["Ah", "A.h", "A·h", "amp-hr"]), (1e-3, ["mAh", "mA.h", "mA·h"]), (1e-6, ["uAh", "µAh"]), (1 / 3600.0, ["C"])]),
        ("Wh", [(1, ["Wh", "W.h", "W·h", "watt-hr"]), (1e-3, ["mWh", "mW.h"]), (1 / 3600.0, ["J"])]),
        ("W", [(1, ["W", "watt", "watts"]), (1e-3, ["mW"])]),
        ("degC", [(1, ["degC", "°C", "C", "celsius", "℃"])]),
        ("Pa", [(1, ["Pa"]), (1e3, ["kPa"]), (1e6, ["MPa"]), (1e5, ["bar"]), (100, ["mbar"]), (6894.757293168, ["psi"])]),
        ("Ohm", [(1, ["Ohm", "ohms", "Ω", "Ω"]), (1e-3, ["mOhm", "mΩ", "mΩ"]), (1e3, ["kOhm", "kΩ", "kΩ"])]),
        ("Hz", [(1, ["Hz", "hertz"]), (1e-3, ["mHz"]), (1e3, ["kHz"]), (1e6, ["MHz"])]),
        ("deg", [(1, ["deg", "degree", "degrees", "°"]), (180 / Math.PI, ["rad"])]),
    ];

    /// <summary>The unit in which a quantity is handed out; empty for what has none.</summary>
    /// <param name="quantity">The quantity.</param>
    public static string Of(Quantity quantity) => quantity switch
    {
        Quantity.TestTime or Quantity.StepTime or Quantity.UnixTime => "s",
        Quantity.Voltage => "V",
        Quantity.Current => "A",
        Quantity.CurrentDensity => "A/cm2",
        Quantity.Charge or Quantity.Capacity => "Ah",
        Quantity.Energy => "Wh",
        Quantity.Power => "W",
        Quantity.Temperature => "degC",
        Quantity.Pressure => "Pa",
        Quantity.Resistance or Quantity.RealImpedance or Quantity.ImaginaryImpedance or Quantity.MinusImaginaryImpedance
            or Quantity.AbsoluteImpedance => "Ohm",
        Quantity.Frequency => "Hz",
        Quantity.Phase => "deg",
        _ => "",
    };

    /// <summary>The units that a quantity may have, for people.</summary>
    /// <param name="quantity">The quantity.</param>
    public static string Accepted(Quantity quantity) => Of(quantity) is { Length: > 0 } unit
        ? string.Join(", ", s_dimensions.First(d => d.Canonical == unit).Units.Select(u => u.Names[0])) + (unit == "degC" ? ", K, F" : "")
        : "none";

    /// <summary>
    /// What makes a quantity's own unit of another: value × factor + offset; null where the unit is none of the quantity.
    /// </summary>
    /// <param name="quantity">The quantity.</param>
    /// <param name="unit">The unit as a file writes it; case counts only where two units differ by nothing else.</param>
    public static (double Factor, double Offset)? Find(Quantity quantity, string unit)
    {
        var text = Plain(unit);
        if (text.Length == 0 || Of(quantity) is not { Length: > 0 } own)
        {
            return null;
        }

        if (own == "degC" && text is "K" or "kelvin")
        {
            return (1, -273.15);
        }

        if (own == "degC" && text is "F" or "°F" or "degF")
        {
            return (5 / 9.0, -160 / 9.0);
        }

        var units = s_dimensions.First(d => d.Canonical == own).Units;
        foreach (var comparison in new[] { StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase })
        {
            var fitting = units.Where(u => u.Names.Any(n => n.Equals(text, comparison))).ToArray();
            if (fitting.Length == 1)
            {
                return (fitting[0].Factor, 0);
            }
        }

        return null;
    }

    /// <summary>The unit that is a factor times another; null where a quantity has none.</summary>
    internal static string? Scaled(Quantity quantity, string unit, double factor) =>
        Find(quantity, unit) is not (var own, 0) ? null
        : s_dimensions.First(d => d.Canonical == Of(quantity)).Units
            .Where(u => Math.Abs((u.Factor / own / factor) - 1) <= 0.05).Select(u => u.Names[0]).FirstOrDefault();

    // A degree sign that a wrong encoding destroyed is left out. Greek and Latin micro signs are one; /cm^2, cm-2, cm² and the like are
    // /cm2.
    private static string Plain(string unit) => unit.Trim().Trim('\uFFFD').Replace('μ', 'µ').Replace("^", "", StringComparison.Ordinal)
        .Replace("²", "2", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal)
        .Replace("cm-2", "/cm2", StringComparison.Ordinal).Replace("·/cm2", "/cm2", StringComparison.Ordinal)
        .Replace(".cm2", "/cm2", StringComparison.Ordinal).Replace("//", "/", StringComparison.Ordinal);
}
