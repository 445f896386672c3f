namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>
/// Compares the time of the test with a second measure of time in the file: a clock, or the charge that current made of it. Milliseconds
/// under a header that says seconds are not seen in the column by itself. Where the two differ by the factor of another unit the file is
/// refused; only where the caller asks for it are times put right, and it is said.
/// </summary>
internal static class TimeScale
{
    private const int LeastSteps = 3;
    private const double LeastClockStep = 0.5;
    private const double Tolerance = 0.05;

    private static readonly (double Factor, string Unit)[] s_scales =
        [(1e9, "nanoseconds"), (1e6, "microseconds"), (1e3, "milliseconds"), (1 / 60.0, "minutes"), (1 / 3600.0, "hours")];

    /// <summary>The table, its times repaired where that was asked for.</summary>
    /// <exception cref="MeasurementException">The times are in another unit than their header says.</exception>
    public static CyclerTable Check(CyclerTable table, CyclerOptions options, string file)
    {
        if (table.Find(Quantity.TestTime) is not { } column || column.Canonical() is not { } time)
        {
            return table;
        }

        var (ratio, against) = RatioOf(table, time);
        if (ratio is not { } r || s_scales.FirstOrDefault(s => Math.Abs((r / s.Factor) - 1) <= Tolerance) is not { Unit: not null } scale)
        {
            return ratio is { } odd && Math.Abs(odd - 1) > Tolerance
                ? table.Remark($"'{column.Name}' runs {CyclerTable.Say(odd)} times as fast as {against}; one of the two is wrong.")
                : table;
        }

        if (!options.RepairTime)
        {
            throw new MeasurementException(
                $"{file}: '{column.Name}' is in {scale.Unit}, as {against} shows, not in {column.Unit} as its header says; "
                + "correct the header, or say --repair-time to have it read so.");
        }

        return table.Replace(column, column with
        {
            Values = column.Values.Select(v => v / scale.Factor).ToArray(), IsDerived = true,
        }).Remark($"'{column.Name}' was in {scale.Unit}, as {against} shows; its values were divided by {CyclerTable.Say(scale.Factor)} "
            + "as was asked for.");
    }

    private static (double? Ratio, string Against) RatioOf(CyclerTable table, IReadOnlyList<double> time)
    {
        var clock = table.Find(Quantity.UnixTime) ?? table.Find(Quantity.WallClock);
        if (clock is not null && !clock.IsDerived && clock.Canonical() is { } seconds)
        {
            var ratios = new List<double>();
            for (var i = 1; i < time.Count; i++)
            {
                var (step, elapsed) = (seconds[i] - seconds[i - 1], time[i] - time[i - 1]);
                if (step >= LeastClockStep && elapsed > 0)
                {
                    ratios.Add(elapsed / step);
                }
            }

            if (ratios.Count >= LeastSteps)
            {
                return (Noise.Median([.. ratios]), $"'{clock.Name}'");
            }
        }

        return (OfCharge(table, time), "the charge in the file");
    }

    // Current times time against the change of the charge. Most rows must agree, since charges start anew and current is interrupted.
    private static double? OfCharge(CyclerTable table, IReadOnlyList<double> time)
    {
        var charge = table.Find(Quantity.Charge) ?? table.Find(Quantity.Capacity);
        if (charge?.Canonical() is not { } ah || table.Find(Quantity.Current) is not { IsDerived: false } current
            || current.Canonical() is not { } ampere)
        {
            return null;
        }

        var ratios = new List<double>();
        var most = ampere.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max();
        for (var i = 1; i < time.Count; i++)
        {
            var passed = Math.Abs(ampere[i] + ampere[i - 1]) / 2 * (time[i] - time[i - 1]) / 3600;
            var counted = Math.Abs(ah[i] - ah[i - 1]);
            if (Math.Abs(ampere[i]) > 0.1 * most && Math.Abs(ampere[i] - ampere[i - 1]) < 0.01 * most && passed > 0 && counted > 0)
            {
                ratios.Add(passed / counted);
            }
        }

        if (ratios.Count < 10)
        {
            return null;
        }

        var median = Noise.Median([.. ratios]);
        return ratios.Count(r => Math.Abs((r / median) - 1) < Tolerance) > 0.8 * ratios.Count && IsFarOff(median) ? median : null;
    }

    // A charge in another unit than its header says looks the same as a factor that is none of time's; only a large one is taken as that.
    private static bool IsFarOff(double ratio) => s_scales.Any(s => Math.Abs((ratio / s.Factor) - 1) <= Tolerance);
}
