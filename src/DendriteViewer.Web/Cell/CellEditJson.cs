using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Web.Cell;

/// <summary>
/// A change of a cell as programs send it. Of a description only the fields that are sent are changed, so that a program that knows some of
/// them leaves the others as they are. Settings may say what they were when they were read; they are merged with what others set since.
/// </summary>
internal static class CellEditJson
{
    private static readonly JsonSerializerOptions s_edits = new(CellEntry.Json)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads a change.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="now">What the cell holds.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ArgumentException">It is no change.</exception>
    public static async Task<CellEdit> ReadAsync(Stream body, CellState now, CancellationToken ct)
    {
        try
        {
            var json = await JsonNode.ParseAsync(body, null, new() { MaxDepth = CellEntry.Json.MaxDepth }, ct) as JsonObject
                ?? throw new JsonException();
            var isOpened = json.ContainsKey("opened") && Name(json["do"]) == "settings";
            var opened = isOpened ? (string?)json["opened"] : null;
            if (isOpened)
            {
                json.Remove("opened");
            }

            var edit = json.Deserialize<CellEdit>(s_edits) ?? throw new JsonException();
            return edit switch
            {
                AddFile => throw new OutOfRangeException("A file is added by sending its content to cell/files."),
                DescribeFile said when now.Find(said.File) is { } file => new ChangeFile(DescribeFile.Of(file), Patched(file, said, json)),
                SetSettings set when isOpened => new ChangeSettings(set.Key, opened, set.Json),
                _ => edit,
            };
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or FormatException
            || (e is ArgumentException && e is not OutOfRangeException))
        {
            throw new ArgumentException("This is no JSON object with the fields that docs/cell.md has for it.", e);
        }
    }

    private static DescribeFile Patched(CellFile file, DescribeFile said, JsonObject json) => new(
        file.Id,
        json.ContainsKey("licence") ? said.Licence : file.Licence,
        json.ContainsKey("source") ? said.Source : file.Source,
        json.ContainsKey("clock") ? said.Clock : file.Clock,
        json.ContainsKey("startHours") ? said.StartHours : file.StartHours,
        json.ContainsKey("options") ? said.Options : file.Options);

    private static string? Name(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
