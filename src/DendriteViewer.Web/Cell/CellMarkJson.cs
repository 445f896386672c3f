using System.Text.Json;
using DendriteViewer.Analysis.TimeSeries.Events;

namespace DendriteViewer.Web.Cell;

/// <summary>Events as the timeline's script gets them.</summary>
internal static partial class CellMarkJson
{
    /// <summary>Marks that a timeline has at most; the surest are taken.</summary>
    private const int Most = 300;

    public static string Of(IReadOnlyList<ElectroEvent> events) => JsonSerializer.Serialize(
        events.OrderByDescending(e => e.Confidence).Take(Most).OrderBy(e => e.Hours)
            .Select(e => new { id = e.Id, kind = EventKinds.NameOf(e.Kind), hours = e.Hours, note = e.Note }),
        CellEntry.Json);

    [LoggerMessage(LogLevel.Warning, "The events of a cell could not be read: {Reason}")]
    public static partial void LogUnread(ILogger logger, string reason);
}
