using System.Text.Json;
using System.Text.Json.Nodes;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Placements as OME-NGFF coordinate transformations, axes z, y, x in micrometers: scale and translation where the placement has no turn,
/// as
/// 0.5 knows them, else an affine transformation as the specification's proposal RFC-5 has it. Transformations apply in the order in which
/// they stand. Points are µm, the outer corner of voxel 0 being 0.
/// </summary>
public static class NgffTransformFile
{
    private const int MostParts = 100;

    /// <summary>Writes the transformation from moving µm to dataset µm.</summary>
    /// <param name="matrix">From moving µm to dataset µm, z, y, x.</param>
    /// <param name="from">Name of the moving volume's frame.</param>
    /// <param name="to">Name of the dataset's frame.</param>
    public static string Write(AffineTransform matrix, string from, string to)
    {
        var m = matrix.Rows;
        var isPlain = m[1] == 0 && m[2] == 0 && m[4] == 0 && m[6] == 0 && m[8] == 0 && m[9] == 0 && m[0] > 0 && m[5] > 0 && m[10] > 0;
        JsonArray parts = isPlain
            ? new JsonArray(
                new JsonObject { ["type"] = "scale", ["scale"] = new JsonArray(m[0], m[5], m[10]) },
                new JsonObject { ["type"] = "translation", ["translation"] = new JsonArray(m[3], m[7], m[11]) })
            : new JsonArray(new JsonObject
            {
                ["type"] = "affine", ["affine"] = new JsonArray(
                    new JsonArray(m[0], m[1], m[2], m[3]), new JsonArray(m[4], m[5], m[6], m[7]), new JsonArray(m[8], m[9], m[10], m[11])),
                ["input"] = from, ["output"] = to,
            });
        return new JsonObject
        {
            ["ome"] = new JsonObject
            {
                ["version"] = "0.5",
                ["coordinateSystems"] = new JsonArray(System(from), System(to)),
                ["coordinateTransformations"] = parts,
            },
        }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

        static JsonObject System(string name) => new()
        {
            ["name"] = name, ["axes"] = new JsonArray(new[] { "z", "y", "x" }.Select(a => (JsonNode)new JsonObject
            {
                ["name"] = a, ["type"] = "space", ["unit"] = "micrometer",
            }).ToArray()),
        };
    }

    /// <summary>Reads the transformations of a file, or a bare matrix of three rows of four.</summary>
    /// <returns>From moving µm to dataset µm, z, y, x.</returns>
    /// <exception cref="VolumeFormatException">It holds none, or a kind that is not read, or other axes or units.</exception>
    public static AffineTransform Read(ReadOnlySpan<byte> utf8, string file)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8.ToArray());
            var root = json.RootElement;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("matrix", out var bare))
            {
                return Affine(bare, file);
            }

            if (root.ValueKind == JsonValueKind.Array)
            {
                return Affine(root, file);
            }

            var ome = root.TryGetProperty("ome", out var o) ? o : root;
            CheckAxes(ome, file);
            return ome.TryGetProperty("coordinateTransformations", out var parts) ? Sequence(parts, file, 0)
                : throw new VolumeFormatException($"{file} has neither coordinateTransformations nor a matrix; give one of them.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException
            or ArgumentException)
        {
            throw new VolumeFormatException($"{file} holds no placement that can be read: write coordinateTransformations or a 3×4 "
                + $"matrix in µm.", e);
        }
    }

    private static void CheckAxes(JsonElement ome, string file)
    {
        if (!ome.TryGetProperty("coordinateSystems", out var systems))
        {
            return;
        }

        foreach (var axes in systems.EnumerateArray().Select(s => s.GetProperty("axes").EnumerateArray().ToArray()))
        {
            var names = string.Join(", ", axes.Select(a => a.GetProperty("name").GetString()));
            var unit = axes.Select(a => a.TryGetProperty("unit", out var u) ? u.GetString() : "micrometer").FirstOrDefault(u =>
                u != "micrometer");
            if (names != "z, y, x" || unit is not null)
            {
                var wrong = unit is null ? "" : $" in {OneLine.Quote(unit)}";
                throw new VolumeFormatException($"{file} has axes {OneLine.Quote(names)}{wrong}; give z, y, x in micrometer.");
            }
        }
    }

    private static AffineTransform Sequence(JsonElement parts, string file, int depth)
    {
        var all = new AffineTransform([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);
        if (depth > 8 || parts.GetArrayLength() is 0 or > MostParts)
        {
            throw new VolumeFormatException($"{file} has no coordinate transformation, or too many; give 1 to {MostParts}.");
        }

        foreach (var part in parts.EnumerateArray())
        {
            var type = part.GetProperty("type").GetString();
            all = (type switch
            {
                "identity" => new AffineTransform([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]),
                "scale" => Three(part.GetProperty("scale")) is var s ? new AffineTransform([s[0], 0, 0, 0, 0, s[1], 0, 0, 0, 0, s[2], 0])
                    : all,
                "translation" => Three(part.GetProperty("translation")) is var t ? new AffineTransform([1, 0, 0, t[0], 0, 1, 0, t[1], 0, 0,
                    1, t[2]]) : all,
                "affine" => Affine(part.GetProperty("affine"), file),
                "rotation" => Rotation(part.GetProperty("rotation")),
                "sequence" => Sequence(part.GetProperty("transformations"), file, depth + 1),
                _ => throw new VolumeFormatException($"{file} has a coordinate transformation of type '{OneLine.Quote(type ?? "")}', "
                    + $"which is not read; use scale, translation, rotation, affine or a sequence of these."),
            }).After(all);
        }

        return all;
    }

    private static double[] Three(JsonElement e)
    {
        var v = e.EnumerateArray().Select(x => x.GetDouble()).ToArray();
        return v.Length == 3 ? v : throw new FormatException("Three numbers are needed.");
    }

    private static AffineTransform Rotation(JsonElement e)
    {
        var r = e.EnumerateArray().Select(Three).ToArray();
        return new AffineTransform([.. r[0], 0, .. r[1], 0, .. r[2], 0]);
    }

    private static AffineTransform Affine(JsonElement e, string file)
    {
        var rows = e.EnumerateArray().Select(r => r.EnumerateArray().Select(x => x.GetDouble()).ToArray()).ToArray();
        if (rows.Length == 4 && rows[3] is [0, 0, 0, 1])
        {
            rows = rows[..3];
        }

        return rows.Length == 3 && rows.All(r => r.Length == 4) ? new AffineTransform([.. rows.SelectMany(r => r)])
            : throw new VolumeFormatException($"{file} has a matrix that is not three rows of four numbers; correct it.");
    }
}
