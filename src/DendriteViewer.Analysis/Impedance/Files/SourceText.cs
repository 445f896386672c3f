using System.Globalization;
using System.Text;

namespace DendriteViewer.Analysis.Impedance.Files;

/// <summary>Text as instruments write it: encodings, separators, decimal commas.</summary>
internal static class SourceText
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The lines of a text file, without their ends.</summary>
    public static string[] Lines(byte[] bytes)
    {
        var text = Decode(bytes).ReplaceLineEndings("\n");
        return text.Split('\n');
    }

    /// <summary>The fields of a line: by tab, semicolon or comma, else by blanks; quotes are taken off.</summary>
    /// <param name="line">The line.</param>
    /// <param name="separator">What parts its fields; a blank stands for any number of blanks.</param>
    public static string[] Fields(string line, char separator)
    {
        var fields = separator == ' '
            ? line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            : line.Split(separator);
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = Unquote(fields[i]);
        }

        // A separator at the line's end makes no field.
        return fields is [.., ""] && separator != ' ' ? fields[..^1] : fields;
    }

    /// <summary>A text without the quotes about it; a mark at its end alone is a double prime, as in Z".</summary>
    public static string Unquote(string text) => text.Trim() is ['"', .. var inner, '"'] ? inner.Trim() : text.Trim().TrimStart('"');

    /// <summary>What parts the fields of a file, told by a line of numbers.</summary>
    public static char SeparatorOf(string line)
    {
        if (line.Contains('\t'))
        {
            return '\t';
        }

        if (line.Contains(';'))
        {
            return ';';
        }

        // "1,5 2,5 3,5": the commas are decimal signs where the blanks part as many fields as are needed.
        var byBlanks = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return line.Contains(',') && !(byBlanks.Length >= 3 && byBlanks.All(f => TryNumber(f, out _))) ? ',' : ' ';
    }

    /// <summary>A number with a point or a comma as decimal sign; nothing between thousands; it may be NaN or infinite.</summary>
    public static bool TryNumber(string text, out double value)
    {
        var one = text.AsSpan().Trim().Count(',') == 1 && !text.Contains('.') ? text.Replace(',', '.') : text;
        return double.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static string Decode(byte[] bytes)
    {
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return (bytes[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes.AsSpan(2));
        }

        var content = bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes.AsSpan(3) : bytes;
        try
        {
            return s_strict.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(content);
        }
    }
}
