namespace DendriteViewer.Web.Plots;

/// <summary>
/// What a plot shows. It is a value: a changed plot is another one. <see cref="Plot"/> draws it, <see cref="PlotTable"/> writes it as a
/// table and as a file.
/// </summary>
public sealed record PlotSpec
{
    /// <summary>What the plot shows, as "Voids by depth": its caption and accessible name.</summary>
    public required string Title { get; init; }

    /// <summary>The name of saved files, without an ending.</summary>
    public required string FileName { get; init; }

    /// <summary>The horizontal axis.</summary>
    public required PlotAxis X { get; init; }

    /// <summary>The vertical axis.</summary>
    public required PlotAxis Y { get; init; }

    /// <summary>The series, those behind first.</summary>
    public IReadOnlyList<PlotSeries> Series { get; init; } = [];

    /// <summary>Instants or places with names.</summary>
    public IReadOnlyList<PlotEvent> Events { get; init; } = [];

    /// <summary>Stretches of the horizontal axis with names.</summary>
    public IReadOnlyList<PlotSpan> Spans { get; init; } = [];

    /// <summary>Whether a unit is equally long on both axes, as in an impedance plot.</summary>
    public bool HasEqualAxes { get; init; }

    /// <summary>The <see cref="PlotPoint.Id"/> of the points that stand out; the others of their series are fainter.</summary>
    public string? SelectedId { get; init; }

    /// <summary>
    /// Whether the horizontal axis is hours on the clock of the scans. The figure then carries <c>data-hours</c>, by which script beside
    /// the plot finds what a time is marked in: it listens to "plothover" of one and sends "plotmark", whose detail is the hours or null,
    /// to the others.
    /// </summary>
    public bool IsOnScanClock { get; init; }

    /// <summary>Whether there is nothing to draw.</summary>
    public bool IsEmpty => !Series.Any(s => s.Points.Any(p => CanShow(s, p)));

    /// <summary>How many points have no place on an axis: those that are not positive, where it is logarithmic.</summary>
    public int HiddenCount => Series.Sum(s => s.Points.Count(p => !CanShow(s, p) && double.IsFinite(p.X) && double.IsFinite(Value(s, p))));

    private bool CanShow(PlotSeries series, PlotPoint point) => X.CanShow(point.X) && Y.CanShow(Value(series, point))
        && (point.XTo is not { } to || X.CanShow(to));

    private static double Value(PlotSeries series, PlotPoint point) =>
        series.Kind == PlotKind.Band ? point.Low ?? double.NaN : point.Y;
}
