using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>
/// Voxel sizes as programs write them into N5, which has no standard for them: pixelResolution with a unit, on the array or its group, and
/// downsamplingFactors or scales by which a level is coarser (n5-viewer, BigDataViewer); resolution and units (Paintera); a transform with
/// axes in C order (COSEM); pixelWidth, pixelHeight, pixelDepth and pixelUnit (ImageJ).
/// </summary>
internal static partial class N5Sizes
{
    private static readonly string[] s_imageJ = ["pixelWidth", "pixelHeight", "pixelDepth"];

    /// <summary>What was found, the slowest axis first; the unit of an axis is null where none is given.</summary>
    public sealed record Found(double[] Scale, double[] Translation, string?[] Units, string From);

    // The fastest axis first.
    private sealed record Resolution(double[] Size, string?[] Units, string Name);

    /// <summary>Number of a level by its name, s0, s1, …; null for another name.</summary>
    public static int? LevelOf(string name) =>
        LevelName().Match(name) is { Success: true } m ? int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    /// <summary>Looks for the size of an array's voxels.</summary>
    /// <param name="header">The array.</param>
    /// <param name="group">What the groups above it say.</param>
    /// <param name="name">Name of the array in the group that it lies in.</param>
    /// <param name="remarks">Told what was there and not taken.</param>
    /// <exception cref="VolumeFormatException">A size is no length.</exception>
    public static Found? Of(ArrayHeader header, JsonObject group, string name, List<string> remarks)
    {
        var (array, n) = (header.Array, header.Array.Shape.Length);
        var transform = header.Attributes["transform"] as JsonObject ?? DatasetIn(group, name)?["transform"] as JsonObject;
        if (Transform(header, transform, remarks) is { } placed)
        {
            return placed;
        }

        var own = ResolutionIn(array.Name, header.Attributes, n, group);
        var shared = ResolutionIn(array.Name, group, n, null);
        if ((own ?? shared) is not { } resolution)
        {
            return null;
        }

        var factors = FactorsOf(header.Attributes["downsamplingFactors"], n);
        var listed = LevelOf(name) is { } level && (group["scales"] ?? group["downsamplingFactors"]) is JsonArray all && level < all.Count
            ? FactorsOf(all[level], n) : null;
        if (factors is not null && listed is not null && !factors.SequenceEqual(listed))
        {
            remarks.Add($"It says that it is coarser by {Text(factors)}, but its group says by {Text(listed)}; the former was taken.");
        }

        // A size of its own is that of its own voxels, unless it repeats what the group says of the finest.
        var isOfFinest = own is null || (shared is not null && own.Size.SequenceEqual(shared.Size));
        factors ??= isOfFinest ? listed : null;
        if (factors is null && isOfFinest && LevelOf(name) is > 0)
        {
            remarks.Add(
                $"It is a level of an image whose {resolution.Name}, {Text(resolution.Size)}, was not taken: nothing says by how much it is"
                + " coarser.");
            return null;
        }

        factors ??= Enumerable.Repeat(1.0, n).ToArray();
        var scale = resolution.Size.Zip(factors, (s, f) => s * f).Reverse().ToArray();
        var translation = resolution.Size.Zip(factors, (s, f) => s * (f - 1) / 2).Reverse().ToArray();
        return new Found(scale, translation, resolution.Units.Reverse().ToArray(), resolution.Name);
    }

    /// <summary>What a group's own list of levels says of one of them, or null.</summary>
    private static JsonObject? DatasetIn(JsonObject? group, string name) =>
        (((group?["multiscales"] as JsonArray)?.FirstOrDefault() as JsonObject)?["datasets"] as JsonArray)?.OfType<JsonObject>()
            .FirstOrDefault(d => d["path"]?.ToString().Trim('/') == name);

    // COSEM's, whose lists are in C order.
    private static Found? Transform(ArrayHeader header, JsonObject? transform, List<string> remarks)
    {
        var n = header.Array.Shape.Length;
        if (transform?["scale"] is not JsonArray { Count: > 0 } scale)
        {
            return null;
        }

        var names = (transform["axes"] as JsonArray)?.Select(a => a?.ToString()).ToArray();
        var translate = transform["translate"] as JsonArray ?? transform["translation"] as JsonArray;
        var units = transform["units"] as JsonArray;
        if (new[] { scale.Count, names?.Length, translate?.Count, units?.Count }.Any(count => count is not null && count != n))
        {
            remarks.Add($"Its transform is for another number of axes than {n}, so it was not taken.");
            return null;
        }

        // By name where both are named.
        var at = Enumerable.Range(0, n).ToArray();
        if (names is not null && header.Axes is { } axes)
        {
            at = axes.Select((a, i) => Array.FindIndex(names, m => string.Equals(m, a.Name, StringComparison.OrdinalIgnoreCase))).ToArray();
            if (at.Contains(-1))
            {
                var own = string.Join(", ", axes.Select(a => a.Name));
                throw new VolumeFormatException(
                    $"{header.Array.Name} has the axes {own}, but a transform for {string.Join(", ", names)}; correct its attributes.");
            }
        }

        var sizes = Lengths(header.Array.Name, scale, "transform");
        var places = translate?.Select(v => Number(v)).ToArray() ?? new double[n];
        if (!places.All(double.IsFinite))
        {
            throw new FormatException("a transform without numbers");
        }

        var unit = at.Select(i => units?[i]?.ToString()).ToArray();
        return new Found(at.Select(i => sizes[i]).ToArray(), at.Select(i => places[i]).ToArray(), unit, "transform");
    }

    private static Resolution? ResolutionIn(string path, JsonObject? attributes, int axes, JsonObject? group)
    {
        if (attributes?["pixelWidth"] is not null && attributes["pixelUnit"] is { } imageJ)
        {
            var all = new JsonArray([.. s_imageJ.Select(p => attributes[p]?.DeepClone()).Where(p => p is not null)]);
            return Filled(path, all, Enumerable.Repeat<string?>(imageJ.ToString(), all.Count).ToArray(), axes, "pixelWidth");
        }

        var name = attributes?["pixelResolution"] is not null ? "pixelResolution" : "resolution";
        var found = attributes?[name];
        var list = found as JsonArray ?? (found as JsonObject)?["dimensions"] as JsonArray;
        if (list is null)
        {
            return null;
        }

        var unit = (found as JsonObject)?["unit"] ?? UnitIn(attributes) ?? UnitIn(group);
        var perAxis = unit is JsonArray units && units.Count == list.Count
            ? units.Select(u => u?.ToString())
            : Enumerable.Repeat((unit as JsonValue)?.ToString(), list.Count);
        return Filled(path, list, perAxis.ToArray(), axes, name);
    }

    private static JsonNode? UnitIn(JsonObject? attributes) => attributes?["unit"] ?? attributes?["units"] ?? attributes?["pixelUnit"];

    // Lists of x, y, z stand for the first three axes of an array that has more.
    private static Resolution? Filled(string path, JsonArray list, string?[] units, int axes, string name)
    {
        if (list.Count > axes)
        {
            return null;
        }

        var sizes = Lengths(path, list, name);
        return new Resolution(
            Enumerable.Range(0, axes).Select(i => i < sizes.Length ? sizes[i] : 1).ToArray(),
            Enumerable.Range(0, axes).Select(i => i < units.Length ? units[i] : null).ToArray(), name);
    }

    private static double[] Lengths(string path, JsonArray list, string name)
    {
        var lengths = list.Select(Number).ToArray();
        return lengths.All(l => double.IsFinite(l) && l > 0)
            ? lengths
            : throw new VolumeFormatException(
                $"{path} has the {name} {list.ToJsonString()}, but a voxel's size is a number above 0; correct its attributes.");
    }

    private static double[]? FactorsOf(JsonNode? node, int axes)
    {
        var factors = (node as JsonArray)?.Select(Number).ToArray();
        return factors is { Length: > 0 } f && f.Length <= axes && f.All(v => double.IsFinite(v) && v > 0)
            ? Enumerable.Range(0, axes).Select(i => i < f.Length ? f[i] : 1).ToArray()
            : null;
    }

    private static double Number(JsonNode? node) => node is JsonValue v && v.TryGetValue<double>(out var d) ? d : double.NaN;

    private static string Text(IEnumerable<double> values) =>
        string.Join(" × ", values.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));

    [GeneratedRegex("^s([0-9]{1,4})$")]
    private static partial Regex LevelName();
}
