namespace DendriteViewer.Web.Plots;

/// <summary>How a series is drawn.</summary>
public enum PlotKind
{
    /// <summary>Points in their order, joined by straight lines; a value that is not finite is a gap.</summary>
    Line,

    /// <summary>Points in their order; each value holds until the next point.</summary>
    Step,

    /// <summary>Points alone.</summary>
    Scatter,

    /// <summary>Bars from zero, each from <see cref="PlotPoint.X"/> to <see cref="PlotPoint.XTo"/>.</summary>
    Bars,

    /// <summary>The area between the low and the high value of each point: an uncertainty around a line.</summary>
    Band,
}

/// <summary>A colour by what it means. It follows the theme, and is darker on paper.</summary>
public readonly record struct PlotColor
{
    private PlotColor(string css) => Css = css;

    /// <summary>The colour as style sheets write it.</summary>
    public string Css { get => field ?? "var(--plot-ink)"; }

    /// <summary>Voids: amber.</summary>
    public static PlotColor Void { get; } = new("var(--plot-void)");

    /// <summary>Lithium, or new dark volume: cyan.</summary>
    public static PlotColor Lithium { get; } = new("var(--plot-lithium)");

    /// <summary>The band of depths: violet.</summary>
    public static PlotColor Band { get; } = new("var(--plot-band)");

    /// <summary>What is compared with, or has no meaning of its own.</summary>
    public static PlotColor Soft { get; } = new("var(--plot-soft)");

    /// <summary>The colour of text.</summary>
    public static PlotColor Ink { get; } = new("var(--plot-ink)");

    /// <summary>One of eight colours that colour-blind readers tell apart, for series whose colours mean nothing else.</summary>
    /// <param name="index">Which one, from 0; the ninth is the first again.</param>
    public static PlotColor Of(int index) => new($"var(--plot-{(index % 8 + 8) % 8 + 1})");

    /// <summary>A colour of the data, such as that of a label.</summary>
    /// <param name="rgb">From 0 to 0xFFFFFF.</param>
    public static PlotColor Rgb(int rgb) => new("#" + (rgb & 0xFFFFFF).ToString("x6", System.Globalization.CultureInfo.InvariantCulture));
}

/// <summary>A point of a series.</summary>
/// <param name="X">Its place, or where its bar begins.</param>
/// <param name="Y">Its value; NaN in a <see cref="PlotKind.Band"/>, which has none.</param>
public readonly record struct PlotPoint(double X, double Y)
{
    /// <summary>Where a bar ends.</summary>
    public double? XTo { get; init; }

    /// <summary>The low end of the value's interval.</summary>
    public double? Low { get; init; }

    /// <summary>The high end of the value's interval.</summary>
    public double? High { get; init; }

    /// <summary>What the pointer shows in place of the numbers; lines are separated by "\n".</summary>
    public string? Text { get; init; }

    /// <summary>By what a caller finds the thing that was clicked, and <see cref="PlotSpec.SelectedId"/> the point.</summary>
    public string? Id { get; init; }

    /// <summary>A bar of a histogram or profile.</summary>
    public static PlotPoint Bar(double from, double to, double value) => new(from, value) { XTo = to };

    /// <summary>A place of a <see cref="PlotKind.Band"/>.</summary>
    public static PlotPoint Between(double x, double low, double high) => new(x, double.NaN) { Low = low, High = high };
}

/// <summary>Points that belong together.</summary>
/// <param name="Name">Its name in the legend and over its column.</param>
/// <param name="Kind">How it is drawn.</param>
/// <param name="Color">Its colour.</param>
/// <param name="Points">Its points, along a line in the order in which they are joined.</param>
public sealed record PlotSeries(string Name, PlotKind Kind, PlotColor Color, IReadOnlyList<PlotPoint> Points)
{
    /// <summary>Whether its line is dashed, as that of a limit or a model.</summary>
    public bool IsDashed { get; init; }

    /// <summary>Whether the points of its line are marked.</summary>
    public bool HasMarkers { get; init; }

    /// <summary>A line through places and values.</summary>
    public static PlotSeries Line(string name, PlotColor color, IEnumerable<(double X, double Y)> points) =>
        new(name, PlotKind.Line, color, points.Select(p => new PlotPoint(p.X, p.Y)).ToArray());

    /// <summary>Bars between edges.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="color">Its colour.</param>
    /// <param name="edges">The edges, one more than values, ascending.</param>
    /// <param name="values">The values.</param>
    public static PlotSeries Histogram(string name, PlotColor color, IReadOnlyList<double> edges, IReadOnlyList<double> values)
    {
        if (edges.Count != values.Count + 1)
        {
            throw new ArgumentException($"{values.Count} bars have {values.Count + 1} edges, not {edges.Count}.", nameof(edges));
        }

        return new(name, PlotKind.Bars, color, values.Select((v, i) => PlotPoint.Bar(edges[i], edges[i + 1], v)).ToArray());
    }
}

/// <summary>An instant or place with a name: a dashed line across the plot.</summary>
/// <param name="X">Where.</param>
/// <param name="Text">Its name.</param>
/// <param name="Color">Its colour.</param>
public sealed record PlotEvent(double X, string Text, PlotColor Color);

/// <summary>A stretch of the horizontal axis with a name: a faint ground behind the series.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Text">Its name.</param>
/// <param name="Color">Its colour.</param>
public sealed record PlotSpan(double From, double To, string Text, PlotColor Color)
{
    /// <summary>
    /// By what <see cref="Plot.OnSpan"/> tells the stretch whose ends were moved; null where they cannot be. Ids of a plot differ.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>How far its ends may be moved down; null for the beginning of what is shown.</summary>
    public double? Least { get; init; }

    /// <summary>How far its ends may be moved up; null for the end of what is shown.</summary>
    public double? Most { get; init; }

    /// <summary>How far an arrow key moves an end, and with Shift ten times as far; null for about a hundredth of what is shown.</summary>
    public double? Step { get; init; }
}

/// <summary>A stretch whose ends somebody moved, by pointer or keys; told when either is released.</summary>
/// <param name="Id">Its <see cref="PlotSpan.Id"/>.</param>
/// <param name="From">Where it begins now.</param>
/// <param name="To">Where it ends now, not below <paramref name="From"/>.</param>
public sealed record PlotSpanMove(string Id, double From, double To);
