using System.Globalization;
using System.Text;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>
/// Writes the Battery Data Format 0.2: CSV with the labels and units that it prescribes, positive current charging, times in seconds and
/// clocks in UTC. A clock is only written where the instrument's time zone is known.
/// </summary>
public static class Bdf
{
    private static readonly (Quantity Quantity, string Label)[] s_required =
        [(Quantity.TestTime, "Test Time / s"), (Quantity.Voltage, "Voltage / V"), (Quantity.Current, "Current / A")];

    private static readonly (Quantity Quantity, string Label)[] s_optional =
    [
        (Quantity.Cycle, "Cycle Count / 1"), (Quantity.Step, "Step ID"), (Quantity.Record, "Record Index / 1"),
        (Quantity.Charge, "Net Capacity / Ah"), (Quantity.Temperature, "Temperature T1 / degC"),
        (Quantity.Frequency, "Frequency / Hz"), (Quantity.RealImpedance, "Real Impedance / ohm"),
        (Quantity.ImaginaryImpedance, "Imaginary Impedance / ohm"), (Quantity.StepTime, "Step Time / s"), (Quantity.Power, "Power / W"),
    ];

    /// <summary>The table as Battery Data Format.</summary>
    /// <param name="table">A table with time, voltage and current.</param>
    /// <param name="zone">The time zone of the instrument's clock; null to write no clock.</param>
    /// <param name="file">What the table was read from, for complaints.</param>
    /// <returns>The bytes, and what was left out.</returns>
    /// <exception cref="MeasurementException">A quantity that the format requires is absent or has no unit.</exception>
    public static (byte[] Bytes, IReadOnlyList<string> Remarks) Write(CyclerTable table, TimeZoneInfo? zone, string file)
    {
        var columns = new List<(string Label, IReadOnlyList<double> Values)>();
        foreach (var (quantity, label) in s_required)
        {
            var column = table.Find(quantity) ?? throw new MeasurementException(
                $"{file} has no {label.Split(' ')[^3]} that is known, which the Battery Data Format requires; say which column it is "
                    + "with --map.");
            columns.Add((label, column.Canonical() ?? throw new MeasurementException(
                $"{file}: '{column.Name}' names no unit, so {label} cannot be written; say it with "
                    + $"--unit \"{column.Name}={Units.Of(quantity)}\".")));
        }

        var remarks = new List<string>();
        if (UnixTime(table, zone, columns[0].Values) is { } unix)
        {
            columns.Add(("Unix Time / s", unix));
        }
        else if (table.Started is not null)
        {
            remarks.Add("Unix Time / s is not written, since the time zone of the instrument’s clock is not known; say --zone.");
        }

        foreach (var (quantity, label) in s_optional)
        {
            if (table.Find(quantity)?.Canonical() is { } values)
            {
                columns.Add((label, values));
            }
        }

        if (table.Find(Quantity.ImaginaryImpedance) is null && table.Find(Quantity.MinusImaginaryImpedance)?.Canonical() is { } minus)
        {
            columns.Add(("Imaginary Impedance / ohm", minus.Select(v => -v).ToArray()));
        }

        var kept = table.Columns.Where(c => s_required.Concat(s_optional).Any(q => q.Quantity == c.Quantity)
            || c.Quantity is Quantity.UnixTime or Quantity.WallClock or Quantity.MinusImaginaryImpedance).Select(c => c.Name).ToHashSet();
        var left = table.Columns.Where(c => !kept.Contains(c.Name)).Select(c => c.Name).ToArray();
        if (left.Length > 0)
        {
            remarks.Add($"Not written, as the format has no column that is surely the same: {string.Join(", ", left)}.");
        }

        return (Text(columns, table.Rows), remarks);
    }

    private static double[]? UnixTime(CyclerTable table, TimeZoneInfo? zone, IReadOnlyList<double> time)
    {
        if (table.Find(Quantity.UnixTime)?.Canonical() is { } unix)
        {
            return [.. unix];
        }

        if (zone is null)
        {
            return null;
        }

        if (table.Find(Quantity.WallClock) is { Kind: ColumnKind.Dates, Values: var dates } && dates.All(double.IsFinite))
        {
            return TimeZones.ToUtc(dates, zone).Utc;
        }

        return table.Started is { } started && TimeZones.ToUtc([WallClock.Seconds(started)], zone).Utc[0] is var first
            ? time.Select(t => first + t).ToArray() : null;
    }

    private static byte[] Text(List<(string Label, IReadOnlyList<double> Values)> columns, int rows)
    {
        var text = new StringBuilder().AppendJoin(',', columns.Select(c => c.Label)).Append('\n');
        for (var i = 0; i < rows; i++)
        {
            for (var c = 0; c < columns.Count; c++)
            {
                var value = columns[c].Values[i];
                text.Append(c == 0 ? "" : ",").Append(double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture));
            }

            text.Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
