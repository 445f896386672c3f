using System.Text.Json.Nodes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// What the groups above an array of N5 say of it. Programs write sizes, factors and axes to different groups: BigDataViewer the factors
/// one group above the resolution, others the resolution at the root. The nearest group that says something of a kind says it; a unit
/// belongs to the resolution beside it.
/// </summary>
internal static class N5Groups
{
    private static readonly string[][] s_kinds =
    [
        ["pixelResolution", "resolution", "pixelWidth", "pixelHeight", "pixelDepth", "unit", "units", "pixelUnit"],
        ["scales", "downsamplingFactors"],
        ["axes"],
    ];

    /// <summary>Gathers what the groups above an array say.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The array.</param>
    /// <param name="remarks">Told of metadata that cannot be read.</param>
    /// <returns>The attributes, and the array's name in the nearest group; "" where none may be read.</returns>
    public static (JsonObject Attributes, string Name) Above(KeyStore store, string key, List<string> remarks)
    {
        var (gathered, name) = (new JsonObject(), (string?)null);
        GroupsAbove.First(store, key, Gather, remarks);
        return (gathered, name ?? "");

        object? Gather(GroupAbove group)
        {
            if (name is null)
            {
                // Levels are listed by the group that they lie in.
                name = group.Path;
                gathered["multiscales"] = group.Attributes["multiscales"]?.DeepClone();
            }

            foreach (var kind in s_kinds.Where(k => !k.Any(gathered.ContainsKey)))
            {
                foreach (var attribute in kind.Where(a => group.Attributes[a] is not null))
                {
                    gathered[attribute] = group.Attributes[attribute]!.DeepClone();
                }
            }

            return null;
        }
    }
}
