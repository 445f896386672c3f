using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>Finds what happened to a cell in its current and voltage.</summary>
public static class EventFinder
{
    /// <summary>Events that are less sure are not listed.</summary>
    public const double LeastConfidence = 0.5;

    // Without a current, a rest looks like a short.
    private const double WithoutCurrent = 0.65;

    /// <summary>The events, in order of time.</summary>
    /// <param name="current">The current; null where nobody logged it.</param>
    /// <param name="voltage">The voltage, on the current's clock; null where nobody logged it.</param>
    /// <param name="charge">The charge of the current, from which current densities are taken; null where no area is known.</param>
    /// <param name="maCm2">The density that is said to have flowed, where the current was not logged.</param>
    /// <param name="sweepHours">When impedance sweeps began.</param>
    /// <param name="clockHours">How far the clocks of the two may be apart still: so much is left out where current is switched.</param>
    public static IReadOnlyList<ElectroEvent> Find(
        Series? current, Series? voltage, ChargeCurve? charge = null, double? maCm2 = null, IReadOnlyList<double>? sweepHours = null,
        double clockHours = 0)
    {
        var found = new List<ElectroEvent>();
        var flows = current is null ? [] : Flow.Of(current);
        if (current is not null)
        {
            found.AddRange(CurrentEvents.Of(current, flows, sweepHours ?? []));
        }

        if (voltage is { Values.Count: > 0 })
        {
            var stretches = current is null
                ? Polarisation.OfWhole(voltage, maCm2)
                : Polarisation.Of(voltage, current, flows, charge, clockHours);
            foreach (var stretch in stretches)
            {
                var shorts = Shorts.Of(stretch);
                var loss = ContactLosses.Of(stretch, shorts);
                found.AddRange(shorts.Concat(loss is null ? [] : [loss])
                    .Select(e => current is null ? e with { Confidence = e.Confidence * WithoutCurrent } : e));
            }

            found.AddRange(current is null ? [] : Limits.Of(voltage, current, flows));
        }

        return found.Where(e => e.Confidence >= LeastConfidence).OrderBy(e => e.Hours).ThenBy(e => e.Kind).ToArray();
    }
}
