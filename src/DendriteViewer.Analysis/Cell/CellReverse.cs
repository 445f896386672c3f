using DendriteViewer.Analysis.TimeSeries.Events;

namespace DendriteViewer.Analysis.Cell;

/// <summary>How a change of a cell is taken back, and while what holds.</summary>
/// <param name="Edit">The change that takes it back.</param>
/// <param name="Name">What the change was, as “add cell.mpt”.</param>
/// <param name="Holds">Whether what was changed still is as the change left it; what somebody changed since is left as it is.</param>
public sealed record CellReverse(CellEdit Edit, string Name, Func<CellState, bool> Holds)
{
    /// <summary>How a change is taken back.</summary>
    /// <param name="edit">The change.</param>
    /// <param name="before">The state before it.</param>
    /// <param name="after">The state that it led to.</param>
    /// <returns>Null where it changed nothing that can be taken back.</returns>
    public static CellReverse? Of(CellEdit edit, CellState before, CellState after)
    {
        switch (edit)
        {
            case AddFile add:
                return new CellReverse(new RemoveFile(add.File.Id), $"add {add.File.Name}", now => now.Find(add.File.Id) == add.File);
            case RemoveFile remove when before.Find(remove.File) is { } was:
                return new CellReverse(new AddFile(was), $"remove {was.Name}", now => now.Find(was.Id) is null);
            case DescribeFile said when (before.Find(said.File), after.Find(said.File)) is ({ } was, { } now):
                return new CellReverse(DescribeFile.Of(was), $"describe {was.Name}", then => then.Find(was.Id) == now);
            case EditEvents change:
                var entry = after.Version;
                return new CellReverse(new TakeBackEvent(entry, false), $"{VerbOf(change.Edit)} an event", then => Stands(then, entry));
            case TakeBackEvent back when before.EventChanges.Edits.ContainsKey(back.Entry)
                && before.EventChanges.InForce.Contains(back.Entry) != back.Again:
                return new CellReverse(
                    new TakeBackEvent(back.Entry, !back.Again), "change an event",
                    state => state.EventChanges.InForce.Contains(back.Entry) ? back.Again && Stands(state, back.Entry) : !back.Again);
            case RestoreEvents:
                return new CellReverse(
                    RestoreEvents.To(before), "restore events", then => then.EventsInForce.SequenceEqual(after.EventsInForce));
            case SetSettings set:
                var (old, made) = (before.Settings.GetValueOrDefault(set.Key), set.Json);
                return new CellReverse(
                    new SetSettings(set.Key, old), $"settings of {set.Key.Split('/')[0]}",
                    then => then.Settings.GetValueOrDefault(set.Key) == made);
            default:
                return null;
        }
    }

    // A change of an event stands alone while nobody changed the same event after it.
    private static bool Stands(CellState now, int entry)
    {
        var (edits, inForce) = (now.EventChanges.Edits, now.EventChanges.InForce);
        return inForce.Contains(entry) && !inForce.Any(n => n > entry && EventOf(edits[n]) == EventOf(edits[entry]));
    }

    private static string? EventOf(EventEdit edit) => edit switch
    {
        AddEvent a => new ElectroEvent(a.Kind, a.Hours, 1).Id,
        MoveEvent m => m.Event,
        RetypeEvent r => r.Event,
        DeleteEvent d => d.Event,
        _ => null,
    };

    private static string VerbOf(EventEdit edit) => edit switch
    {
        AddEvent => "add",
        MoveEvent => "move",
        RetypeEvent => "retype",
        _ => "delete",
    };
}
