using System.Text.Json;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Cell;

/// <summary>
/// Clocks that somebody stated for series of dataset.json after the import, by the kind of the series; kept as settings of the cell. They
/// stand in for what dataset.json states. Clocks of files are said of the files themselves.
/// </summary>
public static class CellClocks
{
    /// <summary>The name of the settings.</summary>
    public const string Key = "clocks";

    private const int MostClocks = 100;

    /// <summary>Reads them.</summary>
    /// <param name="state">The cell.</param>
    /// <exception cref="OutOfRangeException">The settings are no clocks.</exception>
    public static IReadOnlyDictionary<string, InstrumentClock> Of(CellState state)
    {
        if (!state.Settings.TryGetValue(Key, out var json))
        {
            return new Dictionary<string, InstrumentClock>();
        }

        try
        {
            var read = JsonSerializer.Deserialize<Dictionary<string, InstrumentClock>>(json, DatasetManifest.Json);
            return read is { Count: <= MostClocks } && read.Values.All(c => c is { IsPossible: true }) ? read : throw new JsonException();
        }
        catch (JsonException)
        {
            throw new OutOfRangeException("The clocks that are kept for series of dataset.json cannot be read; those of dataset.json are "
                + "used. State them anew.");
        }
    }

    /// <summary>The change that states a clock, or takes what is stated away.</summary>
    /// <param name="state">The cell now.</param>
    /// <param name="kind">The kind of the series.</param>
    /// <param name="clock">The clock; null for what dataset.json states.</param>
    public static SetSettings Stating(CellState state, string kind, InstrumentClock? clock)
    {
        Dictionary<string, InstrumentClock> clocks;
        try
        {
            clocks = Of(state).ToDictionary();
        }
        catch (OutOfRangeException)
        {
            // What cannot be read states nothing that could be kept.
            clocks = [];
        }

        clocks.Remove(kind);
        if (clock is not null)
        {
            clocks[kind] = clock;
        }

        return new SetSettings(Key, clocks.Count == 0 ? null : JsonSerializer.Serialize(clocks, DatasetManifest.Json));
    }

    /// <summary>A series with its times by another clock than the one that they were put right by when it was read.</summary>
    /// <param name="series">The series.</param>
    /// <param name="before">The clock by which it was put right; null for none.</param>
    /// <param name="clock">The clock that is meant.</param>
    internal static Series Restated(Series series, SeriesClock? before, InstrumentClock clock)
    {
        var (offset, rate) = ((before?.OffsetSeconds ?? 0) / 3600, 1 + ((before?.DriftPpm ?? 0) * 1e-6));
        return series with { Hours = series.Hours.Select(h => clock.ToTrue((h * rate) + offset)).ToArray() };
    }

    /// <summary>A clock as dataset.json states one.</summary>
    internal static SeriesClock ToManifest(InstrumentClock clock) => new()
    {
        OffsetSeconds = clock.OffsetSeconds, DriftPpm = clock.DriftPpm, OffsetSigma = clock.OffsetSigma, DriftSigma = clock.DriftSigma,
    };

    /// <summary>A clock as dataset.json states it; null where it states none.</summary>
    public static InstrumentClock? Of(SeriesClock? clock) => clock is not { IsStated: true } ? null
        : new InstrumentClock(clock.OffsetSeconds ?? 0, clock.DriftPpm ?? 0, clock.OffsetSigma, clock.DriftSigma);

    /// <summary>The clock that leads to the same times as one clock after another.</summary>
    /// <param name="first">What the times were put right by already; null for nothing.</param>
    /// <param name="then">What was found of the times so put right.</param>
    public static InstrumentClock After(InstrumentClock? first, TimeSeries.ClockFit then)
    {
        // (h − a) / r after (h − b) / s is (h − (a s + b)) / (r s).
        var (offset, rate) = (first?.OffsetSeconds ?? 0, 1 + ((first?.DriftPpm ?? 0) * 1e-6));
        var drift = ((rate * (1 + (then.DriftPpm * 1e-6))) - 1) * 1e6;
        return new InstrumentClock(offset + (then.OffsetSeconds * rate), drift, then.OffsetSigma, then.DriftSigma);
    }
}
