using System.Globalization;
using DendriteViewer.Analysis.Impedance.Files;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Impedance;

/// <summary>
/// What every file of impedance spectra must be, whichever format it is in: where sweeps part, which sign Im has, and which sweeps cannot
/// be used. A sweep that cannot be used is listed with the reason; a file without any other is refused with that reason.
/// </summary>
internal static class SweepChecks
{
    /// <summary>Points that a file has at most.</summary>
    public const int MostPoints = 1_000_000;

    /// <summary>Points that a sweep has at least.</summary>
    public const int LeastPoints = 5;

    /// <summary>Points that a sweep has at most; more would take a test or a fit minutes, and no instrument measures so many.</summary>
    public const int MostSweepPoints = 10_000;

    // Seconds beyond the first are since 1970, not since the file's beginning; beyond the second they are no seconds.
    private const double ClockSeconds = 1e9, NoSeconds = 1e11;

    private const double LeastADecade = 3;

    // A sweep is cut short where it lacks this part of the decades that the other sweeps of the file have.
    private const double ShortBy = 0.1;

    private static readonly NumberRange s_frequency = new("frequency", 1e-9, 1e12, "Hz");
    private static readonly NumberRange s_ohm = new("Re or Im", -1e15, 1e15, "Ω");

    private sealed record Part(
        List<ImpedanceRow> Rows, ImpedanceBlock Block, bool IsLast, string? Reason, bool IsFirst = true, string? Remark = null);

    /// <summary>The sweeps of a table.</summary>
    /// <exception cref="MeasurementException">None can be used; the message names the file.</exception>
    public static ImpedanceFile Check(ImpedanceSource source, ImpedanceTable table, ImaginarySign sign)
    {
        table = WithClock(WithoutRests(table));
        var count = table.Blocks.Sum(b => (long)b.Rows.Count);
        if (count is 0 or > MostPoints)
        {
            throw source.Refuse(count == 0 ? "It has no points."
                : $"It has {count} points; {MostPoints} are read at most. Export fewer sweeps.");
        }

        var parts = table.Blocks.SelectMany(PartsOf).ToList();
        var turned = IsTurned(source, table, parts, sign);
        var remarks = table.Remarks.ToList();
        if (turned)
        {
            remarks.Add(sign == ImaginarySign.Turned
                ? "The sign of Im was turned, as asked for."
                : "The sign of Im was turned, since most points of the lower half of the frequencies lay above 0.");
        }

        var start = parts.SelectMany(p => p.Rows).Select(r => r.Seconds).FirstOrDefault(s => s is not null);
        var firstClock = parts.Select(p => p.Block.Started).FirstOrDefault(s => s is not null);
        var sweeps = new List<ImpedanceSweep>();
        var refused = new List<RefusedSweep>();
        for (var i = 0; i < parts.Count; i++)
        {
            var part = parts[i];
            if ((part.Reason ?? ReasonAgainst(part.Rows)) is { } reason)
            {
                refused.Add(new(i, parts.Count > 1 ? $"Sweep {i}: {reason}" : char.ToUpperInvariant(reason[0]) + reason[1..]));
                continue;
            }

            var factor = turned ? -1 : 1;
            var seconds = part.Rows[0].Seconds;
            var hours = seconds is { } s && (parts.Count > 1 || s != start) ? s / 3600
                : part.IsFirst && part.Block.Started is { } at && firstClock is { } first && parts.Count > 1 ? (at - first).TotalHours
                : (double?)null;
            // A comment speaks of the first sweep below it.
            hours ??= part.IsFirst ? part.Block.Hours : null;
            sweeps.Add(new ImpedanceSweep
            {
                Index = i,
                Hours = hours,
                Started = part.IsFirst ? part.Block.Started : StartedLater(part, seconds),
                FrequencyHz = [.. part.Rows.Select(r => r.FrequencyHz)],
                Re = [.. part.Rows.Select(r => r.Re)],
                Im = [.. part.Rows.Select(r => factor * r.Im)],
                Truncated = part.IsLast && IsShort(part.Block, part.Rows),
                Remarks =
                [
                    .. part.IsLast && part.Block.Aborted ? ["The file says that this sweep was stopped before its end."] : (string[])[],
                    .. part.Remark is { } remark ? [remark] : (string[])[],
                ],
            });
        }

        if (sweeps.Count == 0)
        {
            throw source.Refuse(refused[0].Reason);
        }

        var timed = sweeps.Where(s => s.Hours is not null).ToList();
        if (timed.Zip(timed.Skip(1)).FirstOrDefault(p => p.Second.Hours <= p.First.Hours) is ({ } before, { } after))
        {
            remarks.Add(string.Create(CultureInfo.InvariantCulture,
                $"The sweeps' times do not rise: sweep {after.Index} begins at {after.Hours:0.###} h, sweep {before.Index} before it at ")
                + string.Create(CultureInfo.InvariantCulture, $"{before.Hours:0.###} h; check the column of times."));
        }

        return new ImpedanceFile(source.Path, table.Format, WithShortOnes(sweeps), refused, remarks);
    }

    // The block's clock is that of its first sweep; a later one began so much later as its first point was measured.
    private static DateTime? StartedLater(Part part, double? seconds) =>
        part.Block.Started is { } at && seconds - part.Block.Rows[0].Seconds is { } later && Math.Abs(later) < ClockSeconds
            ? at.AddSeconds(later) : null;

    // Times since 1970 become times since the first of them, and their date that of the sweeps; what can be no seconds is left out.
    private static ImpedanceTable WithClock(ImpedanceTable table)
    {
        var rows = table.Blocks.SelectMany(b => b.Rows);
        var remarks = table.Remarks.ToList();
        if (rows.Any(r => r.Seconds is { } s && Math.Abs(s) >= NoSeconds))
        {
            remarks.Add("The times are too large for seconds, even since 1970, and were left out; give them in seconds or hours.");
            return Timed(_ => null, b => b.Started);
        }

        var origin = rows.Select(r => r.Seconds).FirstOrDefault(s => s is not null) ?? 0;
        if (origin < ClockSeconds)
        {
            return table;
        }

        remarks.Add("The times are seconds since 1970; hours count from the first of them, and dates are in UTC.");
        return Timed(s => s - origin, b => b.Started ?? (b.Rows[0].Seconds is { } s ? DateTime.UnixEpoch.AddSeconds(s) : null));

        ImpedanceTable Timed(Func<double?, double?> seconds, Func<ImpedanceBlock, DateTime?> started) => table with
        {
            Remarks = remarks,
            Blocks = [.. table.Blocks.Select(b => b with
            {
                Started = started(b),
                Rows = [.. b.Rows.Select(r => r with { Seconds = seconds(r.Seconds) })],
            })],
        };
    }

    // Rows without a frequency and an impedance are of rests and charging that stand between sweeps in the same table.
    private static ImpedanceTable WithoutRests(ImpedanceTable table)
    {
        var rests = table.Blocks.Sum(b => b.Rows.Count(IsRest));
        return rests == 0 ? table : table with
        {
            Blocks = [.. table.Blocks.Select(b => b with { Rows = [.. b.Rows.Where(r => !IsRest(r))] }).Where(b => b.Rows.Count > 0)],
            Remarks = [.. table.Remarks, $"{rests} rows without a frequency, of rests or charging, were left out."],
        };
    }

    private static bool IsRest(ImpedanceRow row) => row is { FrequencyHz: 0, Re: 0, Im: 0 };

    private static IEnumerable<Part> PartsOf(ImpedanceBlock block)
    {
        foreach (var row in block.Rows)
        {
            if (!s_frequency.Contains(row.FrequencyHz) || !s_ohm.Contains(row.Re) || !s_ohm.Contains(row.Im)
                || (row.Re == 0 && row.Im == 0))
            {
                var text = string.Create(CultureInfo.InvariantCulture, $"{row.FrequencyHz:G6} Hz, Re {row.Re:G6} Ω, Im {row.Im:G6} Ω");
                return [new Part([.. block.Rows], block, true, $"a point is {text}; "
                    + "give frequencies of 1e-9 to 1e12 Hz and impedances other than 0, and leave points out that were not measured.")];
            }
        }

        var runs = SweepParts.Of(block.Rows, out var reason);
        return reason is not null
            ? [new Part([.. block.Rows], block, true, reason)]
            : runs.Select((r, i) => new Part(r, block, i == runs.Count - 1, null, i == 0, SweepParts.Remark(runs, i)));
    }

    private static string? ReasonAgainst(List<ImpedanceRow> rows)
    {
        if (rows.Count < LeastPoints)
        {
            return $"it has {rows.Count} points; a spectrum needs {LeastPoints} at least.";
        }

        if (rows.Count > MostSweepPoints)
        {
            return $"it has {rows.Count} points; a sweep has {MostSweepPoints} at most, so leave some out (every second, say).";
        }

        var decades = Math.Abs(Math.Log10(rows[^1].FrequencyHz / rows[0].FrequencyHz));
        var density = (rows.Count - 1) / decades;
        return density < LeastADecade
            ? string.Create(CultureInfo.InvariantCulture,
                $"it has {density:0.#} points a decade; a spectrum needs {LeastADecade:0} at least, so measure more frequencies.")
            : null;
    }

    private static bool IsTurned(ImpedanceSource source, ImpedanceTable table, List<Part> parts, ImaginarySign sign)
    {
        if (sign != ImaginarySign.Automatic)
        {
            return sign == ImaginarySign.Turned;
        }

        if (table.SignIsNamed)
        {
            return false;
        }

        var usable = parts.Where(p => p.Reason is null).ToList();
        if (usable.Count > 0 && usable.All(p => p.Rows.All(r => r.Im > 0)))
        {
            throw source.Refuse("Every Im is above 0, which no cell shows unless the column holds -Im "
                + "or the leads' inductance is all there is; say whether Im is to be turned or taken as read "
                + "(--im-sign turned or as-read).");
        }

        var (above, below) = (0, 0);
        foreach (var rows in usable.Select(p => p.Rows))
        {
            foreach (var row in rows.OrderBy(r => r.FrequencyHz).Take((rows.Count + 1) / 2))
            {
                above += row.Im > 0 ? 1 : 0;
                below += row.Im < 0 ? 1 : 0;
            }
        }

        return above > below;
    }

    private static bool IsShort(ImpedanceBlock block, List<ImpedanceRow> rows) => block.Aborted
        || (block.LastPlannedHz is { } planned and > 0
            && Math.Abs(Math.Log(rows[^1].FrequencyHz / planned)) > ShortBy * Math.Abs(Math.Log(rows[0].FrequencyHz / planned)));

    // Where a file holds several sweeps, one that has fewer decades than most was stopped.
    private static List<ImpedanceSweep> WithShortOnes(List<ImpedanceSweep> sweeps)
    {
        var usual = sweeps.Select(Decades).Order().ElementAt(sweeps.Count / 2);
        return [.. sweeps.Select(s => Decades(s) < (1 - ShortBy) * usual && !s.Truncated
            ? s with { Truncated = true, Remarks = [.. s.Remarks, "This sweep covers fewer decades than the others of its file."] }
            : s)];
    }

    private static double Decades(ImpedanceSweep s) => Math.Abs(Math.Log10(s.FrequencyHz[^1] / s.FrequencyHz[0]));
}
