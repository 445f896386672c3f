using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>An array of N5 with its sizes, and a group of N5 whose arrays s0, s1, … are the levels of one image.</summary>
internal static class N5Image
{
    private const int MostLevels = 32;

    /// <summary>An array by itself, with what the groups above it say of its axes and sizes.</summary>
    /// <exception cref="VolumeFormatException">Its axes are those of no scan, or a size is no length.</exception>
    public static ChunkedImage Of(ArrayHeader header)
    {
        var remarks = new List<string>();
        var (group, name) = N5Groups.Above(header.Array.Store, header.Array.Key, remarks);
        var (level, order, geometry) = Level(header, group, name, remarks);
        if (N5Sizes.LevelOf(name) is > 0 and var number)
        {
            remarks.Add($"It is level {number} of an image, which has finer ones.");
        }

        return new ChunkedImage("N5", order, [level], geometry, remarks);
    }

    /// <summary>A group of levels; null where its arrays are others, or do not become coarser.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The group.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <exception cref="VolumeFormatException">Axes are those of no scan, or a size is no length.</exception>
    public static ChunkedImage? TryGroup(KeyStore store, string key, JsonObject attributes)
    {
        var names = NamesOf(store, key, attributes);
        var headers = names.Select(n => ArrayHeader.TryRead(store, store.Join(key, n))).ToArray();
        if (headers.Length == 0 || headers.Any(h => h is not { Array.Naming.FastestFirst: true })
            || !headers.Skip(1).Zip(headers).All(AreCoarser))
        {
            return null;
        }

        var remarks = new List<string>();
        if (N5Sizes.LevelOf(names[0]) is { } first and > 0)
        {
            remarks.Add($"Its finest level is {names[0]}; there is no s{first - 1}.");
        }

        var (group, _) = N5Groups.Above(store, store.Join(key, names[0]), remarks);
        var (finest, order, geometry) = Level(headers[0]!, group, names[0], remarks);
        var levels = headers.Skip(1).Select((h, i) => Level(h!, group, names[i + 1], []).Level).Prepend(finest).ToArray();

        // Where a level says nothing of its size, none is held against its shape.
        if (levels.Skip(1).Any(l => l.Scale.All(s => s == 1)))
        {
            levels = levels.Select(l => ChunkedLevel.OfUnitScale(l.Array)).ToArray();
        }
        else if (levels.Skip(1).FirstOrDefault(l => !l.FitsTo(finest, order)) is { } misfit)
        {
            var (coarse, fine) = (string.Join(" × ", misfit.Array.Shape), string.Join(" × ", finest.Array.Shape));
            remarks.Add(
                $"Its level {misfit.Array.Key} has {coarse} voxels, which its factors do not make of {fine}: one of these is wrong.");
        }

        return new ChunkedImage("N5", order, levels, geometry, remarks);

        static bool AreCoarser((ArrayHeader? Coarse, ArrayHeader? Fine) pair)
        {
            long[] coarse = pair.Coarse!.Array.Shape, fine = pair.Fine!.Array.Shape;
            return coarse.Length == fine.Length && coarse.Zip(fine).All(s => s.First <= s.Second) && !coarse.SequenceEqual(fine);
        }
    }

    private static (ChunkedLevel Level, AxisOrder Order, FileGeometry? Geometry) Level(
        ArrayHeader header, JsonObject group, string name, List<string> remarks)
    {
        var (array, n) = (header.Array, header.Array.Shape.Length);
        var shared = AxesIn(group, n);
        var order = NamedAxis.OrderOf(array.Name, array.Shape, header.Axes, shared, remarks);
        header = header with { Axes = header.Axes ?? shared };
        if (N5Sizes.Of(header, group, name, remarks) is not { } sizes)
        {
            return (ChunkedLevel.OfUnitScale(array), order, null);
        }

        var axes = Enumerable.Range(0, n).Select(i => new NamedAxis(header.Axes?[i].Name, null, sizes.Units[i])).ToArray();
        var geometry = ChunkedGeometry.Of(array.Name, order, sizes.Scale, sizes.Translation, axes, sizes.From, remarks);
        return (new ChunkedLevel(array, sizes.Scale, sizes.Translation), order, geometry);
    }

    // A group names the axes of its levels, the fastest first.
    private static NamedAxis[]? AxesIn(JsonObject? group, int count) =>
        group?["axes"] is JsonArray list && list.Count == count && list.All(a => a is JsonValue)
            ? list.Select(a => new NamedAxis(a!.ToString())).Reverse().ToArray()
            : null;

    // Names that the group lists, else its arrays; where nothing can be listed, s0, s1, … are asked for.
    private static string[] NamesOf(KeyStore store, string key, JsonObject group)
    {
        if (((group["multiscales"] as JsonArray)?.FirstOrDefault() as JsonObject)?["datasets"] is JsonArray { Count: > 0 } datasets)
        {
            return datasets.Take(MostLevels)
                .Select(d => d?["path"]?.GetValue<string>() ?? throw new FormatException("a level without a path")).ToArray();
        }

        if (store.List(key) is null)
        {
            return Enumerable.Range(0, MostLevels).Select(i => $"s{i}")
                .TakeWhile(n => ArrayHeader.IsThere(store, store.Join(key, n))).ToArray();
        }

        var arrays = store.Folders(key).Where(c => ArrayHeader.IsThere(store, store.Join(key, c))).Take(MostLevels + 1).ToArray();
        var isPyramid = arrays.Length <= MostLevels && arrays.All(a => N5Sizes.LevelOf(a) is not null);
        return isPyramid ? arrays.OrderBy(N5Sizes.LevelOf).ToArray() : [];
    }
}
