using DendriteViewer.Analysis.TimeSeries.Events;
using static DendriteViewer.Web.Analysis.AnalysisText;

namespace DendriteViewer.Web.Cell;

/// <summary>Changes of events in words.</summary>
internal static class EventWords
{
    /// <summary>A change, as “Moving soft-short of 2.9 h to 2.85 h”.</summary>
    public static string Of(EventEdit edit) => edit switch
    {
        AddEvent a => $"Adding {SeriesPlots.NameOf(a.Kind)} at {F(a.Hours, "0.####")} h",
        MoveEvent m => $"Moving {Named(m.Event)} to {F(m.Hours, "0.####")} h",
        RetypeEvent r => $"Changing {Named(r.Event)} to {SeriesPlots.NameOf(r.Kind)}",
        DeleteEvent d => $"Deleting {Named(d.Event)}",
        _ => "A change",
    };

    // An id is a kind and a time in tenths of a second.
    private static string Named(string id) =>
        id.Split('@') is [var kind, var tenths] && EventKinds.Find(kind) is { } known && long.TryParse(tenths, out var t)
            ? $"{SeriesPlots.NameOf(known)} of {F(t / 36000.0, "0.####")} h" : "an event";
}
