using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Analysis.Cell;

/// <summary>
/// Puts two people's changes of one JSON object together: fields that one of them left alone are as the other set them, at any depth. Lists
/// count as one value. Where both set a field differently nothing is put together.
/// </summary>
internal static class SettingsMerge
{
    private const int MostShown = 60;

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
        if (mine is not JsonObject a || newest is not JsonObject b || opened is not (null or JsonObject))
        {
            throw Conflict(key, path, Shown(mine?.ToJsonString(CellEntry.Json)), Shown(newest?.ToJsonString(CellEntry.Json)));
        }

        var merged = new JsonObject();
        foreach (var name in a.Select(f => f.Key).Concat(b.Select(f => f.Key)).Distinct())
        {
            var value = Merge(key, path + (path.Length > 0 ? "." : "") + name, (opened as JsonObject)?[name], a[name], b[name]);
            if (value is not null)
            {
                merged[name] = value;
            }
        }

        return merged;
    }

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
