namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>
/// Finds where the voltage climbs at constant current. A straight line through the twenty rows before says where the voltage should be;
/// where all rows that follow lie above it by more than eight times the noise, ever farther, and come to half the voltage more, the
/// electrode that is being stripped is losing contact. What rises ever slower (a cell that polarises after current was switched on) lies
/// below the line and is none.
/// </summary>
internal static class ContactLosses
{
    private const int Before = 20;
    private const int After = 10;
    private const int LeastAfter = 4;
    private const double Threshold = 8;

    /// <summary>The contact losses of one stretch of constant current, one at most.</summary>
    /// <param name="p">The stretch.</param>
    /// <param name="shorts">Its shorts: a voltage that comes back from one is no loss of contact.</param>
    public static ElectroEvent? Of(Polarisation p, IReadOnlyList<ElectroEvent> shorts)
    {
        var (hours, volts) = (p.Hours, p.Volts);
        var overall = p.NoiseVolts;
        for (var i = Before; i + LeastAfter <= volts.Length; i++)
        {
            var line = Line.Fit(hours, volts, i - Before, Before, hours[i]);
            if (!(line.Value > 0) || double.IsNaN(line.Slope) || volts[i] - line.Value <= Threshold * overall)
            {
                continue;
            }

            var rows = Math.Min(After, volts.Length - i);
            double Excess(int at) => volts[at] - line.Value - (line.Slope * (hours[at] - hours[i]));
            var noise = Math.Max(overall, Noise.Of(volts, i - Before, Before));
            var climbs = Enumerable.Range(i, rows).All(j => Excess(j) > Threshold * noise)
                && Excess(i + rows - 1) > 2 * Excess(i) && Excess(i + rows - 1) > Excess(i + (rows / 2));
            if (!climbs)
            {
                continue;
            }

            var most = volts[i..].Max() - line.Value;
            var isComingBack = shorts.Any(s => s.Hours <= hours[i] && i - Array.BinarySearch(hours, s.Hours) < 4 * Before);
            if (most >= 0.5 * line.Value && volts[^1] - line.Value > 0.3 * line.Value && !isComingBack)
            {
                var z = Excess(i + rows - 1) / Math.Max(noise, 1e-12);
                return new ElectroEvent(
                    EventKind.ContactLoss, hours[Onset(p, i, noise)], z * z / ((z * z) + (4 * Threshold * Threshold)), null,
                    FormattableString.Invariant($"climbs to {1 + (most / line.Value):0.#} times the voltage before, at constant current"));
            }
        }

        return null;
    }

    // The line that was tested follows a climb that begins slowly; one of the rows before it does not.
    private static int Onset(Polarisation p, int found, double noise)
    {
        if (found < 2 * Before)
        {
            return found;
        }

        var first = found - (2 * Before);
        var at = found;
        while (at - 1 > first + Before && p.Volts[at - 1] - Line.Fit(p.Hours, p.Volts, first, Before, p.Hours[at - 1]).Value > 3 * noise)
        {
            at--;
        }

        return at;
    }
}
