using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>A measured curve: hours against a value.</summary>
/// <param name="Kind">voltage, current, …</param>
/// <param name="Unit">What the header calls the value's column.</param>
/// <param name="Hours">Ascending as in the file.</param>
/// <param name="Values">One a row.</param>
public sealed record Series(string Kind, string Unit, IReadOnlyList<double> Hours, IReadOnlyList<double> Values)
{
    private const int MostRows = 5_000_000;

    /// <summary>Reads CSV with a header; first column hours, second the value; commas, semicolons or tabs.</summary>
    /// <exception cref="VolumeFormatException">A row has no two numbers.</exception>
    public static Series Parse(string kind, ReadOnlySpan<byte> utf8, string file)
    {
        var lines = Encoding.UTF8.GetString(utf8).TrimStart('\uFEFF').Split('\n');
        var hours = new List<double>();
        var values = new List<double>();
        var separator = lines[0].Contains('\t') ? '\t' : lines[0].Contains(';') ? ';' : ',';
        var header = lines[0].Trim().Split(separator);
        if (header.Length < 2 || lines.Length > MostRows)
        {
            throw new VolumeFormatException($"{file} is not a curve: its first line must name at least two columns, hours and a value.");
        }

        for (var i = 1; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            var cells = lines[i].Split(separator);
            if (cells.Length < 2
                || !double.TryParse(cells[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var h)
                || !double.TryParse(cells[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var v))
            {
                throw new VolumeFormatException($"{file}, line {i + 1}: two numbers are needed, hours and {header[1].Trim()}; correct the line.");
            }

            hours.Add(h);
            values.Add(v);
        }

        return new Series(kind, header[1].Trim(), hours, values);
    }
}
