using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Annotations;

/// <summary>Sites as CSV and JSON, out and in. CSV is RFC 4180 with a header; columns are found by name.</summary>
public static class SiteFiles
{
    private static readonly string[] Columns = ["id", "label", "status", "hours", "modality", "z_um", "y_um", "x_um", "depth_um",
        "radius_um", "author", "file_author", "changed_utc", "note"];

    // From outside a status comes by its name; a number might be none of them.
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Writes CSV.</summary>
    public static string ToCsv(IEnumerable<Site> sites)
    {
        var text = new StringBuilder().AppendJoin(',', Columns).Append('\n');
        foreach (var s in sites)
        {
            string[] cells =
            [
                Guarded(s.Id), Guarded(s.Label), s.Status.ToString().ToLowerInvariant(), N(s.Hours), Guarded(s.Modality),
                N(s.ZUm), N(s.YUm), N(s.XUm), N(s.DepthUm), N(s.RadiusUm), Guarded(s.Author), Guarded(s.FileAuthor),
                DateTimeOffset.FromUnixTimeMilliseconds(s.ChangedAt).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                Guarded(s.Note),
            ];
            text.AppendJoin(',', cells.Select(Quote)).Append('\n');
        }

        return text.ToString();

        static string N(double v) => v.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>Reads CSV or JSON, whichever the text is.</summary>
    /// <exception cref="VolumeFormatException">A line cannot be read; nothing was taken.</exception>
    public static IReadOnlyList<Site> Parse(string text, string file)
    {
        if (text.AsSpan().TrimStart().StartsWith("["))
        {
            try
            {
                var listed = JsonSerializer.Deserialize<Site?[]>(text, s_json) ?? [];
                return listed.All(s => s is { Id: not null, Label: not null, Note: not null, Modality: not null, Author: not null,
                    FileAuthor: not null })
                    ? listed.OfType<Site>().ToArray()
                    : throw new VolumeFormatException($"{file}: a site or one of its texts is null; export a list to see how it looks.");
            }
            catch (JsonException e)
            {
                throw new VolumeFormatException($"{file}, line {e.LineNumber + 1}: this is not a list of sites; export one to see how it looks.", e);
            }
        }

        var rows = ReadCsv(text.TrimStart('\uFEFF'));
        if (rows.Count == 0)
        {
            throw new VolumeFormatException($"{file} is empty; export sites to see how a file looks.");
        }

        var at = rows[0].Select((name, i) => (name.Trim().ToLowerInvariant(), i)).GroupBy(p => p.Item1).ToDictionary(g => g.Key, g => g.First().i);
        foreach (var need in new[] { "z_um", "y_um", "x_um", "hours" })
        {
            if (!at.ContainsKey(need))
            {
                throw new VolumeFormatException($"{file} has no column {need}; its first line must name z_um, y_um, x_um and hours.");
            }
        }

        var sites = new List<Site>();
        for (var i = 1; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row.Length == 1 && row[0].Length == 0)
            {
                continue;
            }

            string Cell(string name) => at.TryGetValue(name, out var c) && c < row.Length ? row[c] : "";
            double Number(string name) => double.TryParse(Cell(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var v) && double.IsFinite(v)
                ? v
                : throw new VolumeFormatException($"{file}, row {i + 1}: {name} is '{Cell(name)}', not a number; correct it.");
            string Text(string name) => Unguarded(Cell(name));
            sites.Add(new Site
            {
                Id = Text("id"), Label = Text("label"), Hours = Number("hours"), Modality = Text("modality"), ZUm = Number("z_um"),
                YUm = Number("y_um"), XUm = Number("x_um"), RadiusUm = Cell("radius_um").Length > 0 ? Number("radius_um") : 5,
                Author = Text("author"), Note = Text("note"), FileAuthor = Text("file_author"),
                Status = Status(Cell("status"), $"{file}, row {i + 1}"),
            });
        }

        return sites;
    }

    private static SiteStatus Status(string cell, string row) => cell.Trim().ToLowerInvariant() switch
    {
        "" or "proposed" => SiteStatus.Proposed,
        "confirmed" => SiteStatus.Confirmed,
        "rejected" => SiteStatus.Rejected,
        _ => throw new VolumeFormatException($"{row}: the status is '{cell}'; it is proposed, confirmed or rejected."),
    };

    // Text that a spreadsheet would take for a formula is given an apostrophe, as OWASP advises against CSV injection. So is text that
    // begins with such a guard itself: reading takes one apostrophe away from whatever begins so, and other text stays as it is.
    private static string Guarded(string text) => IsFormula(text) ? "'" + text : text;

    private static string Unguarded(string cell) => cell.StartsWith('\'') && IsFormula(cell) ? cell[1..] : cell;

    private static bool IsFormula(string text) => text.AsSpan().TrimStart('\'') is [var first, ..] && "=+-@\t\r\n".Contains(first);

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny("\",\n\r") >= 0 ? "\"" + cell.Replace("\"", "\"\"") + "\"" : cell;

    private static List<string[]> ReadCsv(string text)
    {
        var rows = new List<string[]>();
        var row = new List<string>();
        var cell = new StringBuilder();
        var (quoted, wasQuoted) = (false, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted)
            {
                if (c != '"')
                {
                    cell.Append(c);
                }
                else if (i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    quoted = false;
                }
            }
            else if (c == '"' && cell.Length == 0 && !wasQuoted)
            {
                (quoted, wasQuoted) = (true, true);
            }
            else if (c == '\r' && wasQuoted)
            {
                // Of the line's end; what is inside quotes is kept.
            }
            else if (c is ',' or '\n')
            {
                EndCell();
                if (c == '\n')
                {
                    rows.Add([.. row]);
                    row.Clear();
                }
            }
            else
            {
                cell.Append(c);
            }
        }

        if (cell.Length > 0 || wasQuoted || row.Count > 0)
        {
            EndCell();
            rows.Add([.. row]);
        }

        return rows;

        void EndCell()
        {
            row.Add(wasQuoted ? cell.ToString() : cell.ToString().TrimEnd('\r'));
            cell.Clear();
            wasQuoted = false;
        }
    }
}
