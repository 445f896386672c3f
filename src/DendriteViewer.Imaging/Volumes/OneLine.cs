namespace DendriteViewer.Imaging.Volumes;

/// <summary>What somebody wrote, as a sentence can quote it.</summary>
public static class OneLine
{
    private const int MostQuoted = 80;

    /// <summary>The text with its line breaks and other controls as blanks.</summary>
    public static string Of(string text) => text.Any(char.IsControl) ? string.Create(text.Length, text, (span, from) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = char.IsControl(from[i]) ? ' ' : from[i];
        }
    }) : text;

    /// <summary>The beginning of a text that may be long, blanks that follow one another made one.</summary>
    public static string Quote(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MostQuoted ? line : line[..MostQuoted] + "…";
    }
}
