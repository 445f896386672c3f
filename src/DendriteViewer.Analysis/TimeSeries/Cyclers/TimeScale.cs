namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>
/// Compares the time of the test with a second clock of the file, and current times time with its charge. Milliseconds under a header that
/// says seconds are not seen in the column by itself. Where two differ by the factor of another unit the file is refused. Times that a
/// second clock shows to be wrong are put right where the caller asks for it, and it is said; a charge does not tell which is wrong.
/// </summary>
internal static class TimeScale
{
    private const int LeastSteps = 3;
    private const double LeastClockStep = 0.5;
    private const double Tolerance = 0.05;

    private static readonly (double Factor, string Unit)[] s_scales =
        [(1e9, "nanoseconds"), (1e6, "microseconds"), (1e3, "milliseconds"), (1 / 60.0, "minutes"), (1 / 3600.0, "hours")];

    // Factors that only a current or a charge in another unit makes.
    private static readonly double[] s_ofCharge = [1e-3, 1e-6];

    /// <summary>The table, its times repaired where that was asked for.</summary>
    /// <exception cref="MeasurementException">The times are in another unit than their header says.</exception>
    public static CyclerTable Check(CyclerTable table, CyclerOptions options, string file)
    {
        if (table.Find(Quantity.TestTime) is not { } column || column.Canonical() is not { } time)
        {
            return table;
        }

        var clock = OfClock(table, time);
        if (clock is { } told)
        {
            table = ByClock(table, column, told.Ratio, $"'{told.Name}'", options, file);
            column = table.Find(Quantity.TestTime)!;
        }

        CheckCharge(table, column, clock is not null, file);
        return table;
    }

    private static CyclerTable ByClock(CyclerTable table, CyclerColumn column, double ratio, string against, CyclerOptions options,
        string file)
    {
        if (s_scales.FirstOrDefault(s => IsNear(ratio, s.Factor)) is not { Unit: not null } scale)
        {
            return IsNear(ratio, 1) ? table
                : table.Remark($"'{column.Name}' runs {CyclerTable.Say(ratio)} times as fast as {against}; one of the two is wrong.");
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

    private static (double Ratio, string Name)? OfClock(CyclerTable table, IReadOnlyList<double> time)
    {
        var clock = table.Find(Quantity.UnixTime) ?? table.Find(Quantity.WallClock);
        if (clock is null || clock.Canonical() is not { } seconds)
        {
            return null;
        }

        var ratios = new List<double>();
        for (var i = 1; i < time.Count; i++)
        {
            var (step, elapsed) = (seconds[i] - seconds[i - 1], time[i] - time[i - 1]);
            if (step >= LeastClockStep && elapsed > 0)
            {
                ratios.Add(elapsed / step);
            }
        }

        return ratios.Count >= LeastSteps ? (Noise.Median([.. ratios]), clock.Name) : null;
    }

    // Time, current and charge are one equation: that it does not hold does not tell which of them is in another unit.
    private static void CheckCharge(CyclerTable table, CyclerColumn time, bool hasClock, string file)
    {
        var charge = table.Find(Quantity.Charge) ?? table.Find(Quantity.Capacity);
        if (charge is null || table.Find(Quantity.Current) is not { IsDerived: false } current || time.Canonical() is not { } seconds
            || OfCharge(charge, current, seconds) is not { } ratio)
        {
            return;
        }

        CyclerColumn[] suspects = hasClock ? [current, charge] : [time, current, charge];
        var units = suspects.Select(c => (c.Name, Unit: Units.Scaled(c.Quantity, c.Unit, ReferenceEquals(c, charge) ? ratio : 1 / ratio)))
            .Where(c => c.Unit is not null).Select(c => $"--unit \"{c.Name}={c.Unit}\"").ToArray();
        throw new MeasurementException(
            $"{file}: current times time is {CyclerTable.Say(ratio)} times the charge, so one of "
            + $"{string.Join(", ", suspects.Select(c => $"'{c.Name}'"))} is in another unit than its header says; correct that header"
            + (units.Length > 0 ? $", or say {string.Join(" or ", units)}, whichever is true." : "."));
    }

    // Current times time against the change of the charge. Most rows must agree, since charges start anew and current is interrupted.
    private static double? OfCharge(CyclerColumn charge, CyclerColumn current, IReadOnlyList<double> time)
    {
        if (charge.Canonical() is not { } ah || current.Canonical() is not { } ampere)
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
    private static bool IsFarOff(double ratio) =>
        s_scales.Any(s => IsNear(ratio, s.Factor)) || s_ofCharge.Any(f => IsNear(ratio, f));

    private static bool IsNear(double ratio, double factor) => Math.Abs((ratio / factor) - 1) <= Tolerance;
}
