using System.Text.RegularExpressions;
using DendriteViewer.Analysis.TimeSeries.Cyclers;

namespace DendriteViewer.Web.Cell;

/// <summary>What readers of cyclers' files say, with the fields of the form in place of the options of the command.</summary>
internal static partial class CyclerWords
{
    /// <summary>Quantities that somebody may say a column is.</summary>
    public static readonly IReadOnlyList<Quantity> Quantities =
    [
        Quantity.TestTime, Quantity.Voltage, Quantity.Current, Quantity.CurrentDensity, Quantity.Charge, Quantity.Temperature,
        Quantity.Pressure, Quantity.UnixTime, Quantity.WallClock, Quantity.StepTime, Quantity.Cycle, Quantity.Step, Quantity.State,
        Quantity.Unknown,
    ];

    /// <summary>A sentence of a reader for this page.</summary>
    public static string ForPage(string sentence)
    {
        var text = UnitExample().Replace(sentence, "choose its unit");
        text = UnitOption().Replace(text, "the unit $2 for ‘$1’");
        text = MapOption().Replace(text, "the quantity of a column");
        return text.Replace("say --dates day-first or month-first", "choose the order of day and month", StringComparison.Ordinal)
            .Replace("--dates", "the order of day and month", StringComparison.Ordinal)
            .Replace("say --repair-time", "switch “Repair the times” on", StringComparison.Ordinal)
            .Replace("say --zone", "give the time zone", StringComparison.Ordinal)
            .Replace("(--zone, source.zone)", "(below)", StringComparison.Ordinal)
            .Replace("source.column", "its quantity", StringComparison.Ordinal)
            .Replace("say it with source.unit", "choose its unit", StringComparison.Ordinal)
            .Replace("leave its --unit out", "leave its unit as the file has it", StringComparison.Ordinal)
            .Replace("with --map", "below", StringComparison.Ordinal);
    }

    /// <summary>A quantity in words.</summary>
    public static string NameOf(Quantity quantity) => quantity switch
    {
        Quantity.Unknown => "not read",
        Quantity.TestTime => "time",
        Quantity.WallClock => "date",
        Quantity.UnixTime => "Unix time",
        Quantity.State => "state",
        _ => Words().Replace(quantity.ToString(), " $1").Trim().ToLowerInvariant(),
    };

    [GeneratedRegex("say it, as in --unit \"[^\"]*\"", RegexOptions.CultureInvariant)]
    private static partial Regex UnitExample();

    [GeneratedRegex("--unit \"([^\"]*)=([^\"=]*)\"", RegexOptions.CultureInvariant)]
    private static partial Regex UnitOption();

    [GeneratedRegex("--map \"[^\"]*\"", RegexOptions.CultureInvariant)]
    private static partial Regex MapOption();

    [GeneratedRegex("([A-Z])", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}
