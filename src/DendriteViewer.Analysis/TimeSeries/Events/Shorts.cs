namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>
/// Finds short circuits at constant current as steps down. At each row a straight line through the eight rows before it, median-filtered,
/// says where the voltage should be; a step is a row that lies below by eight times the noise of that prediction and by a twentieth of the
/// voltage, at once (the row before is not on the way down) and not for that row alone. What follows tells the two shorts apart: after
/// a hard one the voltage stays at next to nothing; after a soft one it recovers in part, or scatters more than before, or lies
/// below what the cell's resistance alone drops. A step that shows none of these is no short and is not listed.
/// </summary>
internal static class Shorts
{
    private const int Before = 8;
    private const int LeastBefore = 4;
    private const int Recent = 24;
    private const int After = 40;
    private const double Threshold = 8;
    private const double LeastShare = 0.05;
    private const double HardShare = 0.25;

    /// <summary>The shorts of one stretch of constant current.</summary>
    /// <param name="p">The stretch.</param>
    public static IReadOnlyList<ElectroEvent> Of(Polarisation p)
    {
        var found = new List<ElectroEvent>();
        var (hours, volts) = (p.Hours, p.Volts);
        var n = volts.Length;
        var filtered = MedianOfThree(volts);

        // Level before the soft short that is going on; NaN where none is.
        var (regime, regimeLow, calm) = (double.NaN, 0.0, 0);
        for (var i = LeastBefore; i < n; i++)
        {
            if (!double.IsNaN(regime))
            {
                calm = filtered[i] >= regime - (0.2 * (regime - regimeLow)) ? calm + 1 : 0;
                regime = calm > Before ? double.NaN : regime;
            }

            if (StepAt(hours, volts, filtered, p.NoiseVolts, i) is not { } step)
            {
                continue;
            }

            var level = double.IsNaN(regime) ? step.Level : regime;
            var sureness = step.Z * step.Z / ((step.Z * step.Z) + (Threshold * Threshold));
            if (IsHard(volts, i, level))
            {
                // How many rows confirm it.
                var rows = n - i;
                found.Add(new ElectroEvent(EventKind.HardShort, hours[i], sureness * (1 - (0.3 / rows)), null, string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"falls by {100 * (level - volts[i]) / level:0} % within one row and stays there for {rows} rows")));
                break;
            }

            if (double.IsNaN(regime) && Soft(p, i, step, sureness) is { } soft)
            {
                found.Add(soft);
                (regime, calm) = (step.Level, 0);
                regimeLow = volts.AsSpan(i, Math.Min(4, n - i)).ToArray().Min();
            }
        }

        return found;
    }

    private static (double Level, double Z)? StepAt(double[] hours, double[] volts, double[] filtered, double overall, int i)
    {
        var count = Math.Min(Before, i);
        var line = Line.Fit(hours, filtered, i - count, count, hours[i]);
        var recent = Math.Min(Recent, i);
        var level = double.IsNaN(line.Slope) ? filtered[i - 1] : line.Value;
        var noise = Math.Max(overall, Noise.Of(volts, i - recent, recent)) * Math.Sqrt(1 + (4.0 / count));
        var drop = level - volts[i];
        var z = noise > 0 ? Math.Min(1e3, drop / noise) : 1e3;

        // Cheap tests first: nearly every row fails them.
        if (!(drop >= LeastShare * Math.Abs(level)) || !(level > 0) || z < Threshold)
        {
            return null;
        }

        var stays = i + 1 >= volts.Length || level - volts[i + 1] >= 0.3 * drop;
        var isSudden = level - volts[i - 1] <= 0.4 * drop;
        var steps = new double[recent];
        for (var j = 0; j < recent; j++)
        {
            steps[j] = j == 0 ? 0 : Math.Abs(volts[i - j] - volts[i - j - 1]);
        }

        return stays && isSudden && drop >= 5 * Noise.Median(steps) ? (level, z) : null;
    }

    private static bool IsHard(double[] volts, int i, double level)
    {
        if (volts[Math.Min(i + 1, volts.Length - 1)] >= 2 * HardShare * level)
        {
            return false;
        }

        var rest = volts[Math.Min(i + 1, volts.Length - 1)..];
        Array.Sort(rest);
        return rest[rest.Length / 2] < HardShare * level && rest[(int)(0.9 * (rest.Length - 1))] < 2 * HardShare * level;
    }

    private static ElectroEvent? Soft(Polarisation p, int i, (double Level, double Z) step, double sureness)
    {
        var volts = p.Volts;
        var end = Math.Min(volts.Length, i + After);
        var low = volts.AsSpan(i, Math.Min(4, volts.Length - i)).ToArray().Min();

        // The regime ends where the voltage falls to next to nothing: what comes then is another event.
        var next = i + 1;
        while (next < end && !(volts[next] < 0.5 * low && volts[next] < HardShare * step.Level))
        {
            next++;
        }

        var after = MedianOfThree(volts[i..next]);
        var noiseBefore = Noise.Of(volts, Math.Max(0, i - Recent), Math.Min(Recent, i));
        var noiseAfter = Noise.Of(volts, i + 1, Math.Min(Recent, next - i - 1));
        var recovered = (after.Max() - low) / (step.Level - low);
        var recovers = recovered >= 0.2 && after.Max() - low > 4 * noiseAfter;
        var isNoisier = next - i > 8 && noiseBefore > 0 && noiseAfter >= 2 * noiseBefore;
        var isUnderOhmic = p.OhmicVolts is { } ohmic && low < 0.8 * ohmic;
        var signs = new[] { recovers, isNoisier, isUnderOhmic }.Count(s => s);
        if (signs == 0)
        {
            return null;
        }

        var said = new List<string>();
        said.AddRange(recovers ? [FormattableString.Invariant($"{100 * recovered:0} % of the drop recover")] : []);
        said.AddRange(isNoisier ? [FormattableString.Invariant($"the voltage scatters {noiseAfter / noiseBefore:0.#} times as much")] : []);
        said.AddRange(isUnderOhmic ? ["ASR is below the ohmic value"] : []);
        return new ElectroEvent(
            EventKind.SoftShort, p.Hours[i], sureness * (0.7 + (0.15 * (signs - 1))), null,
            FormattableString.Invariant($"falls by {100 * (step.Level - low) / step.Level:0} %; ") + string.Join(", ", said));
    }

    private static double[] MedianOfThree(double[] values)
    {
        var filtered = values.ToArray();
        for (var i = 1; i + 1 < values.Length; i++)
        {
            var (a, b, c) = (values[i - 1], values[i], values[i + 1]);
            filtered[i] = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
        }

        return filtered;
    }
}
