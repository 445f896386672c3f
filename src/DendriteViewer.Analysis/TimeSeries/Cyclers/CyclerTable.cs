using System.Globalization;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>A column of a cycler's table.</summary>
/// <param name="Name">As the file names it.</param>
/// <param name="Quantity">What it measures.</param>
/// <param name="Unit">The unit that its numbers are in, as the file writes it; empty where it names none.</param>
/// <param name="Kind">How its cells are kept.</param>
public sealed record CyclerColumn(string Name, Quantity Quantity, string Unit, ColumnKind Kind)
{
    /// <summary>The cells as numbers, NaN where empty; dates as seconds since 1970 on the file's clock. Empty for words.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];

    /// <summary>The cells as words; null for numbers.</summary>
    public IReadOnlyList<string>? Words { get; init; }

    /// <summary>Whether the quantity or unit was said by the caller or worked out, not read in the file.</summary>
    public bool IsDerived { get; init; }

    /// <summary>Whether the cells are written as hours:minutes:seconds, so that they are in seconds whatever is said.</summary>
    public bool IsElapsed { get; init; }

    /// <summary>The cells in the quantity's own unit (<see cref="Units.Of"/>); null where the unit is not known.</summary>
    public IReadOnlyList<double>? Canonical()
    {
        if (Units.Of(Quantity).Length == 0 || Kind == ColumnKind.Words)
        {
            return Values;
        }

        return Units.Find(Quantity, Unit) is not { } scale ? null
            : scale == (1, 0) ? Values : Values.Select(v => (v * scale.Factor) + scale.Offset).ToArray();
    }
}

/// <summary>What a cycler's file holds: one table, whichever the instrument.</summary>
/// <param name="Format">What it was read as, for people: "Bio-Logic .mpr", "Battery Data Format".</param>
/// <param name="Columns">In the order of the file.</param>
/// <param name="Rows">How many rows.</param>
public sealed record CyclerTable(string Format, IReadOnlyList<CyclerColumn> Columns, int Rows)
{
    /// <summary>
    /// When the test began on the instrument's clock; null where the file does not say, or the date can be read in two ways.
    /// </summary>
    public DateTime? Started { get; init; }

    /// <summary>Whether <see cref="Started"/> is in UTC, since the file counts seconds since 1970 and nobody named a zone.</summary>
    public bool StartedIsUtc { get; init; }

    /// <summary>Area of the electrode that the file states, cm².</summary>
    public double? AreaCm2 { get; init; }

    /// <summary>What was guessed, left out, repaired or is odd: a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The first column of a quantity, which is the one that is taken; null where there is none.</summary>
    /// <param name="quantity">The quantity.</param>
    public CyclerColumn? Find(Quantity quantity) => Columns.FirstOrDefault(c => c.Quantity == quantity && c.Kind != ColumnKind.Words);

    /// <summary>The table with more remarks.</summary>
    /// <param name="remarks">Sentences.</param>
    public CyclerTable Remark(params IEnumerable<string> remarks) => this with { Remarks = [.. Remarks, .. remarks] };

    /// <summary>The table with a column in place of another.</summary>
    internal CyclerTable Replace(CyclerColumn old, CyclerColumn by) =>
        this with { Columns = Columns.Select(c => ReferenceEquals(c, old) ? by : c).ToArray() };

    /// <summary>A number for people.</summary>
    internal static string Say(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
