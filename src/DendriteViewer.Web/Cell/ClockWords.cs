using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Cell;

/// <summary>Clocks of instruments, as they are stated, in words.</summary>
internal static class ClockWords
{
    /// <summary>A clock, as “40.0 ± 1.2 s ahead”.</summary>
    public static string Of(InstrumentClock? clock) => clock is null ? "taken as that of the scans"
        : $"{ChargeWords.With(clock.OffsetSeconds, clock.OffsetSigma)} s ahead"
            + (clock.DriftPpm == 0 ? "" : $", {ChargeWords.With(clock.DriftPpm, clock.DriftSigma)} ppm fast");

    /// <summary>
    /// The clock that is stated of a series: of a file with the file, else with the cell, else by dataset.json; null where none is.
    /// </summary>
    public static InstrumentClock? ClockOf(NamedSeries series, CellState state, DatasetManifest manifest) =>
        series.File is { } file ? (state.Find(file.Id) ?? file).Clock
        : Stated(state).GetValueOrDefault(series.Series.Kind)
        ?? CellClocks.Of(manifest.Series.FirstOrDefault(s => s.Kind == series.Series.Kind)?.Clock);

    /// <summary>What is stated with the cell of series of dataset.json.</summary>
    public static IReadOnlyDictionary<string, InstrumentClock> Stated(CellState state)
    {
        try
        {
            return CellClocks.Of(state);
        }
        catch (OutOfRangeException)
        {
            // The report says so, and goes by what dataset.json states.
            return new Dictionary<string, InstrumentClock>();
        }
    }
}
