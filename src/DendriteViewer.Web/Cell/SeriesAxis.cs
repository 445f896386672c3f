using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Web.Plots;

namespace DendriteViewer.Web.Cell;

/// <summary>What the common axis of a cell's curves counts.</summary>
public enum SeriesAxisUnit
{
    /// <summary>Hours on the clock of the scans.</summary>
    Hours,

    /// <summary>Charge that had passed, mAh/cm².</summary>
    Charge,

    /// <summary>Thickness of dense lithium of that charge, µm.</summary>
    Thickness,
}

/// <summary>The common axis of a cell's curves.</summary>
/// <param name="Unit">What it counts.</param>
/// <param name="Report">The charge, and what the axis has to reach over.</param>
public sealed record SeriesAxis(SeriesAxisUnit Unit, SeriesReport Report)
{
    private readonly Lazy<(double Least, double Most)> _ends = new(() => EndsOf(Unit, Report));

    /// <summary>Whether the axis can be had: charge needs a current.</summary>
    public static bool CanHave(SeriesAxisUnit unit, SeriesReport report) => unit == SeriesAxisUnit.Hours || report.Charge is not null;

    /// <summary>The axis of a plot, the same for all of them.</summary>
    public PlotAxis Axis => (Unit switch
    {
        SeriesAxisUnit.Hours => new PlotAxis("time", "h"),
        SeriesAxisUnit.Charge => new PlotAxis("charge passed", "mAh/cm²"),
        _ => new PlotAxis("lithium plated", "µm"),
    }) with { Min = _ends.Value.Least, Max = _ends.Value.Most };

    /// <summary>The place of a time on the axis.</summary>
    /// <param name="hours">Hours on the clock of the scans.</param>
    public double Of(double hours) => Of(Unit, Report, hours);

    private static double Of(SeriesAxisUnit unit, SeriesReport report, double hours) => unit switch
    {
        SeriesAxisUnit.Hours => hours,
        SeriesAxisUnit.Charge => report.Charge!.At(hours).MahCm2,
        _ => report.Charge!.At(hours).ThicknessUm,
    };

    private static (double Least, double Most) EndsOf(SeriesAxisUnit unit, SeriesReport report)
    {
        var ends = report.Series.SelectMany(s => new[] { s.Hours[0], s.Hours[^1] })
            .Concat(report.Scans.SelectMany(s => new[] { s.Hours, s.ToHours })).ToArray();
        var places = unit == SeriesAxisUnit.Hours || ends.Length == 0 ? ends
            : report.ChargePoints().Select(p => Of(unit, report, p.Hours)).ToArray();
        var (least, most) = places.Length == 0 ? (0, 1) : (places.Min(), places.Max());
        return most > least ? (least, most) : (least - 0.5, least + 0.5);
    }
}
