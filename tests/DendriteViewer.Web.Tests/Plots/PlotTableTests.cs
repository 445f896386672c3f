using DendriteViewer.Web.Plots;

namespace DendriteViewer.Web.Tests.Plots;

public sealed class PlotTableTests
{
    private static readonly PlotSpec s_spec = new()
    {
        Title = "New dark volume", FileName = "dark", X = new("time", "h", Decimals: 1), Y = new("volume", "µm³", Decimals: 0),
    };

    [Fact]
    public void Series_ThatShareTheirPlaces_StandBesideEachOtherWithUnits()
    {
        var table = PlotTable.Of(s_spec with
        {
            Series =
            [
                new("95 %", PlotKind.Band, PlotColor.Lithium, [PlotPoint.Between(0, 1, 2), PlotPoint.Between(1.5, 3, 4)]),
                PlotSeries.Line("measured", PlotColor.Lithium, [(0, 1.25), (1.5, 3.5)]),
                PlotSeries.Line("charge, at most", PlotColor.Soft, [(1.5, 9), (3, 10)]),
            ],
        });
        Assert.Equal(["time, h", "95 % low, µm³", "95 % high, µm³", "measured, µm³", "charge, at most, µm³"], table.Headers);
        Assert.Equal(["0.0", "1", "2", "1", ""], table.Rows.First());
        Assert.Equal(["3.0", "", "", "", "10"], table.Rows.Last());

        // The file has all digits, and quotes what holds a comma.
        var lines = table.ToCsv().Split('\n');
        Assert.Equal("\"time, h\",\"95 % low, µm³\",\"95 % high, µm³\",\"measured, µm³\",\"charge, at most, µm³\"", lines[0]);
        Assert.Equal("0,1,2,1.25,", lines[1]);
        Assert.Equal("3,,,,10", lines[3]);
    }

    [Fact]
    public void Bars_HaveBothTheirEdges()
    {
        var bars = PlotSeries.Histogram("voxels", PlotColor.Soft, [0, 10, 20], [3, 4]);
        var table = PlotTable.Of(s_spec with { Series = [bars] });
        Assert.Equal(["time from, h", "time to, h", "volume, µm³"], table.Headers);
        Assert.Equal(["10.0", "20.0", "4"], table.Rows.Last());
        Assert.Throws<ArgumentException>(() => PlotSeries.Histogram("voxels", PlotColor.Soft, [0, 10], [3, 4]));
    }

    // An impedance curve comes back to the same resistance; a table by place would lose one of the two points.
    [Fact]
    public void Points_ThatComeBackToAPlace_AllHaveARow()
    {
        var line = PlotSeries.Line("measured", PlotColor.Of(0), [(10, 0), (20, 10), (10, 5)]);
        Assert.Equal(3, PlotTable.Of(s_spec with { Series = [line] }).Count);
        Assert.Equal(["series", "time, h", "volume, µm³"], PlotTable.Of(s_spec with { Series = [line] }).Headers);
        Assert.Equal(3, PlotTable.Of(s_spec with { Series = [line with { Kind = PlotKind.Scatter }] }).Count);
    }

    [Theory]
    [InlineData(null, 12345.678, "12350")]
    [InlineData(null, 0.000123456, "0.0001235")]
    [InlineData(null, 1.5e9, "1.5e9")]
    [InlineData(null, -3, "-3")]
    [InlineData(2, 3.14159, "3.14")]
    [InlineData(0, 0.4, "0")]
    [InlineData(2, double.NaN, "–")]
    public void Numbers_HaveTheDigitsOfTheirAxis(int? decimals, double value, string expected) =>
        Assert.Equal(expected, new PlotAxis("x", Decimals: decimals).Format(value));
}
