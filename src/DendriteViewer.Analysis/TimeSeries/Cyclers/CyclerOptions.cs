namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Which of the two numbers of a date such as 03/04/2024 is the day.</summary>
public enum DateOrder
{
    /// <summary>Told from the file where a number is above 12; otherwise dates are left out, and it is said.</summary>
    Unsaid,

    /// <summary>The day comes first.</summary>
    DayFirst,

    /// <summary>The month comes first.</summary>
    MonthFirst,
}

/// <summary>What the person who has a file says about it that the file does not.</summary>
public sealed record CyclerOptions
{
    /// <summary>Nothing.</summary>
    public static readonly CyclerOptions Default = new();

    /// <summary>Quantities of columns, by their names in the file; in place of what the names say.</summary>
    public IReadOnlyDictionary<string, Quantity> Map { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>Units of columns, by their names in the file; in place of what the names say.</summary>
    public IReadOnlyDictionary<string, string> UnitsOf { get; init; } = new Dictionary<string, string>();

    /// <summary>True where the file counts discharging as positive.</summary>
    public bool Negate { get; init; }

    /// <summary>Order of day and month in dates.</summary>
    public DateOrder Dates { get; init; }

    /// <summary>The time zone of the instrument's clock; null where nobody said, so that no time in UTC is made.</summary>
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>
    /// True to put times right that a second clock of the file shows to be in another unit than their header says.
    /// </summary>
    public bool RepairTime { get; init; }
}
