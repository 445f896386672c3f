using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.TimeSeries.Events;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.TimeSeries;

public sealed class SeriesReportTests
{
    private static readonly DatasetManifest s_manifest = new()
    {
        Cell = new() { ElectrodeAreaMm2 = 200, CurrentDensityMaCm2 = 0.8 },
        Volumes = [new() { Hours = 0, DurationHours = 0.1 }, new() { Hours = 2, DurationHours = 0.1 }, new() { Hours = 3.1 }],
    };

    private static SeriesReport Of(SyntheticCell cell, DatasetManifest? manifest = null) =>
        SeriesReport.Of([cell.Current(), cell.Voltage()], manifest ?? s_manifest, []);

    [Theory]
    [InlineData(0)]
    [InlineData(-40)]
    [InlineData(40)]
    public void Report_CurrentOfAClockOfItsOwn_IsPutOntoTheVoltages(double seconds)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            // The voltage is the reference: what it is ahead, the current is behind.
            var cell = new SyntheticCell { Seed = seed, ClockSeconds = seconds, StepHours = 0.0025 };
            var report = Of(cell);
            Assert.InRange(report.Clock.Comparison!.Fit.OffsetSeconds, -seconds - 5, -seconds + 5);
            Assert.Equal(seconds != 0, report.Clock.Comparison.IsApplied);

            // On the voltage's clock, to one of its rows.
            var shorts = report.Events.Where(e => e.Kind is EventKind.SoftShort or EventKind.HardShort).ToArray();
            Assert.Equal([EventKind.SoftShort, EventKind.HardShort], shorts.Select(e => e.Kind));
            Assert.InRange(shorts[0].Hours, cell.SoftHours + (seconds / 3600), cell.SoftHours + (seconds / 3600) + cell.StepHours);
            Assert.InRange(shorts[1].Hours, cell.HardHours + (seconds / 3600), cell.HardHours + (seconds / 3600) + cell.StepHours);
            Assert.Equal(12, report.Events.Count);

            // 0.8 mA/cm² for as long as current flowed from 0 h to 3.1 h on that clock; the mean of the logged current is a little higher.
            var charge = report.Scans[^1].Charge!.Value;
            var mean = cell.MilliAmpere + 0.0015;
            Assert.InRange(charge.MahCm2 / (mean / 2 * (3.1 - Math.Max(0, seconds / 3600) - 0.4)), 0.998, 1.002);
            Assert.True(charge.Sigma < 0.01);
        }
    }

    [Fact]
    public void Report_ClockThatIsStated_IsTheReference()
    {
        var cell = new SyntheticCell { ClockSeconds = 40, StepHours = 0.0025 };
        var stated = s_manifest with { Series = [new() { Kind = "current", Clock = new() { OffsetSeconds = 0 } }] };
        var report = Of(cell, stated);
        Assert.Equal("voltage", report.Clock.Comparison!.Kind);
        Assert.InRange(report.Events.Single(e => e.Kind == EventKind.HardShort).Hours, cell.HardHours - 0.0015, cell.HardHours + 0.004);

        var both = Of(cell, stated with { Series = [.. stated.Series, new() { Kind = "voltage", Clock = new() { OffsetSeconds = 0 } }] });
        Assert.False(both.Clock.Comparison!.IsApplied);
        Assert.Contains(both.Warnings, w => w.Contains("both clocks are stated", StringComparison.Ordinal));
    }

    // What a person states of a clock they know to some seconds only, and a scan's charge is known no better than that.
    [Fact]
    public void Report_StatedClockWithADeviation_HasItInChargeScansAndEvents()
    {
        var cell = new SyntheticCell { StepHours = 0.0025 };
        SeriesReport With(double sigma, double drift = 0) => Of(cell, s_manifest with
        {
            Series = [new() { Kind = "current", Clock = new() { OffsetSeconds = 0, OffsetSigma = sigma, DriftSigma = drift } }],
        });
        var (exact, rough) = (With(0), With(60));
        Assert.Equal(exact.ChargeAt(2)!.Value.MahCm2, rough.ChargeAt(2)!.Value.MahCm2);
        Assert.InRange(rough.ChargeAt(2)!.Value.Sigma, 0.8 * 60 / 3600, 1.1 * 0.8 * 60 / 3600);
        Assert.True(exact.ChargeAt(2)!.Value.Sigma < 0.002);
        Assert.Equal(rough.ChargeAt(2)!.Value.Sigma, rough.Scans[1].Charge!.Value.Sigma);

        // Both ends of a scan at constant current move alike; one that begins in a rest gains or loses.
        Assert.Equal(exact.Scans[1].During!.Value.Sigma, rough.Scans[1].During!.Value.Sigma, 3);
        var rest = rough.Events.First(e => e.Kind == EventKind.Rest);
        Assert.InRange(rough.SigmaHoursOf(rest) * 3600, 60, 61);
        Assert.InRange(With(0, 1000).SigmaHoursOf(rest) * 3600, 3.6 * rest.Hours * 0.9, (3.6 * rest.Hours) + 1);
    }

    [Fact]
    public void Report_ClockThatWasCompared_HasItsDoubtOnceWhetherAppliedOrNot()
    {
        const double hours = 2;
        foreach (var seconds in new[] { 0d, 40 })
        {
            var cell = new SyntheticCell { ClockSeconds = seconds, StepHours = 0.0025 };
            SeriesReport With(params string[] stated) => Of(cell, s_manifest with
            {
                Series = [.. stated.Select(k => new SeriesManifest { Kind = k, Clock = new() { OffsetSeconds = 0, OffsetSigma = 60 } })],
            });
            double Sigma(SeriesReport report) =>
                report.SigmaHoursOf(report.Events.First(e => e.Kind == EventKind.Rest) with { Hours = hours }) * 3600;

            // Nobody stated a clock: what is known of the current's is the comparison, of offset and drift.
            var fit = With().Clock.Comparison!.Fit;
            var drift = (fit.DriftSigma ?? 0) * 1e-6 * hours * 3600;
            var found = Math.Sqrt((fit.OffsetSigma * fit.OffsetSigma) + (drift * drift));
            Assert.Equal(found, Sigma(With()), 6);

            // The voltage's is stated: the current has its doubt too. The current's is stated too: that is all.
            Assert.Equal(Math.Sqrt((found * found) + 3600), Sigma(With("voltage")), 6);
            Assert.Equal(60, Sigma(With("current", "voltage")), 6);
        }
    }

    [Fact]
    public void Report_ClockOfAFile_IsToBeStatedOfThatFile()
    {
        var cell = new SyntheticCell { ClockSeconds = 40, StepHours = 0.0025 };
        SeriesReport With(params string[] stated) => SeriesReport.Of(
            [cell.Current(), cell.Voltage()], s_manifest, [], stated: stated.ToDictionary(k => k, _ => new StatedClock(0, 0)),
            files: new Dictionary<string, string> { ["current"] = "cell.mpr" });
        Assert.Contains(With().Warnings, w => w.EndsWith("State it as the clock of cell.mpr.", StringComparison.Ordinal));
        Assert.Contains(With("current", "voltage").Warnings, w => w.Contains(
            "that of the current with cell.mpr and that of the voltage with dataset.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Report_RowsOfOneInstrument_AreNotCompared()
    {
        var voltage = new SyntheticCell().Voltage();
        var current = new Series("current", "current_mA", voltage.Hours, voltage.Values.Select(v => v > 0.01 ? 1.6 : 0).ToArray());
        Assert.Null(SeriesReport.Of([current, voltage], s_manifest, []).Clock.Comparison);
    }

    [Fact]
    public void Report_WithoutAnArea_SaysWhyThereIsNoCharge()
    {
        var report = SeriesReport.Of([new SyntheticCell().Current()], new(), []);
        Assert.Null(report.Charge);
        Assert.Contains(report.Warnings, w => w.Contains("no electrode area", StringComparison.Ordinal));
        Assert.NotEmpty(report.Events);
    }

    [Fact]
    public void Report_ScanThatTakesTime_SaysWhatPassedMeanwhile() =>
        Assert.Equal(0.08, Of(new SyntheticCell()).Scans[1].During!.Value.MahCm2, 3);

    [Fact]
    public void DerivedTable_OfCurrentAndVoltage_HasAsrWhereCurrentFlows()
    {
        var lines = DerivedTable.Csv(Of(new SyntheticCell { NoiseVolts = 1e-7 }), 0.05).TrimEnd().Split('\n');
        var row = lines.Select(l => l.Split(',')).First(c => c[0].StartsWith("0.40", StringComparison.Ordinal));
        double At(int i) => double.Parse(row[i], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(At(5) / At(1) * 1e3, At(6), 4);
        Assert.Equal(0.4 * 0.8, At(2), 2);
        Assert.Contains(lines.Skip(1).Select(l => l.Split(',')),
            c => c.Length == 9 && c[6].Length == 0 && c[0].StartsWith("0.55", StringComparison.Ordinal));
    }
}
