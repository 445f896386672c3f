using DendriteViewer.Analysis.Impedance.Files;

namespace DendriteViewer.Analysis.Impedance;

/// <summary>
/// Parts a run of rows into sweeps where the frequency begins anew. Rows are cut wherever the frequency leaves its direction; a cut is the
/// beginning of a sweep where the frequency went back over at least half of the sweep's decades, or where it turned and keeps the
/// opposite direction. Any other cut means that the frequencies jump about.
/// </summary>
internal static class SweepParts
{
    // A sweep that is followed by another has at least so many points, unless the next begins at the same frequency (it was stopped).
    private const int LeastRun = 5;
    private const double SameStart = 0.02;

    /// <summary>The sweeps of some rows, or why they are none.</summary>
    /// <param name="rows">Rows with frequencies above 0.</param>
    /// <param name="reason">Why there are none: one sentence without the file's name; else null.</param>
    public static List<List<ImpedanceRow>> Of(IReadOnlyList<ImpedanceRow> rows, out string? reason)
    {
        var runs = Runs(rows);
        reason = null;
        for (var i = 1; i < runs.Count && reason is null; i++)
        {
            var (before, run) = (runs[i - 1], runs[i]);
            var (last, next) = (before[^1].FrequencyHz, run[0].FrequencyHz);
            var back = Math.Abs(Math.Log(next / last));
            var startsAlike = Math.Abs(Math.Log(next / runs[0][0].FrequencyHz)) < SameStart && back > SameStart;
            var isReset = (before.Count >= LeastRun || startsAlike) && back >= 0.5 * Math.Abs(Math.Log(before[0].FrequencyHz / last))
                && back > 0;
            var turns = before.Count >= LeastRun && run.Count >= LeastRun && Direction(before) != Direction(run);
            if (!isReset && !turns)
            {
                reason = next == last
                    ? $"{Hz(next)} stands twice in a sweep; leave one of the two points out."
                    : $"the frequencies jump about: {Hz(next)} comes after {Hz(last)}; sort each sweep by frequency.";
            }
        }

        return runs;
    }

    private static int Direction(List<ImpedanceRow> run) => Math.Sign(run[^1].FrequencyHz - run[0].FrequencyHz);

    private static List<List<ImpedanceRow>> Runs(IReadOnlyList<ImpedanceRow> rows)
    {
        var runs = new List<List<ImpedanceRow>>();
        var direction = 0;
        foreach (var row in rows)
        {
            var step = runs.Count == 0 ? 0 : Math.Sign(row.FrequencyHz - runs[^1][^1].FrequencyHz);
            if (runs.Count == 0 || step == 0 || (direction != 0 && step != direction))
            {
                runs.Add([row]);
                direction = 0;
            }
            else
            {
                runs[^1].Add(row);
                direction = step;
            }
        }

        return runs;
    }

    private static string Hz(double f) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{f:G6} Hz");
}
