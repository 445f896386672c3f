using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Figures;
using DendriteViewer.Imaging.Rendering;

namespace DendriteViewer.Web.Figures;

/// <summary>A figure as an address asks for it, beside the fields of the view.</summary>
/// <param name="Settings">The figure.</param>
/// <param name="Format">png, svg or pdf.</param>
public sealed record FigureQuery(FigureSettings Settings, string Format)
{
    /// <summary>What a figure has where nothing else is asked for.</summary>
    public const FigureParts Usual = FigureParts.Scale | FigureParts.Colour | FigureParts.Legend | FigureParts.Axes | FigureParts.Sites
        | FigureParts.Band | FigureParts.Caption;

    /// <summary>Size of the text where nothing else is asked for, pt.</summary>
    public const double UsualText = 8;

    private static readonly (int, int) s_usualScreen = (800, 600);

    /// <summary>Reads <c>pane, format, size, scale</c> or <c>mm, dpi</c>, <c>text, with, theme, note</c>.</summary>
    /// <exception cref="OutOfRangeException">One of them cannot be read or is out of its range; the message names it.</exception>
    public static FigureQuery Parse(IQueryCollection query)
    {
        var format = Text("format") ?? "png";
        if (!FigureFile.MediaTypes.ContainsKey(format))
        {
            throw new OutOfRangeException($"format is '{Short(format)}'; give {string.Join(", ", FigureFile.MediaTypes.Keys)}.");
        }

        if (Text("theme") is not (null or "light" or "dark"))
        {
            throw new OutOfRangeException("theme is light or dark.");
        }

        if (Text("note") is { Length: > FigureSettings.MostNote })
        {
            throw new OutOfRangeException($"note has at most {FigureSettings.MostNote} characters.");
        }

        return new FigureQuery(
            new FigureSettings(PanesOf(Text("pane") ?? "all"), SizeOf(Text), PartsOf(Text("with")), Text("theme") == "dark",
                Text("note") ?? ""), format);

        string? Text(string name) => query.TryGetValue(name, out var v) && !string.IsNullOrEmpty(v) ? v.ToString() : null;
    }

    /// <summary>The pictures of a name: z, y, x, 3d, or all.</summary>
    /// <exception cref="OutOfRangeException">It names none.</exception>
    public static IReadOnlyList<Pane> PanesOf(string name) => name.ToLowerInvariant() switch
    {
        "all" => FigureSettings.All,
        "z" => [Pane.Z],
        "y" => [Pane.Y],
        "x" => [Pane.X],
        "3d" or "volume" => [Pane.Volume],
        _ => throw new OutOfRangeException($"pane is '{Short(name)}'; give z, y, x, 3d or all."),
    };

    /// <summary>The parts of a list of names with commas between; the usual ones of null, none of "none".</summary>
    /// <exception cref="OutOfRangeException">A name is none of a part.</exception>
    public static FigureParts PartsOf(string? names)
    {
        if (names is null)
        {
            return Usual;
        }

        var parts = FigureParts.None;
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            parts |= Enum.TryParse<FigureParts>(name, ignoreCase: true, out var part) && char.IsLetter(name[0])
                ? part
                : throw new OutOfRangeException($"with names '{Short(name)}'; give some of {NamesOf((FigureParts)~0)}, or none.");
        }

        return parts;
    }

    /// <summary>The names of parts, as <see cref="PartsOf"/> reads them.</summary>
    public static string NamesOf(FigureParts parts) => string.Join(
        ',', Enum.GetValues<FigureParts>().Where(p => p != FigureParts.None && parts.HasFlag(p))
            .Select(p => p.ToString().ToLowerInvariant()))
        is { Length: > 0 } names ? names : "none";

    private static FigureSize SizeOf(Func<string, string?> text)
    {
        var screen = text("size")?.Split('x') switch
        {
            null => s_usualScreen,
            [var w, var h] => (Ranges.PictureSide.ParseWhole(w), Ranges.PictureSide.ParseWhole(h)),
            _ => throw new OutOfRangeException("size is WxH in pixels, 16 to 4096 each."),
        };
        var points = text("text") is { } given ? FigureSize.TextPoints.Parse(given) : UsualText;
        if (text("mm") is not { } mm)
        {
            return text("dpi") is null
                ? FigureSize.OfScreen(screen, text("scale") is { } times ? FigureSize.Times.Parse(times) : 1, points)
                : throw new OutOfRangeException("dpi is given without mm; give the figure's width too.");
        }

        return text("scale") is null
            ? FigureSize.OfPaper(screen, FigureSize.Millimetres.Parse(mm), text("dpi") is { } dpi ? FigureSize.Dpi.Parse(dpi) : 300, points)
            : throw new OutOfRangeException("scale and mm are both given; give one of them.");
    }

    private static string Short(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
