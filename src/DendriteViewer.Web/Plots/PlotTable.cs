using System.Globalization;

namespace DendriteViewer.Web.Plots;

/// <summary>
/// The numbers of a plot as rows: for readers who do not see the plot, and as CSV. Series that share a horizontal axis of distinct places
/// stand beside each other, a row a place; clouds of points, and lines that come back to a place, stand below each other.
/// </summary>
public sealed class PlotTable
{
    private readonly IReadOnlyList<IReadOnlyList<object?>> _rows;
    private readonly IReadOnlyList<PlotAxis?> _axes;

    private PlotTable(IReadOnlyList<(string Name, PlotAxis? Axis)> columns, IReadOnlyList<IReadOnlyList<object?>> rows)
    {
        Headers = columns.Select(c => c.Name).ToArray();
        _axes = columns.Select(c => c.Axis).ToArray();
        _rows = rows;
    }

    /// <summary>Name and unit of each column.</summary>
    public IReadOnlyList<string> Headers { get; }

    /// <summary>The rows, with the digits that their axes justify.</summary>
    public IEnumerable<IReadOnlyList<string>> Rows => _rows.Select(row => row.Select((cell, i) => cell switch
    {
        null => "",
        double value => _axes[i]!.Format(value),
        _ => cell.ToString()!,
    }).ToArray());

    /// <summary>How many rows there are.</summary>
    public int Count => _rows.Count;

    /// <summary>The table of a plot.</summary>
    public static PlotTable Of(PlotSpec spec)
    {
        var isLong = spec.Series.Any(s => s.Kind == PlotKind.Scatter || s.Points.Select(p => p.X).Distinct().Count() < s.Points.Count);
        return isLong ? Below(spec) : Beside(spec);
    }

    /// <summary>Comma-separated values with all digits, a point as decimal sign, and units in the head.</summary>
    public string ToCsv()
    {
        var lines = _rows.Select(row => row.Select(Exact));
        return string.Concat(lines.Prepend(Headers).Select(line => string.Join(',', line.Select(Quoted)) + "\n"));
    }

    private static PlotTable Beside(PlotSpec spec)
    {
        var hasBars = spec.Series.Any(s => s.Points.Any(p => p.XTo is not null));
        var columns = new List<(string, PlotAxis?)> { (hasBars ? $"{spec.X.Name} from{Unit(spec.X)}" : spec.X.Label, spec.X) };
        if (hasBars)
        {
            columns.Add(($"{spec.X.Name} to{Unit(spec.X)}", spec.X));
        }

        var readers = new List<(Dictionary<(double X, double? XTo), PlotPoint> Points, Func<PlotPoint, double?> Of)>();
        foreach (var s in spec.Series)
        {
            var points = s.Points.ToDictionary(p => (p.X, p.XTo));

            // Where one series is alone, the axis says what it is.
            var name = spec.Series.Count == 1 || s.Name.Length == 0 ? spec.Y.Name : s.Name;
            Add(s.Kind != PlotKind.Band, name, p => p.Y);
            Add(s.Points.Any(p => p.Low is not null), name + " low", p => p.Low);
            Add(s.Points.Any(p => p.High is not null), name + " high", p => p.High);

            void Add(bool isThere, string header, Func<PlotPoint, double?> of)
            {
                if (isThere)
                {
                    columns.Add((header + Unit(spec.Y), spec.Y));
                    readers.Add((points, of));
                }
            }
        }

        var places = spec.Series.SelectMany(s => s.Points).Select(p => (p.X, p.XTo)).Distinct().OrderBy(p => p.X).ToArray();
        var rows = places.Select(place =>
        {
            var row = new List<object?> { place.X };
            if (hasBars)
            {
                row.Add(place.XTo);
            }

            row.AddRange(readers.Select(r => r.Points.TryGetValue(place, out var p) ? (object?)r.Of(p) : null));
            return (IReadOnlyList<object?>)row;
        });
        return new(columns, rows.ToArray());
    }

    private static PlotTable Below(PlotSpec spec)
    {
        var (hasLow, hasIds) = (spec.Series.Any(s => s.Points.Any(p => p.Low is not null)),
            spec.Series.Any(s => s.Points.Any(p => p.Id is not null)));
        var columns = new List<(string, PlotAxis?)> { ("series", null), (spec.X.Label, spec.X), (spec.Y.Label, spec.Y) };
        if (hasIds)
        {
            columns.Insert(1, ("id", null));
        }

        if (hasLow)
        {
            columns.AddRange([($"{spec.Y.Name} low{Unit(spec.Y)}", spec.Y), ($"{spec.Y.Name} high{Unit(spec.Y)}", spec.Y)]);
        }

        var rows = spec.Series.SelectMany(s => s.Points.Select(p =>
        {
            var row = new List<object?> { s.Name, p.X, s.Kind == PlotKind.Band ? null : p.Y };
            if (hasIds)
            {
                row.Insert(1, p.Id);
            }

            if (hasLow)
            {
                row.AddRange([p.Low, p.High]);
            }

            return (IReadOnlyList<object?>)row;
        }));
        return new(columns, rows.ToArray());
    }

    private static string Unit(PlotAxis axis) => axis.Unit.Length == 0 ? "" : ", " + axis.Unit;

    private static string Exact(object? cell) => cell switch
    {
        double v when double.IsFinite(v) => v.ToString("R", CultureInfo.InvariantCulture),
        null or double => "",
        _ => cell.ToString()!,
    };

    private static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\n\r") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
