using System.Globalization;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>What the header of a series says: the unit of its times, and quantity and unit of its values.</summary>
public static partial class SeriesColumns
{
    // Quantities that numbers are made of, the names that headers give them, and their units with what makes volts or amperes of them.
    private static readonly (string Kind, Regex Names, (string Unit, double Factor)[] Units)[] s_quantities =
    [
        ("voltage", VoltageNames(), [("V", 1), ("mV", 1e-3), ("uV", 1e-6), ("µV", 1e-6), ("μV", 1e-6)]),
        ("current", CurrentNames(), [("A", 1), ("mA", 1e-3), ("uA", 1e-6), ("µA", 1e-6), ("μA", 1e-6), ("nA", 1e-9)]),
    ];

    // Quantities that are shown, and of which no other number is made.
    private static readonly (string Kind, string[] Units)[] s_measured =
    [
        ("temperature", ["degC", "°C", "C", "K"]),
        ("pressure", ["Pa", "kPa", "MPa", "bar", "mbar", "psi"]),
        ("charge", ["Ah", "mAh", "uAh", "µAh", "μAh", "C", "mC"]),
    ];

    /// <summary>The kinds of series that have a meaning here, in words.</summary>
    public static string Kinds => string.Join(", ", s_quantities.Select(q => q.Kind).Concat(s_measured.Select(m => m.Kind)));

    /// <summary>Whether a kind of series is one that is only shown.</summary>
    public static bool IsMeasured(string kind) => s_measured.Any(m => m.Kind == kind);

    /// <summary>What is wrong with the unit in the header of a series that is only shown; null where nothing is.</summary>
    public static string? UnitProblem(string kind, string header)
    {
        var units = s_measured.First(m => m.Kind == kind).Units;
        var unit = Ending().Match(header.Trim()).Groups["unit"].Value;
        return units.Contains(unit) ? null
            : $"the column '{OneLine.Quote(header)}' of the {kind} series names no unit of a {kind}, so its values are kept as they are; "
                + $"name it as in {kind}_{units[0]} ({string.Join(", ", units.Where(u => u[0] != 'μ'))}).";
    }

    /// <summary>Whether headers of a kind of series are checked; others are kept as they are.</summary>
    public static bool IsKnown(string kind) => s_quantities.Any(q => q.Kind == kind);

    /// <summary>Hours that one unit of the first column is.</summary>
    /// <exception cref="VolumeFormatException">The column is no time, or has a unit that is not known.</exception>
    public static double HoursPerUnit(string header, string file)
    {
        var match = Time().Match(header);
        return (match.Success ? match.Groups["unit"].Value.ToLowerInvariant() : "") switch
        {
            "h" or "hour" or "hours" => 1,
            "min" or "minute" or "minutes" => 1 / 60.0,
            "s" or "sec" or "second" or "seconds" => 1 / 3600.0,
            _ => throw new VolumeFormatException(
                $"{file}, line 1: the first column is '{OneLine.Quote(header)}'; "
                + "name it hours, time_h, time_min or time_s, so that its unit is known."),
        };
    }

    /// <summary>What one unit of a value is in V or A, and whether it is per cm².</summary>
    /// <exception cref="VolumeFormatException">The column is another quantity than the series' kind, or has another unit.</exception>
    public static (double Factor, bool PerCm2) UnitOf(string kind, string header, string file)
    {
        var (_, names, units) = s_quantities.First(q => q.Kind == kind);
        var accepted = string.Join(", ", units.Where(u => u.Unit[0] != 'μ').Select(u => u.Unit));
        var remedy = kind == "current"
            ? $"name it as in current_mA or current_mA/cm2 ({accepted}, or one of these per cm2)"
            : $"name it as in voltage_V ({accepted})";
        var match = Column().Match(header.Trim());
        var (quantity, unit, per) = (match.Groups["quantity"].Value.Trim(), match.Groups["unit"].Value, match.Groups["per"].Success);
        if (!match.Success || unit.Length == 0)
        {
            throw new VolumeFormatException(
                $"{file}, line 1: the column '{OneLine.Quote(header)}' of the {kind} series names no unit; {remedy}.");
        }

        if (units.FirstOrDefault(u => u.Unit == unit) is not { Unit: not null } known || (per && kind != "current"))
        {
            throw new VolumeFormatException(
                $"{file}, line 1: the column '{OneLine.Quote(header)}' has a unit that does not fit a {kind} series; {remedy}.");
        }

        return quantity.Length == 0 || names.IsMatch(quantity)
            ? (known.Factor, per)
            : throw new VolumeFormatException(
                $"{file}, line 1: the column '{OneLine.Quote(header)}' is no {kind}, which the series is said to be; "
                + $"{remedy}, or correct the kind.");
    }

    /// <summary>A number for people, with its unit.</summary>
    public static string Say(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    // hours, time_s, time (min), Test Time / s, t_h.
    [GeneratedRegex(
        @"^(?:(?:(?:test|total|elapsed)[ _]?)?(?:time|t)\s?[_/,]?\s?[\[\(]?)?(?<unit>h|hours?|min|minutes?|s|sec|seconds?)[\]\)]?$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Time();

    // As in current_mA, I/mA, current (mA/cm2), j_mA_cm-2, Voltage / V.
    [GeneratedRegex(
        @"^(?<quantity>.*?)[\s_/,]*[\[\(]?(?<![A-Za-z])(?<unit>[A-Za-zµμ]{1,3})(?<per>\s?[/_·\*]?\s?cm(\^?-?2|²|⁻²))?[\)\]]?$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Column();

    // As in temperature_degC, T/°C, pressure (kPa), charge [mAh/cm2].
    [GeneratedRegex(
        @"(?<=[\s_/,\[\(])(?<unit>°?[A-Za-zµμ]{1,4})(\s?[/_·\*]?\s?cm(\^?-?2|²|⁻²))?[\)\]]?$", RegexOptions.CultureInvariant)]
    private static partial Regex Ending();

    [GeneratedRegex(@"^(cell[ _]?)?(voltage|potential|u|v|e|e_?cell|e_?we|ewe-ece)$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex VoltageNames();

    [GeneratedRegex(@"^(cell[ _]?)?(current([ _]density)?|i|j|<i>|i_?cell)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex CurrentNames();
}
