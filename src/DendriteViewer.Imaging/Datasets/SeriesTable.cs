using System.Globalization;
using System.Text;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Datasets;

/// <summary>
/// The first two columns of a CSV file with a header. Columns are separated by tabs, semicolons or commas, whichever the header has;
/// cells may be quoted; numbers have a decimal point or, where commas do not separate columns, a decimal comma.
/// </summary>
internal sealed class SeriesTable
{
    private const int MostRows = 5_000_000;
    private const int MostHeader = 10_000;
    private readonly string _file;
    private readonly char _separator;
    private readonly string[] _lines;
    private readonly int _columns;
    private int _pointLine;
    private int _commaLine;

    /// <param name="utf8">The file's bytes.</param>
    /// <param name="file">Its name, for complaints.</param>
    /// <exception cref="VolumeFormatException">It is no such file.</exception>
    public SeriesTable(ReadOnlySpan<byte> utf8, string file)
    {
        _file = file;
        if (utf8.Length >= 2 && (utf8[0], utf8[1]) is (0xFF, 0xFE) or (0xFE, 0xFF))
        {
            throw new VolumeFormatException($"{file} is UTF-16 text; save it as UTF-8.");
        }

        _lines = Encoding.UTF8.GetString(utf8).TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        _separator = SeparatorOf(_lines[0]);
        Header = Split(_lines[0]);
        _columns = Header.Length;
        if (_columns < 2 || _lines.Length > MostRows || _lines[0].Length > MostHeader)
        {
            throw new VolumeFormatException(
                $"{file} is not a curve: its first line must name at least two columns, a time and a value, "
                + $"and at most {MostRows} lines may follow.");
        }
    }

    /// <summary>Names of the columns.</summary>
    public string[] Header { get; }

    /// <summary>The two numbers of each row that is not empty, with its line, counted from 1.</summary>
    /// <exception cref="VolumeFormatException">A row does not hold two finite numbers.</exception>
    public IEnumerable<(int Line, double Time, double Value)> Rows()
    {
        for (var i = 1; i < _lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(_lines[i]))
            {
                continue;
            }

            var cells = Split(_lines[i]);
            if (cells.Length > _columns && _separator == ',')
            {
                throw Bad(
                    i, $"it has {cells.Length} cells where the header names {_columns}; "
                    + "numbers with a decimal comma need semicolons between columns");
            }

            if (cells.Length < 2 || cells.Length > _columns)
            {
                throw Bad(i, $"it has {cells.Length} cells where the header names {_columns}");
            }

            yield return (i + 1, Number(i, cells[0], Header[0]), Number(i, cells[1], Header[1]));
        }
    }

    private double Number(int line, string cell, string column)
    {
        var text = cell;
        var (point, comma) = (cell.Contains('.', StringComparison.Ordinal), cell.Contains(',', StringComparison.Ordinal));
        if (comma && !point && _separator != ',')
        {
            // "1,234" is 1.234 here, which a file that also writes decimal points may not mean.
            (text, _commaLine) = (cell.Replace(',', '.'), _commaLine == 0 ? line + 1 : _commaLine);
        }
        else if (point)
        {
            _pointLine = _pointLine == 0 ? line + 1 : _pointLine;
        }

        if (_commaLine > 0 && _pointLine > 0)
        {
            throw Bad(line, $"the file writes decimal commas (line {_commaLine}) and decimal points (line {_pointLine}); use one of them");
        }

        return text.Length == 0
            ? throw Bad(line, $"{column} is empty")
            : !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? throw Bad(line, $"{column} is '{OneLine.Quote(cell)}', which is no number")
                : !double.IsFinite(number) ? throw Bad(line, $"{column} is {cell}, which is no finite number") : number;
    }

    private VolumeFormatException Bad(int line, string problem) => new($"{_file}, line {line + 1}: {problem}; correct or remove the line.");

    private static char SeparatorOf(string header)
    {
        var quoted = false;
        var found = ',';
        foreach (var c in header)
        {
            quoted ^= c == '"';
            if (!quoted && c == '\t')
            {
                return c;
            }

            found = !quoted && c == ';' ? c : found;
        }

        return found;
    }

    // Cells of a line without quotes and the blanks around them; a doubled quote inside quotes is one.
    private string[] Split(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return line.Split(_separator, StringSplitOptions.TrimEntries);
        }

        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append(line[i++]);
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == _separator && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        cells.Add(cell.ToString().Trim());
        return [.. cells];
    }
}
