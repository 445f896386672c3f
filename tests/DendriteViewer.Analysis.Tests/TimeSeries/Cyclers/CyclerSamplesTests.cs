using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.TimeSeries.Cyclers;

/// <summary>Files that instruments wrote.</summary>
public sealed class CyclerSamplesTests
{
    private static CyclerTable Read(string name, CyclerOptions? options = null) =>
        CyclerFile.Read(TestData.File("cycler/" + name), options);

    private static double[] Values(CyclerTable table, Quantity quantity) => [.. table.Find(quantity)!.Canonical()!];

    [DataTheory]
    [InlineData("sample.bdf.csv", "Battery Data Format", 3, 0, 3.7, 0.1)]
    [InlineData("sample_data_arbin.csv", "Arbin text", 13, 30.0005, 3.534595, 0)]
    [InlineData("sample_data_basytec.txt", "Basytec text", 74, 0, 3.52575489148741, 0)]
    [InlineData("sample_data_novonix.csv", "Novonix CSV", 207, 0, 3.84318331, 0)]
    [InlineData("Sample_data_biologic_no_header.mpt", "Bio-Logic text without its header", 13, 281672.3801174285, 2.9344745, 0)]
    [InlineData("Sample_data_biologic_timestamped.txt", "Bio-Logic BT-Lab text", 8, 0, 4.1465597, 0)]
    [InlineData("GCPL-0.mpr", "Bio-Logic .mpr", 4, 0, 3.5150876, 0)]
    [InlineData("PEIS-0.mpr", "Bio-Logic .mpr", 60, 6108482.435, 3.0322, -0.001007)]
    public void File_OfAnInstrument_HasTimeVoltageAndCurrent(string name, string format, int rows, double seconds, double volts,
        double amperes)
    {
        var table = Read(name);
        Assert.Equal((format, rows), (table.Format, table.Rows));
        Assert.InRange(Values(table, Quantity.TestTime)[0], seconds - (1e-5 * seconds) - 1e-6, seconds + (1e-5 * seconds) + 1e-6);
        Assert.InRange(Values(table, Quantity.Voltage)[0], volts - 0.01, volts + 0.01);
        Assert.InRange(Values(table, Quantity.Current)[0], amperes - 0.002, amperes + 0.002);
    }

    [DataFact]
    public void Novonix_RunTimeInHours_BecomesSeconds()
    {
        var table = Read("sample_data_novonix.csv");
        Assert.Equal(3.4131889 * 3600, Values(table, Quantity.TestTime)[^1], 6);
        Assert.Equal(new DateTime(2025, 7, 19, 15, 26, 20), table.Started);
    }

    [DataFact]
    public void BtLab_TimeGivenAsDates_IsCountedFromTheFirst()
    {
        var time = Values(Read("Sample_data_biologic_timestamped.txt"), Quantity.TestTime);
        Assert.Equal([0, 6.464, 7.464], time[..3].Select(t => Math.Round(t, 3)));
        Assert.Equal(0.44993811, Values(Read("Sample_data_biologic_timestamped.txt"), Quantity.Current)[1], 7);
    }

    [DataFact]
    public void Maccor_CurrentWithoutAUnit_IsOnlyReadWhenItIsSaid()
    {
        Assert.Contains(Read("sample_data_maccor.csv").Remarks, r => r.Contains("'Current' names no unit", StringComparison.Ordinal));
        Assert.Null(Read("sample_data_maccor.csv").Find(Quantity.Current)!.Canonical());
        var said = Read("sample_data_maccor.csv",
            new() { UnitsOf = new Dictionary<string, string> { ["Current"] = "mA", ["Voltage"] = "V" } });
        Assert.Equal(0.028844, Values(said, Quantity.Current)[11], 9);
    }

    [DataFact]
    public void Mpr_WithoutACurrent_HasItFromTheChargeAndSaysSo() =>
        Assert.Contains(Read("GCPL-0.mpr").Remarks, r => r.Contains("made of 'dq/mA.h'", StringComparison.Ordinal));

    [DataFact]
    public void Mpr_StartAndArea_AreThoseOfTheFile()
    {
        var table = Read("PEIS-0.mpr");
        Assert.Equal(new DateTime(2024, 10, 31, 12, 39, 27), table.Started!.Value, TimeSpan.FromSeconds(1));
        Assert.Equal(1.539, table.AreaCm2!.Value, 3);
        Assert.Null(Read("GCPL-0.mpr").AreaCm2);
    }

    [DataFact]
    public void Mpr_OfImpedance_GivesTheSweepOfTheFile()
    {
        var file = ImpedanceReader.Read(TestData.File("cycler/PEIS-0.mpr"));
        var sweep = Assert.Single(file.Sweeps);
        Assert.Equal(60, sweep.Points);
        Assert.InRange(sweep.FrequencyHz[0], 10000, 10002);

        // |Z| and the phase stand in the file too.
        var table = Read("PEIS-0.mpr");
        for (var i = 0; i < sweep.Points; i++)
        {
            Assert.Equal(Values(table, Quantity.AbsoluteImpedance)[i],
                Math.Sqrt((sweep.Re[i] * sweep.Re[i]) + (sweep.Im[i] * sweep.Im[i])), 3);
            Assert.Equal(Values(table, Quantity.Phase)[i], Math.Atan2(sweep.Im[i], sweep.Re[i]) * 180 / Math.PI, 2);
        }
    }

    [DataFact]
    public void Mpr_WithoutImpedance_IsRefusedAsASweep() =>
        Assert.Contains("no impedance", Assert.Throws<MeasurementException>(
            () => ImpedanceReader.Read(TestData.File("cycler/GCPL-0.mpr"))).Message, StringComparison.Ordinal);

    [DataFact]
    public void Mpr_ColumnOfAnUnknownNumber_IsNamedWithItsNeighbourAndWhatIsBeforeItIsRead()
    {
        var bytes = File.ReadAllBytes(TestData.File("cycler/GCPL-0.mpr"));
        var at = bytes.AsSpan().IndexOf(new byte[] { 0, 39, 0, 211 });
        bytes[at + 2] = 3;
        var table = CyclerFile.Read(bytes, "odd.mpr");
        var remark = Assert.Single(table.Remarks, r => r.Contains("is not known", StringComparison.Ordinal));
        Assert.Contains("number 979, after 'I Range'", remark, StringComparison.Ordinal);
        Assert.Contains(".mpt", remark, StringComparison.Ordinal);
        Assert.Equal(3.5150876, Values(table, Quantity.Voltage)[0], 6);
        Assert.DoesNotContain(table.Columns, c => c.Name == "P/W");

        // Before the time nothing is of use.
        bytes[bytes.AsSpan().IndexOf(new byte[] { 0, 131, 0, 4 })] = 3;
        Assert.Contains("number 899", Assert.Throws<MeasurementException>(() => CyclerFile.Read(bytes, "odd.mpr")).Message,
            StringComparison.Ordinal);
    }
}
