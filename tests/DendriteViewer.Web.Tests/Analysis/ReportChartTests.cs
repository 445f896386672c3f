using Bunit;
using DendriteViewer.Web.Analysis;

namespace DendriteViewer.Web.Tests.Analysis;

public sealed class ReportChartTests : BunitContext
{
    // Once, a chart of 560,000 µm³ had four million lines.
    [Theory]
    [InlineData(1e-9)]
    [InlineData(0.486)]
    [InlineData(1)]
    [InlineData(99.9)]
    [InlineData(564585)]
    [InlineData(3e12)]
    public void Ticks_OfAnyValues_AreAFewRoundOnesThatReachOverTheLargest(double largest)
    {
        var chart = Render<ReportChart>(p => p.Add(c => c.Label, "x").Add(c => c.Points, [(0, 0), (1, largest / 2), (2, largest)]));
        Assert.InRange(chart.FindAll("line.grid").Count, 3, 7);
        var highest = chart.FindAll("line.grid").Min(l => double.Parse(l.GetAttribute("y1")!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.All(chart.FindAll("circle"), c => Assert.True(double.Parse(c.GetAttribute("cy")!, System.Globalization.CultureInfo.InvariantCulture) >= highest - 0.02));
    }

    [Fact]
    public void Values_AllZero_AreDrawnOnTheAxis()
    {
        var chart = Render<ReportChart>(p => p.Add(c => c.Label, "x").Add(c => c.Points, [(0, 0), (1, 0)]));
        Assert.Equal(2, chart.FindAll("circle").Count);
    }
}
