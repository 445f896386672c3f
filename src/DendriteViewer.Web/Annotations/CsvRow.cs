using System.Globalization;

namespace DendriteViewer.Web.Annotations;

/// <summary>A row of a CSV, whose cells are found by the names of their columns.</summary>
/// <param name="Columns">Where each column is.</param>
/// <param name="Cells">The row; it may be shorter than the header.</param>
/// <param name="DecimalComma">Whether numbers may have a decimal comma.</param>
internal abstract record CsvRow(IReadOnlyDictionary<string, int> Columns, string[] Cells, bool DecimalComma)
{
    /// <summary>The first thing that cannot be read, a sentence; it makes the whole row wrong.</summary>
    protected string? Wrong { get; private set; }

    protected void Refuse(string why) => Wrong ??= why;

    protected string? Cell(string name) => Columns.TryGetValue(name, out var c) && c < Cells.Length ? Cells[c] : null;

    protected string? Text(string name) => Cell(name) is { } cell ? CsvCells.Unguarded(cell) : null;

    protected double? Number(string name)
    {
        if (Cell(name)?.Trim() is not { Length: > 0 } cell)
        {
            return null;
        }

        var written = DecimalComma && !cell.Contains('.') ? cell.Replace(',', '.') : cell;
        if (double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v))
        {
            return v;
        }

        Refuse($"Its {name} is '{SiteRules.Short(cell)}', not a number; correct it.");
        return null;
    }

    /// <summary>When it was last changed, Unix milliseconds.</summary>
    protected long? ChangedAt()
    {
        if (Cell("changed_utc")?.Trim() is not { Length: > 0 } cell)
        {
            return null;
        }

        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(cell, CultureInfo.InvariantCulture, utc, out var at))
        {
            return at.ToUnixTimeMilliseconds();
        }

        Refuse($"Its changed_utc is '{SiteRules.Short(cell)}', not a time as 2026-01-31T12:00:00Z; correct it, or leave it empty.");
        return null;
    }
}
