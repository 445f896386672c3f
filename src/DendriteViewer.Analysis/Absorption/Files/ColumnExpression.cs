using System.Globalization;
using System.Text.RegularExpressions;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>
/// What µ is of the columns: <c>ln(i0/it)</c>, <c>(mca1 + mca2)/I0</c>. Numbers, names of columns, <c>$3</c> for the third column, quotes
/// about names with blanks, + − * / and brackets, <c>ln</c>.
/// </summary>
internal sealed partial class ColumnExpression
{
    private const int MostDepth = 32, MostTokens = 400;

    private readonly SpectrumSource _source;
    private readonly SpectrumTable _table;
    private readonly string[] _tokens;
    private int _at, _depth;

    private ColumnExpression(SpectrumSource source, SpectrumTable table, string text)
    {
        (_source, _table) = (source, table);
        _tokens = [.. Tokens().Matches(text).Select(m => m.Value.Trim()).Where(t => t.Length > 0)];
        if (_tokens.Length is 0 or > MostTokens)
        {
            throw source.Refuse($"'{Short(text)}' is no column and no calculation with columns.");
        }
    }

    /// <summary>The values, one a row.</summary>
    /// <exception cref="MeasurementException">The text is no such calculation, or names no column.</exception>
    public static double[] Evaluate(SpectrumSource source, SpectrumTable table, string text)
    {
        var expression = new ColumnExpression(source, table, text);
        var values = expression.Sum();
        return expression._at == expression._tokens.Length ? values : throw expression.Unexpected();
    }

    /// <summary>The column of a name, of any case, or of a number from 1; null where there is none.</summary>
    public static int? ColumnOf(SpectrumTable table, string name)
    {
        var labels = table.Labels;
        var found = Enumerable.Range(0, labels.Count).Where(i => string.Equals(labels[i], name, StringComparison.Ordinal))
            .Concat(Enumerable.Range(0, labels.Count).Where(i => string.Equals(labels[i], name, StringComparison.OrdinalIgnoreCase)))
            .Select(i => (int?)i).FirstOrDefault();
        return found ?? (int.TryParse(name.TrimStart('$'), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= table.Columns.Length ? number - 1 : null);
    }

    private double[] Sum()
    {
        if (++_depth > MostDepth)
        {
            throw _source.Refuse($"The calculation has more than {MostDepth} brackets in one another.");
        }

        var values = Product();
        while (Take("+", "-", "−") is { } sign)
        {
            values = Combine(values, Product(), sign == "+" ? (a, b) => a + b : (a, b) => a - b);
        }

        _depth--;
        return values;
    }

    private double[] Product()
    {
        var values = Factor();
        while (Take("*", "/") is { } sign)
        {
            values = Combine(values, Factor(), sign == "*" ? (a, b) => a * b : (a, b) => a / b);
        }

        return values;
    }

    private double[] Factor()
    {
        if (Take("-", "−") is not null)
        {
            return ++_depth > MostDepth ? throw Unexpected() : Array.ConvertAll(Factor(), v => -v);
        }

        if (_at >= _tokens.Length)
        {
            throw _source.Refuse("The calculation ends where a column should follow.");
        }

        if (_tokens[_at].ToUpperInvariant() is "LN" or "LOG" && _at + 1 < _tokens.Length && _tokens[_at + 1] == "(")
        {
            _at++;
            return Array.ConvertAll(Bracket(), Math.Log);
        }

        return _tokens[_at] == "(" ? Bracket() : Operand(_tokens[_at++]);
    }

    private double[] Bracket()
    {
        _at++;
        var inner = Sum();
        return Take(")") is null ? throw Unexpected() : inner;
    }

    private double[] Operand(string token)
    {
        var name = token.Trim('\'', '"');
        var isNumber = double.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        if (!isNumber && ColumnOf(_table, name) is { } column)
        {
            return _table.Columns[column];
        }

        return isNumber ? [.. Enumerable.Repeat(number, _table.Columns[0].Length)]
            : throw _source.Refuse($"It has no column '{Short(name)}'; {ColumnChoice.Listed(_table)}.");
    }

    private static double[] Combine(double[] a, double[] b, Func<double, double, double> with) => [.. a.Zip(b, with)];

    private string? Take(params ReadOnlySpan<string> tokens) =>
        _at < _tokens.Length && tokens.Contains(_tokens[_at]) ? _tokens[_at++] : null;

    private MeasurementException Unexpected() =>
        _source.Refuse(_at < _tokens.Length ? $"'{Short(_tokens[_at])}' does not belong at its place in the calculation of µ."
            : "The calculation of µ lacks a closing bracket.");

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;

    [GeneratedRegex("""'[^']*'|"[^"]*"|[-+*/()−]|\d+\.?\d*(?:[eE][-+]?\d+)?(?![\w.:])|[^\s\-+*/()−'"]+|\S""")]
    private static partial Regex Tokens();
}
