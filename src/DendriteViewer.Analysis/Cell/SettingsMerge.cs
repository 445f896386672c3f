using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Cell;

/// <summary>
/// Puts two people's changes of one JSON object together: fields that one of them left alone are as the other set them, at any depth. Lists
/// and ranges (from and to, least and most) count as one value, and so does a circuit with what is said of its parameters where either
/// chose another circuit. Where both set a value differently nothing is put together.
/// </summary>
internal static class SettingsMerge
{
    private const int MostShown = 60;

    // What is said of parameters is meant of the circuit that has them.
    private static readonly string[] s_ofCircuit = ["circuit", "start", "fixed", "tied", "bounds"];

    private static readonly string[] s_ends = ["from", "to", "least", "most"];

    /// <summary>The settings that both changes lead to.</summary>
    /// <param name="key">Their name, for the sentence.</param>
    /// <param name="opened">What they were before both changes.</param>
    /// <param name="mine">What one makes of them.</param>
    /// <param name="newest">What the other made of them.</param>
    /// <exception cref="OutOfRangeException">Both set the same field, to different values.</exception>
    public static string? Of(string key, string? opened, string? mine, string? newest)
    {
        if (newest == opened || mine == newest)
        {
            return mine;
        }

        if (TryParse(opened, out var from) && TryParse(mine, out var own) && TryParse(newest, out var theirs))
        {
            return Merge(key, "", from, own, theirs)?.ToJsonString(CellEntry.Json);
        }

        // What cannot be read has no fields.
        return mine == opened ? newest : throw Conflict(key, "", Shown(mine), Shown(newest));
    }

    private static JsonNode? Merge(string key, string path, JsonNode? opened, JsonNode? mine, JsonNode? newest)
    {
        if (JsonNode.DeepEquals(mine, opened) || JsonNode.DeepEquals(mine, newest))
        {
            return newest?.DeepClone();
        }

        if (JsonNode.DeepEquals(newest, opened))
        {
            return mine?.DeepClone();
        }

        // Who removed all of it did not leave its fields alone.
        if (mine is not JsonObject a || newest is not JsonObject b || opened is not (null or JsonObject)
            || new[] { opened, mine, newest }.Any(IsRange))
        {
            throw Conflict(key, path, Shown(mine?.ToJsonString(CellEntry.Json)), Shown(newest?.ToJsonString(CellEntry.Json)));
        }

        var merged = new JsonObject();
        var whole = IsOtherCircuit(opened, a, b) ? s_ofCircuit : [];
        if (whole.Length > 0)
        {
            var (from, own, theirs) = (Part(opened as JsonObject, whole), Part(a, whole), Part(b, whole));
            var isMine = JsonNode.DeepEquals(theirs, from) || JsonNode.DeepEquals(own, theirs);
            merged = isMine ? own : JsonNode.DeepEquals(own, from) ? theirs
                : throw Conflict(key, "the circuit or its parameters", Shown(own.ToJsonString(CellEntry.Json)),
                    Shown(theirs.ToJsonString(CellEntry.Json)));
        }

        foreach (var name in a.Select(f => f.Key).Concat(b.Select(f => f.Key)).Distinct().Except(whole))
        {
            var value = Merge(key, path + (path.Length > 0 ? "." : "") + name, (opened as JsonObject)?[name], a[name], b[name]);
            if (value is not null)
            {
                merged[name] = value;
            }
        }

        return merged;
    }

    private static bool IsRange(JsonNode? node) => node is JsonObject o && s_ends.Any(o.ContainsKey);

    private static bool IsOtherCircuit(JsonNode? opened, JsonObject mine, JsonObject newest)
    {
        var from = (opened as JsonObject)?["circuit"];
        return !JsonNode.DeepEquals(mine["circuit"], from) || !JsonNode.DeepEquals(newest["circuit"], from);
    }

    private static JsonObject Part(JsonObject? of, string[] names) =>
        new(names.Where(n => of?[n] is not null).Select(n => KeyValuePair.Create(n, of![n]?.DeepClone())));

    private static bool TryParse(string? json, out JsonNode? node)
    {
        node = null;
        try
        {
            node = json is null ? null : JsonNode.Parse(json, documentOptions: new() { MaxDepth = 32 });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static OutOfRangeException Conflict(string key, string path, string mine, string newest) => new(
        $"Somebody else changed {(path.Length > 0 ? path : "all")} of the settings {key} at the same time: to {newest}, where you said "
        + $"{mine}. Nothing was saved; what they are now is shown. Change it again if you mean it.");

    private static string Shown(string? text) =>
        text is null ? "nothing" : text.Length <= MostShown ? text : text[..MostShown] + "…";
}
