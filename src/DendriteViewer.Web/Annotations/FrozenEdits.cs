using System.Text.Json;

namespace DendriteViewer.Web.Annotations;

/// <summary>What a log of edits says up to one of them.</summary>
internal static class FrozenEdits
{
    /// <summary>The annotations that are not deleted after some edits, in no order.</summary>
    /// <param name="edits">The id and whole state after each edit, oldest first.</param>
    /// <param name="json">How states are written.</param>
    public static IEnumerable<T> Fold<T>(IEnumerable<(string Id, string State)> edits, JsonSerializerOptions json)
        where T : class, IEdited<T>
    {
        var last = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (id, state) in edits)
        {
            last[id] = state;
        }

        return last.Values.Select(s => JsonSerializer.Deserialize<T>(s, json)!).Where(s => !s.Deleted);
    }
}
