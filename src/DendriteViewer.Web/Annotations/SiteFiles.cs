using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Annotations.Exchange;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations;

/// <summary>Sites as CSV and JSON, out and in. CSV is RFC 4180 with a header; columns are found by name.</summary>
public static class SiteFiles
{
    /// <summary>Bytes that a file has at most.</summary>
    public const int MostBytes = 16 << 20;

    private static readonly string[] Columns = ["id", "label", "status", "hours", "modality", "z_um", "y_um", "x_um", "depth_um",
        "radius_um", "author", "file_author", "judged_in", "changed_utc", "note", "labels", "track_h_zyx_um"];

    private static readonly string[] s_needed = ["z_um", "y_um", "x_um", "hours"];


    // From outside a status comes by its name; a number might be none of them.
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Writes CSV, with a column for each field of the schema.</summary>
    public static string ToCsv(IEnumerable<Site> sites, AnnotationSchema? schema = null)
    {
        schema ??= AnnotationSchema.Empty;
        var text = new StringBuilder().AppendJoin(',', Columns.Concat(MarkColumns.Of(schema))).Append('\n');
        foreach (var s in sites)
        {
            string[] cells =
            [
                CsvCells.Guarded(s.Id), CsvCells.Guarded(s.Label), s.Status.ToString().ToLowerInvariant(), N(s.Hours),
                CsvCells.Guarded(s.Modality),
                N(s.ZUm), N(s.YUm), N(s.XUm), N(s.DepthUm), N(s.RadiusUm), CsvCells.Guarded(s.Author), CsvCells.Guarded(s.FileAuthor),
                CsvCells.Guarded(s.JudgedIn.ToString()),
                DateTimeOffset.FromUnixTimeMilliseconds(s.ChangedAt).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                CsvCells.Guarded(s.Note), MarkColumns.Cell(schema, s.Labels), MarkColumns.Cell(s.Track),
                .. MarkColumns.Cells(schema, s.Fields),
            ];
            text.AppendJoin(',', cells.Select(CsvCells.Quoted)).Append('\n');
        }

        return text.ToString();

        static string N(double v) => v.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads CSV or JSON, whichever the text is. A line that cannot be read is in the list, with the reason.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="VolumeFormatException">The file as a whole is no list of sites, or holds more than a dataset can.</exception>
    public static IReadOnlyList<SiteLine> Read(string text, string file)
    {
        var lines = new List<SiteLine>();
        foreach (var line in text.AsSpan().TrimStart("\uFEFF \t\r\n").StartsWith("[") ? ReadJson(text, file) : ReadCsv(text, file))
        {
            lines.Add(line);
            if (lines.Count > SiteLog.MostSites)
            {
                throw new VolumeFormatException($"{file} holds more than {SiteLog.MostSites} sites; divide it.");
            }
        }

        return lines;
    }

    private static List<SiteLine> ReadJson(string text, string file)
    {
        var utf8 = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        var reader = new Utf8JsonReader(utf8);
        var (lines, line, counted) = (new List<SiteLine>(), 1, 0);
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray && lines.Count <= SiteLog.MostSites)
            {
                var start = (int)reader.TokenStartIndex;
                line += utf8.AsSpan(counted, start - counted).Count((byte)'\n');
                counted = start;
                reader.Skip();
                lines.Add(ReadJsonSite(utf8.AsSpan(start, (int)reader.BytesConsumed - start), line));
            }

            // Something may follow the list, as a second one.
            while (lines.Count <= SiteLog.MostSites && reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            var at = line + utf8.AsSpan(counted).Count((byte)'\n');
            throw new VolumeFormatException(
                $"{file}, line {(e.LineNumber + 1) ?? at}: this is not a list of sites; export one to see how it looks.", e);
        }

        return lines;
    }

    internal static SiteLine ReadJsonSite(ReadOnlySpan<byte> json, int line)
    {
        try
        {
            return JsonSerializer.Deserialize<SiteLine>(json, s_json) is { } site
                ? site with { Line = line, Emptied = site.Fields is null ? ValueList<string>.Empty : EmptiedIn(json) }
                : new SiteLine { Line = line, Wrong = "It is null, not a site." };
        }
        catch (JsonException e)
        {
            var field = e.Path?.TrimStart('$', '.') ?? "";
            return new SiteLine
            {
                Line = line,
                Wrong = field switch
                {
                    "" => "It is not a site; export a list to see how one looks.",
                    "status" => "Its status is none of proposed, confirmed and rejected.",
                    _ => $"Its {SiteRules.Short(field)} cannot be read; correct it.",
                },
            };
        }
    }

    // A field that is null has no value, unlike one that is not there.
    private static ValueList<string> EmptiedIn(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        using var site = JsonDocument.ParseValue(ref reader);
        return JsonMembers.EmptiedIn(JsonMembers.Of(site.RootElement, StringComparer.OrdinalIgnoreCase));
    }

    private static IEnumerable<SiteLine> ReadCsv(string text, string file)
    {
        var csv = new SiteCsv(text, file);
        Dictionary<string, int>? columns = null;
        foreach (var (line, cells) in csv.Rows())
        {
            if (columns is null)
            {
                columns = SiteCsv.ColumnsOf(cells);
                var missing = Array.Find(s_needed, n => !columns.ContainsKey(n));
                if (missing is not null && !columns.ContainsKey("id"))
                {
                    throw new VolumeFormatException(
                        $"{file} has no column {missing}; its first line must name z_um, y_um, x_um and hours, "
                        + "or id to change sites that are there.");
                }

                continue;
            }

            yield return new SiteRow(columns, cells, csv.Separator != ',').ToLine(line);
        }

        if (columns is null)
        {
            throw new VolumeFormatException($"{file} is empty; export sites to see how a file looks.");
        }
    }
}
