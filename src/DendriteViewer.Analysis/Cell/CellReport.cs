using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Cell;

/// <summary>A series of a cell, and where it is from.</summary>
/// <param name="Series">The curve, its times on the scans' clock.</param>
/// <param name="File">The file that was added with it; null of a series of dataset.json.</param>
public sealed record NamedSeries(Series Series, CellFile? File)
{
    /// <summary>Where it is from, for people.</summary>
    public string From => File?.Name ?? "dataset.json";
}

/// <summary>An impedance sweep of a cell on the time axis.</summary>
/// <param name="File">Its file.</param>
/// <param name="Index">Its number in the file.</param>
/// <param name="Hours">When it began, on the scans' clock; null where the file does not say.</param>
public sealed record CellSweep(CellFile File, int Index, double? Hours);

/// <summary>
/// The time axis of a cell: the series of dataset.json and those of its files, sweeps, spectra and events, on the clock of the scans.
/// Where both have a kind, numbers are worked out from that of dataset.json, as Faraday's volume is; that is said.
/// </summary>
public sealed record CellReport
{
    /// <summary>All series, those of dataset.json first.</summary>
    public IReadOnlyList<NamedSeries> Series { get; init; } = [];

    /// <summary>Charge, half cycles, scans and clocks of the first series of each kind.</summary>
    public SeriesReport Report { get; init; } = new();

    /// <summary>Sweeps in the order of files.</summary>
    public IReadOnlyList<CellSweep> Sweeps { get; init; } = [];

    /// <summary>The events with what people changed of them.</summary>
    public EditedEvents Events { get; init; } = new([], []);

    /// <summary>What a reader must see with the numbers.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Reads all that has a time and works the report out.</summary>
    /// <param name="store">Where the dataset is.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="state">What belongs to its cell.</param>
    /// <param name="read">Reads a file's content.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<CellReport> OfAsync(
        DatasetStore store, Dataset dataset, CellState state, Func<CellFile, Task<byte[]>> read, CancellationToken ct)
    {
        var (series, sweeps, warnings) = (new List<NamedSeries>(), new List<CellSweep>(), new List<string>());
        IReadOnlyDictionary<string, InstrumentClock> clocks = new Dictionary<string, InstrumentClock>();
        await TryAsync(() =>
        {
            clocks = CellClocks.Of(state);
            return Task.CompletedTask;
        });
        var manifest = dataset.Manifest with { Series = [.. dataset.Manifest.Series.Select(s => clocks.TryGetValue(s.Kind, out var clock)
            ? s with { Clock = CellClocks.ToManifest(clock) } : s)] };
        foreach (var stored in dataset.Manifest.Series)
        {
            await TryAsync(async () =>
            {
                var read = (await store.SeriesAsync(dataset, stored.Kind, ct))!;
                series.Add(new NamedSeries(
                    clocks.TryGetValue(stored.Kind, out var clock) ? CellClocks.Restated(read, stored.Clock, clock) : read, null));
            });
        }

        foreach (var file in state.Files)
        {
            ct.ThrowIfCancellationRequested();
            await TryAsync(async () =>
            {
                if (file.Kind == CellFileKind.Series)
                {
                    var found = CellFileReader.Series(file, await read(file));
                    series.AddRange(found.Series.Select(s => new NamedSeries(OnScansClock(s, file), file)));
                    warnings.AddRange(found.Remarks);
                    Say(file, "its times are");
                }
                else if (file.Kind == CellFileKind.Impedance)
                {
                    var found = CellFileReader.Impedance(file, await read(file)).Sweeps;
                    sweeps.AddRange(found.Select(s => new CellSweep(file, s.Index, HoursOf(file, s, found.Count))));
                    if (found.Any(s => s.Hours is not null))
                    {
                        Say(file, "the times of its sweeps are");
                    }
                }
            });
        }

        foreach (var group in series.GroupBy(s => s.Series.Kind).Where(g => g.Count() > 1))
        {
            var unit = SeriesUnits.Of(group.First().Series, manifest);
            var left = group.Where(s => SeriesUnits.Into(unit, s.Series, manifest) is null).Select(s => s.From).Distinct().ToArray();
            var area = group.Key == "current" ? " without the electrode’s area (cell.electrodeAreaMm2 of dataset.json)" : "";
            var shown = left.Length == 0 ? "All are shown"
                : $"Not drawn is {string.Join(", ", left)}, since its values cannot be made {unit}{area}";
            warnings.Add($"There are {group.Count()} series of {group.Key}: {string.Join(", ", group.Select(s => s.From))}. {shown}; "
                + $"charge and events are of {group.First().From}.");
        }

        if (series.FirstOrDefault(s => s.Series.Kind == "current") is { File: { } by })
        {
            warnings.Add(
                $"The current is of {by.Name}, which the analysis does not know: its Faraday’s volume goes by what dataset.json says.");
        }

        var hours = sweeps.Select(s => s.Hours).OfType<double>().Order().ToArray();
        var first = series.DistinctBy(s => s.Series.Kind).ToDictionary(s => s.Series.Kind, s => s.File);
        var stated = StatedClock.Of(manifest).Where(c => first.TryGetValue(c.Key, out var file) && file is null).ToDictionary();
        foreach (var (kind, file) in first)
        {
            if (file?.Clock is { } clock)
            {
                stated[kind] = new StatedClock(clock.OffsetSigma ?? 0, clock.DriftSigma ?? 0, file.StartHours ?? 0);
            }
        }

        var files = first.Where(f => f.Value is not null).ToDictionary(f => f.Key, f => f.Value!.Name);
        var report = SeriesReport.Of(series.ConvertAll(s => s.Series), manifest, warnings, hours, stated, files);
        var events = state.Events.Apply(report.Events);
        var lost = events.Lost.Count == 0 ? [] : (string[])[$"{events.Lost.Count} changes of events have no effect, since their events are "
            + "not found any more."];
        return new CellReport
        {
            Series = series, Report = report, Sweeps = sweeps, Events = events, Warnings = [.. report.Warnings, .. lost],
        };

        async Task TryAsync(Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (Exception e) when (e is VolumeFormatException or MeasurementException or Imaging.Bounds.OutOfRangeException)
            {
                // What cannot be read must not keep anybody from what can.
                warnings.Add(e.Message);
            }
        }

        void Say(CellFile file, string what)
        {
            if (file.StartHours is null)
            {
                warnings.Add($"Nobody said when {file.Name} began; {what} taken to count from the scans’ 0 h.");
            }
        }
    }

    /// <summary>When a sweep began, on the scans' clock; null where nobody says.</summary>
    /// <param name="file">Its file.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="sweeps">How many the file has: the only one began when the file did.</param>
    public static double? HoursOf(CellFile file, ImpedanceSweep sweep, int sweeps) =>
        sweep.Hours is { } hours ? file.ToScans(hours) : sweeps == 1 ? file.StartHours : null;

    private static Series OnScansClock(Series series, CellFile file) =>
        series with { Hours = [.. series.Hours.Select(file.ToScans)] };
}
