using DendriteViewer.Analysis.Lithium;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.Lithium;

public sealed class FaradayTests
{
    // The paper's: 1 mAh over 1 cm² plates 4.85 µm.
    [Fact]
    public void VolumeUm3_OfAMilliampereHourPerCm2_Is4Point85Micrometres() => Assert.Equal(4.85, Faraday.VolumeUm3(3.6) / 1e8, 2);

    [Fact]
    public void Coulombs_ConstantCurrent_IsDensityTimesAreaTimesTime() =>
        Assert.Equal(0.8e-3 * 0.002 * 2.5 * 3600, Faraday.Coulombs(new CellManifest { ElectrodeAreaMm2 = 0.2, CurrentDensityMaCm2 = 0.8 }, null, 2.5)!.Value, 12);

    [Theory]
    [InlineData("current_A", 1)]
    [InlineData("I/mA", 1e-3)]
    [InlineData("current (uA)", 1e-6)]
    [InlineData("j [mA/cm2]", 1e-3 * 0.002)]
    [InlineData("j_mA_cm-2", 1e-3 * 0.002)]
    public void Coulombs_OfASeries_IsItsIntegralInItsUnit(string unit, double ampere)
    {
        // 2 for an hour, falling to 0 over the next, nothing after.
        var series = new Series("current", unit, [0, 1, 2, 3], [-2, -2, 0, 0]);
        var cell = new CellManifest { ElectrodeAreaMm2 = 0.2, CurrentDensityMaCm2 = 99 };
        Assert.Equal(1 * 3600 * ampere, Faraday.Coulombs(cell, series, 0.5)!.Value, 12);
        Assert.Equal((2 + 1.5 * 0.5) * 3600 * ampere, Faraday.Coulombs(cell, series, 1.5)!.Value, 12);
        Assert.Equal(3 * 3600 * ampere, Faraday.Coulombs(cell, series, 9)!.Value, 12);
    }

    [Fact]
    public void Coulombs_WithoutWhatItNeeds_IsNullAndOfAnotherUnitRefused()
    {
        Assert.Null(Faraday.Coulombs(null, null, 1));
        Assert.Null(Faraday.Coulombs(new CellManifest { CurrentDensityMaCm2 = 1 }, null, 1));
        Assert.Null(Faraday.Coulombs(null, new Series("current", "mA/cm2", [0, 1], [1, 1]), 1));
        Assert.Contains("volts", Assert.Throws<VolumeFormatException>(() => Faraday.Coulombs(null, new Series("current", "volts", [0, 1], [1, 1]), 1)).Message);
    }

    // 1 mA for two hours, then open circuit until twelve: drawn as a trapezoid the hole plated 3.5 times the lithium.
    [Theory]
    [InlineData(0, 7.2, 43.2)]
    [InlineData(0.4, 21.6, 43.2)]
    [InlineData(-0.4, 7.2, 43.2)]
    public void Charge_AcrossAHole_TakesTheSmallerCurrentAndTheLargerIsTheUpperEnd(double after, double coulombs, double high)
    {
        var hours = Enumerable.Range(0, 21).Select(i => i / 10.0).Append(12).ToArray();
        var series = new Series("current", "current_mA", hours, [.. Enumerable.Repeat(1.0, 21), after]);
        Assert.Equal([(2.0, 12.0)], series.Holes);
        var charge = Faraday.Charge(null, series, 12)!.Value;
        Assert.Equal(coulombs, charge.Coulombs, 9);
        Assert.Equal(coulombs, charge.Low, 9);
        Assert.Equal(high, charge.High, 9);
        Assert.Equal(7.2, Faraday.Coulombs(null, series, 2)!.Value, 9);
    }

    // A step is drawn as such; a long rest without a row says nothing new, and nothing else is a hole.
    [Fact]
    public void Charge_OfASteppedCurve_IsThatOfItsSteps()
    {
        var hours = Enumerable.Range(0, 21).Select(i => i / 10.0).Concat([2.0, 12.0]).ToArray();
        var series = new Series("current", "current_mA", hours, [.. Enumerable.Repeat(1.0, 21), 0, 0]);
        Assert.Empty(series.Holes);
        Assert.Equal(7.2, Faraday.Charge(null, series, 12)!.Value.High, 9);
    }

    // Rows that come further and further apart while a current decays are how potentiostats write.
    [Fact]
    public void Holes_OfALogarithmicLog_AreNone()
    {
        var hours = Enumerable.Range(0, 20).Select(i => 0.001 * Math.Pow(1.6, i)).ToArray();
        Assert.Empty(new Series("current", "current_mA", hours, hours.Select(h => Math.Exp(-h / 3)).ToArray()).Holes);
    }
}
