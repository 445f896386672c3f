using System.Text;
using DendriteViewer.Analysis;
using DendriteViewer.Analysis.Cell;
using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;
using DendriteViewer.Web.Cell;
using DendriteViewer.Web.Plots;

namespace DendriteViewer.Web.Tests.Cell;

/// <summary>The plots of a small cell: 1 mA/cm² for two hours, a rest of one, 1 mA/cm² back.</summary>
public sealed class SeriesPlotsTests
{
    private static readonly DatasetManifest s_manifest = new()
    {
        Cell = new CellManifest { ElectrodeAreaMm2 = 100 },
        Volumes = [new VolumeManifest { Hours = 0 }, new VolumeManifest { Hours = 2, DurationHours = 0.5 }],
    };

    internal static CellReport Report(params EventEdit[] edits)
    {
        var current = Series.Parse("current", "hours,current_mA\n0,1\n2,1\n2,0\n3,0\n3,-1\n4,-1\n"u8, "current.csv");
        var rows = Enumerable.Range(0, 41).Select(i => FormattableString.Invariant($"{i / 10.0},{(i is > 20 and < 30 ? 0 : 50)}\n"));
        var voltage = Series.Parse("voltage", Encoding.UTF8.GetBytes("hours,voltage_mV\n" + string.Concat(rows)), "voltage.csv");
        var temperature = Series.Parse("temperature", "hours,temperature_degC\n0,20\n4,21\n"u8, "t.csv");
        Series[] all = [voltage, current, temperature];
        var report = SeriesReport.Of(all, s_manifest, []);
        return new CellReport
        {
            Series = all.Select(s => new NamedSeries(s, null)).ToArray(), Report = report,
            Events = new EventLog(edits).Apply(report.Events), Warnings = report.Warnings,
        };
    }

    [Fact]
    public void Plots_OfACell_ShareTheirAxisAndShowScansAndEvents()
    {
        var report = Report(new AddEvent(EventKind.SoftShort, 1.5));
        var plots = SeriesPlots.Of(report, s_manifest, SeriesAxisUnit.Hours, ["voltage", "current", "charge"], 0.5);
        Assert.Equal(["voltage", "current", "charge"], plots.Select(p => p.Key));
        Assert.Single(plots.Select(p => p.Spec.X).Distinct());
        Assert.All(plots, p => Assert.True(p.Spec.IsOnScanClock));
        Assert.Equal(("V", "mA/cm²", "mAh/cm²"), (plots[0].Spec.Y.Unit, plots[1].Spec.Y.Unit, plots[2].Spec.Y.Unit));
        Assert.Equal(0.05, plots[0].Spec.Series[0].Points[0].Y, 1e-12);
        Assert.Equal((2, 2.5), plots[0].Spec.Spans.Select(s => (s.From, s.To)).Single());
        Assert.Contains(plots[0].Spec.Events, e => e is { X: 1.5, Text: "soft short" });
        Assert.All(plots[1].Spec.Events, e => Assert.Equal("", e.Text));

        // Names that would stand upon each other: the more serious one is written.
        var crowded = Report(new AddEvent(EventKind.SoftShort, 1.5), new AddEvent(EventKind.HardShort, 1.6));
        var names = SeriesPlots.Of(crowded, s_manifest, SeriesAxisUnit.Hours, ["voltage"], 0.5)[0].Spec.Events.Select(e => e.Text);
        Assert.Equal(["hard short"], names.Where(n => n.Length > 0));

        // Whatever is clicked has a time.
        var events = plots[0].Spec.Series.Single(s => s.Name == "event");
        var added = events.Points.ToList().FindIndex(p => p.Text!.StartsWith("soft short", StringComparison.Ordinal));
        Assert.Equal(1.5, plots[0].HoursOf(new PlotHit(events, added)));
        Assert.Null(plots[1].HoursOf(new PlotHit(events, added)));
    }

    [Fact]
    public void Series_InAnotherUnit_IsDrawnInThatOfTheFirstOrLeftOut()
    {
        var first = Series.Parse("temperature", "hours,temperature_degC\n0,20\n4,21\n"u8, "t.csv");
        var kelvin = Series.Parse("temperature", "hours,temperature_K\n0,300\n4,301\n"u8, "k.csv");
        var odd = Series.Parse("temperature", "hours,temperature_V\n0,1\n4,1\n"u8, "v.csv");
        var report = Report() with { Series = [new(first, null), new(kelvin, null), new(odd, null)] };
        var group = SeriesGroup.Of(report, s_manifest, "of temperature", 0.1);
        Assert.Equal(("°C", 2), (group.Unit, group.Curves.Count));
        Assert.Equal([26.85, 27.85], group.Curves[1].Values.Select(v => Math.Round(v, 9)));

        var whole = Series.Parse("current", "hours,current_mA\n0,1\n4,1\n"u8, "c.csv");
        Assert.Null(SeriesUnits.Into("mA/cm²", whole, new DatasetManifest()));
        Assert.Equal((1.0, 0.0), SeriesUnits.Into("mA/cm²", whole, s_manifest));
    }

    [Fact]
    public void Event_WhoseNoteIsAFormula_IsTextInTheTable() => Assert.Contains(
        ",\"'=1+1\"\n", SeriesExports.Events(Report(new AddEvent(EventKind.SoftShort, 1.5, null, "=1+1"))), StringComparison.Ordinal);

    [Fact]
    public void Plots_AlongTheCharge_GoBackWhereLithiumIsStripped()
    {
        var plots = SeriesPlots.Of(Report(), s_manifest, SeriesAxisUnit.Charge, ["voltage", "current", "charge"], 0.5);
        Assert.Equal(["voltage", "current"], plots.Select(p => p.Key));
        Assert.All(plots, p => Assert.False(p.Spec.IsOnScanClock));
        var x = plots[0].Spec.Series[0].Points.Select(p => p.X).ToArray();
        Assert.Equal(0, x[0], 1e-9);
        Assert.Equal(2, x[20], 1e-9);
        Assert.Equal(1, x[^1], 1e-9);
        Assert.Equal(0, plots[0].Spec.X.Min!.Value, 1e-9);
        Assert.Equal(2, plots[0].Spec.X.Max!.Value, 1e-9);

        var um = SeriesPlots.Of(Report(), s_manifest, SeriesAxisUnit.Thickness, ["voltage"], 0.5);
        Assert.Equal(2 * ArealCharge.UmPerMahCm2, um[0].Spec.Series[0].Points[20].X, 1e-9);
    }

    [Fact]
    public void Plots_OfWhatIsDerived_HaveResistanceWhereCurrentFlowsAndTheSlopesWindow()
    {
        var plots = SeriesPlots.Of(Report(), s_manifest, SeriesAxisUnit.Hours, ["asr", "dvdt", "of temperature"], 0.25);
        Assert.Equal(50, plots[0].Spec.Series[0].Points[5].Y, 1e-9);
        Assert.True(double.IsNaN(plots[0].Spec.Series[0].Points[25].Y));
        Assert.Equal("dV/dt in 0.25 h", plots[1].Spec.Title);
        Assert.Equal("°C", plots[2].Spec.Y.Unit);
    }

    [Fact]
    public void Curve_WithAHole_IsNotDrawnAcrossIt()
    {
        var rows = string.Concat(Enumerable.Range(0, 30).Where(i => i is < 10 or > 25).Select(i => $"{i},{(i < 10 ? 1 : 2)}\n"));
        var series = Series.Parse("temperature", Encoding.UTF8.GetBytes("hours,temperature_degC\n" + rows), "t.csv");
        var report = new CellReport
        {
            Series = [new NamedSeries(series, null)], Report = SeriesReport.Of([series], s_manifest, []), Warnings = [],
        };
        Assert.Single(series.Holes);
        var plot = SeriesPlots.Of(report, s_manifest, SeriesAxisUnit.Hours, ["of temperature"], 0.1).Single();
        Assert.Single(plot.Spec.Series[0].Points, p => double.IsNaN(p.Y));
        Assert.Equal(plot.Spec.Series[0].Points.Count, plot.Hours[0].Count);
    }

    // A cell whose voltage came as a file alone had nothing under its timeline.
    [Fact]
    public void Marks_OfACellWhoseVoltageIsAFile_HaveItThinnedWithItsHoles()
    {
        var rows = string.Concat(Enumerable.Range(0, 20_000).Where(i => i is < 9000 or > 11_000).Select(i =>
            FormattableString.Invariant($"{i * 0.001},{(i == 5000 ? 0.001 : (i < 9000 ? 3 : 3.5) + (i * 1e-6))}\n")));
        var voltage = Series.Parse("voltage", Encoding.UTF8.GetBytes("hours,voltage_V\n" + rows), "v.csv");
        var file = new CellFile(Guid.NewGuid(), CellFileKind.Series, "v.csv", new string('a', 64), 9, "Ada", default);
        string Json(CellFile? from) => CellMarkJson.Of(new CellReport { Series = [new NamedSeries(voltage, from)] });
        using var told = System.Text.Json.JsonDocument.Parse(Json(file));
        var curve = told.RootElement.GetProperty("voltage");
        var values = curve.GetProperty("values").EnumerateArray().Select(v => v.GetDouble()).ToArray();
        Assert.InRange(values.Length, 800, 4 * 800);
        Assert.Contains(0.001, values);
        Assert.Equal("voltage_V", curve.GetProperty("unit").GetString());
        var hole = curve.GetProperty("holesAfter").EnumerateArray().Single().GetInt32();
        Assert.InRange(curve.GetProperty("hours")[hole].GetDouble(), 8.98, 9);
        Assert.DoesNotContain("values", Json(null), StringComparison.Ordinal);
    }

    [Fact]
    public void Bdf_OfTwoInstruments_IsRefusedAndOfOneIsWritten()
    {
        var e = Assert.Throws<MeasurementException>(() => SeriesExports.Bdf(Report(), s_manifest, "x"));
        Assert.Contains("different times", e.Message, StringComparison.Ordinal);
        var voltage = Series.Parse("voltage", "hours,voltage_V\n0,3\n1,3.1\n"u8, "v.csv");
        var current = Series.Parse("current", "hours,current_mA/cm2\n0,1\n1,1\n"u8, "c.csv");
        var report = new CellReport
        {
            Series = [new(voltage, null), new(current, null)], Report = SeriesReport.Of([voltage, current], s_manifest, []),
        };
        Assert.Equal(
            "Test Time / s,Voltage / V,Current / A\n0,3,0.001\n3600,3.1,0.001\n",
            Encoding.UTF8.GetString(SeriesExports.Bdf(report, s_manifest, "x")));
    }

    [Fact]
    public void EventsCsv_SaysWhatWasFoundAndWhatWasSaid()
    {
        var csv = SeriesExports.Events(Report(new AddEvent(EventKind.SoftShort, 1.5, null, "seen, \"clearly\"")));
        Assert.StartsWith("kind,hours,to_hours,confidence,origin,note\n", csv, StringComparison.Ordinal);
        Assert.Contains("soft-short,1.5,,1,edited,\"seen, \"\"clearly\"\"\"\n", csv, StringComparison.Ordinal);
        Assert.Contains(",found,", csv, StringComparison.Ordinal);
    }
}
