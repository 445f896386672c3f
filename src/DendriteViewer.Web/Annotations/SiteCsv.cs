using System.Text;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Annotations;

/// <summary>
/// Reads CSV as RFC 4180 has it, with a header. Spreadsheets in some languages separate by semicolons and write decimal commas; a header
/// that has semicolons or tabs and no comma is read so.
/// </summary>
internal sealed class SiteCsv
{
    private const int MostCells = 200;

    private readonly string _text;
    private readonly string _file;
    private readonly List<string> _cells = [];
    private readonly StringBuilder _cell = new();
    private int _at;
    private int _line = 1;

    /// <param name="text">The whole file.</param>
    /// <param name="file">Its name, for messages.</param>
    public SiteCsv(string text, string file)
    {
        (_text, _file) = (text.TrimStart('\uFEFF'), file);
        var header = _text.AsSpan()[..(_text.IndexOf('\n') is var end and >= 0 ? end : _text.Length)];
        Separator = header.Contains(',') ? ',' : header.Contains(';') ? ';' : header.Contains('\t') ? '\t' : ',';
    }

    /// <summary>What separates cells: a comma, a semicolon or a tab.</summary>
    public char Separator { get; }

    /// <summary>Where each column of a header is, by its name in small letters.</summary>
    public static Dictionary<string, int> ColumnsOf(string[] header) =>
        header.Select((name, i) => (Name: name.Trim().ToLowerInvariant(), At: i))
            .GroupBy(c => c.Name).ToDictionary(g => g.Key, g => g.First().At);

    /// <summary>Rows that are not empty, each with the line that it begins in.</summary>
    /// <exception cref="VolumeFormatException">A quote is not closed, or a row has too many cells.</exception>
    public IEnumerable<(int Line, string[] Cells)> Rows()
    {
        while (_at < _text.Length)
        {
            var line = _line;
            ReadRow();
            if (_cells.Count > 1 || _cells[0].Length > 0)
            {
                yield return (line, [.. _cells]);
            }
        }
    }

    private void ReadRow()
    {
        _cells.Clear();
        do
        {
            ReadCell();
            if (_cells.Count > MostCells)
            {
                throw new VolumeFormatException(
                    $"{_file}, line {_line}: there are more than {MostCells} cells; this is no table of sites or annotations.");
            }
        }
        while (_at < _text.Length && _text[_at++] == Separator);

        _line++;
    }

    // Reads up to a separator, the line's end or the file's end, and stops before it.
    private void ReadCell()
    {
        _cell.Clear();
        var wasQuoted = _at < _text.Length && _text[_at] == '"';
        if (wasQuoted)
        {
            ReadQuoted();
        }

        while (_at < _text.Length && _text[_at] is var c && c != Separator && c != '\n')
        {
            _cell.Append(c);
            _at++;
        }

        // Of the line's end; what is inside quotes is kept.
        if (_cell.Length > 0 && _cell[^1] == '\r' && !(wasQuoted && _text[_at - 1] == '"'))
        {
            _cell.Length--;
        }

        _cells.Add(_cell.ToString());
    }

    private void ReadQuoted()
    {
        var begin = _line;
        for (_at++; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == '"')
            {
                if (_at + 1 >= _text.Length || _text[_at + 1] != '"')
                {
                    _at++;
                    return;
                }

                _at++;
            }

            _line += c == '\n' ? 1 : 0;
            _cell.Append(c);
        }

        throw new VolumeFormatException($"{_file}, line {begin}: a quotation mark that opens here is never closed; close it.");
    }
}
