using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>An array of N5 with its sizes, and a group of N5 whose arrays s0, s1, … are the levels of one image.</summary>
internal static class N5Image
{
    private const int MostLevels = 32;

    /// <summary>An array by itself.</summary>
    /// <param name="header">The array.</param>
    /// <param name="group">Attributes of the group that it lies in, or null.</param>
    /// <param name="name">Its name in that group.</param>
    /// <exception cref="VolumeFormatException">Its axes are those of no scan, or a size is no length.</exception>
    public static ChunkedImage Of(ArrayHeader header, JsonObject? group, string name)
    {
        var remarks = new List<string>();
        header = header.Axes is null ? header with { Axes = AxesIn(group, header.Array.Shape.Length) } : header;
        var (level, order, geometry) = Level(header, group, name, remarks);
        return new ChunkedImage("N5", order, [level], geometry, remarks);
    }

    /// <summary>A group of levels; null where its arrays are others, or unlike one another.</summary>
    /// <param name="store">The store.</param>
    /// <param name="key">The group.</param>
    /// <param name="group">Its attributes.</param>
    /// <exception cref="VolumeFormatException">Axes are those of no scan, or a size is no length.</exception>
    public static ChunkedImage? TryGroup(KeyStore store, string key, JsonObject group)
    {
        var names = NamesOf(store, key, group);
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

        var levels = new List<ChunkedLevel>();
        var (finest, order, geometry) = Level(WithAxes(headers[0]!), group, names[0], remarks);
        levels.Add(finest);
        for (var i = 1; i < headers.Length; i++)
        {
            levels.Add(Level(WithAxes(headers[i]!), group, names[i], []).Level);
        }

        // Where one says nothing of its size, none is held against its shape.
        var isSaid = levels.Select(l => l.Scale.Any(s => s != 1)).Skip(1).All(s => s);
        if (!isSaid)
        {
            levels = levels.Select(l => ChunkedLevel.OfUnitScale(l.Array)).ToList();
        }

        return new ChunkedImage("N5", order, levels, geometry, remarks);

        ArrayHeader WithAxes(ArrayHeader header) =>
            header.Axes is null ? header with { Axes = AxesIn(group, header.Array.Shape.Length) } : header;

        static bool AreCoarser((ArrayHeader? Coarse, ArrayHeader? Fine) pair) =>
            pair.Coarse!.Array.Shape.Length == pair.Fine!.Array.Shape.Length
            && pair.Coarse.Array.Shape.Zip(pair.Fine.Array.Shape).All(s => s.First <= s.Second);
    }

    private static (ChunkedLevel Level, AxisOrder Order, FileGeometry? Geometry) Level(
        ArrayHeader header, JsonObject? group, string name, List<string> remarks)
    {
        var (array, n) = (header.Array, header.Array.Shape.Length);
        var order = NamedAxis.OrderOf(array.Name, array.Shape, header.Axes, null, remarks);
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
