using System.Globalization;

namespace DendriteViewer.Analysis.Absorption.Files;

/// <summary>Finds the rows of numbers in a text: the first run of lines that hold nothing but as many numbers each.</summary>
internal static class NumberRows
{
    private const int MostColumns = 4096;

    private static readonly char[] s_separators = [' ', '\t', ',', ';'];
    private static readonly char[] s_commaIsDecimal = [' ', '\t', ';'];

    /// <summary>The numbers by columns, and the line that they begin at.</summary>
    /// <param name="source">The file, for refusals.</param>
    /// <param name="lines">Its lines, or those of one scan.</param>
    /// <param name="remarks">Gets what was left out.</param>
    /// <param name="from">The line to begin at.</param>
    public static (double[][] Columns, int FirstLine) Find(
        SpectrumSource source, IReadOnlyList<string> lines, List<string> remarks, int from = 0)
    {
        var separators = HasDecimalCommas(lines, from) ? s_commaIsDecimal : s_separators;
        for (var first = from; first < lines.Count; first++)
        {
            if (Parse(lines[first], separators) is not { Length: >= 2 } row)
            {
                continue;
            }

            var rows = Run(source, lines, separators, first, row.Length, remarks, out var past);
            if (rows.Count >= Spectrum.LeastPoints)
            {
                return ([.. Enumerable.Range(0, row.Length).Select(c => rows.Select(r => r[c]).ToArray())], first);
            }

            first = past - 1;
        }

        throw source.Refuse($"It has no table of at least {Spectrum.LeastPoints} rows of two numbers or more; "
            + "export the spectrum as two columns of text, energy in eV and µ.");
    }

    // Rows of one length; comments and empty lines may stand between. What is neither ends a short run, and is refused in a long one.
    private static List<double[]> Run(
        SpectrumSource source, IReadOnlyList<string> lines, char[] separators, int first, int length, List<string> remarks, out int past)
    {
        var rows = new List<double[]>();
        for (past = first; past < lines.Count; past++)
        {
            if (IsComment(lines[past]))
            {
                continue;
            }

            if (Parse(lines[past], separators) is { } row && row.Length == length)
            {
                rows.Add(row);
            }
            else if (rows.Count < Spectrum.LeastPoints)
            {
                past = Math.Max(past, first + 1);
                return rows;
            }
            else if (IsLast(lines, past))
            {
                remarks.Add($"Line {past + 1}, the last, is cut short and was left out.");
                past++;
                return rows;
            }
            else
            {
                throw source.Refuse($"Line {past + 1} is no row of {length} numbers as those before it; mend or remove it.");
            }
        }

        return rows;
    }

    /// <summary>The numbers of a line; null where something in it is none.</summary>
    private static double[]? Parse(string line, char[] separators)
    {
        var fields = line.Split(separators, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is 0 or > MostColumns)
        {
            return null;
        }

        var row = new double[fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            if (!TryNumber(separators == s_commaIsDecimal ? fields[i].Replace(',', '.') : fields[i], out row[i]))
            {
                return null;
            }
        }

        return row;
    }

    // Fortran writes D for the exponent of doubles; Python writes nan and inf.
    private static bool TryNumber(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
        || double.TryParse(text.Replace('D', 'E').Replace('d', 'E'), NumberStyles.Float, CultureInfo.InvariantCulture, out value)
        || IsNotFinite(text, out value);

    private static bool IsNotFinite(string text, out double value)
    {
        value = double.NaN;
        return text.TrimStart('+', '-').ToUpperInvariant() is "NAN" or "INF" or "INFINITY";
    }

    private static bool IsComment(string line) => line.AsSpan().Trim() is [] or ['#' or '%' or ';' or '!' or '*', ..];

    private static bool IsLast(IReadOnlyList<string> lines, int index) =>
        Enumerable.Range(index + 1, lines.Count - index - 1).All(i => string.IsNullOrWhiteSpace(lines[i]));

    // Commas are decimal signs where every number of some line has one inside, and no point stands in it.
    private static bool HasDecimalCommas(IReadOnlyList<string> lines, int from)
    {
        for (var i = from; i < lines.Count; i++)
        {
            var fields = lines[i].Split(s_commaIsDecimal, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length >= 2 && fields.Any(f => f.Contains(',', StringComparison.Ordinal)) && fields.All(IsNumberWithComma))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsNumberWithComma(string field) =>
        !field.Contains('.', StringComparison.Ordinal) && field.Count(c => c == ',') <= 1 && !field.StartsWith(',') && !field.EndsWith(',')
        && double.TryParse(field.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
