using System.Text.Json;
using Microsoft.JSInterop;

namespace DendriteViewer.Web.Catalog;

/// <summary>
/// What this browser keeps of the catalog: its order and filters, and when which dataset was opened (wwwroot/shell.js).
/// </summary>
internal static class CatalogMemory
{
    private const string Key = "catalog";

    /// <summary>The last query, and when datasets were opened, by id.</summary>
    public static async Task<(CatalogQuery Query, IReadOnlyDictionary<string, DateTimeOffset> Opened)> ReadAsync(IJSRuntime script)
    {
        var query = Parsed<CatalogQuery>(await script.InvokeAsync<string?>("dendriteShell.kept", Key)) ?? new CatalogQuery();
        var opened = Parsed<Dictionary<string, long>>(await script.InvokeAsync<string?>("dendriteShell.kept", "opened")) ?? [];
        return (query, opened.ToDictionary(o => o.Key, o => DateTimeOffset.FromUnixTimeMilliseconds(o.Value)));
    }

    /// <summary>Keeps a query. What is searched for is not kept, since who comes back wants to see all.</summary>
    public static ValueTask KeepAsync(IJSRuntime script, CatalogQuery query) =>
        script.InvokeVoidAsync("dendriteShell.keep", Key, JsonSerializer.Serialize(query with { Text = "" }));

    // What stands in a browser may be of another version, or anything at all.
    private static T? Parsed<T>(string? text)
    {
        try
        {
            return text is null ? default : JsonSerializer.Deserialize<T>(text);
        }
        catch (Exception e) when (e is JsonException or ArgumentOutOfRangeException)
        {
            return default;
        }
    }
}
