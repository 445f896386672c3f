using System.Globalization;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Formats.Chunked;

/// <summary>A level that an image names.</summary>
/// <param name="Path">Key of its array, below the image's.</param>
/// <param name="Scale">Length of a voxel along each axis; null where the image does not say.</param>
/// <param name="Translation">Where the middle of the first voxel lies along each axis.</param>
internal sealed record OmeDataset(string Path, double[]? Scale, double[]? Translation);

/// <summary>An entry of "multiscales", as OME-NGFF 0.1 to 0.5 have it (ngff.openmicroscopy.org).</summary>
/// <param name="Version">The version that it says, or null.</param>
/// <param name="Axes">Its axes, the slowest first; null before version 0.3, which had none.</param>
/// <param name="Datasets">The levels.</param>
internal sealed record OmeMultiscale(string? Version, IReadOnlyList<NamedAxis>? Axes, IReadOnlyList<OmeDataset> Datasets)
{
    private const int MostLevels = 32;
    private static readonly string[] s_versions = ["0.1", "0.2", "0.3", "0.4", "0.5"];

    /// <summary>Reads an entry.</summary>
    /// <param name="path">The image, for messages.</param>
    /// <param name="image">The entry.</param>
    /// <param name="version">The version that stands beside it, as in 0.5.</param>
    /// <exception cref="VolumeFormatException">It places its levels in a way that is not supported.</exception>
    /// <exception cref="FormatException">It is damaged.</exception>
    public static OmeMultiscale Of(string path, JsonObject image, string? version)
    {
        version ??= image["version"]?.ToString();
        if (image["coordinateSystems"] is not null || (image["axes"] is null && version is not null && !s_versions.Contains(version)))
        {
            throw new VolumeFormatException(
                $"{path} places its image in coordinate systems (OME-NGFF {version ?? "0.6"}), which is not supported; write it as 0.5.");
        }

        var axes = (image["axes"] as JsonArray)?.Select(AxisOf).ToArray();
        var datasets = image["datasets"] as JsonArray ?? throw new FormatException("an image without datasets");
        return datasets.Count == 0
            ? throw new VolumeFormatException($"{path} has an image of no levels; copy it again from its source.")
            : new OmeMultiscale(version, axes, datasets.Take(MostLevels).Select(d => DatasetOf(path, image, d!, axes?.Length)).ToArray());
    }

    /// <summary>What somebody should know of its version.</summary>
    public IEnumerable<string> Remarks()
    {
        if (Version is not null && !s_versions.Contains(Version))
        {
            yield return $"It says that it is OME-NGFF {OneLine.Of(Version)}, and was read as 0.5.";
        }
    }

    private static NamedAxis AxisOf(JsonNode? axis) => axis switch
    {
        JsonValue v => new NamedAxis(v.GetValue<string>()),
        JsonObject a => new NamedAxis(a["name"]?.GetValue<string>(), a["type"]?.GetValue<string>(), a["unit"]?.GetValue<string>()),
        _ => throw new FormatException("an axis without a name"),
    };

    // The level's own transformations come first, then the image's.
    private static OmeDataset DatasetOf(string path, JsonObject image, JsonNode dataset, int? axes)
    {
        var name = dataset["path"]?.GetValue<string>() ?? throw new FormatException("a level without a path");
        double[]? scale = null, translation = null;
        var own = dataset["coordinateTransformations"] as JsonArray ?? [];
        foreach (var t in own.Concat(image["coordinateTransformations"] as JsonArray ?? []))
        {
            var type = t?["type"]?.GetValue<string>() ?? throw new FormatException("a transformation without a type");
            if (type is not ("scale" or "translation" or "identity") || t["path"] is not null)
            {
                var how = $"a transformation of the type {OneLine.Quote(type)}{(t["path"] is null ? "" : ", in an array of its own")}";
                throw new VolumeFormatException(
                    $"{path} places its level {name} by {how}, which is not supported; write it with a scale and a translation.");
            }

            if (type == "identity")
            {
                continue;
            }

            var values = Numbers(path, name, t, type, ref axes);
            scale ??= Enumerable.Repeat(1.0, values.Length).ToArray();
            translation ??= new double[values.Length];
            (scale, translation) = type == "scale"
                ? (scale.Zip(values, (a, b) => a * b).ToArray(), translation.Zip(values, (a, b) => a * b).ToArray())
                : (scale, translation.Zip(values, (a, b) => a + b).ToArray());
        }

        return new OmeDataset(name, scale, translation);
    }

    private static double[] Numbers(string path, string level, JsonNode transformation, string type, ref int? axes)
    {
        var list = transformation[type] as JsonArray ?? throw new FormatException($"a {type} without numbers");
        var values = list.Select(n => n is JsonValue v && v.TryGetValue<double>(out var d) ? d : double.NaN).ToArray();
        axes ??= values.Length;
        if (values.Length != axes)
        {
            throw new VolumeFormatException(
                $"{path} gives its level {level} a {type} of {values.Length} numbers for {axes} axes; correct its metadata.");
        }

        var wrong = Array.FindIndex(values, v => !double.IsFinite(v) || (type == "scale" && v <= 0));
        return wrong < 0 ? values : throw new VolumeFormatException(
            $"{path} gives its level {level} the {type} {list[wrong]?.ToJsonString() ?? "null"} along axis {wrong + 1}, where"
            + $" {(type == "scale" ? "a number above 0" : "a number")} is needed; correct its metadata.");
    }
}
