using System.Globalization;
using System.Text.RegularExpressions;
using DendriteViewer.Imaging.Bounds;

namespace DendriteViewer.Web.Components;

/// <summary>
/// Numbers as people type them and as fields show them. The point is always a decimal sign. A comma is one where the browser's language
/// has a decimal comma; elsewhere it is refused, since 12,000 may be meant as twelve or as twelve thousand. Exponents (1.2e4), the minus
/// sign of typographers, spaces between digits, and the unit behind the number are understood.
/// </summary>
public static partial class NumberText
{
    private const string Spaces = " \u00A0\u2009\u202F";

    /// <summary>A number as a field shows it: a point, at most six decimals, an exponent where it is very large or small.</summary>
    public static string Format(double value) => Math.Abs(value) is 0 or (>= 1e-4 and < 1e9)
        ? value.ToString("0.######", CultureInfo.InvariantCulture)
        : value.ToString("0.######E+0", CultureInfo.InvariantCulture);

    /// <summary>A number for people: thousands apart by thin spaces at which no line breaks, as on the pictures.</summary>
    public static string Grouped(double value, int decimals) =>
        value.ToString("N" + decimals, CultureInfo.InvariantCulture).Replace(",", "\u202f", StringComparison.Ordinal);

    /// <summary>Reads what somebody typed.</summary>
    /// <param name="text">As typed.</param>
    /// <param name="range">Its name, unit and bounds.</param>
    /// <param name="decimalComma">Whether the browser's language has a decimal comma.</param>
    /// <param name="whole">Whether only whole numbers are meant.</param>
    /// <returns>The number; or a sentence for the person who typed it.</returns>
    public static (double Value, string? Refusal) Parse(string text, NumberRange range, bool decimalComma, bool whole)
    {
        var number = WithoutSpaces(WithoutUnit(text.Trim(), range.Unit)).Replace('\u2212', '-');
        if (number.Contains(',') && (!decimalComma || number.Contains('.') || number.Count(c => c == ',') > 1))
        {
            return (0, $"Write the number with a point for decimals and nothing between thousands, as {Example(number)}.");
        }

        if (!double.TryParse(number.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || double.IsNaN(value))
        {
            return (0, $"“{(text.Length > 40 ? text[..40] + "…" : text)}” is not a number. Write one as 12.5 or 1.2e4.");
        }

        if (whole && value != Math.Floor(value))
        {
            return (0, "Give a whole number.");
        }

        return range.Contains(value)
            ? (value, null)
            : (0, $"Give {Format(range.Least)} to {Format(range.Most)}{(range.Unit.Length > 0 ? " " + range.Unit : "")}.");
    }

    private static string WithoutUnit(string text, string unit) =>
        unit.Length > 0 && text.EndsWith(unit, StringComparison.Ordinal) ? text[..^unit.Length].TrimEnd() : text;

    // Spaces divide thousands in many languages; elsewhere in a number they have no meaning.
    private static string WithoutSpaces(string text) => text.IndexOfAny(Spaces.ToCharArray()) < 0 || !Thousands().IsMatch(text)
        ? text
        : string.Concat(text.Where(c => !Spaces.Contains(c)));

    // What the number may have meant, so that the sentence shows how to write it.
    private static string Example(string number)
    {
        var last = number.LastIndexOfAny([',', '.']);
        var decimals = number.Count(c => c == number[last]) == 1 && number.Length - last - 1 != 3;
        var digits = string.Concat(number.Where((c, i) => c is not (',' or '.') || (decimals && i == last)));
        return digits.Length > 20 ? "1234.5" : digits.Replace(',', '.');
    }

    [GeneratedRegex("^[-+\u2212]?[0-9]{1,3}(?:[ \u00A0\u2009\u202F][0-9]{3})+(?:[.,][0-9]*)?$")]
    private static partial Regex Thousands();
}
