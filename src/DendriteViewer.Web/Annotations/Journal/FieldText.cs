using System.Globalization;
using System.Text.Json.Nodes;

namespace DendriteViewer.Web.Annotations.Journal;

/// <summary>Values of an annotation's fields as people read them: numbers with their units, yes and no, lists.</summary>
internal static class FieldText
{
    private const int MostShown = 60;

    /// <summary>The fields of a group in one line of at most 60 characters; a list as its length.</summary>
    public static string Short(FieldGroup group, JsonObject state)
    {
        var text = string.Join(", ", group.Fields.Select(f =>
            state[f] is JsonArray { Count: > 0 } list ? Counted(f, list.Count) : WithUnit(group, f, state[f])));
        return text.Length <= MostShown ? text : text[..MostShown] + "…";
    }

    private static string Counted(string field, int count) => field switch
    {
        "track" => $"{count} position{(count == 1 ? "" : "s")}",
        "pointsUm" => $"{count} point{(count == 1 ? "" : "s")}",
        _ => $"{count} in a list",
    };

    /// <summary>The same with nothing cut; a line for each object or list in a list.</summary>
    public static string Whole(FieldGroup group, JsonObject state) => string.Join(", ", group.Fields.Select(f =>
        state[f] is JsonArray list && list.Any(i => i is JsonObject or JsonArray)
            ? string.Join('\n', list.Select(i => Line(group, i))) : WithUnit(group, f, state[f])));

    // A number whose field's name says its unit has that unit; one of several in a group, as a coordinate of a place, its own name too.
    private static string WithUnit(FieldGroup group, string field, JsonNode? value) => value is JsonValue
        ? Named(field, Line(group, value), isAlone: group.Fields.Length == 1) : Line(group, value);

    private static bool HasUnit(string field) => field == "hours" || field.EndsWith("Um", StringComparison.Ordinal);

    private static string Named(string field, string value, bool isAlone) => field switch
    {
        "hours" => $"{value} h",
        _ when HasUnit(field) => isAlone ? $"{value} µm" : $"{field[..^2]} {value} µm",
        _ => value,
    };

    private static string Line(FieldGroup group, JsonNode? value) => value switch
    {
        null => "",
        JsonValue v when v.TryGetValue(out bool yes) => yes ? "yes" : "no",
        JsonValue v when v.TryGetValue(out double n) => n.ToString("0.###", CultureInfo.InvariantCulture),
        JsonArray list => string.Join(", ", list.Select(i => Line(group, i))),
        JsonObject of => string.Join(", ",
            of.Where(p => !group.DerivedInside.Contains(p.Key)).Select(p => HasUnit(p.Key)
                ? Named(p.Key, Line(group, p.Value), isAlone: false) : $"{p.Key} {Line(group, p.Value)}")),
        _ => value.ToString(),
    };
}
