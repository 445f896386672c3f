using System.Text.Json.Nodes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>A group above an array.</summary>
/// <param name="Name">Its name, for people.</param>
/// <param name="Attributes">What it says.</param>
/// <param name="Path">Key of the array below it.</param>
/// <param name="Store">The store that it lies in.</param>
/// <param name="Key">Its key there.</param>
internal sealed record GroupAbove(string Name, JsonObject Attributes, string Path, KeyStore Store, string Key);

/// <summary>
/// The groups above an array, the nearest first: those of its store, then, as far as they may be read, those above the store. Sizes and
/// axes of an array often stand there.
/// </summary>
internal static class GroupsAbove
{
    // Above the store; each costs some requests where it is far away.
    private const int MostAbove = 3;

    /// <summary>Hands each group to a function until it gives something.</summary>
    /// <param name="store">The array's store.</param>
    /// <param name="key">The array.</param>
    /// <param name="look">Looks at a group.</param>
    /// <param name="remarks">Told of a group that cannot be read.</param>
    public static T? First<T>(KeyStore store, string key, Func<GroupAbove, T?> look, List<string> remarks) where T : class
    {
        var path = "";
        while (key.Length > 0)
        {
            var slash = key.LastIndexOf('/');
            path = path.Length == 0 ? key[(slash + 1)..] : $"{key[(slash + 1)..]}/{path}";
            key = slash < 0 ? "" : key[..slash];
            if (Looked(store, key, path, look, remarks) is { } found)
            {
                return found;
            }
        }

        var opened = new List<KeyStore>();
        try
        {
            for (var i = 0; i < MostAbove && (opened.Count == 0 ? store : opened[^1]).Above() is var (above, name); i++)
            {
                opened.Add(above);
                path = path.Length == 0 ? name : $"{name}/{path}";
                if (Looked(above, "", path, look, remarks) is { } found)
                {
                    return found;
                }
            }

            return null;
        }
        finally
        {
            opened.ForEach(o => o.Dispose());
        }
    }

    private static T? Looked<T>(KeyStore store, string key, string path, Func<GroupAbove, T?> look, List<string> remarks) where T : class
    {
        JsonObject attributes;
        try
        {
            attributes = ZarrMetadata.AttributesOf(store, key);
        }
        catch (Exception e) when (ZarrMetadata.IsUnreadable(e))
        {
            remarks.Add($"The metadata of {store.NameOf(key)}, above it, cannot be read ({ZarrMetadata.Brief(e)}).");
            return null;
        }

        return look(new GroupAbove(store.NameOf(key), attributes, path, store, key));
    }
}
