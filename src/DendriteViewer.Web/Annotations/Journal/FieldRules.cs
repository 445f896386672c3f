using System.Text.Json.Nodes;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>
/// Which fields of an annotation's JSON two people may change independently. Every property is a field of its own, but for those that
/// belong together, those that the server sets, and those whose members are fields of their own: they are compared and merged in a flat
/// form (<see cref="Flat"/>), in which a member is a property called fields.ID or labels.ID.
/// </summary>
/// <param name="serverFields">JSON names that only the server sets.</param>
/// <param name="groups">Fields that belong together, or that people call otherwise than JSON does.</param>
public sealed class FieldRules(IReadOnlyCollection<string> serverFields, params FieldGroup[] groups)
{
    private static readonly (string Property, MemberKind Kind)[] s_properties =
        [("fields", MemberKind.Field), ("labels", MemberKind.Label)];

    private readonly Dictionary<string, FieldGroup> _groups =
        groups.SelectMany(g => g.Fields.Select(f => (f, g))).ToDictionary(p => p.f, p => p.g);

    /// <summary>Whether people edit a field. One whose name differs from the server's in case alone is not another one.</summary>
    public bool IsEditable(string field) => !serverFields.Contains(field, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether values of fields and labels are merged one by one.</summary>
    public bool HasMembers { get; init; }

    /// <summary>The group of a field.</summary>
    public FieldGroup GroupOf(string field)
    {
        if (_groups.GetValueOrDefault(field) is { } known)
        {
            return known;
        }

        foreach (var (property, kind) in HasMembers ? s_properties : [])
        {
            if (field.StartsWith(property + ".", StringComparison.Ordinal))
            {
                return new FieldGroup(field, field) { Member = (kind, field[(property.Length + 1)..]) };
            }
        }

        return new FieldGroup(field, field);
    }

    /// <summary>A state in the flat form. A property that is none of an object and a list of different names stays as it is.</summary>
    public JsonObject Flat(JsonObject state)
    {
        var flat = (JsonObject)state.DeepClone();
        foreach (var (property, _) in HasMembers ? s_properties : [])
        {
            if (MembersOf(flat[property]) is { } members)
            {
                flat.Remove(property);
                foreach (var (id, value) in members)
                {
                    flat[$"{property}.{id}"] = value;
                }
            }
        }

        return flat;
    }

    /// <summary>A state of the flat form as JSON has it.</summary>
    public JsonObject Whole(JsonObject flat)
    {
        var whole = (JsonObject)flat.DeepClone();
        foreach (var (property, kind) in HasMembers ? s_properties : [])
        {
            var members = whole.Where(p => p.Key.StartsWith(property + ".", StringComparison.Ordinal)).ToArray();
            foreach (var (name, _) in members)
            {
                whole.Remove(name);
            }

            if (!whole.ContainsKey(property) && members.Length > 0)
            {
                var there = members.Where(m => m.Value is not null).Select(m => (Id: m.Key[(property.Length + 1)..], m.Value));
                whole[property] = kind == MemberKind.Label
                    ? new JsonArray([.. there.Select(m => (JsonNode)m.Id)])
                    : new JsonObject(there.Select(m => KeyValuePair.Create(m.Id, m.Value?.DeepClone())));
            }
        }

        return whole;
    }

    /// <summary>
    /// What an operation changes, in the flat form: of labels and values of fields only those that differ from what was seen, a null for
    /// what was taken away; of other properties the new values, whatever was seen.
    /// </summary>
    /// <param name="fields">The new values.</param>
    /// <param name="was">What was seen.</param>
    public JsonObject Changes(JsonObject fields, JsonObject was)
    {
        var (changes, before) = (Flat(fields), Flat(was));
        foreach (var (property, _) in HasMembers ? s_properties : [])
        {
            if (!fields.ContainsKey(property) || changes.ContainsKey(property))
            {
                continue;
            }

            foreach (var (name, value) in before.Where(p => p.Key.StartsWith(property + ".", StringComparison.Ordinal)))
            {
                if (!changes.TryGetPropertyValue(name, out var wanted))
                {
                    changes[name] = null;
                }
                else if (JsonNode.DeepEquals(wanted, value))
                {
                    changes.Remove(name);
                }
            }
        }

        return changes;
    }

    // The members of a property; null where it is no object and no list of names that differ.
    private static List<KeyValuePair<string, JsonNode?>>? MembersOf(JsonNode? value) => value switch
    {
        JsonObject of => [.. of.Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone()))],
        JsonArray list when list.All(i => i is JsonValue v && v.TryGetValue(out string? _))
            && list.Select(i => (string)i!).Distinct().Count() == list.Count =>
            [.. list.Select(i => KeyValuePair.Create((string)i!, (JsonNode?)true))],
        _ => null,
    };

    /// <summary>The groups in which two states differ, those of the server left out.</summary>
    public IReadOnlyList<FieldGroup> Changed(JsonObject before, JsonObject after) =>
        [.. before.Concat(after).Select(p => p.Key).Where(IsEditable)
            .Where(f => !IsSame(GroupOf(f), before[f], after[f])).Select(GroupOf).DistinctBy(g => g.Name)];

    /// <summary>Whether two states agree in a group.</summary>
    public bool IsSame(FieldGroup group, JsonObject a, JsonObject b) =>
        Array.TrueForAll(group.Fields, f => IsSame(group, a[f], b[f]));

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

            if (HasMembers && name.Contains('.'))
            {
                throw new ArgumentException(
                    $"A {noun} has no field {SiteRules.Short(name)}; give values within fields, and ids in labels.");
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

    /// <summary>What people call a group.</summary>
    public static string NameOf(FieldGroup group, AnnotationSchema schema) => group.Member switch
    {
        (MemberKind.Field, var id) => schema.Field(id)?.Name ?? id,
        (MemberKind.Label, var id) => $"label {schema.Label(id)?.Name ?? id}",
        _ => group.Name,
    };

    /// <summary>All that people edit of a state in the flat form, for people, with nothing cut.</summary>
    public IReadOnlyList<FieldChange> Describe(JsonObject flat, AnnotationSchema schema) =>
        [.. flat.Select(p => p.Key).Where(IsEditable).Select(GroupOf).DistinctBy(g => g.Name)
            .Select(g => new FieldChange(NameOf(g, schema), "", FieldText.Whole(g, flat)))];

    /// <summary>A change for people.</summary>
    public static FieldChange Describe(FieldGroup group, JsonObject before, JsonObject after, AnnotationSchema schema) =>
        new(NameOf(group, schema), FieldText.Short(group, before), FieldText.Short(group, after));

    private static bool IsSame(FieldGroup group, JsonNode? a, JsonNode? b) => JsonNode.DeepEquals(a, b)
        || (group.Tolerance > 0 && IsNear(group.Tolerance, a, b))
        || (group.DerivedInside.Length > 0 && a is JsonArray one && b is JsonArray other && one.Count == other.Count
            && one.Zip(other).All(p => JsonNode.DeepEquals(Given(group, p.First), Given(group, p.Second))));

    private static bool IsNear(double tolerance, JsonNode? a, JsonNode? b) => (a, b) switch
    {
        (JsonArray one, JsonArray other) => one.Count == other.Count && one.Zip(other).All(p => IsNear(tolerance, p.First, p.Second)),
        (JsonValue one, JsonValue other) when one.TryGetValue(out double x) && other.TryGetValue(out double y) =>
            Math.Abs(x - y) <= tolerance,
        _ => JsonNode.DeepEquals(a, b),
    };

    // An object of a list without what the server computes.
    private static JsonNode? Given(FieldGroup group, JsonNode? item) => item is JsonObject all
        ? new JsonObject(all.Where(p => !group.DerivedInside.Contains(p.Key)).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())))
        : item;
}
