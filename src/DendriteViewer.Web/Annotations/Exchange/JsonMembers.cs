using System.Text.Json;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>Which members a JSON object has: what a file does not say stays as it is, unlike what it says is empty.</summary>
internal static class JsonMembers
{
    /// <summary>The members of an object; none of what is no object.</summary>
    /// <param name="item">The object.</param>
    /// <param name="names">How names are compared: in any case where the object is read so.</param>
    public static IReadOnlyDictionary<string, JsonElement> Of(JsonElement item, StringComparer names)
    {
        var members = new Dictionary<string, JsonElement>(names);
        foreach (var member in item.ValueKind == JsonValueKind.Object ? item.EnumerateObject() : default)
        {
            members[member.Name] = member.Value;
        }

        return members;
    }

    /// <summary>Ids of the fields in the member "fields" that are null: those have no value.</summary>
    public static ValueList<string> EmptiedIn(IReadOnlyDictionary<string, JsonElement> members) =>
        members.TryGetValue("fields", out var fields) && fields.ValueKind == JsonValueKind.Object
            ? new(fields.EnumerateObject().Where(f => f.Value.ValueKind == JsonValueKind.Null).Select(f => f.Name))
            : ValueList<string>.Empty;

    /// <summary>What of an annotation has no member, or one that is null.</summary>
    public static Unsaid UnsaidIn(IReadOnlyDictionary<string, JsonElement> members)
    {
        (string Name, Unsaid Flag)[] all =
        [
            ("hours", Unsaid.Hours), ("modality", Unsaid.Modality), ("thicknessUm", Unsaid.Thickness), ("widthUm", Unsaid.Width),
            ("label", Unsaid.Label), ("note", Unsaid.Note), ("color", Unsaid.Color), ("labels", Unsaid.Labels), ("fields", Unsaid.Fields),
        ];
        return all.Where(a => !members.TryGetValue(a.Name, out var value) || value.ValueKind == JsonValueKind.Null)
            .Aggregate(Unsaid.Nothing, (flags, a) => flags | a.Flag);
    }
}
