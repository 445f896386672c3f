using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>A sudden change in a curve that another instrument sees too: current switched on, off or reversed.</summary>
/// <param name="FromHours">The last row before it.</param>
/// <param name="ToHours">The first row after it.</param>
/// <param name="Up">+1 where the value rises, -1 where it falls.</param>
public readonly record struct Edge(double FromHours, double ToHours, int Up)
{
    private const int MostEdges = 2000;

    /// <summary>The middle of the interval that it lies in.</summary>
    public double Hours => (FromHours + ToHours) / 2;

    /// <summary>Where a current series changes between rest and the two directions; holes are left out.</summary>
    /// <param name="current">A series of kind current.</param>
    public static IReadOnlyList<Edge> OfCurrent(Series current)
    {
        var holes = current.HolesAfter.ToHashSet();
        var flows = Flow.Of(current);
        return flows.Skip(1).Where(f => !holes.Contains(f.First - 1)).Take(MostEdges)
            .Select((f, i) => new Edge(current.Hours[f.First - 1], current.Hours[f.First], Math.Sign(
                current.Values[f.First] - current.Values[f.First - 1])))
            .ToArray();
    }

    /// <summary>
    /// Where a voltage jumps within one row by more than a fifth of its whole range and by more than eight times its noise: the voltage
    /// that the resistance of the cell drops when current is switched. Shorts jump too; they find no partner in the current.
    /// </summary>
    /// <param name="voltage">A series of kind voltage.</param>
    public static IReadOnlyList<Edge> OfVoltage(Series voltage)
    {
        var (hours, values) = (voltage.Hours, voltage.Values);
        if (values.Count < 8)
        {
            return [];
        }

        var sorted = values.Order().ToArray();
        var range = sorted[(int)(0.99 * (sorted.Length - 1))] - sorted[(int)(0.01 * (sorted.Length - 1))];
        var least = Math.Max(0.2 * range, 8 * Noise.Of(values, 0, values.Count));
        var holes = voltage.HolesAfter.ToHashSet();
        var found = new List<Edge>();
        for (var i = 1; i < values.Count && found.Count < MostEdges; i++)
        {
            var jump = values[i] - values[i - 1];
            if (Math.Abs(jump) > least && !holes.Contains(i - 1))
            {
                found.Add(new Edge(hours[i - 1], hours[i], Math.Sign(jump)));
            }
        }

        return found;
    }
}
