using SkiaSharp;

namespace DendriteViewer.Imaging.Figures;

/// <summary>The letters of figures and movies: DejaVu Sans, which the program brings along, so that they look alike on every
/// server.</summary>
public static class FigureFont
{
    /// <summary>What SVG files name it, with what stands in for it where a reader lacks it.</summary>
    public const string Family = "DejaVu Sans, Verdana, sans-serif";

    private static readonly Lazy<SKTypeface> s_face = new(() =>
    {
        using var file = typeof(FigureFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(file);
    });

    /// <summary>Width of a line of text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Height of the font's em square, in any unit; the width is in the same.</param>
    public static double Measure(string text, double size)
    {
        using var font = Of(size);
        return font.MeasureText(text);
    }

    /// <summary>Characters of a text for which the font has no letter, each once; they are drawn as boxes.</summary>
    public static string MissingOf(string text)
    {
        using var font = Of(12);
        return string.Concat(text.EnumerateRunes().Distinct().Where(r => font.GetGlyph(r.Value) == 0).Select(r => r.ToString()));
    }

    /// <summary>Breaks a text between its words into lines of at most a width; a longer word has a line of its own.</summary>
    /// <param name="text">The text.</param>
    /// <param name="size">Size of the font.</param>
    /// <param name="width">The most that a line takes.</param>
    public static IReadOnlyList<string> Wrap(string text, double size, double width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && Measure(longer, size) > width)
            {
                lines.Add(line);
                line = word;
            }
            else
            {
                line = longer;
            }
        }

        return line.Length > 0 ? [.. lines, line] : lines;
    }

    // Hinting would move letters to whole pixels, and differently at each resolution.
    internal static SKFont Of(double size) =>
        new(s_face.Value, (float)size) { Subpixel = true, Hinting = SKFontHinting.None, LinearMetrics = true,
            Edging = SKFontEdging.Antialias };
}
