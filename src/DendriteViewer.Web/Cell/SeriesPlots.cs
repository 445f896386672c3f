using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Plots;
using static DendriteViewer.Web.Analysis.AnalysisText;

namespace DendriteViewer.Web.Cell;

/// <summary>A plot whose points have times, whatever its axis counts.</summary>
/// <param name="Key">Which of the plots it is.</param>
/// <param name="Spec">The plot.</param>
/// <param name="Hours">Hours of the points of each of its series.</param>
/// <param name="IsThinned">Whether it draws fewer rows than there are.</param>
public sealed record TimedPlot(string Key, PlotSpec Spec, IReadOnlyList<IReadOnlyList<double>> Hours, bool IsThinned)
{
    /// <summary>The time of a point; null where it is none of this plot.</summary>
    public double? HoursOf(PlotHit hit)
    {
        for (var i = 0; i < Spec.Series.Count; i++)
        {
            if (ReferenceEquals(Spec.Series[i], hit.Series))
            {
                return Hours[i][hit.Index];
            }
        }

        return null;
    }

    /// <summary>The plot with the dot of a scan standing out, where it has dots of scans.</summary>
    /// <param name="hours">Hours of the scan that is shown.</param>
    public TimedPlot Showing(double? hours) => hours is { } h && Spec.Series.Any(s => s.Points.Any(p => p.Id is not null))
        ? this with { Spec = Spec with { SelectedId = N(h) } } : this;
}

/// <summary>The curves of a cell as plots with one axis, with scans and events in each; the same in the panel and in the report.</summary>
internal static class SeriesPlots
{
    // As much of the axis as a name takes.
    private const double NameShare = 0.3;

    private static readonly EventKind[] s_failures = [EventKind.HardShort, EventKind.SoftShort, EventKind.ContactLoss];

    /// <summary>Some plots.</summary>
    /// <param name="report">The cell's time axis.</param>
    /// <param name="manifest">The dataset.</param>
    /// <param name="unit">What the axis counts.</param>
    /// <param name="keys">Which plots.</param>
    /// <param name="windowHours">Width of the window of dV/dt.</param>
    /// <exception cref="VolumeFormatException">A header names no unit.</exception>
    public static IReadOnlyList<TimedPlot> Of(
        CellReport report, DatasetManifest manifest, SeriesAxisUnit unit, IEnumerable<string> keys, double windowHours)
    {
        var axis = new SeriesAxis(unit, report.Report);
        var asked = keys.ToHashSet();

        // Along the charge its own curve is a straight line.
        var shown = SeriesGroup.Available(report).Select(a => a.Key)
            .Where(k => asked.Contains(k) && !(k == SeriesGroup.Charge && unit != SeriesAxisUnit.Hours)).ToArray();
        return shown.Select((key, i) =>
        {
            var parts = key == SeriesGroup.Charge ? ChargeParts(report) : Parts(SeriesGroup.Of(report, manifest, key, windowHours), report);
            return Plot(report, axis, key, parts, isFirst: i == 0);
        }).ToArray();
    }

    /// <summary>A kind of event in words.</summary>
    public static string NameOf(EventKind kind) => EventKinds.NameOf(kind).Replace('-', ' ');

    private sealed record Points(string Name, PlotKind Kind, PlotColor Color, IReadOnlyList<(double Hours, PlotPoint Point)> All);

    private sealed record Drawn(
        string Title, string Axis, string Unit, IReadOnlyList<Points> Series, bool IsThinned, Func<double, double> At);

    private static Drawn Parts(SeriesGroup group, CellReport report)
    {
        var (series, thinned) = (new List<Points>(), false);
        foreach (var (curve, i) in group.Curves.Select((c, i) => (c, i)))
        {
            var rows = SeriesThinning.Of(curve.Hours, curve.Values);
            thinned |= rows.Count < curve.Hours.Count;
            var holes = curve.HolesAfter.Order().ToArray();
            var (points, next) = (new List<(double, PlotPoint)>(rows.Count), 0);
            foreach (var row in rows)
            {
                // What the value was in a hole is not known, so no line crosses it.
                for (; next < holes.Length && holes[next] < row; next++)
                {
                    points.Add((curve.Hours[holes[next]], new PlotPoint(0, double.NaN)));
                }

                points.Add((curve.Hours[row], new PlotPoint(0, curve.Values[row])));
            }

            series.Add(new Points(curve.Name, PlotKind.Line, i == 0 ? PlotColor.Of(0) : PlotColor.Of(i + 3), points));
        }

        return new Drawn(
            group.Title, group.Axis, group.Unit, series, thinned, h => group.Curves.Count > 0 ? group.Curves[0].At(h) : double.NaN);
    }

    private static Drawn ChargeParts(CellReport report)
    {
        var points = report.Report.ChargePoints(SeriesThinning.Columns).ToArray();
        var line = points.Select(p => (p.Hours, new PlotPoint(0, p.Charge.MahCm2)
        {
            Text = $"{H(p.Hours)} h\n{F(p.Charge.MahCm2, "0.0000")} ± {F(p.Charge.Sigma, "0.0000")} mAh/cm²\n"
                + $"{F(p.Charge.ThicknessUm, "0.000")} µm of lithium",
        })).ToArray();
        var band = points.Select(p => (p.Hours, PlotPoint.Between(
            0, p.Charge.MahCm2 - p.Charge.Sigma, p.Charge.MahCm2 + p.Charge.Sigma))).ToArray();
        return new Drawn("Charge passed", "charge", "mAh/cm²",
            [new("± σ", PlotKind.Band, PlotColor.Lithium, band), new("charge", PlotKind.Line, PlotColor.Lithium, line)],
            report.Report.Charge!.Hours.Count > points.Length, h => report.Report.Charge!.At(h).MahCm2);
    }

    private static TimedPlot Plot(CellReport report, SeriesAxis axis, string key, Drawn drawn, bool isFirst)
    {
        var series = drawn.Series.ToList();
        if (isFirst)
        {
            var events = report.Events.Events.ToLookup(e => e.Hours);
            series.Add(new Points("event", PlotKind.Scatter, PlotColor.Of(1), Marks(
                events.Select(e => e.Key), h => string.Join('\n', events[h].Select(Describe)))));
            series.Add(new Points("scan", PlotKind.Scatter, PlotColor.Ink, Marks(
                report.Report.Scans.Select(s => s.Hours), h => $"scan of {H(h)} h", withId: true)));
        }

        series.RemoveAll(s => s.All.Count == 0);
        var spec = new PlotSpec
        {
            Title = drawn.Title,
            FileName = key.Replace(' ', '-'),
            X = axis.Axis,
            Y = new PlotAxis(drawn.Axis, drawn.Unit),
            IsOnScanClock = axis.Unit == SeriesAxisUnit.Hours,
            Series = series.ConvertAll(s => new PlotSeries(
                s.Name, s.Kind, s.Color, s.All.Select(p => p.Point with { X = axis.Of(p.Hours) }).ToArray())),
            Spans = report.Report.Scans.Where(s => s.ToHours > s.Hours)
                .Select(s => (A: axis.Of(s.Hours), B: axis.Of(s.ToHours)))
                .Select(s => new PlotSpan(Math.Min(s.A, s.B), Math.Max(s.A, s.B), "", PlotColor.Soft)).ToArray(),
            Events = EventsOn(axis, report.Events.Events, isFirst),
        };
        return new TimedPlot(
            key, spec, series.ConvertAll(s => (IReadOnlyList<double>)s.All.Select(p => p.Hours).ToArray()), drawn.IsThinned);

        (double, PlotPoint)[] Marks(IEnumerable<double> hours, Func<double, string> text, bool withId = false) => hours
            .Select(h => (h, new PlotPoint(0, drawn.At(h)) { Text = text(h), Id = withId ? N(h) : null }))
            .Where(p => double.IsFinite(p.Item2.Y)).ToArray();
    }

    // Failures have their names where there is room beside them: the more serious first.
    private static PlotEvent[] EventsOn(SeriesAxis axis, IReadOnlyList<ElectroEvent> events, bool withNames)
    {
        var room = NameShare * (axis.Axis.Max!.Value - axis.Axis.Min!.Value);
        var named = new List<ElectroEvent>();
        foreach (var e in events.Where(e => withNames && IsFailure(e.Kind)).OrderBy(e => Array.IndexOf(s_failures, e.Kind)))
        {
            if (named.All(n => Math.Abs(axis.Of(n.Hours) - axis.Of(e.Hours)) > room))
            {
                named.Add(e);
            }
        }

        return events.Select(e => new PlotEvent(
            axis.Of(e.Hours), named.Contains(e) ? NameOf(e.Kind) : "", IsFailure(e.Kind) ? PlotColor.Of(1) : PlotColor.Soft)).ToArray();
    }

    private static string Describe(ElectroEvent e) => $"{NameOf(e.Kind)}, {F(e.Hours, "0.####")} h, confidence {F(e.Confidence, "0.00")}";

    private static bool IsFailure(EventKind kind) => s_failures.Contains(kind);
}
