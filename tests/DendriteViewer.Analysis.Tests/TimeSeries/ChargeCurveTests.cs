using DendriteViewer.Analysis.TimeSeries;
using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.Tests.TimeSeries;

public sealed class ChargeCurveTests
{
    private static Series Current(string unit, params (double Hours, double Value)[] rows) =>
        new("current", "current_" + unit, rows.Select(r => r.Hours).ToArray(), rows.Select(r => r.Value).ToArray());

    private static readonly (double, double)[] s_on = Enumerable.Range(0, 21).Select(k => (k / 10.0, 1.0)).ToArray();

    [Fact]
    public void Charge_ConstantCurrent_IsCurrentTimesTimePerArea()
    {
        var charge = ChargeCurve.Of(Current("mA", s_on), 0.5)!;
        Assert.Equal(2.0, charge.At(1).MahCm2, 12);
        Assert.Equal(4.0, charge.At(7).MahCm2, 12);
        Assert.Equal(1.5, charge.Since(0.25, 1).MahCm2, 12);
        Assert.Equal(0, charge.At(-1).MahCm2);
    }

    [Fact]
    public void Charge_SeriesPerArea_NeedsNoArea() =>
        Assert.Equal(2.0, ChargeCurve.Of(Current("mA/cm2", s_on), null)!.At(2).MahCm2, 12);

    [Fact]
    public void Charge_WithoutAreaOrDensity_IsNotKnown() => Assert.Null(ChargeCurve.Of(Current("mA", s_on), null));

    [Fact]
    public void Charge_OverAHole_IsThatOfTheSmallerCurrentAndSaysHowFarItMayBeOff()
    {
        // Logged until 2 h, and again from 12 h: the trapezoid would invent 5 mAh.
        var charge = ChargeCurve.Of(Current("mA", [.. s_on, (12.0, 0.0), (12.1, 0.0)]), 1)!;
        Assert.Equal(2.0, charge.At(12).MahCm2, 12);
        Assert.Equal(10 / Math.Sqrt(3), charge.At(12).Sigma, 9);
        Assert.Equal(0, charge.At(2).Sigma, 12);
    }

    [Fact]
    public void Charge_OverStepsRampsAndHoles_IsThatOfFaradaysVolume()
    {
        foreach (var series in new[] { Current("mA", [.. s_on, (2.0, 0.0), (12.0, 0.0), (12.1, 0.0)]),
            Current("mA", [.. s_on, (12.0, 0.0), (12.1, 0.0)]),
            new SyntheticCell().Current() })
        {
            var charge = ChargeCurve.Of(series, 0.2)!;
            for (var h = 0.0; h < 13; h += 0.37)
            {
                var faraday = Faraday.Coulombs(new() { ElectrodeAreaMm2 = 20 }, series, h)!.Value / 3.6 / 0.2;
                Assert.Equal(faraday, Math.Abs(charge.At(h).MahCm2), 9);
            }
        }
    }

    [Fact]
    public void Charge_SwitchBetweenTwoRows_IsUncertainByTheirInterval()
    {
        var charge = ChargeCurve.Of(Current("mA", (0, 0), (1, 0), (2, 1), (3, 1)), 1)!;
        Assert.Equal(1.5, charge.At(3).MahCm2, 12);
        Assert.Equal(1 / Math.Sqrt(12), charge.At(3).Sigma, 12);
    }

    [Fact]
    public void Charge_CurrentInCoarseSteps_IsUncertainByThemAllTheTime()
    {
        // Twenty-five levels 0.01 mA apart; a constant error of such a step grows with time.
        var rows = Enumerable.Range(0, 2000).Select(i => (i / 100.0, 1 + (0.01 * (i % 25)))).ToArray();
        var charge = ChargeCurve.Of(Current("mA", rows), 1)!;
        Assert.Equal(0.01, charge.StepMaCm2, 9);
        Assert.True(charge.At(19).Sigma > 0.01 / Math.Sqrt(12) * 19);
    }

    [Fact]
    public void HalfCycles_OfReversedCurrent_ArePlatedAndStripped()
    {
        var series = Current("mA", (0, 1), (1, 1), (1, -0.5), (3, -0.5), (3, 0), (4, 0), (4, -0.5), (5, -0.5), (5, 1), (6, 1));
        var charge = ChargeCurve.Of(series, 1)!;
        var halves = HalfCycle.Of(Flow.Of(series), charge);
        Assert.Equal([true, false, true], halves.Select(h => h.IsPlating));
        Assert.Equal([1.0, -1.5, 1.0], halves.Select(h => Math.Round(h.Charge.MahCm2, 9)));
        Assert.Equal(charge.At(6).MahCm2, halves.Sum(h => h.Charge.MahCm2), 9);
    }

    [Fact]
    public void HalfCycles_ReversedBetweenTwoRows_CountTheIntervalOnce()
    {
        var series = Current("mA", (0, 1), (1, 1), (2, -1), (3, -1));
        var charge = ChargeCurve.Of(series, 1)!;
        Assert.Equal([1.25, -1.25], HalfCycle.Of(Flow.Of(series), charge).Select(h => Math.Round(h.Charge.MahCm2, 9)));
    }

    [Fact]
    public void Thickness_OfOneMilliampereHour_IsThatOfDenseLithium()
    {
        Assert.Equal(4.85, new ArealCharge(1, 0).ThicknessUm, 2);
        Assert.Equal(ArealCharge.UmPerMahCm2, Faraday.VolumeUm3(3.6) / 1e8, 9);
    }

    [Fact]
    public void Slope_OfALineWithNoise_IsItsSlopeWithinItsSigma()
    {
        var random = new Random(4);
        var hours = Enumerable.Range(0, 500).Select(i => i * 0.01).ToArray();
        var values = hours.Select(h => 0.3 - (0.02 * h) + (0.001 * (random.NextDouble() - 0.5))).ToArray();
        var (slope, sigma) = Slope.Of(hours, values, 0.5);
        Assert.InRange((slope[250] + 0.02) / sigma[250], -4, 4);
        Assert.True(double.IsNaN(Slope.Of([0, 1], [1, 2], 0.5).PerHour[0]));
    }
}
