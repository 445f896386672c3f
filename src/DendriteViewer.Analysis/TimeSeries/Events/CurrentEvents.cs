using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries.Events;

/// <summary>What a current series tells by itself: on, off, rests, reversals.</summary>
internal static class CurrentEvents
{
    // A switch that lies in a hole of the series happened somewhere in it.
    private const double InHole = 0.5;

    /// <summary>The events of a current series.</summary>
    /// <param name="current">The series.</param>
    /// <param name="flows">Its stretches.</param>
    /// <param name="sweepHours">When impedance sweeps began; a rest that holds one is an EIS pause.</param>
    public static IEnumerable<ElectroEvent> Of(Series current, IReadOnlyList<Flow> flows, IReadOnlyList<double> sweepHours)
    {
        var holes = current.HolesAfter.ToHashSet();
        for (var i = 0; i < flows.Count; i++)
        {
            var (flow, before) = (flows[i], i > 0 ? flows[i - 1] : default(Flow?));
            var isInHole = flow.First > 0 && holes.Contains(flow.First - 1);
            var confidence = isInHole ? InHole : ConfidenceOf(current, flow);
            var note = isInHole ? $"somewhere in the hole that begins at {Say(current.Hours[flow.First - 1])} h" : null;
            if (flow.Sign != 0)
            {
                // What flows from the first row on was switched on before it, if the series does not begin at 0 h.
                yield return before is { Sign: not 0 }
                    ? new ElectroEvent(EventKind.SignChange, flow.FromHours, confidence, null, note)
                    : new ElectroEvent(EventKind.CurrentOn, flow.FromHours, confidence, null,
                        before is null && flow.FromHours > 0 ? "flows from the series’ first row on" : note);
            }
            else if (before is not null)
            {
                var resumes = i + 1 < flows.Count;
                var holdsSweep = sweepHours.Any(h => h >= flow.FromHours - 1e-3 && h <= flow.ToHours);
                var rest = new ElectroEvent(resumes ? EventKind.Rest : EventKind.CurrentOff, flow.FromHours, confidence,
                    resumes ? flow.ToHours : null, note);

                // It keeps the id that it has without sweeps, so that edits of it hold when a file of sweeps is added or removed.
                yield return holdsSweep
                    ? new ElectroEvent(EventKind.EisPause, flow.FromHours, confidence, flow.ToHours, note) { Id = rest.Id }
                    : rest;
            }
        }
    }

    // One row by itself may be a spike of the instrument.
    private static double ConfidenceOf(Series current, Flow flow) =>
        flow.Last > flow.First || flow.Last == current.Hours.Count - 1 ? 0.99 : 0.8;

    private static string Say(double hours) => hours.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);
}
