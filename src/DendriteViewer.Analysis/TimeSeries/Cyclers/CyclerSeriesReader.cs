using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>
/// Makes series of what cyclers wrote, for the import. A CSV of hours and values, as the import knows it by itself, is left as it is; every
/// other file is stored as such a CSV, in the quantity's own unit.
/// </summary>
public sealed class CyclerSeriesReader : ISeriesReader
{
    private static readonly (string Kind, Quantity[] Quantities)[] s_kinds =
    [
        ("voltage", [Quantity.Voltage]), ("current", [Quantity.Current, Quantity.CurrentDensity]),
        ("temperature", [Quantity.Temperature]), ("pressure", [Quantity.Pressure]), ("charge", [Quantity.Charge]),
    ];

    /// <inheritdoc/>
    public (byte[] Csv, SeriesSource Source)? Read(SeriesManifest series, byte[] bytes, string file)
    {
        if (series.Source is null && (IsPlain(bytes, file) || (s_kinds.All(k => k.Kind != series.Kind) && !MprFile.Is(bytes))))
        {
            return null;
        }

        var source = series.Source ?? new SeriesSource();
        try
        {
            return Read(series.Kind, source, bytes, file);
        }
        catch (MeasurementException e)
        {
            // What an import refuses is all of one kind to whoever started it.
            throw new VolumeFormatException(e.Message, e);
        }
    }

    private static (byte[] Csv, SeriesSource Source) Read(string kind, SeriesSource source, byte[] bytes, string file)
    {
        var map = new Dictionary<string, Quantity>();
        var units = new Dictionary<string, string>();
        if (source.Column is { } column && s_kinds.FirstOrDefault(k => k.Kind == kind) is { Quantities: { } quantities })
        {
            map[column] = source.Unit is { } unit ? quantities.FirstOrDefault(q => Units.Find(q, unit) is not null, quantities[0])
                : ColumnName.Of(column).Quantity is var own && quantities.Contains(own) ? own : quantities[0];
            if (source.Unit is not null)
            {
                units[column] = source.Unit;
            }
        }

        var table = CyclerFile.Read(bytes, file, new CyclerOptions
        {
            Map = map, UnitsOf = units,
            Zone = source.Zone is { } zone ? TimeZones.Find(zone) ?? throw new MeasurementException(
                $"{file}: source.zone {zone} is no time zone; use a name such as Europe/Berlin or an offset such as +09:00.") : null,
            Negate = source.Negate == true, RepairTime = source.RepairTime == true,
            Dates = source.Dates switch { "day-first" => DateOrder.DayFirst, "month-first" => DateOrder.MonthFirst, _ => DateOrder.Unsaid },
        });
        var (csv, remarks) = ToCsv(table, kind, source.Column, source.Unit, file);
        return (csv, source with { Format = table.Format, Remarks = [.. table.Remarks.Select(r => $"{file}: {r}"), .. remarks] });
    }

    /// <summary>A series of a table, as CSV of hours and values.</summary>
    /// <param name="table">The table.</param>
    /// <param name="kind">Kind of the series.</param>
    /// <param name="named">The column with the values; the first of the kind's quantity where none is named.</param>
    /// <param name="unit">The unit of a column of an unknown quantity.</param>
    /// <param name="file">What it was read from, for complaints.</param>
    /// <returns>The bytes, and what was left out.</returns>
    /// <exception cref="MeasurementException">There is no such column, it has no unit, or times fall.</exception>
    public static (byte[] Csv, IReadOnlyList<string> Remarks) ToCsv(CyclerTable table, string kind, string? named, string? unit,
        string file)
    {
        var quantities = s_kinds.FirstOrDefault(k => k.Kind == kind).Quantities ?? [];
        var column = named is null ? quantities.Select(table.Find).FirstOrDefault(c => c is not null)
            : table.Columns.FirstOrDefault(c => c.Name == named && c.Kind == ColumnKind.Numbers);
        if (column is null)
        {
            throw new MeasurementException($"{file} has no column of a {kind}{(named is null ? "" : $" named '{named}'")}; name one "
                + "with source.column: "
                + $"{string.Join(", ", table.Columns.Where(c => c.Kind == ColumnKind.Numbers).Select(c => $"'{c.Name}'"))}.");
        }

        var time = table.Find(Quantity.TestTime)!;
        var seconds = time.Canonical() ?? throw NoUnit(time, file);
        var own = Units.Of(column.Quantity);
        var values = quantities.Length == 0 ? column.Values : column.Canonical() ?? throw NoUnit(column, file);
        var label = quantities.Length == 0 ? unit ?? column.Unit : own;
        return Rows(seconds, values, $"{kind}_{(label.Length == 0 ? "1" : label)}", file);
    }

    private static (byte[] Csv, IReadOnlyList<string> Remarks) Rows(IReadOnlyList<double> seconds, IReadOnlyList<double> values,
        string label, string file)
    {
        var text = new StringBuilder($"hours,{label}\n");
        int empty = 0, crowded = 0;
        var written = new List<(double Hours, double Value)>();
        for (var i = 0; i < seconds.Count; i++)
        {
            var (hours, value) = (seconds[i] / 3600, values[i]);
            if (double.IsNaN(hours) || double.IsNaN(value))
            {
                empty++;
                continue;
            }

            if (written.Count > 0 && hours < written[^1].Hours)
            {
                throw new MeasurementException(
                    $"{file}: the time of the test falls from {CyclerTable.Say(written[^1].Hours)} h to {CyclerTable.Say(hours)} h in "
                        + $"row {i + 1}; "
                    + "several tests in one file need to be split, and dates of a clock that was set back an hour need their time zone "
                    + "(--zone, source.zone).");
            }

            // Of rows that a coarse clock gave one time, the first and the last are kept: before and after whatever happened in it.
            if (written.Count > 0 && hours == written[^1].Hours)
            {
                var third = written.Count > 1 && written[^2].Hours == hours;
                if (third || written[^1].Value == value)
                {
                    crowded++;
                    if (third)
                    {
                        written.RemoveAt(written.Count - 1);
                    }

                    if (written[^1].Value == value)
                    {
                        continue;
                    }
                }
            }

            written.Add((hours, value));
        }

        foreach (var (hours, value) in written)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hours:R},{value:R}\n");
        }

        var remarks = new List<string>();
        if (empty > 0)
        {
            remarks.Add($"{file}: {empty} rows without a time or a value of {label} were left out.");
        }

        if (crowded > 0)
        {
            remarks.Add($"{file}: {crowded} rows of {label} share their time with others and were left out.");
        }

        return written.Count == 0
            ? throw new MeasurementException($"{file} has no row with a time and a value of {label}; name another column.")
            : (Encoding.UTF8.GetBytes(text.ToString()), remarks);
    }

    // A header of a time in hours, minutes or seconds first, and one more column.
    private static bool IsPlain(byte[] bytes, string file)
    {
        if (MprFile.Is(bytes) || bytes.AsSpan(0, Math.Min(bytes.Length, 4096)).Contains((byte)0))
        {
            return false;
        }

        var end = Array.IndexOf(bytes, (byte)'\n');
        var head = Encoding.UTF8.GetString(bytes, 0, Math.Min(end < 0 ? bytes.Length : end, 4096)).TrimStart('\uFEFF').Trim();
        var cells = TextTable.Split(head, TextTable.SeparatorOf(head));

        // What neither this nor the readers of cyclers' files know is left to the import, which says what it needs.
        return (cells.Length == 2 && ColumnName.Of(cells[0]).Quantity == Quantity.TestTime) || !Knows(bytes, file);
    }

    private static bool Knows(byte[] bytes, string file)
    {
        try
        {
            Dialect.Of(Lines.Of(bytes, file).All, file);
            return true;
        }
        catch (MeasurementException)
        {
            return false;
        }
    }

    private static MeasurementException NoUnit(CyclerColumn column, string file) => new(
        $"{file}: '{column.Name}' names no unit; say it with source.unit ({Units.Accepted(column.Quantity)}).");
}
