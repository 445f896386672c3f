using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>
/// Finds voltage limits: a voltage that is held while current decays, and a voltage at which current was ended twice or more although it
/// was still changing there.
/// </summary>
internal static class Limits
{
    private const int LeastRows = 10;

    private sealed record Ending(double Hours, double Volts, double Tolerance, bool IsClimbing);

    /// <summary>The limits that stretches of current ran into.</summary>
    public static IEnumerable<ElectroEvent> Of(Series voltage, Series current, IReadOnlyList<Flow> flows)
    {
        var endings = new List<Ending>();
        var holds = new List<ElectroEvent>();
        foreach (var flow in flows.Where(f => f.Sign != 0))
        {
            var first = At(voltage.Hours, current.Hours[flow.First]);
            var last = At(voltage.Hours, Math.BitIncrement(current.Hours[flow.Last])) - 1;
            if (last - first < LeastRows)
            {
                continue;
            }

            var noise = Noise.Of(voltage.Values, first, last - first + 1);
            var end = voltage.Values[last];
            var tolerance = Math.Max(3 * noise, 0.002 * Math.Abs(end));
            var held = last;
            while (held > first && Math.Abs(voltage.Values[held - 1] - end) <= tolerance)
            {
                held--;
            }

            // Held: the voltage stays and the current does not.
            var heldFrom = Math.Min(flow.Last, At(current.Hours, voltage.Hours[held]));
            if (last - held >= LeastRows && Math.Abs(current.Values[heldFrom]) > 1.25 * Math.Abs(current.Values[flow.Last]))
            {
                holds.Add(new ElectroEvent(
                    EventKind.Limit, voltage.Hours[held], 0.9, voltage.Hours[last],
                    FormattableString.Invariant($"{end:0.####} in the series’ unit is held while current decays")));
                continue;
            }

            // How it approaches its end: over a fiftieth of the stretch, since the slope of a few rows is noise.
            var count = Math.Clamp((last - first) / 50, 8, last - first);
            var line = Line.Fit(voltage.Hours, voltage.Values, last - count + 1, count, voltage.Hours[last]);
            var span = voltage.Hours[last] - voltage.Hours[first];
            var isChanging = line.Slope * flow.Sign * 0.05 * span > 2 * tolerance && Math.Abs(line.Slope) > 4 * line.SlopeSigma;
            var isExtreme = Enumerable.Range(first, last - first).All(i => flow.Sign * (voltage.Values[i] - end) <= tolerance);
            endings.Add(new Ending(
                voltage.Hours[last], flow.Sign * end, tolerance,
                isExtreme && isChanging));
        }

        foreach (var e in endings.Where(e => e.IsClimbing))
        {
            var alike = endings.Count(o => o.IsClimbing && Math.Abs(o.Volts - e.Volts) <= Math.Max(o.Tolerance, e.Tolerance));
            if (alike >= 2)
            {
                holds.Add(new ElectroEvent(
                    EventKind.Limit, e.Hours, 1 - (0.4 / alike), null,
                    FormattableString.Invariant($"current ends {alike} times at this voltage")));
            }
        }

        return holds;
    }

    // The first row that is not before a time.
    private static int At(IReadOnlyList<double> hours, double at)
    {
        int low = 0, high = hours.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = hours[middle] < at ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
