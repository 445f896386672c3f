using System.Globalization;
using System.Text;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.TimeSeries.Cyclers;

/// <summary>Times of a test that are counted from the dates of a clock that is set on or back.</summary>
public sealed class CyclerDatesTests
{
    private static readonly CyclerOptions s_berlin = new() { Zone = TimeZones.Find("Europe/Berlin") };

    // Rows every ten minutes as a clock in Berlin shows them.
    private static string Rows(DateTime utc, int rows) => "Date,Voltage / V,Current / A\n" + string.Concat(Enumerable.Range(0, rows)
        .Select(i => TimeZoneInfo.ConvertTimeFromUtc(utc.AddMinutes(10 * i), s_berlin.Zone!)
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + ",3.7,0.1\n"));

    private static CyclerTable Read(string text, CyclerOptions? options = null) =>
        CyclerFile.Read(Encoding.UTF8.GetBytes(text), "cell.csv", options);

    [Theory]
    [InlineData("2024-03-31T00:00:00", 12)]
    [InlineData("2024-10-26T23:30:00", 15)]
    [InlineData("2024-10-27T01:30:00", 6)]
    public void Dates_OverAChangeOfSummerTime_AreCountedInUtcWhereTheZoneIsSaid(string from, int count)
    {
        var utc = DateTime.Parse(from, CultureInfo.InvariantCulture);
        var table = Read(Rows(utc, count), s_berlin);
        Assert.Equal(Enumerable.Range(0, count).Select(i => i * 600.0), table.Find(Quantity.TestTime)!.Values);
        var unix = CyclerFile.Read(Bdf.Write(table, s_berlin.Zone, "cell.csv").Bytes, "bdf.csv").Find(Quantity.UnixTime)!.Values;
        Assert.Equal(Enumerable.Range(0, count).Select(i => (utc.AddMinutes(10 * i) - DateTime.UnixEpoch).TotalSeconds), unix);
        Assert.Equal(utc.Hour == 1, table.Remarks.Any(r => r.Contains("shows twice", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("2024-03-31T00:00:00", "ahead at row 7")]
    [InlineData("2024-10-26T23:30:00", "back at row 10")]
    public void Dates_ThatJumpByAnHourWithoutAZone_AreSaid(string from, string said) =>
        Assert.Contains(Read(Rows(DateTime.Parse(from, CultureInfo.InvariantCulture), 15)).Remarks, r => r.Contains(said,
            StringComparison.Ordinal) && r.Contains("--zone", StringComparison.Ordinal));

    [Fact]
    public void Dates_OfADatasetsSeries_AreReadInTheZoneOfItsSource()
    {
        var bytes = Encoding.UTF8.GetBytes(Rows(new DateTime(2024, 10, 26, 23, 30, 0), 13));
        var manifest = new SeriesManifest { Kind = "voltage", Source = new SeriesSource { Zone = "Europe/Berlin" } };
        var read = new CyclerSeriesReader().Read(manifest, bytes, "cell.csv")!.Value;
        Assert.Equal(2, Series.Parse("voltage", read.Csv, "voltage.csv").Hours[^1], 9);
        Assert.Contains("source.zone", Assert.Throws<VolumeFormatException>(() =>
            new CyclerSeriesReader().Read(manifest with { Source = new() }, bytes, "cell.csv")).Message, StringComparison.Ordinal);
        Assert.Contains("no time zone", Assert.Throws<VolumeFormatException>(() => new CyclerSeriesReader().Read(
            manifest with { Source = new() { Zone = "Nowhere" } }, bytes, "cell.csv")).Message, StringComparison.Ordinal);
    }
}
