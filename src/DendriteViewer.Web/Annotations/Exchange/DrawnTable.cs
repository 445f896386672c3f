using System.Globalization;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Measurements;

namespace DendriteViewer.Web.Annotations.Exchange;

/// <summary>
/// Reads annotations from the table that <see cref="MeasurementFiles"/> writes. Its numbers of sizes and values are not taken: they are
/// computed from the places again.
/// </summary>
internal static class DrawnTable
{
    private const string Points = "points_zyx_um";

    /// <summary>Whether a text begins with the header of such a table.</summary>
    public static bool Is(string text)
    {
        var start = text.AsSpan().TrimStart("\uFEFF \t\r\n");
        return start[..(start.IndexOf('\n') is var end and >= 0 ? end : start.Length)].Contains(Points, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Reads the table. A line that cannot be read is in the list, with the reason.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <exception cref="VolumeFormatException">A column is missing, or there are more lines than a dataset can hold.</exception>
    public static IReadOnlyList<ReadMark> Read(string text, string file)
    {
        var csv = new SiteCsv(text, file);
        var marks = new List<ReadMark>();
        IReadOnlyDictionary<string, int>? columns = null;
        foreach (var (line, cells) in csv.Rows())
        {
            if (columns is null)
            {
                columns = SiteCsv.ColumnsOf(cells);
                if (Array.Find(["kind", "hours_h", "modality", Points], n => !columns.ContainsKey(n)) is { } missing)
                {
                    throw new VolumeFormatException(
                        $"{file} has no column {missing}; its first line must name kind, hours_h, modality and {Points}.");
                }

                continue;
            }

            marks.Add(new DrawnRow(columns, cells, csv.Separator != ',').ToMark(line));
            if (marks.Count > MeasurementLog.MostMeasurements)
            {
                throw new VolumeFormatException($"{file} holds more than {MeasurementLog.MostMeasurements} annotations; divide it.");
            }
        }

        return marks;
    }

    private sealed record DrawnRow(IReadOnlyDictionary<string, int> Columns, string[] Cells, bool DecimalComma)
        : CsvRow(Columns, Cells, DecimalComma)
    {
        public ReadMark ToMark(int line)
        {
            var (kind, name) = (Kind(), Text("label") is { Length: > 0 } label ? label : Text("id") ?? "");
            var drawn = new Measurement
            {
                Kind = kind, PointsUm = Places(Points) ?? [], Id = Text("id") ?? "", Label = Text("label") ?? "", Note = Text("note") ?? "",
                Color = Cell("color")?.Trim() ?? "", Hours = Number("hours_h") ?? double.NaN, Modality = Text("modality") ?? "",
                Right = Places("plane_right_zyx")?[0], Down = Places("plane_down_zyx")?[0],
                ThicknessUm = Slab() ?? 0, WidthUm = Number("width_um") ?? 0,
                Labels = MarkColumns.Labels(Text("labels")) ?? ValueList<string>.Empty,
                Fields = MarkColumns.Fields(Columns, Cell) ?? Schema.FieldValues.Empty, ChangedAt = ChangedAt() ?? 0,
            };
            var wrong = Wrong ?? (drawn.PointsUm.Length == 0 ? $"It has no {Points}."
                : double.IsNaN(drawn.Hours) ? "It has no hours_h." : null);
            return wrong is null
                ? new ReadMark(line)
                {
                    Drawn = drawn, AreFieldsText = true, AreLabelsNames = true, Name = name, Unsaid = UnsaidHere(),
                    Emptied = MarkColumns.Emptied(Columns, Cell),
                }
                : new ReadMark(line) { Wrong = wrong, Name = name };
        }

        // A number's cell may be empty; an empty text is one.
        private Unsaid UnsaidHere()
        {
            (bool IsSaid, Unsaid Flag)[] all =
            [
                (Slab() is not null, Unsaid.Thickness), (Number("width_um") is not null, Unsaid.Width),
                (Cell("label") is not null, Unsaid.Label), (Cell("note") is not null, Unsaid.Note),
                (Cell("color") is not null, Unsaid.Color), (Cell("labels") is not null, Unsaid.Labels),
            ];
            return all.Where(a => !a.IsSaid).Aggregate(Unsaid.Nothing, (flags, a) => flags | a.Flag);
        }

        private double? Slab() => Number(Columns.ContainsKey("slab_um") ? "slab_um" : "thickness_um");

        private MeasurementKind Kind()
        {
            var cell = Cell("kind")?.Trim() ?? "";
            if (!cell.AsSpan().ContainsAnyInRange('0', '9') && Enum.TryParse<MeasurementKind>(cell, ignoreCase: true, out var kind)
                && Enum.IsDefined(kind))
            {
                return kind;
            }

            Refuse($"Its kind is '{SiteRules.Short(cell)}'; it is one of "
                + $"{string.Join(", ", Enum.GetNames<MeasurementKind>().Select(n => n.ToLowerInvariant()))}.");
            return default;
        }

        // Places or directions in one cell: z y x, apart by semicolons.
        private double[][]? Places(string column)
        {
            if (Cell(column)?.Trim() is not { Length: > 0 } cell)
            {
                return null;
            }

            var places = cell.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(p => p.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Value).ToArray()).ToArray();
            if (places.Length > 0 && Array.TrueForAll(places, p => p.Length == 3 && Array.TrueForAll(p, double.IsFinite)))
            {
                return places;
            }

            Refuse($"Its {column} is '{SiteRules.Short(cell)}', not z, y, x as 10 20 30; 40 50 60; correct it.");
            return null;
        }

        private double Value(string word) => double.TryParse(
            DecimalComma && !word.Contains('.') ? word.Replace(',', '.') : word, NumberStyles.Float, CultureInfo.InvariantCulture,
            out var v) ? v : double.NaN;
    }
}
