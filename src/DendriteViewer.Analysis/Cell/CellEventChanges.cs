using System.Collections.Immutable;
using DendriteViewer.Analysis.TimeSeries.Events;

namespace DendriteViewer.Analysis.Cell;

/// <summary>
/// Changes of a cell's events as the log has them, and which of them are in force. Immutable. An entry of the log costs as much as it
/// names, whatever came before it, so that a full log is folded in time proportional to its length; the <see cref="EventLog"/> is made
/// when it is asked for.
/// </summary>
internal sealed class CellEventChanges
{
    /// <summary>No changes.</summary>
    public static readonly CellEventChanges None = new(ImmutableSortedDictionary<int, EventEdit>.Empty, []);

    private readonly Lazy<EventLog> _log;

    private CellEventChanges(ImmutableSortedDictionary<int, EventEdit> edits, ImmutableSortedSet<int> inForce)
    {
        (Edits, InForce) = (edits, inForce);
        _log = new(() => inForce.Count == 0 ? EventLog.Empty : new EventLog([.. inForce.Select(n => edits[n])]));
    }

    /// <summary>All changes by their places in the log.</summary>
    public ImmutableSortedDictionary<int, EventEdit> Edits { get; }

    /// <summary>Places in the log of those that are in force.</summary>
    public ImmutableSortedSet<int> InForce { get; }

    /// <summary>The changes that are in force.</summary>
    public EventLog Log => _log.Value;

    /// <summary>With one change more.</summary>
    public CellEventChanges With(int place, EventEdit edit) => new(Edits.Add(place, edit), InForce.Add(place));

    /// <summary>With a known change in force, or taken back.</summary>
    public CellEventChanges With(int place, bool isInForce) => new(Edits, isInForce ? InForce.Add(place) : InForce.Remove(place));

    /// <summary>With these changes in force, as far as they are known, and no others.</summary>
    public CellEventChanges With(IEnumerable<int> inForce) => new(Edits, [.. inForce.Where(Edits.ContainsKey)]);
}
