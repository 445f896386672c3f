using DendriteViewer.Analysis.Impedance.Circuits;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>
/// Arcs of one shape can change places without changing Z. They are put in order of rising τ, so that a name means the same process from
/// sweep to sweep.
/// </summary>
internal static class ArcOrder
{
    /// <summary>The same values with arcs of one shape in order of rising τ.</summary>
    public static double[] Sort(Circuit circuit, double[] parameters)
    {
        var sorted = parameters.ToArray();
        var slots = ArcSlot.Of(circuit);
        foreach (var alike in circuit.Parts.Where(p => p is CircuitNode.Parallel).GroupBy(p => p.Shape))
        {
            var places = alike.ToList();
            var values = places.Select(p => parameters.AsSpan(p.First, p.Count).ToArray()).ToList();
            var times = places.Select(
                p => slots.FirstOrDefault(s => s.Storage >= p.First && s.Storage < p.First + p.Count)?.TauOf(parameters) ?? 0);
            var order = times.Select((t, i) => (t, i)).OrderBy(v => v.t).Select(v => v.i).ToList();
            for (var i = 0; i < places.Count; i++)
            {
                values[order[i]].CopyTo(sorted, places[i].First);
            }
        }

        return sorted;
    }
}
