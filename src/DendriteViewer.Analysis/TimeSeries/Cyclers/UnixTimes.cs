namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>Sees to it that seconds since 1970 are of the years 1970 to 2200: milliseconds under the same header are not.</summary>
internal static class UnixTimes
{
    // 2200-01-01.
    private const double Most = 7_258_118_400;
    private const double Tolerance = 0.05;
    private const int LeastSteps = 3;

    /// <summary>The table, milliseconds divided where a second clock shows them to be such and that was asked for.</summary>
    /// <exception cref="MeasurementException">A time is of no year that is measured in.</exception>
    public static CyclerTable Check(CyclerTable table, CyclerOptions options, string file)
    {
        if (table.Find(Quantity.UnixTime) is not { } column)
        {
            return table;
        }

        var seconds = column.Canonical() ?? column.Values;
        if (seconds.All(s => double.IsNaN(s) || IsOfAYear(s)))
        {
            return table;
        }

        var milliseconds = seconds.All(s => double.IsNaN(s) || IsOfAYear(s / 1000));
        if (milliseconds && options.RepairTime && Second(table) is { } second && Agrees(seconds, second.Canonical() ?? second.Values))
        {
            return table.Replace(column, column with { Values = column.Values.Select(v => v / 1000).ToArray(), IsDerived = true })
                .Remark($"'{column.Name}' was in milliseconds, as '{second.Name}' shows; its values were divided by 1000 as was "
                    + "asked for.");
        }

        throw new MeasurementException(
            $"{file}: '{column.Name}' has {CyclerTable.Say(seconds.First(s => !double.IsNaN(s) && !IsOfAYear(s)))} s, which is no time of "
            + "the years 1970 to 2200; " + (milliseconds && (column.Unit.Length == 0 || Units.Find(column.Quantity, column.Unit) == (1, 0))
                ? $"say --unit \"{column.Name}=ms\" if it is in milliseconds." : "correct the column or its header."));
    }

    private static bool IsOfAYear(double seconds) => seconds is >= 0 and <= Most;

    private static CyclerColumn? Second(CyclerTable table) => table.Find(Quantity.TestTime) ?? table.Find(Quantity.WallClock);

    private static bool Agrees(IReadOnlyList<double> milliseconds, IReadOnlyList<double> seconds)
    {
        var ratios = Enumerable.Range(1, Math.Max(0, seconds.Count - 1))
            .Select(i => (Step: (milliseconds[i] - milliseconds[i - 1]) / 1000, Elapsed: seconds[i] - seconds[i - 1]))
            .Where(s => s.Step > 0 && s.Elapsed > 0).Select(s => s.Step / s.Elapsed).ToArray();
        return ratios.Length >= LeastSteps && Math.Abs(Noise.Median(ratios) - 1) <= Tolerance;
    }
}
