using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Geometry;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Multiscale;

/// <summary>
/// Landmarks as BigWarp keeps them: a row a pair, <c>"name","active","moving x","moving y","moving z","fixed x","fixed y","fixed z"</c>,
/// µm,
/// without a head. Rows that are not active, or whose point is set in one image only (infinite in the other), are left out.
/// </summary>
public static class BigWarpCsv
{
    private const int MostRows = 10_000, Columns = 8;

    /// <summary>Reads pairs.</summary>
    /// <exception cref="VolumeFormatException">It is no such file.</exception>
    public static IReadOnlyList<PointPair> Read(ReadOnlySpan<byte> utf8, string file)
    {
        var pairs = new List<PointPair>();
        var number = 0;
        foreach (var line in Encoding.UTF8.GetString(utf8).TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            var text = line.TrimEnd('\r');
            if (text.Trim().Length == 0)
            {
                continue;
            }

            var cells = Cells(text);
            if (number == 1 && cells.Count >= Columns && !IsNumber(cells[2]) && !IsNumber(cells[5]))
            {
                continue;
            }

            if (cells.Count != Columns || number > MostRows || !(Is(cells[1], "true") || Is(cells[1], "false")))
            {
                throw new VolumeFormatException(
                    $"{file}, line {number}: a landmark is name, active (true or false), moving x, y, z and fixed x, y, z in µm, as "
                        + $"BigWarp writes it.");
            }

            var values = cells.Skip(2).Select(c => double.TryParse(
                c.Replace("Infinity", "∞", StringComparison.Ordinal), NumberStyles.Float, s_numbers, out var v) ? v : double.NaN).ToArray();
            if (Is(cells[1], "false") || values.Any(double.IsInfinity))
            {
                continue;
            }

            if (!values.All(Ranges.Um.Contains))
            {
                throw new VolumeFormatException($"{file}, line {number}: '{OneLine.Quote(text)}' has a coordinate that is no number of "
                    + $"µm; correct it.");
            }

            pairs.Add(new PointPair(cells[0], new WorldPoint(values[2], values[1], values[0]), new WorldPoint(values[5], values[4],
                values[3])));
        }

        return pairs.Count > 0 ? pairs : throw new VolumeFormatException($"{file} has no active landmark that is set in both images; "
            + $"add some.");

        static bool Is(string cell, string word) => cell.Trim().Equals(word, StringComparison.OrdinalIgnoreCase);
        static bool IsNumber(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
    }

    /// <summary>Writes pairs as BigWarp reads them.</summary>
    public static byte[] Write(IEnumerable<PointPair> pairs)
    {
        var text = new StringBuilder();
        foreach (var p in pairs)
        {
            text.Append(CultureInfo.InvariantCulture, $"\"{p.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\",\"true\",");
            text.Append(CultureInfo.InvariantCulture, $"\"{p.Moving.X:R}\",\"{p.Moving.Y:R}\",\"{p.Moving.Z:R}\",");
            text.Append(CultureInfo.InvariantCulture, $"\"{p.Dataset.X:R}\",\"{p.Dataset.Y:R}\",\"{p.Dataset.Z:R}\"\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static readonly NumberFormatInfo s_numbers = new() { PositiveInfinitySymbol = "∞", NegativeInfinitySymbol = "-∞" };

    private static List<string> Cells(string line)
    {
        var (cells, cell, isQuoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"')
            {
                if (isQuoted && i + 1 < line.Length && line[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else
                {
                    isQuoted = !isQuoted;
                }
            }
            else if (line[i] == ',' && !isQuoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        cells.Add(cell.ToString());
        return cells;
    }
}
