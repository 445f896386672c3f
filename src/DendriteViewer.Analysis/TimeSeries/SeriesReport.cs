using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.TimeSeries;

/// <summary>A scan as an interval on the time axis.</summary>
/// <param name="Hours">When it began.</param>
/// <param name="ToHours">When it ended; the same where dataset.json gives no duration.</param>
/// <param name="Charge">The charge that had passed when it began; null where it is not known.</param>
/// <param name="During">The charge that passed while it was taken, which belongs to the uncertainty of what it shows.</param>
public sealed record ScanInterval(double Hours, double ToHours, ArealCharge? Charge, ArealCharge? During);

/// <summary>What the series of a dataset say.</summary>
public sealed record SeriesReport
{
    /// <summary>The series, their times on the scans' clock.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>The charge; null where neither a current nor a density is known, or no area.</summary>
    public ChargeCurve? Charge { get; init; }

    /// <summary>Plated and stripped.</summary>
    public IReadOnlyList<HalfCycle> HalfCycles { get; init; } = [];

    /// <summary>The scans.</summary>
    public IReadOnlyList<ScanInterval> Scans { get; init; } = [];

    /// <summary>What happened.</summary>
    public IReadOnlyList<ElectroEvent> Events { get; init; } = [];

    /// <summary>Current and voltage on one clock, from which charge and events are.</summary>
    public SharedClock Clock { get; init; } = new(null, null, null, null);

    /// <summary>The clocks that somebody stated of current and voltage, by kind, with what they may be wrong by.</summary>
    public IReadOnlyDictionary<string, StatedClock> StatedClocks { get; init; } = new Dictionary<string, StatedClock>();

    /// <summary>What a reader must see with the numbers.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads a dataset's series and works all of it out.</summary>
    /// <param name="store">Where the dataset is.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<SeriesReport> OfAsync(DatasetStore store, Dataset dataset, CancellationToken ct)
    {
        var (series, warnings) = (new List<Series>(), new List<string>());
        foreach (var kind in dataset.Manifest.Series.Select(s => s.Kind))
        {
            try
            {
                series.Add((await store.SeriesAsync(dataset, kind, ct))!);
            }
            catch (VolumeFormatException e)
            {
                // A store may hold series from before they were checked.
                warnings.Add(e.Message);
            }
        }

        return Of(series, dataset.Manifest, warnings);
    }

    /// <summary>Works out what series say.</summary>
    /// <param name="series">The series, on the scans' clock.</param>
    /// <param name="manifest">Cell and scans.</param>
    /// <param name="warnings">Those of reading them.</param>
    /// <param name="sweepHours">When impedance sweeps began, on the scans' clock.</param>
    /// <param name="stated">The clocks that somebody stated, by the kind of series; null for those that dataset.json states.</param>
    /// <param name="files">Names of the files of series that are not of dataset.json, by kind.</param>
    public static SeriesReport Of(
        IReadOnlyList<Series> series, DatasetManifest manifest, IEnumerable<string> warnings, IReadOnlyList<double>? sweepHours = null,
        IReadOnlyDictionary<string, StatedClock>? stated = null, IReadOnlyDictionary<string, string>? files = null)
    {
        stated ??= StatedClock.Of(manifest);
        var said = new List<string>(warnings);
        said.AddRange(series.SelectMany(s => s.Warnings));
        var scanHours = manifest.Volumes.Select(v => v.Hours).Distinct().Order().ToArray();
        said.AddRange(series.SelectMany(s => s.CoverageWarnings(scanHours)));
        var clock = SharedClock.Of(
            series.FirstOrDefault(s => s.Kind == "current"), series.FirstOrDefault(s => s.Kind == "voltage"),
            stated.Keys.ToHashSet(), files);
        var (current, voltage) = (clock.Current, clock.Voltage);
        said.AddRange(clock.Warning is { } about ? [about] : []);
        var density = manifest.Cell?.CurrentDensityMaCm2;
        var ends = manifest.Volumes.Select(v => v.Hours + Math.Max(0, v.DurationHours ?? 0)).Concat(series.Select(s => s.Hours[^1]));
        var areaCm2 = manifest.Cell?.ElectrodeAreaMm2 is { } mm2 ? mm2 / 100 : (double?)null;
        said.AddRange(current is not null && CurrentCheck.WarningOf(manifest.Cell, current) is { } odd ? [odd] : []);
        var charge = current is not null ? ChargeCurve.Of(current, areaCm2)
            : density is { } d ? ChargeCurve.OfConstant(d, ends.DefaultIfEmpty().Max()) : null;
        Say(said, current, charge, density);

        if (current is null && voltage is not null)
        {
            said.Add("No current was logged, so a rest cannot be told from a short; confidences are lowered for it.");
        }

        return new SeriesReport
        {
            Series = series,
            Charge = charge,
            HalfCycles = current is not null && charge is not null ? HalfCycle.Of(Flow.Of(current), charge) : [],
            Scans = manifest.Volumes.GroupBy(v => v.Hours).OrderBy(g => g.Key).Select(g =>
            {
                var to = g.Key + g.Max(v => Math.Max(0, v.DurationHours ?? 0));
                return new ScanInterval(
                    g.Key, to, charge is null ? null : ChargeAt(charge, SigmaHours("current", g.Key, clock, stated), g.Key),
                    charge is null ? null : During(charge, SigmaHours("current", g.Key, clock, stated), g.Key, to));
            }).ToArray(),
            Events = EventFinder.Find(
                current, voltage, current is null ? null : charge, density, sweepHours, clock.MarginHours),
            Clock = clock,
            StatedClocks = stated,
            Warnings = said.Distinct().ToArray(),
        };
    }

    /// <summary>
    /// The charge at times enough to draw it by: all rows where they are few, else evenly thinned, with scans and half cycles.
    /// </summary>
    /// <param name="most">Points that are taken of the rows, at most.</param>
    public IEnumerable<(double Hours, ArealCharge Charge)> ChargePoints(int most = 500)
    {
        if (Charge is null)
        {
            return [];
        }

        var (rows, step) = (Charge.Hours, Math.Max(1, (Charge.Hours.Count + most - 1) / most));
        return rows.Where((_, i) => i % step == 0).Append(rows[^1]).Concat(Scans.SelectMany(s => new[] { s.Hours, s.ToHours }))
            .Concat(HalfCycles.SelectMany(h => new[] { h.FromHours, h.ToHours })).Distinct().Order()
                .Select(h => (h, ChargeAt(h)!.Value));
    }

    /// <summary>
    /// The charge at a time, with what the current may have passed while its clock may be wrong in its uncertainty; null where no charge is
    /// known.
    /// </summary>
    /// <param name="hours">The time.</param>
    public ArealCharge? ChargeAt(double hours) =>
        Charge is null ? null : ChargeAt(Charge, SigmaHours("current", hours, Clock, StatedClocks), hours);

    /// <summary>By how many hours the time of an event may be wrong (σ), by what its instrument's clock may be wrong by.</summary>
    /// <param name="e">The event; of one in the current that is the current's clock, of others the voltage's.</param>
    public double SigmaHoursOf(ElectroEvent e) => SigmaHours(
        e.Kind is EventKind.CurrentOn or EventKind.CurrentOff or EventKind.Rest or EventKind.SignChange or EventKind.EisPause
            ? "current" : "voltage", e.Hours, Clock, StatedClocks);

    // A stated clock is as wrong as was said. Of one that nobody stated the comparison is all that is known, whether or not it was applied:
    // it has the doubts of the comparison and of the clock that it was compared with.
    private static double SigmaHours(
        string kind, double hours, SharedClock clock, IReadOnlyDictionary<string, StatedClock> stated)
    {
        if (stated.TryGetValue(kind, out var own))
        {
            return own.SigmaHours(hours);
        }

        if (clock.Comparison is not { } c || c.Kind != kind)
        {
            return 0;
        }

        var reference = stated.GetValueOrDefault(c.Against)?.SigmaHours(hours) ?? 0;
        var found = new StatedClock(c.Fit.OffsetSigma, c.Fit.DriftSigma ?? 0).SigmaHours(hours);
        return Math.Sqrt((reference * reference) + (found * found));
    }

    private static ArealCharge ChargeAt(ChargeCurve charge, double sigmaHours, double hours)
    {
        var (at, around) = (charge.At(hours), charge.Since(hours - sigmaHours, hours + sigmaHours).MahCm2 / 2);
        return at with { Sigma = Math.Sqrt((at.Sigma * at.Sigma) + (around * around)) };
    }

    // A clock that is wrong moves both ends of a scan alike.
    private static ArealCharge During(ChargeCurve charge, double sigmaHours, double from, double to)
    {
        var during = charge.Since(from, to);
        var moved = (charge.Since(from + sigmaHours, to + sigmaHours).MahCm2 - charge.Since(from - sigmaHours, to - sigmaHours).MahCm2) / 2;
        return during with { Sigma = Math.Sqrt((during.Sigma * during.Sigma) + (moved * moved)) };
    }

    private static void Say(List<string> said, Series? current, ChargeCurve? charge, double? density)
    {
        if (current is not null && charge is null)
        {
            said.Add("dataset.json gives no electrode area (cell.electrodeAreaMm2), so there is no areal charge.");
        }
        else if (current is null && density is not null)
        {
            said.Add("No current was logged: the charge is that of cell.currentDensityMaCm2 flowing all the time, and its uncertainty "
                + "is not known.");
        }
        else if (current is null)
        {
            said.Add("No current was logged and dataset.json gives no density (cell.currentDensityMaCm2), so there is no charge.");
        }
        else if (charge is { StepMaCm2: 0 })
        {
            said.Add("The current takes too few values to tell in which steps the instrument writes it; its resolution is not in the "
                + "charge’s uncertainty.");
        }

        if (charge is not null && current is not null && Flow.Of(current).All(f => f.Sign <= 0) && charge.MaCm2.Any(v => v < 0))
        {
            said.Add("The current is negative throughout; the charge keeps its sign.");
        }
    }
}
