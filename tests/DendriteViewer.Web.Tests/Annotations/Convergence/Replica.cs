using System.Text.Json.Nodes;
using DendriteViewer.Web.Annotations.Journal;

namespace DendriteViewer.Web.Tests.Annotations.Convergence;

/// <summary>
/// What a browser keeps of a dataset's annotations, by the rules of wwwroot/annotations/replica.js: what the journal has told so far, in
/// the order of its numbers, and its own edits that are not answered yet, which lie over it.
/// </summary>
internal sealed class Replica
{
    private readonly SortedDictionary<long, JsonObject> _early = [];

    /// <summary>The last entry that was taken in; -1 before the first.</summary>
    public long Number { get; private set; } = -1;

    /// <summary>The annotations as the journal has them, deleted ones included, by id.</summary>
    public Dictionary<string, JsonObject> Confirmed { get; } = [];

    /// <summary>Ids of the annotations that are there, in an order in which one can be drawn at random.</summary>
    public List<string> Alive { get; } = [];

    /// <summary>Own edits that are not in the journal yet, oldest first.</summary>
    public List<EditOp> Pending { get; } = [];

    /// <summary>Whether an entry came whose predecessor is missing.</summary>
    public bool HasGap => _early.Count > 0;

    /// <summary>Takes in entries in whichever order they come, however often.</summary>
    public void Receive(IEnumerable<JsonNode?> entries)
    {
        foreach (var entry in entries.Cast<JsonObject>())
        {
            var number = entry["number"]!.GetValue<long>();
            if (number > Number)
            {
                _early[number] = entry;
            }
        }

        while (Number >= 0 && _early.Count > 0 && _early.First() is var (next, entry) && next <= Number + 1)
        {
            // Without states it is only a word that there is more to ask for.
            if (next == Number + 1 && entry["states"] is not JsonArray)
            {
                break;
            }

            _early.Remove(next);
            if (next == Number + 1)
            {
                Apply(entry);
                Number = next;
            }
        }
    }

    /// <summary>Takes in the answer to what came since.</summary>
    public void CatchUp(JsonObject answer)
    {
        if (answer["whole"] is JsonObject whole)
        {
            var number = answer["number"]!.GetValue<long>();
            if (number < Number)
            {
                return;
            }

            Confirmed.Clear();
            Alive.Clear();
            foreach (var state in whole.SelectMany(k => (JsonArray)k.Value!))
            {
                Set((JsonObject)state!);
            }

            Number = number;
            Receive([]);
        }
        else
        {
            Receive((JsonArray)answer["entries"]!);
        }
    }

    /// <summary>An annotation with one's own edits over it; null where it is not there.</summary>
    public JsonObject? Seen(string id)
    {
        var seen = Confirmed.GetValueOrDefault(id) is { } state && !IsDeleted(state) ? (JsonObject)state.DeepClone() : null;
        foreach (var op in Pending.Where(p => p.Id == id))
        {
            if (op.Do == EditAction.Add)
            {
                seen = (JsonObject)op.Fields!.DeepClone();
            }
            else if (op.Do == EditAction.Delete)
            {
                seen = null;
            }
            else if (op.Do == EditAction.Change && seen is not null)
            {
                foreach (var (name, value) in op.Fields!)
                {
                    seen[name] = value?.DeepClone();
                }
            }
        }

        return seen;
    }

    private void Apply(JsonObject entry)
    {
        foreach (var state in (JsonArray)entry["states"]!)
        {
            Set((JsonObject)state!);
        }

        var key = (string?)entry["key"];
        Pending.RemoveAll(p => p.Key == key);
    }

    private void Set(JsonObject state)
    {
        var id = (string)state["id"]!;
        var before = Confirmed.GetValueOrDefault(id);
        if (before is not null && before["version"]!.GetValue<int>() >= state["version"]!.GetValue<int>())
        {
            return;
        }

        var (was, now) = (before is not null && !IsDeleted(before), !IsDeleted(state));
        Confirmed[id] = state;
        if (now && !was)
        {
            Alive.Add(id);
        }
        else if (was && !now)
        {
            Alive.Remove(id);
        }
    }

    private static bool IsDeleted(JsonObject state) => state["deleted"]?.GetValue<bool>() == true;
}
