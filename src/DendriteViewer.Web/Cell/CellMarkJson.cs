using System.Globalization;
using System.Text.Json;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Analysis.TimeSeries.Events;

namespace DendriteViewer.Web.Cell;

/// <summary>Events as the timeline's script gets them, and the voltage of a file where dataset.json has none.</summary>
internal static partial class CellMarkJson
{
    /// <summary>Marks that a timeline has at most; the surest are taken.</summary>
    private const int Most = 300;

    // A timeline is about twice as wide as a plot of the panel.
    private const int Columns = 2 * SeriesThinning.Columns;

    /// <summary>Nothing to mark.</summary>
    public static string None { get; } = Of(new CellReport());

    /// <summary>What the timeline shows of a cell.</summary>
    public static string Of(CellReport report) => JsonSerializer.Serialize(
        new
        {
            events = report.Events.Events.OrderByDescending(e => e.Confidence).Take(Most).OrderBy(e => e.Hours)
                .Select(e => new { id = e.Id, kind = EventKinds.NameOf(e.Kind), hours = e.Hours, note = e.Note }),
            voltage = report.Series.FirstOrDefault(s => s.Series.Kind == "voltage") is { File: not null } file ? Curve(file.Series) : null,
        },
        CellEntry.Json);

    // Digits beyond what a picture shows would only make it larger.
    private static object Curve(Series series)
    {
        var rows = SeriesThinning.Of(series.Hours, series.Values, Columns).Where(i => double.IsFinite(series.Values[i])).ToArray();
        var holes = series.HolesAfter.Order().ToArray();
        bool HasHole(int from, int to) => Array.BinarySearch(holes, from) is var at && (at >= 0 || (~at < holes.Length && holes[~at] < to));
        return new
        {
            unit = series.Unit,
            hours = rows.Select(i => Math.Round(series.Hours[i], 6)),
            values = rows.Select(i => Shortened(series.Values[i])),
            holesAfter = Enumerable.Range(0, Math.Max(0, rows.Length - 1)).Where(k => HasHole(rows[k], rows[k + 1])),
        };
    }

    private static double Shortened(double value) =>
        double.Parse(value.ToString("G6", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    [LoggerMessage(LogLevel.Warning, "The events of a cell could not be read: {Reason}")]
    public static partial void LogUnread(ILogger logger, string reason);
}
