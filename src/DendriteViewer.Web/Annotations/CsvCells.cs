using System.Buffers;

namespace DendriteViewer.Web.Annotations;

/// <summary>Cells of CSV files (RFC 4180) that a spreadsheet may open.</summary>
internal static class CsvCells
{
    private static readonly SearchValues<char> s_quoted = SearchValues.Create("\",\n\r");

    /// <summary>
    /// Text that a spreadsheet would take for a formula is given an apostrophe, as OWASP advises against CSV injection. So is text that
    /// begins with such a guard itself: reading takes one apostrophe away from whatever begins so, and other text stays as it is.
    /// </summary>
    public static string Guarded(string text) => IsFormula(text) ? "'" + text : text;

    /// <summary>The text that was guarded.</summary>
    public static string Unguarded(string cell) => cell.StartsWith('\'') && IsFormula(cell) ? cell[1..] : cell;

    /// <summary>The cell in quotation marks where it needs them.</summary>
    public static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(s_quoted) >= 0 ? "\"" + cell.Replace("\"", "\"\"") + "\"" : cell;

    private static bool IsFormula(string text) => text.AsSpan().TrimStart('\'') is [var first, ..] && "=+-@\t\r\n".Contains(first);
}
