using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>The app's own format: everything that is known of sites and annotations, with the labels and fields that give it
/// meaning.</summary>
internal static class WholeFile
{
    /// <summary>What the file's format member says.</summary>
    public const string Format = "dendrite-annotations";

    private const int Version = 1;

    /// <summary>Writes everything.</summary>
    public static string Write(AnnotationSet set) => new JsonObject
    {
        ["format"] = Format, ["version"] = Version,
        ["dataset"] = new JsonObject
        {
            ["id"] = set.Dataset.Id.Value, ["identity"] = set.Dataset.Identity.Value, ["name"] = set.Dataset.Name,
        },
        ["frame"] = "Points are z, y, x in micrometres in the dataset's frame.",
        ["schema"] = JsonSerializer.SerializeToNode(set.Schema, MeasurementLog.Json),
        ["sites"] = JsonSerializer.SerializeToNode(set.Sites, SiteLog.Json),
        ["annotations"] = JsonSerializer.SerializeToNode(set.Drawn, MeasurementLog.Json),
    }.ToJsonString(AnnotationFiles.Indented);

    /// <summary>Reads what was written.</summary>
    /// <exception cref="VolumeFormatException">The file as a whole cannot be read.</exception>
    public static ReadMarks Read(string text, string file)
    {
        var parts = JsonParts.Of(text, file, AnnotationFiles.MostMarks, "sites", "annotations");
        if (parts["version"] is not { ValueKind: JsonValueKind.Number } version || !version.TryGetInt32(out var number)
            || number != Version)
        {
            throw new VolumeFormatException(
                $"{file} is of a version of the format that this app does not read; it reads version {Version}.");
        }

        AnnotationSchema? schema = null;
        try
        {
            schema = parts["schema"]?.Deserialize<AnnotationSchema>(MeasurementLog.Json);
        }
        catch (JsonException e)
        {
            throw new VolumeFormatException(
                $"{file} has labels and fields that cannot be read; export annotations to see how they look.", e);
        }

        var identity = parts["dataset"] is { ValueKind: JsonValueKind.Object } dataset && dataset.TryGetProperty("identity", out var given)
            && given.ValueKind == JsonValueKind.String ? given.GetString() : null;
        return new ReadMarks(
            [.. parts.Items.Select(p => p.Array == "sites" ? SiteOf(p.Line, p.Item) : DrawnOf(p.Line, p.Item))], schema, identity);
    }

    private static ReadMark Read(int line, Measurement drawn, IReadOnlyDictionary<string, JsonElement> members)
    {
        // Without hours there is no scan: not that of 0 h.
        var unsaid = JsonMembers.UnsaidIn(members);
        return new ReadMark(line)
        {
            Drawn = unsaid.HasFlag(Unsaid.Hours) ? drawn with { Hours = double.NaN } : drawn, Name = drawn.Label, Unsaid = unsaid,
            Emptied = JsonMembers.EmptiedIn(members),
        };
    }

    // JSON may have null where an annotation has a text. What was measured is measured anew.
    private static Measurement Whole(Measurement m) => m with
    {
        Id = m.Id ?? "", Label = m.Label ?? "", Color = m.Color ?? "", Modality = m.Modality ?? "", Author = m.Author ?? "", Result = null,
    };

    private static ReadMark SiteOf(int line, JsonElement item)
    {
        var site = SiteFiles.ReadJsonSite(JsonSerializer.SerializeToUtf8Bytes(item), line);
        return new ReadMark(line) { Site = site, Wrong = site.Wrong, Name = site.Label ?? site.Id ?? "" };
    }

    private static ReadMark DrawnOf(int line, JsonElement item)
    {
        try
        {
            return item.Deserialize<Measurement>(MeasurementLog.Json) switch
            {
                null => new ReadMark(line) { Wrong = "It is null, not an annotation." },
                { PointsUm: null } no => new ReadMark(line) { Wrong = "Its pointsUm cannot be read; correct it.", Name = no.Label ?? "" },
                var drawn => Read(line, Whole(drawn), JsonMembers.Of(item, StringComparer.OrdinalIgnoreCase)),
            };
        }
        catch (JsonException e)
        {
            var field = e.Path?.TrimStart('$', '.') ?? "";
            return new ReadMark(line)
            {
                Wrong = field.Length == 0 || field == "kind"
                    ? "It is no annotation: it needs kind, pointsUm, hours and modality, as docs/measuring.md has them."
                    : $"Its {SiteRules.Short(field)} cannot be read; correct it.",
            };
        }
    }
}
