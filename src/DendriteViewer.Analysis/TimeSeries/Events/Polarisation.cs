using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>
/// A stretch of constant current, with the voltage as a resistance of the cell makes it: positive whichever way current flows.
/// </summary>
/// <param name="Hours">Times of the rows, on the current's clock.</param>
/// <param name="Volts">The voltage times the current's sign.</param>
/// <param name="MaCm2">Magnitude of the current density; null where it is not known.</param>
/// <param name="OhmicVolts">What the cell's resistance alone drops at that current; null where no switch showed it.</param>
/// <param name="NoiseVolts">Noise of the whole curve: few rows of a short stretch tell little of it.</param>
internal sealed record Polarisation(double[] Hours, double[] Volts, double? MaCm2, double? OhmicVolts, double NoiseVolts)
{
    private const double SameCurrent = 0.1;

    /// <summary>The stretches of constant current of two series that are on one clock.</summary>
    /// <param name="voltage">The voltage.</param>
    /// <param name="current">The current.</param>
    /// <param name="flows">The current's stretches.</param>
    /// <param name="charge">The current's charge; null where no area is known.</param>
    /// <param name="clockHours">How far the two clocks may be apart: so much is left out where current is switched.</param>
    public static IReadOnlyList<Polarisation> Of(
        Series voltage, Series current, IReadOnlyList<Flow> flows, ChargeCurve? charge, double clockHours)
    {
        var (factor, _) = voltage.Scale("voltage");
        var found = new List<Polarisation>();
        var noise = Noise.Of(voltage.Values, 0, voltage.Values.Count) * factor;
        var row = 0;
        foreach (var flow in flows)
        {
            // Rows of the current between which it keeps to a tenth; a step of the current is a step of the voltage.
            for (var first = flow.First; flow.Sign != 0 && first <= flow.Last;)
            {
                var last = first;
                while (last < flow.Last && Math.Abs(current.Values[last + 1] - current.Values[first])
                    <= SameCurrent * Math.Abs(current.Values[first]))
                {
                    last++;
                }

                // Up to the row before current changes: what is measured in between may be of either.
                var from = current.Hours[first] + (first > 0 ? clockHours : 0);
                var to = current.Hours[last] - (last + 1 < current.Hours.Count ? clockHours : 0);
                var (hours, volts) = (new List<double>(), new List<double>());
                while (row < voltage.Hours.Count && voltage.Hours[row] < from)
                {
                    row++;
                }

                for (; row < voltage.Hours.Count && voltage.Hours[row] <= to; row++)
                {
                    hours.Add(voltage.Hours[row]);
                    volts.Add(voltage.Values[row] * factor * flow.Sign);
                }

                if (hours.Count > 0)
                {
                    found.Add(new Polarisation(
                        [.. hours], [.. volts], charge is null ? null : Math.Abs(charge.MaCm2[first]), null, noise));
                }

                first = last + 1;
            }
        }

        return WithOhmic(found, voltage, factor);
    }

    /// <summary>The whole curve, where nobody logged the current.</summary>
    public static IReadOnlyList<Polarisation> OfWhole(Series voltage, double? maCm2)
    {
        var (factor, _) = voltage.Scale("voltage");
        var sign = Noise.Median(voltage.Values, 0, voltage.Values.Count) < 0 ? -1 : 1;
        var noise = Noise.Of(voltage.Values, 0, voltage.Values.Count) * factor;
        return [new Polarisation([.. voltage.Hours], voltage.Values.Select(v => v * factor * sign).ToArray(), maCm2, null, noise)];
    }

    // The jump of the voltage at the row where a stretch begins is at least the ohmic drop; the least over all switches is the best bound.
    private static List<Polarisation> WithOhmic(List<Polarisation> found, Series voltage, double factor)
    {
        var jumps = new List<double>();
        foreach (var p in found.Where(p => p.MaCm2 > 0))
        {
            var at = BinarySearch(voltage.Hours, p.Hours[0]);
            if (at > 0)
            {
                var jump = Math.Abs((voltage.Values[at] - voltage.Values[at - 1]) * factor);
                if (jump > 0.2 * Math.Abs(p.Volts[0]) && jump <= 1.05 * Math.Abs(p.Volts[0]))
                {
                    jumps.Add(jump / p.MaCm2!.Value);
                }
            }
        }

        return jumps.Count == 0 ? found : found.Select(p => p.MaCm2 > 0 ? p with { OhmicVolts = jumps.Min() * p.MaCm2 } : p).ToList();
    }

    private static int BinarySearch(IReadOnlyList<double> hours, double at)
    {
        int low = 0, high = hours.Count - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = hours[middle] < at ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
