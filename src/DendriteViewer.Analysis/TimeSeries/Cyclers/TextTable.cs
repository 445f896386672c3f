using System.Globalization;
using System.Text;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>
/// A table in a text file: a line with names, then rows. Columns are separated by tabs, semicolons or commas, whichever the line with names
/// has; cells may be quoted; numbers have a decimal point or, where commas do not separate columns, a decimal comma.
/// </summary>
internal sealed class TextTable
{
    private const int MostRows = 10_000_000;
    private const int MostColumns = 500;
    private const int Sampled = 50;
    private const double MostValue = 1e15;
    private readonly string _file;
    private readonly Lines _lines;
    private readonly char _separator;
    private readonly Column[] _columns;
    private readonly List<string> _remarks = [];
    private int _pointLine;
    private int _commaLine;

    private sealed class Column(string head, ColumnName name)
    {
        public string Head => head;

        public ColumnName Name => name;

        public ColumnKind Kind { get; set; }

        public List<double> Numbers { get; } = [];

        public List<string> Words { get; } = [];

        public int Odd { get; set; }

        // The first line with a cell such as 1:30:00, which is in seconds whatever the head says, and the first with a plain number.
        public int ElapsedLine { get; set; }

        public int PlainLine { get; set; }

        public bool IsTime => name.Quantity is Quantity.TestTime or Quantity.StepTime;

        // What a number is made of matters here; what stands in a column that nobody knows does not.
        public bool IsMeasured => Units.Of(name.Quantity).Length > 0;
    }

    private TextTable(Lines lines, Dialect dialect, string file)
    {
        (_file, _lines) = (file, lines);
        var head = lines.All[dialect.Head];
        _separator = SeparatorOf(head);
        var names = Split(head.TrimStart('~', '#'), _separator).ToList();
        while (names.Count > 0 && names[^1].Length == 0)
        {
            names.RemoveAt(names.Count - 1);
        }

        if (names.Count is < 2 or > MostColumns)
        {
            throw new MeasurementException($"{file}, line {dialect.Head + 1}: a table has 2 to {MostColumns} columns, "
                + $"not {names.Count}; correct the line.");
        }

        _columns = names.Select(n => new Column(n, ColumnName.Of(n))).ToArray();
    }

    /// <summary>Reads a table.</summary>
    /// <exception cref="MeasurementException">A row does not fit the names, or a number is none.</exception>
    public static CyclerTable Read(Lines lines, Dialect dialect, CyclerOptions options, string file)
    {
        var table = new TextTable(lines, dialect, file);
        var rows = table.ReadRows(dialect.Head + 1);
        var columns = table._columns.Select(c => table.Finish(c, options)).ToArray();
        var started = dialect.Started is { } text ? WallClock.Of([text], options.Dates)?.Read(text) : null;
        if (dialect.Started is not null && started is null && WallClock.IsDate(dialect.Started))
        {
            table._remarks.Add($"The date '{Quote(dialect.Started)}' can be read in two ways; say --dates day-first or month-first to "
                + "have it.");
        }

        return new CyclerTable(dialect.Format, columns, rows) { Started = started, AreaCm2 = dialect.AreaCm2, Remarks = table._remarks };
    }

    /// <summary>What separates the columns of a line.</summary>
    public static char SeparatorOf(string line) =>
        line.Contains('\t', StringComparison.Ordinal) ? '\t' : line.Contains(';', StringComparison.Ordinal) ? ';' : ',';

    /// <summary>The cells of a line, without quotes and the blanks around them.</summary>
    public static string[] Split(string line, char separator)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return line.Split(separator, StringSplitOptions.TrimEntries);
        }

        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        foreach (var c in line)
        {
            quoted ^= c == '"';
            if (c == separator && !quoted)
            {
                cells.Add(cell.ToString().Trim());
                cell.Clear();
            }
            else if (c != '"')
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString().Trim());
        return [.. cells];
    }

    private int ReadRows(int from)
    {
        SetKinds(from);
        var rows = 0;
        var lines = _lines.All;
        for (var i = from; i < lines.Length; i++)
        {
            if (string.IsNullOrWhiteSpace(lines[i]))
            {
                continue;
            }

            var cells = Split(lines[i], _separator);
            var extra = cells.Skip(_columns.Length).Any(c => c.Length > 0);
            if (cells.Length < _columns.Length && i == lines.Length - 1 && !_lines.EndsWithBreak)
            {
                _remarks.Add($"The last row, line {i + 1}, is not complete and was left out: the file was copied while it was written, "
                    + "or cut.");
                break;
            }

            if (cells.Length < _columns.Length || extra)
            {
                throw Bad(i, $"it has {cells.Length} cells where the header names {_columns.Length}"
                    + (extra && _separator == ',' ? "; numbers with a decimal comma need semicolons or tabs between columns" : ""));
            }

            if (++rows > MostRows)
            {
                throw new MeasurementException($"{_file} has more than {MostRows} rows; split it.");
            }

            for (var c = 0; c < _columns.Length; c++)
            {
                Add(_columns[c], cells[c], i);
            }
        }

        return rows > 0 ? rows : throw new MeasurementException($"{_file} has no rows below its header; export it again.");
    }

    // A column is what its first cells are.
    private void SetKinds(int from)
    {
        var seen = new int[_columns.Length];
        var (numbers, dates) = (new int[_columns.Length], new int[_columns.Length]);
        foreach (var line in _lines.All.Skip(from).Where(l => !string.IsNullOrWhiteSpace(l)).Take(Sampled))
        {
            var cells = Split(line, _separator);
            for (var c = 0; c < Math.Min(cells.Length, _columns.Length); c++)
            {
                seen[c] += cells[c].Length > 0 ? 1 : 0;
                numbers[c] += IsNumber(cells[c]) || Elapsed.Seconds(cells[c]) is not null ? 1 : 0;
                dates[c] += WallClock.IsDate(cells[c]) ? 1 : 0;
            }
        }

        for (var c = 0; c < _columns.Length; c++)
        {
            var isTime = _columns[c].Name.Quantity is Quantity.TestTime or Quantity.WallClock or Quantity.Unknown;
            _columns[c].Kind = isTime && dates[c] == seen[c] && seen[c] > 0 ? ColumnKind.Dates
                : numbers[c] == seen[c] || _columns[c].IsMeasured ? ColumnKind.Numbers
                : ColumnKind.Words;
        }
    }

    private void Add(Column column, string cell, int line)
    {
        if (column.Kind != ColumnKind.Numbers)
        {
            column.Words.Add(cell);
            return;
        }

        var isElapsed = cell.Contains(':', StringComparison.Ordinal);
        var value = cell.Length == 0 ? double.NaN : isElapsed && column is { IsMeasured: true, IsTime: false } ? null : Number(cell, line);
        if (isElapsed && value is not null)
        {
            column.ElapsedLine = column.ElapsedLine == 0 ? line + 1 : column.ElapsedLine;
        }
        else if (value is not null and not double.NaN)
        {
            column.PlainLine = column.PlainLine == 0 ? line + 1 : column.PlainLine;
        }

        if (value is null && !column.IsMeasured)
        {
            column.Odd++;
        }
        else if (value is null || Math.Abs(value.Value) > MostValue)
        {
            throw Bad(line, $"{Quote(column.Head)} is '{Quote(cell)}', which is no number that is measured");
        }

        column.Numbers.Add(value ?? double.NaN);
    }

    private double? Number(string cell, int line)
    {
        var text = cell;
        if (cell.Contains(':', StringComparison.Ordinal))
        {
            return Elapsed.Seconds(cell);
        }

        if (cell.Contains(',', StringComparison.Ordinal))
        {
            (text, _commaLine) = (cell.Replace(',', '.'), _commaLine == 0 ? line + 1 : _commaLine);
        }
        else if (cell.Contains('.', StringComparison.Ordinal))
        {
            _pointLine = _pointLine == 0 ? line + 1 : _pointLine;
        }

        return _commaLine > 0 && _pointLine > 0
            ? throw Bad(line, $"the file writes decimal commas (line {_commaLine}) and decimal points (line {_pointLine}); use one of them")
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !double.IsInfinity(value) ? value
                : null;
    }

    private static bool IsNumber(string cell) =>
        double.TryParse(cell.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private CyclerColumn Finish(Column column, CyclerOptions options)
    {
        var quantity = column.Name.Quantity;
        if (column.Odd > 0)
        {
            _remarks.Add($"{column.Odd} cells of '{Quote(column.Head)}' are no numbers and were left empty.");
        }

        if (column.Kind == ColumnKind.Numbers)
        {
            return FinishNumbers(column, options);
        }

        if (column.Kind == ColumnKind.Words)
        {
            return new CyclerColumn(column.Head, quantity, "", ColumnKind.Words) { Words = column.Words };
        }

        if (WallClock.Of(column.Words, options.Dates) is not { } clock)
        {
            throw new MeasurementException(
                $"{_file}: the dates in '{Quote(column.Head)}' do not keep to one order of day and month, or not to the one of --dates; "
                + "correct them, or leave --dates out.");
        }

        var values = column.Words.Select(w => w.Length > 0 && clock.Read(w) is { } date ? WallClock.Seconds(date) : double.NaN).ToArray();
        var absent = values.Count(double.IsNaN);
        if (clock.IsAmbiguous)
        {
            _remarks.Add($"The dates in '{Quote(column.Head)}' can be read in two ways; say --dates day-first or month-first to have "
                + "them.");
        }
        else if (absent > 0)
        {
            _remarks.Add($"{absent} dates in '{Quote(column.Head)}' could not be read and were left out.");
        }

        return new CyclerColumn(column.Head, quantity == Quantity.Unknown ? Quantity.WallClock : quantity, "s",
            ColumnKind.Dates) { Values = values };
    }

    private CyclerColumn FinishNumbers(Column column, CyclerOptions options)
    {
        var (unit, isElapsed) = (column.Name.Unit, column.ElapsedLine > 0);
        var isClock = unit.Contains(':', StringComparison.Ordinal);
        if (isElapsed && column.PlainLine > 0 && (column.IsTime || options.Map.ContainsKey(column.Head)))
        {
            throw new MeasurementException($"{_file}: '{Quote(column.Head)}' has hours:minutes:seconds in line {column.ElapsedLine} and a "
                + $"plain number in line {column.PlainLine}; write one of them in all rows.");
        }

        if (isElapsed && !isClock && unit.Length > 0 && Units.Find(column.Name.Quantity, unit) != (1, 0))
        {
            _remarks.Add($"'{Quote(column.Head)}' is read as hours:minutes:seconds, as its cells are written, not in {unit} as its "
                + "head says.");
        }

        return new CyclerColumn(column.Head, column.Name.Quantity, isElapsed || isClock ? "s" : unit, ColumnKind.Numbers)
        {
            Values = column.Numbers, IsElapsed = isElapsed,
        };
    }

    private MeasurementException Bad(int line, string problem) =>
        new($"{_file}, line {line + 1}: {problem}; correct or remove the line.");

    private static string Quote(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
