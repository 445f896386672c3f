using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Web.Cell;

/// <summary>A curve of a cell in the unit that its plot has.</summary>
/// <param name="Name">Its name where a plot has several.</param>
/// <param name="Hours">Times of its rows on the clock of the scans.</param>
/// <param name="Values">One a row, NaN where it is not known.</param>
/// <param name="HolesAfter">Rows after which rows are missing, so that no line is drawn to the next.</param>
public sealed record SeriesCurve(string Name, IReadOnlyList<double> Hours, IReadOnlyList<double> Values, IReadOnlySet<int> HolesAfter)
{
    /// <summary>The value of the last row that is not after a time; NaN before the first row.</summary>
    public double At(double hours)
    {
        int low = 0, high = Hours.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Hours[middle] <= hours ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? double.NaN : Values[low - 1];
    }
}

/// <summary>Curves of one quantity, which are drawn in one plot.</summary>
/// <param name="Key">By what the plot is chosen.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Axis">Name of the vertical axis.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Curves">The curves, that from which numbers are worked out first.</param>
public sealed record SeriesGroup(string Key, string Title, string Axis, string Unit, IReadOnlyList<SeriesCurve> Curves)
{
    /// <summary>Charge, which is drawn with its uncertainty.</summary>
    public const string Charge = "charge";

    /// <summary>Area-specific resistance.</summary>
    public const string Asr = "asr";

    /// <summary>The voltage's slope.</summary>
    public const string Slope = "dvdt";

    /// <summary>The plots that a cell can show, by key and title, those that are usual first.</summary>
    public static IReadOnlyList<(string Key, string Title)> Available(CellReport report)
    {
        var kinds = report.Series.Select(s => s.Series.Kind).Distinct().ToArray();
        var found = new List<(string, string)>();
        found.AddRange(kinds.Contains("voltage") ? [("voltage", "Voltage")] : []);
        found.AddRange(kinds.Contains("current") ? [("current", "Current")] : []);
        found.AddRange(report.Report.Charge is not null ? [(Charge, "Charge")] : []);
        found.AddRange(kinds.Contains("voltage") && report.Report.Charge is not null ? [(Asr, "ASR")] : []);
        found.AddRange(kinds.Contains("voltage") ? [(Slope, "dV/dt")] : []);
        found.AddRange(kinds.Where(k => k is not ("voltage" or "current")).Select(k => ("of " + k, TitleOf(k))));
        return found;
    }

    /// <summary>The curves of a plot other than that of the charge.</summary>
    /// <param name="report">The cell's time axis.</param>
    /// <param name="manifest">The dataset, which gives the electrode's area.</param>
    /// <param name="key">Which, as <see cref="Available"/> names it.</param>
    /// <param name="windowHours">Width of the window of dV/dt.</param>
    /// <exception cref="VolumeFormatException">A header names no unit.</exception>
    public static SeriesGroup Of(CellReport report, DatasetManifest manifest, string key, double windowHours)
    {
        if (key is Asr or Slope)
        {
            var table = DerivedTable.Of(report.Report, windowHours);
            var holes = (report.Report.Clock.Voltage?.HolesAfter ?? []).ToHashSet();
            return key == Asr
                ? new(key, "Area-specific resistance |V| / |j|", "ASR", "Ω cm²", [new("ASR", table.Hours, table.AsrOhmCm2, holes)])
                : new(key, FormattableString.Invariant($"dV/dt in {windowHours:0.####} h"), "dV/dt", "V/h",
                    [new("dV/dt", table.Hours, table.VoltsPerHour, holes)]);
        }

        var kind = key.StartsWith("of ", StringComparison.Ordinal) ? key[3..] : key;
        var series = report.Series.Where(s => s.Series.Kind == kind).ToArray();
        var unit = SeriesUnits.Of(series[0].Series, manifest);
        var curves = series.Select((s, i) =>
        {
            // The first of a kind may have been put right by the clock that was found.
            var shown = (i, kind) switch
            {
                (0, "voltage") => report.Report.Clock.Voltage ?? s.Series,
                (0, "current") => report.Report.Clock.Current ?? s.Series,
                _ => s.Series,
            };
            // What has no such unit is not drawn; the report's warnings name it.
            return SeriesUnits.Into(unit, s.Series, manifest) is { } by
                ? new SeriesCurve(
                    series.Length == 1 ? TitleOf(kind).ToLowerInvariant() : s.From, shown.Hours, Times(shown.Values, by),
                    shown.HolesAfter.ToHashSet())
                : null;
        }).OfType<SeriesCurve>();
        var title = kind == "current" && unit == "mA/cm²" ? "Current density" : TitleOf(kind);
        return new(key, title, title.ToLowerInvariant(), unit, curves.Where(c => !c.Values.All(double.IsNaN)).ToArray());
    }

    private static IReadOnlyList<double> Times(IReadOnlyList<double> values, (double Factor, double Offset) by) =>
        by == (1, 0) ? values : values.Select(v => (v * by.Factor) + by.Offset).ToArray();

    private static string TitleOf(string kind) => kind switch
    {
        "charge" => "Charge as logged",
        "" => "Series",
        _ => char.ToUpperInvariant(kind[0]) + kind[1..],
    };
}
