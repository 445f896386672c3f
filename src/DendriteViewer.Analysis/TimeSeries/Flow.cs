using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>A stretch of rows over which current flows one way, or does not flow.</summary>
/// <param name="Sign">+1, -1, or 0 at rest.</param>
/// <param name="First">Its first row.</param>
/// <param name="Last">Its last row.</param>
/// <param name="FromHours">The time of its first row.</param>
/// <param name="ToHours">The time of the next stretch's first row; of the last stretch, that of its last row.</param>
public readonly record struct Flow(int Sign, int First, int Last, double FromHours, double ToHours)
{
    /// <summary>Currents below this share of the largest count as rest.</summary>
    public const double RestShare = 0.02;

    /// <summary>Divides a current series into stretches of one direction.</summary>
    /// <param name="current">A series of kind current, in any unit.</param>
    public static IReadOnlyList<Flow> Of(Series current)
    {
        var (hours, values) = (current.Hours, current.Values);
        var found = new List<Flow>();
        if (values.Count == 0)
        {
            return found;
        }

        // A single spike of the instrument must not make everything else a rest.
        var sorted = values.Select(Math.Abs).Order().ToArray();
        var largest = sorted[(int)(0.999 * (sorted.Length - 1))];
        var threshold = RestShare * (largest > 0 ? largest : sorted[^1]);
        int SignOf(double value) => Math.Abs(value) <= threshold ? 0 : Math.Sign(value);
        var first = 0;
        for (var i = 1; i <= values.Count; i++)
        {
            if (i < values.Count && SignOf(values[i]) == SignOf(values[first]))
            {
                continue;
            }

            found.Add(new Flow(SignOf(values[first]), first, i - 1, hours[first], hours[Math.Min(i, values.Count - 1)]));
            first = i;
        }

        return found;
    }
}
