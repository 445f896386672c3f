using System.Globalization;
using DendriteViewer.Web.Annotations.Schema;

namespace DendriteViewer.Web.Annotations;

/// <summary>The columns of tables that sites and annotations share: labels by name, a column for each field, and positions through time.
/// </summary>
internal static class MarkColumns
{
    private const string FieldPrefix = "field_";

    /// <summary>The columns of a schema's fields, retired ones included, since there may be values.</summary>
    public static IEnumerable<string> Of(AnnotationSchema schema) => schema.Fields.Select(f => FieldPrefix + f.Id);

    /// <summary>The cells of those columns.</summary>
    public static IEnumerable<string> Cells(AnnotationSchema schema, FieldValues values) =>
        schema.Fields.Select(f => values[f.Id] is not { } v ? "" : v.Number is null ? CsvCells.Guarded(v.ToString()) : v.ToString());

    /// <summary>Names of labels in one cell.</summary>
    public static string Cell(AnnotationSchema schema, ValueList<string> labels) =>
        CsvCells.Guarded(string.Join("; ", labels.Select(l => schema.Label(l)?.Name ?? l)));

    /// <summary>Positions in one cell: hours z y x, apart by semicolons.</summary>
    public static string Cell(ValueList<SitePosition> track) => string.Join("; ", track.Select(p =>
        string.Join(' ', new[] { p.Hours, p.ZUm, p.YUm, p.XUm }.Select(v => v.ToString("R", CultureInfo.InvariantCulture)))));

    /// <summary>Names of labels that a cell has; null where there is no such column.</summary>
    public static ValueList<string>? Labels(string? cell) =>
        cell is null ? null : new(cell.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>Positions that a cell has; null where it cannot be read.</summary>
    public static ValueList<SitePosition>? Track(string cell)
    {
        var track = new List<SitePosition>();
        foreach (var part in cell.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var numbers = new double[4];
            if (words.Length != 4 || !Enumerable.Range(0, 4).All(i =>
                double.TryParse(words[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) && double.IsFinite(numbers[i])))
            {
                return null;
            }

            track.Add(new SitePosition { Hours = numbers[0], ZUm = numbers[1], YUm = numbers[2], XUm = numbers[3] });
        }

        return new(track);
    }

    /// <summary>The texts of fields that a row has.</summary>
    /// <param name="columns">Where each column is.</param>
    /// <param name="cell">The row's cell of a column.</param>
    public static FieldValues? Fields(IReadOnlyDictionary<string, int> columns, Func<string, string?> cell)
    {
        var fields = FieldValues.Empty;
        foreach (var column in columns.Keys.Where(c => c.StartsWith(FieldPrefix, StringComparison.Ordinal)))
        {
            if (cell(column) is { } text && !string.IsNullOrWhiteSpace(text))
            {
                fields = fields.With(column[FieldPrefix.Length..], new FieldValue(CsvCells.Unguarded(text)));
            }
        }

        return fields.Count > 0 ? fields : null;
    }

    /// <summary>Ids of the fields whose columns a row leaves empty.</summary>
    /// <param name="columns">Where each column is.</param>
    /// <param name="cell">The row's cell of a column; null where the row ends before it.</param>
    public static ValueList<string> Emptied(IReadOnlyDictionary<string, int> columns, Func<string, string?> cell) => new(columns.Keys
        .Where(c => c.StartsWith(FieldPrefix, StringComparison.Ordinal) && cell(c) is { } text && string.IsNullOrWhiteSpace(text))
        .Select(c => c[FieldPrefix.Length..]).Order(StringComparer.Ordinal));

    /// <summary>
    /// Ids of labels that a file names by id or by name, of two of one name that which is offered; what the dataset does not have stays as
    /// it was written.
    /// </summary>
    /// <param name="schema">The dataset's labels.</param>
    /// <param name="labels">Those of the file; null where it does not say.</param>
    /// <param name="areNames">Whether the file writes names: a name may be the id of another label. Else what is an id is taken so.</param>
    public static ValueList<string>? Resolved(AnnotationSchema schema, ValueList<string>? labels, bool areNames) => labels is null ? null
        : new(labels.Select(l => areNames ? Named(schema, l) ?? schema.Label(l) : schema.Label(l) ?? Named(schema, l))
            .Zip(labels, (known, l) => known?.Id ?? l).Distinct());

    /// <summary>The label of a name, of two that which is offered; null where there is none.</summary>
    public static AnnotationLabel? Named(AnnotationSchema schema, string name) =>
        schema.Labels.Where(l => l.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).MinBy(l => l.Retired);

    /// <summary>Values of fields that a table has as texts.</summary>
    /// <exception cref="ArgumentException">A field is none of the dataset's, or a text is no value of it.</exception>
    public static FieldValues? Resolved(AnnotationSchema schema, FieldValues? texts) => texts?.Aggregate(FieldValues.Empty, (all, v) =>
        schema.Field(v.Key) is { } field
            ? all.With(v.Key, MarkRules.Parse(field, v.Value.ToString()))
            : throw new ArgumentException(
                $"It has a value of the field '{SiteRules.Short(v.Key)}', which this dataset does not have; "
                + "define it, or leave the column out."));
}
