using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Schema;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// An annotation layer of neuroglancer: points, lines, polylines, axis-aligned boxes and ellipsoids, in voxels of the dataset's first scan,
/// whose size in metres the layer's dimensions state. As in this app, whole numbers are voxels' lower corners there, so that a place in µm
/// over the voxel's size is neuroglancer's coordinate. What has no such form is written as the line that it is drawn as: circles and flat
/// regions, and boxes that are turned.
/// </summary>
internal static class NeuroglancerFile
{
    private const string SitePrefix = "site-", FollowedPrefix = "followed-";
    private const int RingSteps = 64;
    private static readonly string[] s_axes = ["z", "y", "x"];

    /// <summary>Writes the layer.</summary>
    public static string Write(AnnotationSet set) => Layer(set).ToJsonString(AnnotationFiles.Indented);

    /// <summary>The layer.</summary>
    /// <param name="set">What it shows.</param>
    /// <param name="hours">
    /// The time at which followed sites are shown; null for where they were marked, which is what can be read back.
    /// </param>
    public static JsonObject Layer(AnnotationSet set, double? hours = null)
    {
        var voxel = VoxelOf(set);
        return new JsonObject
        {
            ["type"] = "annotation", ["name"] = "annotations",
            ["source"] = new JsonObject
            {
                ["url"] = "local://annotations", ["transform"] = new JsonObject { ["outputDimensions"] = Dimensions(voxel) },
            },
            ["annotationProperties"] = new JsonArray(
                new JsonObject { ["id"] = "hours", ["type"] = "float32", ["description"] = "Hours of the scan", ["default"] = 0 },
                new JsonObject { ["id"] = "color", ["type"] = "rgb", ["description"] = "Colour", ["default"] = "#ffffff" }),
            ["shader"] = "void main() { setColor(prop_color()); }",
            ["annotations"] = new JsonArray(
                [.. set.Sites.Select(s => Of(s, hours, set.Schema, voxel)), .. set.Drawn.Select(m => Of(m, set.Schema, voxel))]),
        };
    }

    /// <summary>A voxel's size as neuroglancer states dimensions: numbers and the unit, by axis.</summary>
    public static JsonObject Dimensions(double[] voxel) =>
        new(s_axes.Select((a, i) => KeyValuePair.Create<string, JsonNode?>(a, new JsonArray(Metres(voxel[i]), "m"))));

    /// <summary>Size of a voxel of the dataset's first scan, z, y, x, µm.</summary>
    public static double[] VoxelOf(AnnotationSet set) => set.Dataset.Volumes[0].VoxelSize is var v ? [v.Z, v.Y, v.X] : [];

    // Decimal, so that 3 µm is 0.000003 and not 2.9999999999999997e-06.
    private static double Metres(double um) => double.Parse($"{um.ToString("R", CultureInfo.InvariantCulture)}e-6"
        .Replace("E", "e", StringComparison.Ordinal) is var s && s.Count(c => c == 'e') == 1 ? s : (um * 1e-6).ToString("R",
            CultureInfo.InvariantCulture),
        CultureInfo.InvariantCulture);

    private static JsonObject Of(Site s, double? hours, AnnotationSchema schema, double[] voxel)
    {
        var at = SiteChains.PositionsOf(s).LastOrDefault(p => p.Hours <= hours) is { } p && !SiteChains.IsSame(p.Hours, s.Hours)
            ? p : null;
        double[] radii = [s.RadiusUm / voxel[0], s.RadiusUm / voxel[1], s.RadiusUm / voxel[2]];
        var color = s.Labels.Select(schema.Label).FirstOrDefault(l => l is not null)?.Color ?? "#ffffff";
        double[] center = at is null ? [s.ZUm, s.YUm, s.XUm] : [at.ZUm, at.YUm, at.XUm];
        return With(new JsonObject { ["center"] = At(center, voxel), ["radii"] = Numbers(radii) },
            "ellipsoid", (at is null ? SitePrefix : FollowedPrefix) + s.Id, Describe(s.Label, s.Note), at?.Hours ?? s.Hours, color);
    }

    private static JsonObject Of(Measurement m, AnnotationSchema schema, double[] voxel)
    {
        var color = m.Color.Length > 0 ? m.Color : m.Labels.Select(schema.Label).FirstOrDefault(l => l is not null)?.Color ?? "#ffffff";
        var (type, geometry) = Geometry(m, voxel);
        return With(geometry, type, m.Id, Describe(m.Label, m.Note), m.Hours, color);
    }

    private static (string Type, JsonObject Geometry) Geometry(Measurement m, double[] voxel)
    {
        var p = m.PointsUm;
        switch (m.Kind)
        {
            case MeasurementKind.Point or MeasurementKind.Note:
                return ("point", new JsonObject { ["point"] = At(p[0], voxel) });
            case MeasurementKind.Ruler or MeasurementKind.Profile:
                return ("line", new JsonObject { ["pointA"] = At(p[0], voxel), ["pointB"] = At(p[1], voxel) });
            case MeasurementKind.Sphere:
                var radius = Math.Sqrt(p[0].Zip(p[1], (a, b) => (a - b) * (a - b)).Sum());
                return ("ellipsoid", new JsonObject { ["center"] = At(p[0], voxel), ["radii"] = Numbers([.. voxel.Select(v =>
                    radius / v)]) });
            case MeasurementKind.Box when IsAlongAxes(m):
                return ("axis_aligned_bounding_box", new JsonObject { ["pointA"] = At(p[0], voxel), ["pointB"] = At(p[1], voxel) });
            default:
                return ("polyline", new JsonObject { ["points"] = new JsonArray([.. Outline(m).Select(q => (JsonNode)At(q, voxel))]) });
        }
    }

    private static bool IsAlongAxes(Measurement m) => m.Right is null
        || (m.Right.Concat(m.Down!).All(c => Math.Abs(c) < 1e-9 || Math.Abs(Math.Abs(c) - 1) < 1e-9));

    // The line that a shape is drawn as; what is closed ends where it began.
    private static IEnumerable<double[]> Outline(Measurement m)
    {
        var p = m.PointsUm;
        if (m.Kind is MeasurementKind.Angle or MeasurementKind.Polyline)
        {
            return p;
        }

        if (m.Kind == MeasurementKind.Polygon)
        {
            return p.Append(p[0]);
        }

        var frame = MeasurementRules.FrameOf(m, MeasurementRules.PointOf(p[0]));
        var (u, v, w) = frame.ToFrame(MeasurementRules.PointOf(p[1]));
        double[] Place(double a, double b, double c) => frame.ToWorld(a, b, c) is var q ? [q.Z, q.Y, q.X] : [];
        if (m.Kind == MeasurementKind.Circle)
        {
            var radius = double.Hypot(u, v);
            return Enumerable.Range(0, RingSteps + 1).Select(i => Place(
                radius * Math.Cos(2 * Math.PI * i / RingSteps), radius * Math.Sin(2 * Math.PI * i / RingSteps), 0));
        }

        double[][] near = [Place(0, 0, 0), Place(u, 0, 0), Place(u, v, 0), Place(0, v, 0), Place(0, 0, 0)];
        return m.Kind == MeasurementKind.Rectangle ? near
            : [.. near, Place(0, 0, w), Place(u, 0, w), Place(u, 0, 0), Place(u, 0, w), Place(u, v, w), Place(u, v, 0), Place(u, v, w),
                Place(0, v, w), Place(0, v, 0), Place(0, v, w), Place(0, 0, w)];
    }

    private static JsonObject With(JsonObject geometry, string type, string id, string description, double hours, string color)
    {
        geometry["type"] = type;
        geometry["id"] = id;
        geometry["description"] = description;
        geometry["props"] = new JsonArray(hours, color);
        return geometry;
    }

    private static string Describe(string label, string note) => note.Length > 0 ? $"{label}\n{note}" : label;

    private static JsonArray At(double[] um, double[] voxel) => Numbers([.. um.Select((c, i) => c / voxel[i])]);

    private static JsonArray Numbers(double[] values) => new([.. values.Select(v => (JsonNode)v)]);

    /// <summary>Reads a layer, or the annotation layers of a whole state.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="scan">The scan of what is new, since layers have no modalities and may have no hours.</param>
    /// <exception cref="VolumeFormatException">It has no annotations, or does not say their unit.</exception>
    public static ReadMarks Read(string text, string file, DefaultScan scan)
    {
        var parts = JsonParts.Of(text, file, AnnotationFiles.MostMarks, "annotations");
        if (parts["layers"] is { ValueKind: JsonValueKind.Array } layers)
        {
            // Lines of a layer inside a state are those of the state's file from its beginning on. Layers are in the text's order, so
            // that each is looked for behind the one before it.
            var (marks, counted, begin) = (new List<ReadMark>(), 0, 1);
            foreach (var layer in layers.EnumerateArray().Where(l => l.ValueKind == JsonValueKind.Object
                && l.TryGetProperty("annotations", out _)))
            {
                var raw = layer.GetRawText();
                var found = Math.Max(counted, text.IndexOf(raw, counted, StringComparison.Ordinal));
                begin += text.AsSpan(counted, found - counted).Count('\n');
                (counted, var first) = (found, begin);
                var dimensions = parts["dimensions"];
                marks.AddRange(OfLayer(JsonParts.Of(raw, file, AnnotationFiles.MostMarks, "annotations"), file, scan, dimensions)
                    .Select(m => m with { Line = m.Line + first - 1, Site = m.Site is { } s ? s with { Line = m.Line + first - 1 }
                        : null }));
                if (marks.Count > AnnotationFiles.MostMarks)
                {
                    throw new VolumeFormatException(
                        $"{file} holds more than {AnnotationFiles.MostMarks} sites and annotations; divide it.");
                }
            }

            return marks.Count > 0 ? new ReadMarks(marks)
                : throw new VolumeFormatException($"{file} has no annotation layer with annotations of its own; save the state with one.");
        }

        return parts.Has("annotations") ? new ReadMarks([.. OfLayer(parts, file, scan, null)])
            : throw new VolumeFormatException($"{file} has no annotations.");
    }

    private static IEnumerable<ReadMark> OfLayer(JsonParts layer, string file, DefaultScan scan, JsonElement? stateDimensions)
    {
        var source = layer["source"] is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().FirstOrDefault()
            : layer["source"] ?? default;
        var dimensions = Inner(Inner(source, "transform"), "outputDimensions") ?? stateDimensions
            ?? throw new VolumeFormatException(
                $"{file} does not say how large its voxels are: the layer's source has no outputDimensions.");
        var (order, um) = UmOf(dimensions, file);
        var names = layer["annotationProperties"] is { ValueKind: JsonValueKind.Array } specs
            ? specs.EnumerateArray().Select(s => Inner(s, "id") is { ValueKind: JsonValueKind.String } id ? id.GetString()!
                : "").ToArray() : [];
        foreach (var (_, line, item) in layer.Items)
        {
            ReadMark mark;
            try
            {
                mark = MarkOf(line, item, order, um, names, scan);
            }
            catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or JsonException)
            {
                mark = new ReadMark(line)
                {
                    Wrong = "It is no point, line, polyline, box or ellipsoid with finite coordinates; correct it.",
                };
            }

            yield return mark;
        }
    }

    // Which place each of z, y, x has among the dimensions, and how many µm its unit is.
    private static (int[] Order, double[] Um) UmOf(JsonElement dimensions, string file)
    {
        var named = dimensions.ValueKind == JsonValueKind.Object ? dimensions.EnumerateObject().ToArray() : [];
        var order = s_axes.Select(a => Array.FindIndex(named, d => d.Name == a)).ToArray();
        var um = new double[3];
        for (var i = 0; i < 3; i++)
        {
            var value = order[i] >= 0 && named.Length == 3 ? named[order[i]].Value : default;
            um[i] = value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2 && value[0].ValueKind == JsonValueKind.Number
                && value[0].TryGetDouble(out var size) && size > 0 && value[1].ValueKind == JsonValueKind.String
                ? size * FactorOf(value[1].GetString()!) : double.NaN;
        }

        return um.All(v => double.IsFinite(v) && v > 0) ? (order, um)
            : throw new VolumeFormatException($"{file} has other dimensions than z, y, x in metres; give those three.");
    }

    private static double FactorOf(string unit) => unit switch
    {
        "m" => 1e6, "mm" => 1e3, "µm" or "um" => 1, "nm" => 1e-3, _ => double.NaN,
    };

    private static JsonElement? Inner(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } o && o.TryGetProperty(name, out var inner) ? inner : null;

    private static ReadMark MarkOf(int line, JsonElement item, int[] order, double[] um, string[] names, DefaultScan scan)
    {
        double[] Point(JsonElement p)
        {
            var c = p.EnumerateArray().Select(v => v.GetDouble()).ToArray();
            return c.Length == 3 ? [.. order.Select((o, i) => Math.Round(c[o] * um[i], 6))] : throw new FormatException("rank");
        }

        var id = Inner(item, "id") is { ValueKind: JsonValueKind.String } given ? given.GetString()! : "";
        var description = Inner(item, "description") is { ValueKind: JsonValueKind.String } d ? d.GetString() : null;
        var described = (description ?? "").Split('\n', 2);
        var (label, note) = described[0].Length <= SiteRules.MostLabel ? (described[0], described.ElementAtOrDefault(1) ?? "")
            : ("", string.Join('\n', described));
        var at = Array.IndexOf(names, "hours");
        var hours = at >= 0 && Inner(item, "props") is { ValueKind: JsonValueKind.Array } props && at < props.GetArrayLength()
            && props[at].ValueKind == JsonValueKind.Number ? Math.Round(props[at].GetDouble(), 5) : (double?)null;
        var unsaid = Unsaid.Modality | Unsaid.Thickness | Unsaid.Width | Unsaid.Color | Unsaid.Labels | Unsaid.Fields
            | (hours is null ? Unsaid.Hours : Unsaid.Nothing) | (description is null ? Unsaid.Note : Unsaid.Nothing)
            | (label.Length == 0 ? Unsaid.Label : Unsaid.Nothing);
        ReadMark Drawn(MeasurementKind kind, params double[][] points) => new(line)
        {
            Name = label, Unsaid = unsaid, Drawn = new Measurement
            {
                Kind = kind, PointsUm = points, Id = id, Label = label, Note = note, Hours = hours ?? scan.Hours,
                Modality = scan.Modality,
            },
        };
        switch (item.GetProperty("type").GetString()?.ToLowerInvariant())
        {
            case "point":
                return Drawn(MeasurementKind.Point, Point(item.GetProperty("point")));
            case "line":
                return Drawn(MeasurementKind.Ruler, Point(item.GetProperty("pointA")), Point(item.GetProperty("pointB")));
            case "polyline":
                return Drawn(MeasurementKind.Polyline, [.. item.GetProperty("points").EnumerateArray().Select(Point)]);
            case "axis_aligned_bounding_box":
                return Drawn(MeasurementKind.Box, Point(item.GetProperty("pointA")), Point(item.GetProperty("pointB")));
            case "ellipsoid":
                var (center, radii) = (Point(item.GetProperty("center")), Point(item.GetProperty("radii")));
                if (radii.Max() - radii.Min() > 0.01 * radii.Max())
                {
                    return new ReadMark(line)
                    {
                        Name = label,
                        Wrong = "It is an ellipsoid with different radii; only spheres can be taken in, with three alike in µm.",
                    };
                }

                if (id.StartsWith(FollowedPrefix, StringComparison.Ordinal))
                {
                    return new ReadMark(line)
                    {
                        Name = label, Wrong = "It is a followed site at another time than its first; change its positions in the viewer.",
                    };
                }

                var radius = radii.Average();
                return !id.StartsWith(SitePrefix, StringComparison.Ordinal)
                    ? Drawn(MeasurementKind.Sphere, center, [center[0], center[1], Math.Round(center[2] + radius, 6)])
                    : new ReadMark(line)
                    {
                        Name = label, Unsaid = unsaid, Site = new SiteLine
                        {
                            Line = line, Id = id[SitePrefix.Length..], ZUm = center[0], YUm = center[1], XUm = center[2], Hours = hours,
                            RadiusUm = Math.Round(radius, 6), Label = label.Length > 0 ? label : null,
                            Note = description is null ? null : note,
                        },
                    };
            default:
                return new ReadMark(line) { Name = label,
                    Wrong = "Its type is none of point, line, polyline, axis_aligned_bounding_box and ellipsoid." };
        }
    }
}
