using System.Text;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Imaging.Tests.Importing;

public sealed class SeriesTests
{
    [Theory]
    [InlineData("hours", 1)]
    [InlineData("Hours", 1)]
    [InlineData("time_h", 1)]
    [InlineData("time_min", 60)]
    [InlineData("time_s", 3600)]
    [InlineData("time (s)", 3600)]
    [InlineData("Test Time / s", 3600)]
    public void Times_InEveryUnit_AreReadAsHours(string header, double perHour)
    {
        var series = Parse("voltage", $"{header},voltage_V\n0,1\n{0.5 * perHour},2\n{2 * perHour},3\n");
        Assert.Equal([0, 0.5, 2], series.Hours, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Theory]
    [InlineData("time,voltage_V\n0,1\n", "name it hours, time_h, time_min or time_s")]
    [InlineData("time_ms,voltage_V\n0,1\n", "name it hours, time_h, time_min or time_s")]
    [InlineData("days,voltage_V\n0,1\n", "name it hours, time_h, time_min or time_s")]
    [InlineData("voltage_V,hours\n0,1\n", "line 1: the first column is 'voltage_V'")]
    [InlineData("hours,voltage\n0,1\n", "line 1: the column 'voltage' of the voltage series names no unit")]
    [InlineData("hours,voltage_A\n0,1\n", "line 1: the column 'voltage_A' has a unit that does not fit a voltage series")]
    [InlineData("hours,voltage_MV\n0,1\n", "has a unit that does not fit")]
    [InlineData("hours,voltage_V/cm2\n0,1\n", "has a unit that does not fit")]
    [InlineData("hours,current_V\n0,1\n", "is no voltage, which the series is said to be")]
    [InlineData("hours,current_mV\n0,1\n", "is no voltage, which the series is said to be")]
    [InlineData("hours,flux_V\n0,1\n", "is no voltage, which the series is said to be")]
    [InlineData("hours,voltage_V\n0,1\n1,nan\n", "line 3: voltage_V is nan, which is no finite number")]
    [InlineData("hours,voltage_V\n0,1\ninf,2\n", "line 3: hours is 'inf', which is no number")]
    [InlineData("hours,voltage_V\n0,1\n1,\n", "line 3: voltage_V is empty")]
    [InlineData("hours,voltage_V\n0,1\n1\n", "line 3: it has 1 cells where the header names 2")]
    [InlineData("hours,voltage_V\n0,1\n1,off\n", "line 3: voltage_V is 'off', which is no number")]
    [InlineData("hours,voltage_V\n1,1\n0.5,2\n", "line 3: its time lies before that of line 2")]
    [InlineData("hours,voltage_V\n1,1\n1,1\n", "line 3: its time stands in line 2 too")]
    [InlineData("hours,voltage_V\n1,1\n1,2\n1,3\n", "line 4: its time stands in line 3 too")]
    [InlineData("hours,voltage_V\n0,0,1,1\n", "decimal comma need semicolons")]
    [InlineData("hours;voltage_V\n0,5;1.5\n", "decimal commas (line 2) and decimal points (line 2)")]
    [InlineData("hours,voltage_V\n0,1e999\n", "line 2")]
    [InlineData("hours,voltage_V\n9e9,1\n", "line 2: a time of")]
    [InlineData("hours,voltage_V\n", "has no rows")]
    [InlineData("hours\n1\n", "must name at least two columns")]
    public void Curve_ThatCannotBeRead_IsRefusedWithFileAndLine(string text, string sentence)
    {
        var message = Assert.Throws<VolumeFormatException>(() => Parse("voltage", text)).Message;
        Assert.StartsWith("v.csv", message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("hours,current_V\n0,1\n", "unit that does not fit a current series")]
    [InlineData("hours,current_MA\n0,1\n", "unit that does not fit a current series")]
    [InlineData("hours,voltage_mA\n0,1\n", "is no current, which the series is said to be")]
    [InlineData("hours,current_mA/m2\n0,1\n", "names no unit")]
    public void Current_InAUnitThatDoesNotFit_IsRefused(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<VolumeFormatException>(() => Parse("current", text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("\uFEFFhours,voltage_V\r\n0,1.5\r\n1,2.5\r\n")]
    [InlineData("hours;voltage_V\n0;1,5\n1;2,5\n")]
    [InlineData("hours\tvoltage_V\n0\t1,5\n1\t2,5\n")]
    [InlineData("\"hours\",\"voltage_V\"\n\"0\",\"1.5\"\n\"1\", \"2.5\"\n")]
    [InlineData("\"hours\";\"voltage, V\"\n\"0,0\";\"1,5\"\n1,0;2,5\n\n")]
    [InlineData("hours, voltage_V ,note\n0, 1.5,a\n1,2.5 ,b\n")]
    [InlineData("hours,Ecell/V\r0,1.5\r1,2.5\r")]
    public void Csv_AsSpreadsheetsWriteIt_IsRead(string text)
    {
        var series = Parse("voltage", text);
        Assert.Equal([0.0, 1], series.Hours);
        Assert.Equal([1.5, 2.5], series.Values);
    }

    [Fact]
    public void Utf16_IsRefusedByName() => Assert.Contains(
        "UTF-16", Assert.Throws<VolumeFormatException>(() => Series.Parse("voltage", Encoding.Unicode.GetPreamble(), "v.csv")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Step_OfTwoRowsAtOneTime_IsAcceptedWithoutAWarning() =>
        Assert.Empty(Parse("current", "hours,current_mA\n0,1\n1,1\n2,1\n2,0\n3,0\n3,-1\n4,-1\n").Warnings);

    [Fact]
    public void Times_ThatACoarseClockDoubled_AreWarnedOfWithTheLine() => Assert.Contains(
        "3 times stand twice without a step between the values, first in line 3",
        Parse("voltage", "hours,voltage_V\n0,1\n0,1.1\n1,1.2\n1,1.3\n2,1.4\n2,1.5\n").Warnings.Single(), StringComparison.Ordinal);

    [Theory]
    [InlineData("voltage", "hours,voltage_V\n0,60\n1,3700\n", "3700 V")]
    [InlineData("current", "hours,current_A/cm2\n0,0.8\n1,800\n", "800 A/cm2")]
    [InlineData("force", "hours,force_N\n0,1\n", "kept, but no number is made of them")]
    [InlineData("pressure", "hours,pressure_at\n0,1\n", "names no unit of a pressure")]
    public void Values_ThatNoCellHas_AreWarnedOf(string kind, string text, string sentence) =>
        Assert.Contains(sentence, Parse(kind, text).Warnings.Single(), StringComparison.Ordinal);

    [Fact]
    public void Coverage_OfScansBeyondTheCurve_IsWarnedOfWithTheInterval()
    {
        var series = Parse("current", "hours,current_mA\n1,1\n1.5,1\n2,1\n2.5,1\n3,1\n");
        var warnings = series.CoverageWarnings([0, 2, 3.2, 8, 9]).ToArray();
        Assert.Equal(
            ["The current series ends at 3 h, before the scans of 8 h to 9 h: no charge is counted after it.",
                "The current series begins at 1 h: no charge is counted from 0 h to then."], warnings);
        Assert.Empty(Parse("current", "hours,current_mA\n0,1\n1,1\n").CoverageWarnings([0, 0.5, 1]));
    }

    private static Series Parse(string kind, string text) => Series.Parse(kind, Encoding.UTF8.GetBytes(text), "v.csv");
}
