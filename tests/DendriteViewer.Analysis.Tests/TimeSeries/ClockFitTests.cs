using DendriteViewer.Analysis.TimeSeries;

namespace DendriteViewer.Analysis.Tests.TimeSeries;

public sealed class ClockFitTests
{
    [Theory]
    [InlineData(40)]
    [InlineData(-40)]
    [InlineData(0)]
    [InlineData(700)]
    public void Clock_VoltageLoggedEveryNineSeconds_IsRecoveredWithinFive(double offset)
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var cell = new SyntheticCell { Seed = seed, ClockSeconds = offset, StepHours = 0.0025 };
            var fit = ClockFit.Of(Edge.OfCurrent(cell.Current()), Edge.OfVoltage(cell.Voltage()))!;
            Assert.InRange(fit.OffsetSeconds, offset - 5, offset + 5);
            Assert.InRange((fit.OffsetSeconds - offset) / fit.OffsetSigma, -3, 3);
            Assert.Equal(0, fit.DriftPpm);
        }
    }

    [Fact]
    public void Clock_ThatRunsFast_ShowsItsDrift()
    {
        var rests = Enumerable.Range(1, 30).Select(i => (From: (double)i, To: i + 0.2)).ToArray();
        var cell = new SyntheticCell { ClockSeconds = 20, DriftPpm = 800, Rests = rests, EndHours = 31.5, IsShorted = false };
        var fit = ClockFit.Of(Edge.OfCurrent(cell.Current()), Edge.OfVoltage(cell.Voltage()))!;
        Assert.InRange((fit.DriftPpm - 800) / fit.DriftSigma!.Value, -4, 4);
        Assert.InRange(fit.OffsetSeconds, 12, 28);
        Assert.Equal(31.0, fit.ToReference((31 * 1.0008) + (20 / 3600.0)), 2);
    }

    [Fact]
    public void Clock_WithoutSharedEvents_IsNotKnown()
    {
        var cell = new SyntheticCell { Rests = [], IsShorted = false };
        Assert.Null(ClockFit.Of(Edge.OfCurrent(cell.Current()), Edge.OfVoltage(cell.Voltage())));
    }
}
