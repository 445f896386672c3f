using System.Text;

namespace DendriteViewer.Analysis.TimeSeries.Cyclers;

/// <summary>The lines of a text file that an instrument wrote.</summary>
internal sealed class Lines
{
    private const int MostLines = 20_000_000;

    private Lines(string[] all, bool endsWithBreak) => (All, EndsWithBreak) = (all, endsWithBreak);

    /// <summary>The lines, without their ends.</summary>
    public string[] All { get; }

    /// <summary>Whether the last row was ended: what a running instrument has written in part was not.</summary>
    public bool EndsWithBreak { get; }

    /// <summary>Takes a file as UTF-8, or as UTF-16 where it says so, or as Latin-1.</summary>
    /// <exception cref="MeasurementException">It is no text.</exception>
    public static Lines Of(ReadOnlySpan<byte> bytes, string file)
    {
        var utf16 = bytes.Length >= 2 && (bytes[0], bytes[1]) is (0xFF, 0xFE) or (0xFE, 0xFF);
        if (!utf16 && bytes[..Math.Min(bytes.Length, 4096)].Contains((byte)0))
        {
            throw new MeasurementException($"{file} is neither text nor a binary file that is known; export it as text from the "
                + "cycler's program.");
        }

        string text;
        if (utf16)
        {
            text = (bytes[0] == 0xFF ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes[2..]);
        }
        else
        {
            text = System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
        }

        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        return lines.Length > MostLines
            ? throw new MeasurementException($"{file} has more than {MostLines} lines; split it.")
            : new Lines(lines, text.Length > 0 && text[^1] is '\n' or '\r');
    }
}
