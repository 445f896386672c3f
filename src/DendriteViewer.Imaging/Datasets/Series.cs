using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>A measured curve: hours against a value.</summary>
/// <param name="Kind">voltage, current, …</param>
/// <param name="Unit">What the header calls the value's column.</param>
/// <param name="Hours">Hours of each row, never falling; two rows of one time are a step.</param>
/// <param name="Values">One a row, finite.</param>
public sealed record Series(string Kind, string Unit, IReadOnlyList<double> Hours, IReadOnlyList<double> Values)
{
    private const double MostHours = 1e6;

    /// <summary>What one unit of the values is in V or A, and whether it is per cm².</summary>
    /// <param name="kind">voltage or current, as which the values are read.</param>
    /// <exception cref="VolumeFormatException">The header names no unit of that quantity.</exception>
    public (double Factor, bool PerCm2) Scale(string kind) => SeriesColumns.UnitOf(kind, Unit, $"The {Kind} series");

    /// <summary>The curve with its times on the clock of the scans; what its clock's error hides is not in it.</summary>
    /// <param name="clock">How its instrument's clock stands to that of the scans; null where they are one.</param>
    public Series OnClock(SeriesClock? clock) => clock is null ? this : this with { Hours = Hours.Select(clock.ToScans).ToArray() };

    /// <summary>What a reader of the curve should know; empty where nothing is odd.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Reads CSV with a header: a time (hours, time_h, time_min or time_s) and a value with its unit, as voltage_V or current_mA; commas,
    /// semicolons or tabs.
    /// </summary>
    /// <exception cref="VolumeFormatException">
    /// The header names no time or a unit that does not fit, a row has no two finite numbers, or times fall or stand there more than twice.
    /// </exception>
    public static Series Parse(string kind, ReadOnlySpan<byte> utf8, string file)
    {
        var table = new SeriesTable(utf8, file);
        var perUnit = SeriesColumns.HoursPerUnit(table.Header[0], file);
        if (SeriesColumns.IsKnown(kind))
        {
            SeriesColumns.UnitOf(kind, table.Header[1], file);
        }

        var (hours, values, lines) = (new List<double>(), new List<double>(), new List<int>());
        foreach (var (line, time, value) in table.Rows())
        {
            var h = time * perUnit;
            var n = hours.Count;
            if (!(Math.Abs(h) < MostHours))
            {
                throw new VolumeFormatException(
                    $"{file}, line {line}: a time of {SeriesColumns.Say(h)} hours is none of an experiment; correct the line.");
            }

            if (n > 0 && h < hours[^1])
            {
                throw new VolumeFormatException(
                    $"{file}, line {line}: its time lies before that of line {lines[^1]}; "
                    + "put the rows in order of time, or correct the clock.");
            }

            if (n > 0 && h == hours[^1] && (value == values[^1] || (n > 1 && hours[n - 2] == h)))
            {
                throw new VolumeFormatException(
                    $"{file}, line {line}: its time stands in line {lines[^1]} too; only a step, two rows with different values, "
                    + "may have one time: remove one of the lines.");
            }

            hours.Add(h);
            values.Add(value);
            lines.Add(line);
        }

        if (hours.Count == 0)
        {
            throw new VolumeFormatException($"{file} has no rows below its header; give a measured curve or leave the series out.");
        }

        return new Series(kind, table.Header[1], hours, values) { Warnings = WarningsOf(kind, table.Header[1], file, hours, values,
            lines) };
    }

    /// <summary>
    /// Where rows are missing: gaps more than ten times the usual and four times those beside them, over which the value changes. What the
    /// value was in between is not known.
    /// </summary>
    public IReadOnlyList<(double From, double To)> Holes => HolesAfter.Select(i => (Hours[i], Hours[i + 1])).ToArray();

    /// <summary>Indices of the rows after which a hole begins.</summary>
    public IReadOnlyList<int> HolesAfter => Gaps().Where(i => !Holds(i)).Select(i => i - 1).ToArray();

    /// <summary>Sentences on what part of some scans' times the curve does not cover, and on its holes.</summary>
    /// <param name="hours">Hours of the scans.</param>
    public IEnumerable<string> CoverageWarnings(IReadOnlyList<double> hours)
    {
        var isCurrent = Kind == "current";
        var (first, last) = (Hours[0], Hours[^1]);
        var tolerance = 1e-6 + (Hours.Count > 1 ? (last - first) / (Hours.Count - 1) : 0);
        foreach (var i in Gaps())
        {
            var where = $"The {Kind} series has no rows from {SeriesColumns.Say(Hours[i - 1])} h to {SeriesColumns.Say(Hours[i])} h";
            if (!Holds(i))
            {
                yield return where + ", over which its value changes" + (isCurrent
                    ? ": the smaller of the two currents is taken there, the larger is the upper end of Faraday’s interval."
                    : ".");
            }
            else if (isCurrent && Math.Abs(Values[i]) > 0.01 * Values.Max(Math.Abs))
            {
                yield return where + ": the current is taken to have stayed what it was.";
            }
        }

        var late = hours.Where(h => h > last + tolerance).Order().ToArray();
        if (late.Length > 0)
        {
            yield return $"The {Kind} series ends at {SeriesColumns.Say(last)} h, before {Scans(late)}"
                + (isCurrent ? ": no charge is counted after it." : ".");
        }

        if (first > tolerance && hours.Any(h => h > 0))
        {
            yield return $"The {Kind} series begins at {SeriesColumns.Say(first)} h"
                + (isCurrent ? ": no charge is counted from 0 h to then." : ", after plating began.");
        }

        static string Scans(double[] late) => late.Length == 1
            ? $"the scan of {SeriesColumns.Say(late[0])} h"
            : $"the scans of {SeriesColumns.Say(late[0])} h to {SeriesColumns.Say(late[^1])} h";
    }

    private bool Holds(int row) => Math.Abs(Values[row] - Values[row - 1]) <= 0.05 * Values.Max(Math.Abs);

    // Rows before which others are missing.
    private List<int> Gaps()
    {
        var usual = new List<double>();
        for (var i = 1; i < Hours.Count; i++)
        {
            if (Hours[i] > Hours[i - 1])
            {
                usual.Add(Hours[i] - Hours[i - 1]);
            }
        }

        var found = new List<int>();
        if (usual.Count < 3)
        {
            return found;
        }

        usual.Sort();
        var median = usual[usual.Count / 2];
        double before = 0;
        for (var i = 1; i < Hours.Count; i++)
        {
            var gap = Hours[i] - Hours[i - 1];
            if (gap > 10 * median && gap > 4 * Math.Max(before, After(i)))
            {
                found.Add(i);
            }

            before = gap > 0 ? gap : before;
        }

        return found;

        // The next gap that is not that of a step.
        double After(int row)
        {
            for (var i = row + 1; i < Hours.Count; i++)
            {
                if (Hours[i] > Hours[i - 1])
                {
                    return Hours[i] - Hours[i - 1];
                }
            }

            return 0;
        }
    }

    private static List<string> WarningsOf(string kind, string header, string file, List<double> hours, List<double> values,
        List<int> lines)
    {
        var warnings = new List<string>();
        if (!SeriesColumns.IsKnown(kind))
        {
            warnings.Add(SeriesColumns.IsMeasured(kind)
                ? SeriesColumns.UnitProblem(kind, header) is { } problem ? $"{file}: {problem}" : ""
                : $"{file}: series of kind {kind} are kept, but no number is made of them; known are {SeriesColumns.Kinds}.");
            return warnings.Where(w => w.Length > 0).ToList();
        }

        var most = values.Max(Math.Abs);

        // A step jumps more within its time than before or after it; rows that a coarse clock gave one time do not.
        var doubled = Enumerable.Range(1, Math.Max(0, hours.Count - 1)).Where(i => hours[i] == hours[i - 1] && !IsStep(i)).ToArray();
        if (doubled.Length > 0)
        {
            warnings.Add(
                $"{file}: {(doubled.Length == 1 ? "a time stands" : $"{doubled.Length} times stand")} twice "
                + $"without a step between the values, first in line {lines[doubled[0]]}; the clock may be too coarse.");
        }

        var (factor, perCm2) = SeriesColumns.UnitOf(kind, header, file);
        var largest = most * factor;
        if (kind == "voltage" && largest > 30)
        {
            warnings.Add(
                $"{file}: '{header}' reaches {SeriesColumns.Say(largest)} V, more than a cell has; is the unit in its header right?");
        }

        if (perCm2 && largest > 1)
        {
            warnings.Add(
                $"{file}: '{header}' reaches {SeriesColumns.Say(largest)} A/cm2, more than a cell bears; is the unit in its header right?");
        }

        return warnings;

        bool IsStep(int i)
        {
            var jump = Math.Abs(values[i] - values[i - 1]);
            var before = i > 1 ? Math.Abs(values[i - 1] - values[i - 2]) : double.MaxValue;
            var after = i + 1 < values.Count ? Math.Abs(values[i + 1] - values[i]) : double.MaxValue;
            var beside = Math.Min(before, after);
            return (beside == double.MaxValue || jump > 2 * beside) && jump > 0.01 * most;
        }
    }
}
