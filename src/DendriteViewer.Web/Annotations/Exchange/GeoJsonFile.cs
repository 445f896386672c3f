using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// A FeatureCollection as GeoJSON (RFC 7946) has it, whose coordinates are not degrees but x, y, z in µm in the dataset's frame, which the
/// file says in its member "frame". Points, lines and polygons are geometry; circles, spheres and boxes are given by the points that
/// define them, as a MultiPoint.
/// </summary>
internal static class GeoJsonFile
{
    private const string Unit = "micrometre";

    /// <summary>Writes sites and annotations.</summary>
    public static string Write(AnnotationSet set) => new JsonObject
    {
        ["type"] = "FeatureCollection",
        ["frame"] = new JsonObject
        {
            ["name"] = "dataset", ["dataset"] = set.Dataset.Id.Value, ["identity"] = set.Dataset.Identity.Value,
            ["axes"] = new JsonArray("x", "y", "z"), ["unit"] = Unit,
            ["origin"] = "the corner of the first voxel of a scan that was not moved; see docs/coordinates.md",
        },
        ["features"] = new JsonArray([.. set.Sites.Select(s => Feature(s, set.Schema)), .. set.Drawn.Select(m => Feature(m, set.Schema))]),
    }.ToJsonString(AnnotationFiles.Indented);

    /// <summary>Reads what was written, or what another program wrote so.</summary>
    /// <exception cref="VolumeFormatException">The file as a whole cannot be read, or does not say that it is in µm.</exception>
    public static ReadMarks Read(string text, string file, DefaultScan scan)
    {
        var parts = JsonParts.Of(text, file, AnnotationFiles.MostMarks, "features");
        if (parts["frame"] is not { ValueKind: JsonValueKind.Object } frame || !frame.TryGetProperty("unit", out var unit)
            || unit.ValueKind != JsonValueKind.String || unit.GetString() != Unit)
        {
            throw new VolumeFormatException(
                $"{file} does not say that its coordinates are in µm; it needs \"frame\": {{\"unit\": \"{Unit}\"}}, with x, y, z.");
        }

        return new ReadMarks([.. parts.Items.Select(p => MarkOf(p.Line, p.Item, scan))], Schema: null,
            frame.TryGetProperty("identity", out var of) && of.ValueKind == JsonValueKind.String ? of.GetString() : null);
    }

    private static JsonObject Feature(Site s, AnnotationSchema schema)
    {
        var properties = Properties("site", s.Label, s.Hours, s.Modality, s.Note, s.Labels, s.Fields, s.Author, s.ChangedAt, schema);
        properties["status"] = s.Status.ToString().ToLowerInvariant();
        properties["radiusUm"] = s.RadiusUm;
        properties["depthUm"] = s.DepthUm;
        properties["track"] = new JsonArray([.. s.Track.Select(p => (JsonNode)new JsonArray(p.Hours, p.XUm, p.YUm, p.ZUm))]);
        return Feature(s.Id, new JsonObject { ["type"] = "Point", ["coordinates"] = new JsonArray(s.XUm, s.YUm, s.ZUm) }, properties);
    }

    private static JsonObject Feature(Measurement m, AnnotationSchema schema)
    {
        var properties = Properties(
            MarkRules.KindOf(m), m.Label, m.Hours, m.Modality, m.Note, m.Labels, m.Fields, m.Author, m.ChangedAt, schema);
        if (m.Right is { } right && m.Down is { } down)
        {
            properties["rightXyz"] = Vector(right);
            properties["downXyz"] = Vector(down);
        }

        properties["thicknessUm"] = m.ThicknessUm;
        properties["widthUm"] = m.WidthUm;
        properties["color"] = m.Color;
        var points = m.PointsUm.Select(p => (JsonNode)Vector(p)).ToArray();
        var geometry = m.Kind switch
        {
            MeasurementKind.Point => ("Point", (JsonNode)Vector(m.PointsUm[0])),
            MeasurementKind.Note when points.Length == 1 => ("Point", Vector(m.PointsUm[0])),
            MeasurementKind.Polygon => ("Polygon", new JsonArray(new JsonArray([.. points, Vector(m.PointsUm[0])]))),
            MeasurementKind.Circle or MeasurementKind.Rectangle or MeasurementKind.Sphere or MeasurementKind.Box =>
                ("MultiPoint", new JsonArray(points)),
            _ => ("LineString", new JsonArray(points)),
        };
        return Feature(m.Id, new JsonObject { ["type"] = geometry.Item1, ["coordinates"] = geometry.Item2 }, properties);
    }

    private static JsonObject Feature(string id, JsonObject geometry, JsonObject properties) =>
        new() { ["type"] = "Feature", ["id"] = id, ["geometry"] = geometry, ["properties"] = properties };

    private static JsonObject Properties(
        string kind, string label, double hours, string modality, string note, ValueList<string> labels, FieldValues fields, string author,
        long changedAt, AnnotationSchema schema) => new()
    {
        ["kind"] = kind, ["label"] = label, ["hours"] = hours, ["modality"] = modality, ["note"] = note,
        ["labels"] = new JsonArray([.. labels.Select(l => (JsonNode)(schema.Label(l)?.Name ?? l))]),
        ["fields"] = Values(fields, schema), ["author"] = author, ["changedAt"] = changedAt,
    };

    // A field without a value is null: what is left out would stay as it is where the file is read.
    private static JsonObject Values(FieldValues fields, AnnotationSchema schema)
    {
        var values = (JsonObject)JsonSerializer.SerializeToNode(fields, MeasurementLog.Json)!;
        foreach (var field in schema.Fields.Where(f => fields[f.Id] is null))
        {
            values[field.Id] = null;
        }

        return values;
    }

    private static JsonArray Vector(double[] zyx) => new(zyx[2], zyx[1], zyx[0]);

    private static ReadMark MarkOf(int line, JsonElement feature, DefaultScan scan)
    {
        try
        {
            return Read(line, feature, scan);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return new ReadMark(line)
            {
                Wrong = "It is no feature with a geometry in x, y, z and properties that can be read; correct it.",
            };
        }
    }

    private static ReadMark Read(int line, JsonElement feature, DefaultScan scan)
    {
        var geometry = feature.GetProperty("geometry");
        var type = geometry.GetProperty("type").GetString()!;
        var coordinates = geometry.GetProperty("coordinates");
        var points = type switch
        {
            "Point" => [Zyx(coordinates)],
            "Polygon" => Open([.. coordinates.EnumerateArray().First().EnumerateArray().Select(Zyx)]),
            _ => coordinates.EnumerateArray().Select(Zyx).ToArray(),
        };
        var properties = feature.TryGetProperty("properties", out var p) && p.ValueKind == JsonValueKind.Object ? p : default;
        var kind = Text(properties, "kind") ?? type switch
        {
            "Point" => "point", "LineString" => points.Length == 2 ? "ruler" : "polyline", "Polygon" => "polygon", _ => "",
        };
        var id = feature.TryGetProperty("id", out var given) ? given.ValueKind == JsonValueKind.String ? given.GetString()
            : given.ToString() : null;
        var label = Text(properties, "label") ?? "";
        var (hours, modality) = (Number(properties, "hours"), Text(properties, "modality"));
        var members = JsonMembers.Of(properties, StringComparer.Ordinal);
        var (unsaid, emptied) = (JsonMembers.UnsaidIn(members), JsonMembers.EmptiedIn(members));
        var (labels, fields) = (Part<ValueList<string>>(properties, "labels"), Part<FieldValues>(properties, "fields"));
        var changedAt = (long?)Number(properties, "changedAt");
        if (kind == "site")
        {
            SiteStatus? status = null;
            if (Text(properties, "status") is { } said)
            {
                if (!Enum.TryParse<SiteStatus>(Word(said), ignoreCase: true, out var known))
                {
                    return new ReadMark(line) { Name = label, Wrong = "Its status is none of proposed, confirmed and rejected." };
                }

                status = known;
            }

            if (points.Length == 0)
            {
                throw new FormatException("A site without a point.");
            }

            return new ReadMark(line)
            {
                Name = label, Unsaid = unsaid, Site = new SiteLine
                {
                    Line = line, Id = id, ZUm = points[0][0], YUm = points[0][1], XUm = points[0][2], Hours = hours, Modality = modality,
                    RadiusUm = Number(properties, "radiusUm"), Label = Text(properties, "label"), Note = Text(properties, "note"),
                    Labels = labels, AreLabelsNames = true, Fields = fields, Emptied = emptied, Status = status,
                    Author = Text(properties, "author"), ChangedAt = changedAt, Track = Track(properties),
                },
            };
        }

        if (!Enum.TryParse<MeasurementKind>(Word(kind), ignoreCase: true, out var drawn))
        {
            return new ReadMark(line) { Name = label,
                Wrong = $"Its kind is '{SiteRules.Short(kind)}', which is none that annotations have." };
        }

        return new ReadMark(line)
        {
            Name = label, Unsaid = unsaid, AreLabelsNames = true, Emptied = emptied, Drawn = new Measurement
            {
                Kind = drawn, PointsUm = points, Id = id ?? "", Label = label, Hours = hours ?? scan.Hours,
                Modality = modality ?? scan.Modality,
                Note = Text(properties, "note") ?? "", Color = Text(properties, "color") ?? "",
                Right = Vector(properties, "rightXyz"), Down = Vector(properties, "downXyz"),
                ThicknessUm = Number(properties, "thicknessUm") ?? 0, WidthUm = Number(properties, "widthUm") ?? 0,
                Labels = labels ?? ValueList<string>.Empty, Fields = fields ?? FieldValues.Empty, ChangedAt = changedAt ?? 0,
            },
        };
    }

    // A kind or a status comes by its name; a number might be none of them.
    private static string Word(string text) => text.All(char.IsAsciiLetter) ? text : throw new FormatException(text);

    private static ValueList<SitePosition>? Track(JsonElement properties) =>
        properties.ValueKind != JsonValueKind.Object || !properties.TryGetProperty("track", out var track) ? null
        : new(track.EnumerateArray().Select(t => t.EnumerateArray().Select(v => v.GetDouble()).ToArray())
            .Select(t => t.Length == 4 ? t : throw new FormatException("track"))
            .Select(t => new SitePosition { Hours = t[0], XUm = t[1], YUm = t[2], ZUm = t[3] }));

    private static T? Part<T>(JsonElement properties, string name) where T : class =>
        properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name, out var part)
            ? part.Deserialize<T>(MeasurementLog.Json) : null;

    // The first corner again ends a ring.
    private static double[][] Open(double[][] ring) =>
        ring.Length > 1 && ring[0].AsSpan().SequenceEqual(ring[^1]) ? ring[..^1] : ring;

    private static double[]? Vector(JsonElement properties, string name) =>
        properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name, out var v) ? Zyx(v) : null;

    private static double[] Zyx(JsonElement xyz)
    {
        var c = xyz.EnumerateArray().Select(v => v.GetDouble()).ToArray();
        return c.Length == 3 ? [c[2], c[1], c[0]]
            : throw new FormatException(c.Length.ToString(CultureInfo.InvariantCulture));
    }

    private static string? Text(JsonElement properties, string name) =>
        properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name, out var v) && v.ValueKind != JsonValueKind.Null
            ? v.GetString() : null;

    private static double? Number(JsonElement properties, string name) =>
        properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name, out var v) && v.ValueKind != JsonValueKind.Null
            ? v.GetDouble() : null;
}
