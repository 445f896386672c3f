using DendriteViewer.Web.Annotations.Journal;

namespace DendriteViewer.Web.History;

/// <summary>What an entry did in words: before and after the names of its annotations, which the page links.</summary>
/// <param name="Verb">What comes first, as “moved”.</param>
/// <param name="Objects">The annotations that are named; none where the words name them.</param>
/// <param name="Rest">What comes after, as “from edit 12”; empty for nothing.</param>
public sealed record HistoryPhrase(string Verb, IReadOnlyList<ToldObject> Objects, string Rest = "")
{
    /// <summary>All of it as a sentence without a full stop.</summary>
    public string Text => string.Join(' ', new[] { Verb, Names, Rest }.Where(t => t.Length > 0))
        .Replace(" ,", ",", StringComparison.Ordinal);

    private string Names => string.Join(", ", Objects.Select(o => o.Name));
}

/// <summary>Says what people did to a dataset.</summary>
public static class HistoryWords
{
    private const int MostPhrases = 2;

    // How the names of entries begin, in the past.
    private static readonly (string Now, string Past)[] s_verbs =
    [
        ("mark", "marked"), ("draw", "drew"), ("write", "wrote"), ("rewrite", "rewrote"), ("delete", "deleted"), ("change", "changed"),
        ("import", "imported"), ("propose", "proposed"), ("restore", "restored"), ("split", "cut"), ("join", "joined"),
        ("resolve", "resolved"), ("open again", "opened again"), ("add", "added"), ("move", "moved"),
    ];

    /// <summary>What a kind of annotation is called, of several.</summary>
    public static string KindOf(string kind) => kind switch
    {
        "site" => "Sites", "measurement" => "Measurements and drawings", "comment" => "Comments", "schema" => "Labels and fields",
        _ => kind,
    };

    /// <summary>What an entry did.</summary>
    public static HistoryPhrase Of(HistoryItem item)
    {
        var (entry, objects) = (item.Entry, item.Objects);
        return entry.What switch
        {
            EditWhat.Undo => new HistoryPhrase($"undid “{entry.Name}”", [], FromOf(entry)),
            EditWhat.Redo => new HistoryPhrase($"did “{entry.Name}” again", [], FromOf(entry)),
            EditWhat.Restore when objects is [var one] => new HistoryPhrase("restored", [one],
                entry.Of is { } of ? $"as edit {of} left it" : "as it was"),
            EditWhat.Import => new HistoryPhrase(Past(entry.Name), []),
            _ when entry.Kind == "comment" => new HistoryPhrase(OfComment(entry, objects), []),
            _ when entry.Kind == "schema" => new HistoryPhrase(Past(entry.Name), []),
            _ when entry.Name.StartsWith("split ", StringComparison.Ordinal) && objects is [var earlier, var later] =>
                new HistoryPhrase("cut through time:", [earlier, later]),
            _ when entry.Name.StartsWith("join ", StringComparison.Ordinal) && objects is [var stays, var taken] =>
                new HistoryPhrase("joined", [stays, taken], "through time"),
            _ when objects is [var one] => OfOne(entry, one),
            _ when objects.Count > 1 => new HistoryPhrase(Past(entry.Name) + ":", objects),
            _ => new HistoryPhrase(Past(entry.Name), []),
        };
    }

    /// <summary>The name of an entry in the past: “delete N3” is “deleted N3”.</summary>
    public static string Past(string name)
    {
        foreach (var (now, past) in s_verbs)
        {
            if (name == now || name.StartsWith(now + " ", StringComparison.Ordinal))
            {
                return past + name[now.Length..];
            }
        }

        return name;
    }

    private static string FromOf(EditEntry entry) => entry.Of is { } of ? $"(edit {of})" : "";

    private static string OfComment(EditEntry entry, IReadOnlyList<ToldObject> objects) =>
        objects is not [{ Change: ObjectChange.Changed, Groups: ["resolved"] }] ? Past(entry.Name)
            : entry.Name.StartsWith("open again", StringComparison.Ordinal) ? "opened a thread of comments again"
            : "resolved a thread of comments";

    private static HistoryPhrase OfOne(EditEntry entry, ToldObject one) => one.Change switch
    {
        ObjectChange.Made => new HistoryPhrase(one.Kind == "measurement" ? "drew" : "marked", [one]),
        ObjectChange.Deleted => new HistoryPhrase("deleted", [one]),
        ObjectChange.Revived => new HistoryPhrase("brought back", [one]),
        _ => OfFields(entry, one),
    };

    private static HistoryPhrase OfFields(EditEntry entry, ToldObject one)
    {
        if (one.Groups is ["label"])
        {
            return new HistoryPhrase("renamed", [one], one.Changes is [{ Before: { Length: > 0 } before }] ? $", which was {before}" : "");
        }

        if (one.Groups.Count is 0 or > MostPhrases)
        {
            return new HistoryPhrase(one.Groups.Count == 0 ? Past(entry.Name[..(entry.Name + " ").IndexOf(' ', StringComparison.Ordinal)])
                : "changed", [one], one.Groups.Count == 0 ? "" : $"in {one.Groups.Count} fields");
        }

        var said = one.Groups.Select((g, i) => OfField(g, i < one.Changes.Count ? one.Changes[i] : null));
        return new HistoryPhrase(string.Join(" and ", said), [one]);
    }

    private static string OfField(string group, FieldChange? change) => group switch
    {
        "place" => "moved",
        "status" => change?.After switch
        {
            "confirmed" => "confirmed",
            "rejected" => "rejected",
            _ => "left open",
        },
        "time" => "moved to another scan",
        "track" => "changed the way through time of",
        "note" => change switch
        {
            { Before: "" } => "wrote the note of",
            { After: "" } => "took away the note of",
            _ => "changed the note of",
        },
        "shape" => "drew anew",
        "label" => "renamed",
        _ when group.StartsWith("labels.", StringComparison.Ordinal) =>
            change is { After: "" } ? $"took away the {change.Field} from" : $"gave the {change?.Field ?? "label"} to",
        _ => $"changed {change?.Field ?? group} of",
    };
}
