using DendriteViewer.Analysis.Impedance.Files;

namespace DendriteViewer.Analysis.Impedance;

/// <summary>
/// Parts a run of rows into sweeps where the frequency begins anew. Rows are cut wherever the frequency leaves its direction; a cut is the
/// beginning of a sweep where the frequency went back over at least half of the sweep's decades, or where it turned and keeps the
/// opposite direction. Any other cut means that the frequencies jump about, and so does one behind which the sweep goes on as if a single
/// point did not stand there.
/// </summary>
internal static class SweepParts
{
    // A sweep that is followed by another has at least so many points, unless the next begins at the same frequency (it was stopped).
    private const int LeastRun = 5;
    private const double SameStart = 0.02;

    // Sweeps of a file begin within this factor of one another, else it is said; neighbouring points lie within so many usual steps.
    private const double StartFactor = 2, UsualSteps = 2.5;

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
            if ((isReset || turns) && Stray(before, run) is { } stray)
            {
                reason = $"the frequencies jump about: {Hz(stray)} stands alone between points of one sweep; leave that point out.";
            }
            else if (!isReset && !turns)
            {
                reason = next == last
                    ? $"{Hz(next)} stands twice in a sweep; leave one of the two points out."
                    : $"the frequencies jump about: {Hz(next)} comes after {Hz(last)}; sort each sweep by frequency.";
            }
        }

        return runs;
    }

    /// <summary>What should be said of where a sweep begins; null where nothing.</summary>
    public static string? Remark(List<List<ImpedanceRow>> runs, int at)
    {
        if (at == 0)
        {
            return null;
        }

        var (first, start, end) = (runs[0][0].FrequencyHz, runs[at][0].FrequencyHz, runs[at - 1][^1].FrequencyHz);
        static bool Near(double a, double b) => Math.Abs(Math.Log(a / b)) <= Math.Log(StartFactor);
        return Near(start, first) || (Near(start, end) && Direction(runs[at]) != Direction(runs[at - 1])) ? null
            : $"This sweep begins at {Hz(start)}, the first of its table at {Hz(first)}: it was taken for a sweep of its own; "
                + "where it is none, sort the points by frequency.";
    }

    // The frequency of a single point that parts what is one sweep: the points behind it go on where those before it ended.
    private static double? Stray(List<ImpedanceRow> before, List<ImpedanceRow> run)
    {
        var direction = Direction(before);
        if (before.Count < LeastRun || run.Count < 2)
        {
            return null;
        }

        var steps = before.Zip(before.Skip(1), (a, b) => Math.Abs(Math.Log(b.FrequencyHz / a.FrequencyHz))).Order().ToList();
        var usual = UsualSteps * steps[steps.Count / 2];
        bool GoesOn(double from, double to) => Math.Sign(to - from) == direction && Math.Abs(Math.Log(to / from)) <= usual;
        var (last, next) = (before[^1].FrequencyHz, run[0].FrequencyHz);
        return GoesOn(last, run[1].FrequencyHz) && Math.Abs(Math.Log(run[1].FrequencyHz / next)) > usual ? next
            : GoesOn(before[^2].FrequencyHz, next) && Math.Abs(Math.Log(last / before[^2].FrequencyHz)) > usual ? last : null;
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
