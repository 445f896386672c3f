using System.Globalization;
using System.Text.Json.Nodes;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>Fields of an annotation that only make sense together, as the coordinates of a place.</summary>
/// <param name="Name">What people call them, as “place”.</param>
/// <param name="Fields">Their JSON names.</param>
public sealed record FieldGroup(string Name, params string[] Fields)
{
    /// <summary>Fields that the server computes from them, which go where they go.</summary>
    public string[] Derived { get; init; } = [];

    /// <summary>Fields that clients may give with them, and that go where they go, as what was seen when a status was given.</summary>
    public string[] Along { get; init; } = [];

    /// <summary>Decimals that their numbers keep; null for all.</summary>
    public int? Decimals { get; init; }
}

/// <summary>What one edit did to one field.</summary>
/// <param name="Field">What people call it.</param>
/// <param name="Before">The value before, shortened; empty where there was none.</param>
/// <param name="After">The value after.</param>
public sealed record FieldChange(string Field, string Before, string After);

/// <summary>
/// Which fields of an annotation's JSON two people may change independently. Every property is a field of its own, but for those that
/// belong together and those that the server sets.
/// </summary>
/// <param name="serverFields">JSON names that only the server sets.</param>
/// <param name="groups">Fields that belong together, or that people call otherwise than JSON does.</param>
public sealed class FieldRules(IReadOnlyCollection<string> serverFields, params FieldGroup[] groups)
{
    private const int MostShown = 60;

    private readonly Dictionary<string, FieldGroup> _groups =
        groups.SelectMany(g => g.Fields.Select(f => (f, g))).ToDictionary(p => p.f, p => p.g);

    /// <summary>Whether people edit a field.</summary>
    public bool IsEditable(string field) => !serverFields.Contains(field);

    /// <summary>The group of a field.</summary>
    public FieldGroup GroupOf(string field) => _groups.GetValueOrDefault(field) ?? new FieldGroup(field, field);

    /// <summary>The groups in which two states differ, those of the server left out.</summary>
    public IReadOnlyList<FieldGroup> Changed(JsonObject before, JsonObject after) =>
        [.. before.Concat(after).Select(p => p.Key).Where(IsEditable)
            .Where(f => !JsonNode.DeepEquals(before[f], after[f])).Select(GroupOf).DistinctBy(g => g.Name)];

    /// <summary>Whether two states agree in a group.</summary>
    public bool IsSame(FieldGroup group, JsonObject a, JsonObject b) =>
        Array.TrueForAll(group.Fields, f => JsonNode.DeepEquals(a[f], b[f]));

    /// <summary>Gives a state the fields of another in a group.</summary>
    public void Copy(FieldGroup group, JsonObject from, JsonObject to)
    {
        foreach (var field in group.Fields.Concat(group.Derived).Concat(group.Along))
        {
            if (from.TryGetPropertyValue(field, out var value))
            {
                to[field] = value?.DeepClone();
            }
            else
            {
                to.Remove(field);
            }
        }
    }

    /// <summary>The fields that an operation changes, rounded as they are kept.</summary>
    /// <exception cref="ArgumentException">There are none, one is the server's, or one of a group is missing.</exception>
    public JsonObject Complete(JsonObject? fields, string noun)
    {
        if (fields is null or { Count: 0 })
        {
            throw new ArgumentException($"A change names the fields of the {noun} that it changes.");
        }

        foreach (var (name, _) in fields)
        {
            if (Array.Exists(groups, g => g.Along.Contains(name) && g.Fields.All(fields.ContainsKey)))
            {
                continue;
            }

            if (!IsEditable(name))
            {
                throw new ArgumentException($"The field {name} of a {noun} is the server's; leave it out.");
            }

            if (GroupOf(name).Fields is { Length: > 1 } together && Array.Find(together, f => !fields.ContainsKey(f)) is { } missing)
            {
                throw new ArgumentException($"The fields {string.Join(", ", together)} are given together; {missing} is missing.");
            }
        }

        return Rounded(fields);
    }

    /// <summary>Values rounded as they are kept.</summary>
    public JsonObject Rounded(JsonObject fields)
    {
        var rounded = (JsonObject)fields.DeepClone();
        foreach (var (name, value) in fields)
        {
            if (GroupOf(name).Decimals is { } decimals && value is JsonValue number && number.TryGetValue(out double v))
            {
                rounded[name] = Math.Round(v, decimals);
            }
        }

        return rounded;
    }

    /// <summary>The fields of a group alone; without a group, what people edit.</summary>
    public JsonObject Only(FieldGroup? group, JsonObject state) =>
        new(state.Where(p => group is null ? IsEditable(p.Key) : group.Fields.Contains(p.Key))
            .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));

    /// <summary>A change for people.</summary>
    public FieldChange Describe(FieldGroup group, JsonObject before, JsonObject after) =>
        new(group.Name, Shown(group, before), Shown(group, after));

    private static string Shown(FieldGroup group, JsonObject state)
    {
        var text = string.Join(", ", group.Fields.Select(f => state[f] switch
        {
            null => "",
            JsonValue v when v.TryGetValue(out double n) => n.ToString("0.###", CultureInfo.InvariantCulture),
            JsonValue v => v.ToString(),
            _ => "…",
        }));
        return text.Length <= MostShown ? text : text[..MostShown] + "…";
    }
}

/// <summary>One version of one annotation.</summary>
/// <param name="Version">Counts the edits of the annotation from 1.</param>
/// <param name="Number">The entry of the dataset's journal that made it.</param>
/// <param name="ByName">Who made it.</param>
/// <param name="At">When, Unix milliseconds.</param>
/// <param name="What">Why.</param>
/// <param name="Of">The entry that was taken back or restored; null of an edit.</param>
/// <param name="IsDeleted">Whether it is a deletion.</param>
/// <param name="Changes">What it changed; empty for the first.</param>
public sealed record ObjectVersion(
    int Version, long Number, string ByName, long At, EditWhat What, long? Of, bool IsDeleted, IReadOnlyList<FieldChange> Changes);
