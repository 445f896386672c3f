using System.Text;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Datasets;
using DendriteViewer.Imaging.Volumes;

namespace DendriteViewer.Analysis.Tests.TimeSeries.Cyclers;

public sealed class CyclerFileTests
{
    private static CyclerTable Read(string text, CyclerOptions? options = null) =>
        CyclerFile.Read(Encoding.UTF8.GetBytes(text), "cell.csv", options);

    private static string Refusal(string text, CyclerOptions? options = null) =>
        Assert.Throws<MeasurementException>(() => Read(text, options)).Message;

    private static string Bdf(double scale, int rows = 12, bool hasClock = true) => "Test Time / s,Voltage / V,Current / A"
        + (hasClock ? ",Unix Time / s\n" : "\n")
        + string.Concat(Enumerable.Range(0, rows)
            .Select(i => FormattableString.Invariant($"{i * 10 * scale},3.7,0.1{(hasClock ? $",{1700000000 + (i * 10)}" : "")}\n")));

    [Theory]
    [InlineData("Voltage / V", Quantity.Voltage, "V")]
    [InlineData("voltage_volt", Quantity.Voltage, "volt")]
    [InlineData("U[V]", Quantity.Voltage, "V")]
    [InlineData("Ewe/V", Quantity.Voltage, "V")]
    [InlineData("Potential (V)", Quantity.Voltage, "V")]
    [InlineData("电压(V)", Quantity.Voltage, "V")]
    [InlineData("<I>/mA", Quantity.Current, "mA")]
    [InlineData("current_mA/cm2", Quantity.CurrentDensity, "mA/cm2")]
    [InlineData("Total Time(h:min:s.ms)", Quantity.TestTime, "h:min:s.ms")]
    [InlineData("Test_Time(s)", Quantity.TestTime, "s")]
    [InlineData("hours", Quantity.TestTime, "h")]
    [InlineData("(Q-Qo)/mA.h", Quantity.Charge, "mA.h")]
    [InlineData("Q charge/discharge/mA.h", Quantity.Capacity, "mA.h")]
    [InlineData("-Im(Z)/Ohm", Quantity.MinusImaginaryImpedance, "Ohm")]
    [InlineData("Temperature/°C", Quantity.Temperature, "°C")]
    [InlineData("surface_pressure_pa", Quantity.Pressure, "pa")]
    [InlineData("Step(Sec)", Quantity.StepTime, "Sec")]
    [InlineData("control/V/mA", Quantity.Unknown, "")]
    [InlineData("dV/dt (V/s)", Quantity.Unknown, "")]
    public void ColumnName_AsInstrumentsWriteIt_IsAQuantityAndAUnit(string head, Quantity quantity, string unit)
    {
        var name = ColumnName.Of(head);
        Assert.Equal((quantity, unit), (name.Quantity, name.Unit));
    }

    [Fact]
    public void Neware_TotalTime_IsTheTimeOfTheTest()
    {
        var table = Read("""
            DataPoint,Cycle Index,Step Index,Step Type,Time(h:min:s.ms),Total Time(h:min:s.ms),Current(mA),Voltage(V),Chg. Cap.(mAh),Date
            1,1,1,CC DChg,00:00:00.000,00:00:00.000,-1.5,3.2,0,2024-03-04 10:00:00
            2,1,1,CC DChg,00:00:30.000,00:00:30.000,-1.5,3.1,0,2024-03-04 10:00:30
            3,1,2,Rest,00:00:10.000,25:00:40.500,0,3.2,0,2024-03-05 11:00:40
            """);
        Assert.Equal("Neware text", table.Format);
        Assert.Equal([0, 30, 90040.5], table.Find(Quantity.TestTime)!.Canonical()!);
        Assert.Equal(-0.0015, table.Find(Quantity.Current)!.Canonical()![0], 12);
        Assert.Equal(new DateTime(2024, 3, 4, 10, 0, 0), table.Started);
    }

    [Fact]
    public void Landt_PreambleAboveTheTable_IsPassed()
    {
        var table = Read("""
            cell model:,,,,,,
            cell id: ,,,,,,
            channel_index,cycle_index,step_index,date_time_iso_string,test_time_s,step_time_s,current_A,voltage_V,step_name
            1,1,1,04/30/2024 14:33:19,0.020,0.020,0.0000,2.9215,rest,
            2,1,1,04/30/2024 14:33:34,15.020,15.020,0.0001,2.9215,charge,
            """);
        Assert.Equal(("Landt CSV", 2), (table.Format, table.Rows));
        Assert.Equal(15.02, table.Find(Quantity.TestTime)!.Canonical()![1]);
    }

    [Fact]
    public void CurrentWithoutASign_IsSignedByTheStateAndSaid()
    {
        var table = Read("Rec#,Cyc#,Step,Test(Sec),Step(Sec),Amp-hr,Watt-hr,Amps,Volts,State,DPt-Time\n"
            + "1,1,1,0,0,0,0,0.5,3.7,C,2024-01-02 00:00:00\n2,1,2,10,0,0,0,0.5,3.6,D,2024-01-02 00:00:10\n",
            new() { UnitsOf = new Dictionary<string, string> { ["Amps"] = "A", ["Volts"] = "V" } });
        Assert.Equal([0.5, -0.5], table.Find(Quantity.Current)!.Canonical()!);
        Assert.Contains(table.Remarks, r => r.Contains("has no sign", StringComparison.Ordinal));
    }

    [Fact]
    public void DecimalCommas_BetweenSemicolons_AreRead()
    {
        var table = Read("time/s;Ewe/V;I/mA\n0,5;3,25;-1,5E-3\n1,5;3,24;-1,5E-3\n");
        Assert.Equal([0.5, 1.5], table.Find(Quantity.TestTime)!.Values);
        Assert.Equal(-1.5e-6, table.Find(Quantity.Current)!.Canonical()![0], 12);
        Assert.Contains("decimal commas (line 2) and decimal points (line 3)", Refusal("time/s;Ewe/V\n0,5;3,25\n1.5;3,24\n"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Dates_ThatCanBeReadInTwoWays_AreOnlyReadWhenTheOrderIsSaid()
    {
        const string text = "Date Time,Test Time (s),Current (A),Voltage (V)\n03/04/2024 10:00:00,0,0,3.7\n03/04/2024 10:00:10,10,0,3.7\n";
        Assert.Null(Read(text).Started);
        Assert.Contains(Read(text).Remarks, r => r.Contains("two ways", StringComparison.Ordinal));
        Assert.Equal(new DateTime(2024, 4, 3, 10, 0, 0), Read(text, new() { Dates = DateOrder.DayFirst }).Started);
        Assert.Equal(new DateTime(2024, 3, 4, 10, 0, 0), Read(text, new() { Dates = DateOrder.MonthFirst }).Started);
        Assert.Contains("one order", Refusal(text.Replace("03/04/2024 10:00:10", "25/04/2024 10:00:10", StringComparison.Ordinal),
            new() { Dates = DateOrder.MonthFirst }), StringComparison.Ordinal);
    }

    [Fact]
    public void Time_OnlyAsAmbiguousDates_IsRefused() =>
        Assert.Contains("--dates", Refusal("Date Time,Voltage (V)\n03/04/2024 10:00:00,3.7\n03/04/2024 10:00:10,3.7\n"),
            StringComparison.Ordinal);

    [Fact]
    public void Time_MillisecondsUnderASecondsHeader_AreRefusedAndOnlyRepairedWhenAsked()
    {
        Assert.Contains("'Test Time / s' is in milliseconds, as 'Unix Time / s' shows", Refusal(Bdf(1000)), StringComparison.Ordinal);
        var repaired = Read(Bdf(1000), new() { RepairTime = true });
        Assert.Equal(10, repaired.Find(Quantity.TestTime)!.Values[1], 9);
        Assert.Contains(repaired.Remarks, r => r.Contains("were divided by 1000", StringComparison.Ordinal));
        Assert.Empty(Read(Bdf(1)).Remarks);
        Assert.True(Read(Bdf(1)) is { StartedIsUtc: true, Started: { } began } && began == new DateTime(2023, 11, 14, 22, 13, 20));
    }

    [Fact]
    public void LastRow_ThatWasNotFinished_IsLeftOutAndSaid()
    {
        var table = Read("time/s,Ewe/V\n0,3.7\n1,3.6\n2");
        Assert.Equal(2, table.Rows);
        Assert.Contains(table.Remarks, r => r.Contains("line 4, is not complete", StringComparison.Ordinal));
        Assert.Contains("line 3: it has 1 cells", Refusal("time/s,Ewe/V\n0,3.7\n1\n2,3.6\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NEWARE\u0001\u0002", ".nda")]
    [InlineData("PK\u0003\u0004", ".xlsx")]
    [InlineData("PAR1", "Parquet")]
    [InlineData("EXPLAIN\nTAG", "Gamry")]
    [InlineData("", "empty")]
    [InlineData("a,b\n1,2\n", "no line names a time")]
    [InlineData("time/s,Ewe/V\n0,abc\n", "line 2: Ewe/V is 'abc'")]
    [InlineData("time/s,Ewe/V\n", "no rows")]
    public void Files_ThatAreNotRead_AreRefusedByName(string text, string said) =>
        Assert.Contains(said, Refusal(text), StringComparison.Ordinal);

    [Fact]
    public void Columns_ThatAreMappedWrongly_AreRefusedWithTheNamesThereAre()
    {
        Assert.Contains("it has time/s, x",
            Refusal("time/s,x,Ewe/V\n0,1,2\n", new() { Map = new Dictionary<string, Quantity> { ["y"] = Quantity.Current } }),
            StringComparison.Ordinal);
        Assert.Contains("is no unit of Current", Refusal("time/s,x,Ewe/V\n0,1,2\n", new()
        {
            Map = new Dictionary<string, Quantity> { ["x"] = Quantity.Current }, UnitsOf = new Dictionary<string, string> { ["x"] = "V" },
        }), StringComparison.Ordinal);
    }

    [Fact]
    public void Bdf_WrittenAndRead_IsTheSameTable()
    {
        var table = Read("Date Time,Test Time (s),Step Index,Current (A),Voltage (V),Aux_Temperature_1 (C)\n2024-07-04 "
            + "10:00:00,0,1,-0.25,3.7,25\n2024-07-04 10:00:10,10,2,0.125,3.65,\n");
        var (bytes, _) = WriteBdf(table, TimeZones.Find("Europe/Berlin"));
        var again = CyclerFile.Read(bytes, "cell.bdf.csv");
        Assert.StartsWith("Test Time / s,Voltage / V,Current / A,Unix Time / s,Step ID,Temperature T1 / degC\n",
            Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        foreach (var quantity in new[] { Quantity.TestTime, Quantity.Voltage, Quantity.Current, Quantity.Temperature, Quantity.Step })
        {
            Assert.Equal(table.Find(quantity)!.Canonical()!, again.Find(quantity)!.Canonical()!);
        }

        // In July Berlin is two hours ahead.
        Assert.Equal(new DateTimeOffset(2024, 7, 4, 8, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), again.Find(Quantity.UnixTime)!.Values[0]);
        Assert.Contains(WriteBdf(table, null).Remarks, r => r.Contains("--zone", StringComparison.Ordinal));
    }

    [Fact]
    public void Reader_OfACyclersFile_StoresHoursAndTheQuantitysOwnUnit()
    {
        var read = new CyclerSeriesReader().Read(
            new SeriesManifest { Kind = "current" },
            Encoding.UTF8.GetBytes("time/s\tEwe/V\tI/mA\n0\t3.7\t1.5\n3600\t3.6\t1.5\n3600\t3.6\t0\n7200\t3.6\t0\n"),
            "cell.mpt")!.Value;
        var series = Series.Parse("current", read.Csv, "current.csv");
        Assert.Equal("current_A", series.Unit);
        Assert.Equal([0, 1, 1, 2.0], series.Hours);
        Assert.Equal([0.0015, 0.0015, 0, 0], series.Values);
        Assert.Equal("Bio-Logic text without its header", read.Source.Format);
    }

    [Fact]
    public void Reader_OfHoursAndValues_LeavesTheFileAsItIs() =>
        Assert.Null(new CyclerSeriesReader().Read(new SeriesManifest { Kind = "voltage" }, "hours,voltage_V\n0,1\n"u8.ToArray(), "v.csv"));

    [Fact]
    public void Reader_TimeThatFalls_IsRefused() =>
        Assert.Contains("falls", Assert.Throws<VolumeFormatException>(() => new CyclerSeriesReader().Read(
        new SeriesManifest { Kind = "voltage" }, "time/s,Ewe/V,I/mA\n0,1,1\n20,1,1\n10,1,1\n"u8.ToArray(), "v.mpt")).Message,
            StringComparison.Ordinal);

    private static (byte[] Bytes, IReadOnlyList<string> Remarks) WriteBdf(CyclerTable table, TimeZoneInfo? zone) =>
        Analysis.TimeSeries.Cyclers.Bdf.Write(table, zone, "cell.csv");
}
