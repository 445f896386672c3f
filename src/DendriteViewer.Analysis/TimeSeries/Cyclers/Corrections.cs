namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Puts into a table what the caller says of its columns, and what a column with the instrument's state says of current.</summary>
internal static class Corrections
{
    /// <summary>The table with quantities, units and the sign of current as they are meant.</summary>
    /// <exception cref="MeasurementException">What is said does not fit the file.</exception>
    public static CyclerTable Apply(CyclerTable table, CyclerOptions options, string file)
    {
        var names = table.Columns.Select(c => c.Name).ToArray();
        foreach (var name in options.Map.Keys.Concat(options.UnitsOf.Keys).Where(n => !names.Contains(n)))
        {
            throw new MeasurementException($"{file} has no column '{name}'; it has {string.Join(", ", names)}.");
        }

        var remarks = new List<string>();
        var columns = table.Columns.Select(c =>
        {
            var mapped = options.Map.TryGetValue(c.Name, out var quantity) ? c with { Quantity = quantity, IsDerived = true } : c;
            return options.UnitsOf.TryGetValue(c.Name, out var unit) ? WithUnit(mapped, unit, file) : mapped;
        }).ToArray();
        foreach (var c in columns.Where(c => options.Map.ContainsKey(c.Name) || options.UnitsOf.ContainsKey(c.Name)))
        {
            remarks.Add($"'{c.Name}' is read as {c.Quantity}{(c.Unit.Length > 0 ? $" in {c.Unit}" : "")}, as was said.");
        }

        foreach (var c in columns.Where(c => c.Kind == ColumnKind.Numbers && c.Unit.Length == 0 && Units.Of(c.Quantity).Length > 0
            && c.Quantity is Quantity.TestTime or Quantity.Voltage or Quantity.Current or Quantity.Charge or Quantity.Temperature))
        {
            remarks.Add($"'{c.Name}' names no unit; say it, as in --unit \"{c.Name}={Units.Of(c.Quantity)}\" "
                + $"({Units.Accepted(c.Quantity)}).");
        }

        foreach (var several in columns.Where(c => c.Kind == ColumnKind.Numbers
            && c.Quantity is Quantity.TestTime or Quantity.Voltage or Quantity.Current).GroupBy(c => c.Quantity).Where(g => g.Count() > 1))
        {
            remarks.Add($"{several.Key} is taken from '{several.First().Name}'; {Quoted(several.Skip(1))} "
                + $"{(several.Count() == 2 ? "is" : "are")} there too.");
        }

        table = (table with { Columns = columns }).Remark(remarks);
        if ((table.Find(Quantity.Current) ?? table.Find(Quantity.CurrentDensity)) is not { } current)
        {
            return table;
        }

        if (options.Negate)
        {
            return table.Replace(current, current with { Values = current.Values.Select(v => -v).ToArray() })
                .Remark("The sign of current is turned, since discharging is said to be counted as positive.");
        }

        return ByState(table, current);
    }

    private static CyclerColumn WithUnit(CyclerColumn column, string unit, string file) =>
        Units.Of(column.Quantity).Length == 0
            ? throw new MeasurementException($"{file}: '{column.Name}' is no quantity that is known; say which with "
                + $"--map \"{column.Name}=current\".")
            : Units.Find(column.Quantity, unit) is null
                ? throw new MeasurementException($"{file}: {unit} is no unit of {column.Quantity}; use one "
                    + $"of {Units.Accepted(column.Quantity)}.")
                : column.IsElapsed && Units.Find(column.Quantity, unit) != (1, 0)
                    ? throw new MeasurementException($"{file}: '{column.Name}' is written as hours:minutes:seconds and is not in {unit}; "
                        + "leave its --unit out.")
                    : column with { Unit = unit, IsDerived = true };

    // Some instruments write magnitudes and say beside them which way current flowed.
    private static CyclerTable ByState(CyclerTable table, CyclerColumn current)
    {
        var states = table.Columns.Where(c => c is { Quantity: Quantity.State, Words: not null }).ToArray();
        if (states.Length == 0 || current.Values.Any(v => v < 0))
        {
            return table;
        }

        foreach (var state in states)
        {
            var discharging = state.Words!.Select(w => FlowWords.Of(w) == FlowWord.Discharge).ToArray();
            var rows = Enumerable.Range(0, discharging.Length).Count(i => discharging[i] && current.Values[i] > 0);
            if (rows > 0)
            {
                return Unclear(table.Replace(current, current with
                {
                    Values = current.Values.Select((v, i) => discharging[i] ? -v : v).ToArray(), IsDerived = true,
                }).Remark($"'{current.Name}' has no sign, so the {rows} rows in which '{state.Name}' says discharge are taken as "
                    + "negative."),
                    current, [state]);
            }
        }

        return Unclear(table, current, states);
    }

    // Words that nobody knows may mean discharge.
    private static CyclerTable Unclear(CyclerTable table, CyclerColumn current, CyclerColumn[] states) =>
        table.Remark(states.Where(s => s.Words!.Distinct().Take(2).Count() > 1).Select(s => (s.Name, Words: s.Words!
            .Where((w, i) => current.Values[i] > 0).Distinct().Where(w => FlowWords.Of(w) == FlowWord.Unknown).ToArray()))
            .Where(s => s.Words.Length > 0).Select(s => $"'{current.Name}' is never below 0 in the file, and what '{s.Name}' says "
                + $"({string.Join(", ", s.Words.Take(5).Select(w => $"'{w}'"))}{(s.Words.Length > 5 ? ", …" : "")}) is not known to mean "
                + "charge or discharge; if current has no sign there, give it one in the file."));

    private static string Quoted(IEnumerable<CyclerColumn> columns) => string.Join(", ", columns.Select(c => $"'{c.Name}'"));
}
