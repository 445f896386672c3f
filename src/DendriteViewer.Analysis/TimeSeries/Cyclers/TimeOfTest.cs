namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Settles which column is the time of the test, and when the test began.</summary>
internal static class TimeOfTest
{
    private const double Hour = 3600;

    /// <summary>The table with one column of the test's time, in numbers.</summary>
    /// <exception cref="MeasurementException">There is none, or its dates can be read in two ways.</exception>
    public static CyclerTable Settle(CyclerTable table, CyclerOptions options, string file)
    {
        table = Choose(table);
        var time = table.Find(Quantity.TestTime);
        if (time is { Kind: ColumnKind.Dates })
        {
            table = FromDates(table, time, time.Name, options, file);
        }
        else if (time is null && (table.Find(Quantity.UnixTime) ?? table.Find(Quantity.WallClock)) is { } clock)
        {
            table = FromDates(table, clock, null, options, file);
        }
        else if (time is null)
        {
            throw new MeasurementException(
                $"{file} has no column with the time of the test; say which it is with --map \"NAME=time\", one of "
                + $"{string.Join(", ", table.Columns.Select(c => $"'{c.Name}'"))}.");
        }

        return table.Started is null ? Begin(table, options) : table;
    }

    // Neware's Time is that of the step where there is a Total Time.
    private static CyclerTable Choose(CyclerTable table)
    {
        var times = table.Columns.Where(c => c.Quantity == Quantity.TestTime && c.Kind != ColumnKind.Words).ToArray();
        var whole = times.FirstOrDefault(c => ColumnName.Of(c.Name).Name is not ("time" or "t" or "test" or "时间"));
        return times.Length < 2 || whole is null
            ? table
            : table with
            {
                Columns = table.Columns.Select(c => c.Quantity == Quantity.TestTime && !ReferenceEquals(c, whole)
                    ? c with { Quantity = Quantity.StepTime } : c).ToArray(),
            };
    }

    private static CyclerTable FromDates(CyclerTable table, CyclerColumn dates, string? replaced, CyclerOptions options,
        string file)
    {
        var values = dates.Canonical() ?? dates.Values;
        var first = values.FirstOrDefault(double.IsFinite, double.NaN);
        if (double.IsNaN(first))
        {
            throw new MeasurementException(
                $"{file}: the time of the test is only given by the dates in '{dates.Name}', which can be read in two ways; "
                + "say --dates day-first or month-first.");
        }

        IReadOnlyList<string> remarks = [];
        var begun = DateTime.UnixEpoch.AddSeconds(first);
        if (dates.Quantity != Quantity.UnixTime)
        {
            (values, remarks) = ByZone(values, dates, options);
            first = values.First(double.IsFinite);
        }

        var seconds = new CyclerColumn(replaced ?? "Test Time / s", Quantity.TestTime, "s", ColumnKind.Numbers)
        {
            Values = values.Select(v => v - first).ToArray(), IsDerived = true,
        };
        table = replaced is null ? table with { Columns = [seconds, .. table.Columns] } : table.Replace(dates, seconds);
        return (table with { Started = table.Started
            ?? (dates.Quantity == Quantity.UnixTime ? null : begun) })
            .Remark([$"The time of the test is counted from the first row's date in '{dates.Name}'.", .. remarks]);
    }

    // Between rows of a wall clock an hour can be lost or gained; only a zone tells.
    private static (IReadOnlyList<double> Seconds, IReadOnlyList<string> Remarks) ByZone(IReadOnlyList<double> local, CyclerColumn dates,
        CyclerOptions options)
    {
        if (options.Zone is { } zone)
        {
            var (utc, guessed) = TimeZones.ToUtc(local, zone);
            return (utc, guessed ? [$"'{dates.Name}' has dates of an hour that the clock in {zone.Id} shows twice, and they do not fall in "
                + "it; rows that begin in that hour are taken as of its second time, others as of its first."] : []);
        }

        var steps = local.Skip(1).Zip(local, (b, a) => b - a).ToArray();
        var usual = steps.Where(s => s > 0).ToArray() is { Length: > 0 } rising ? Noise.Median(rising) : 0;
        var jump = usual >= Hour / 2 ? -1
            : Array.FindIndex(steps, s => Math.Abs(Math.Abs(s - usual) - Hour) <= Math.Max(1, usual / 2));
        return (local, jump < 0 ? [] : [$"'{dates.Name}' jumps by an hour {(steps[jump] > 0 ? "ahead" : "back")} at row {jump + 2}, as "
            + "a clock does that is set to summer or winter time; say --zone to have the hour put right."]);
    }

    private static CyclerTable Begin(CyclerTable table, CyclerOptions options)
    {
        var time = table.Find(Quantity.TestTime)?.Canonical();
        var clock = table.Find(Quantity.WallClock) is { Kind: ColumnKind.Dates } dates ? dates : null;
        var values = clock?.Values ?? table.Find(Quantity.UnixTime)?.Canonical();
        if (time is null || values is null)
        {
            return table;
        }

        for (var i = 0; i < values.Count; i++)
        {
            // A date of 1970 to 2200, and a time that can be taken from it.
            if (values[i] is > 0 and < 7.3e9 && Math.Abs(time[i]) < 3.6e9)
            {
                var begun = DateTime.UnixEpoch.AddSeconds(values[i] - time[i]);
                return table with
                {
                    Started = clock is null && options.Zone is { } zone ? TimeZoneInfo.ConvertTimeFromUtc(begun, zone) : begun,
                    StartedIsUtc = clock is null && options.Zone is null,
                };
            }
        }

        return table;
    }
}
