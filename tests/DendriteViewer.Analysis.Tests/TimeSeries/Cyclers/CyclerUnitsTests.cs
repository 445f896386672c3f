using System.Text;
using DendriteViewer.Analysis.TimeSeries.Cyclers;
using DendriteViewer.Imaging.Datasets;

namespace DendriteViewer.Analysis.Tests.TimeSeries.Cyclers;

/// <summary>What a file says wrongly of its units and signs, and what tells.</summary>
public sealed class CyclerUnitsTests
{
    private static CyclerTable Read(string text, CyclerOptions? options = null) =>
        CyclerFile.Read(Encoding.UTF8.GetBytes(text), "cell.csv", options);

    private static string Refusal(string text, CyclerOptions? options = null) =>
        Assert.Throws<MeasurementException>(() => Read(text, options)).Message;

    private static CyclerOptions Unit(string name, string unit) => new() { UnitsOf = new Dictionary<string, string> { [name] = unit } };

    private static string WithCharge(double time, double current, double charge) =>
        "Test Time / s,Voltage / V,Current / A,Net Capacity / Ah\n" + string.Concat(Enumerable.Range(0, 40).Select(i =>
            FormattableString.Invariant($"{i * time},3.7,{0.1 * current},{i * 0.1 / 3600 * charge:R}\n")));

    private static string Unsigned(string head, params string[] words) => $"Test Time / s,Voltage / V,Current / A,{head}\n"
        + string.Concat(words.Select((w, i) => $"{i * 10},3.7,0.1,{w}\n"));

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(1, 1000)]
    public void Charge_ThatAloneDisagrees_NamesTimeCurrentAndChargeAndIsNeverRepaired(double time, double current)
    {
        var text = WithCharge(time, current, 1);
        foreach (var repair in new[] { false, true })
        {
            var refusal = Refusal(text, new() { RepairTime = repair });
            Assert.Contains("one of 'Test Time / s', 'Current / A', 'Net Capacity / Ah' is in another unit", refusal,
                StringComparison.Ordinal);
            Assert.Contains("--unit \"Test Time / s=ms\" or --unit \"Current / A=mA\"", refusal, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Charge_WithTheUnitThatIsTrue_IsRead()
    {
        Assert.Equal(0.1, Read(WithCharge(1, 1000, 1), Unit("Current / A", "mA")).Find(Quantity.Current)!.Canonical()![3], 9);
        Assert.Equal(3, Read(WithCharge(1000, 1, 1), Unit("Test Time / s", "ms")).Find(Quantity.TestTime)!.Canonical()![3], 9);
        Assert.Contains("--unit \"Net Capacity / Ah=mAh\"", Refusal(WithCharge(1, 1, 1000)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("State", "Chg", "Dis")]
    [InlineData("Mode", "C", "DIS")]
    [InlineData("Status", "CC_Chg", "CC_DChg")]
    [InlineData("Mode", "C_CC", "D_CC")]
    [InlineData("Step Type", "Laden", "Entladen")]
    [InlineData("工步类型", "恒流充电", "恒流放电")]
    public void CurrentWithoutASign_BesideAWordForDischarge_IsSigned(string head, string charge, string discharge)
    {
        var table = Read(Unsigned(head, charge, charge, discharge));
        Assert.Equal([0.1, 0.1, -0.1], table.Find(Quantity.Current)!.Canonical()!);
        Assert.Single(table.Remarks);
    }

    [Theory]
    [InlineData("A", "B")]
    [InlineData("Charge", "charge/discharge")]
    public void CurrentWithoutASign_BesideWordsThatAreNotKnown_IsSaid(string first, string second) =>
        Assert.Contains(Read(Unsigned("State", first, second)).Remarks, r => r.Contains($"'{second}'", StringComparison.Ordinal)
            && r.Contains("not known to mean charge or discharge", StringComparison.Ordinal));

    [Fact]
    public void CurrentThatOnlyCharges_WithWordsThatAreKnown_NeedsNoRemark() =>
        Assert.Empty(Read(Unsigned("State", "Charge", "Rest")).Remarks);

    [Theory]
    [InlineData("Total Time")]
    [InlineData("Total Time / h")]
    public void HoursMinutesSeconds_UnderAnyHead_AreSecondsAndTakeNoUnit(string head)
    {
        var text = $"{head},Voltage / V\n0:00:00,3.7\n1:00:10,3.7\n";
        Assert.Equal([0, 3610], Read(text).Find(Quantity.TestTime)!.Canonical()!);
        Assert.Equal(head != "Total Time", Read(text).Remarks.Any(r => r.Contains("not in h as its head says", StringComparison.Ordinal)));
        Assert.Contains("leave its --unit out", Refusal(text, Unit(head, "h")), StringComparison.Ordinal);
        Assert.Equal([0, 3610], Read(text, Unit(head, "s")).Find(Quantity.TestTime)!.Canonical()!);
    }

    [Fact]
    public void HoursMinutesSeconds_AmongPlainNumbersOrInAVoltage_AreRefused()
    {
        Assert.Contains("plain number in line 3", Refusal("Total Time,Voltage / V\n0:00:00,3.7\n10,3.7\n"), StringComparison.Ordinal);
        Assert.Contains("'0:00:04'", Refusal("time/s,Ewe/V\n0,0:00:04\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void UnixTime_InMilliseconds_IsRefusedOrDividedWhereTheTimeOfTheTestAgrees()
    {
        var rows = Enumerable.Range(0, 8).Select(i => FormattableString.Invariant($"{i * 10},3.7,0.1,{1.7e12 + (i * 1e4)}\n"));
        var text = "Test Time / s,Voltage / V,Current / A,Unix Time / s\n" + string.Concat(rows);
        Assert.Contains("years 1970 to 2200; say --unit \"Unix Time / s=ms\"", Refusal(text), StringComparison.Ordinal);
        Assert.Equal(1.7e9 + 10, Read(text, Unit("Unix Time / s", "ms")).Find(Quantity.UnixTime)!.Canonical()![1], 6);
        var repaired = Read(text, new() { RepairTime = true });
        Assert.Equal(1.7e9 + 10, repaired.Find(Quantity.UnixTime)!.Canonical()![1], 6);
        Assert.Contains(repaired.Remarks, r => r.Contains("were divided by 1000", StringComparison.Ordinal));
        Assert.Contains("1970 to 2200", Refusal(text.Replace("Test Time / s", "x", StringComparison.Ordinal), new() { RepairTime = true }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void File_WithNamesThatNobodyKnows_IsReadOnceItsColumnsAreSaid()
    {
        var bytes = "Zeit;Spannung;Strom\n0;3,1;1\n3600;3,2;1\n7200;3,3;1\n"u8.ToArray();
        Assert.Throws<MeasurementException>(() => CyclerFile.Read(bytes, "a.csv"));
        var peeked = CyclerFile.Peek(bytes, "a.csv", CyclerOptions.Default);
        Assert.Equal(["Zeit", "Spannung", "Strom"], peeked.Columns.Select(c => c.Name));
        Assert.Equal([3.1, 3.2, 3.3], peeked.Columns[1].Values);

        var said = new CyclerOptions
        {
            Map = new Dictionary<string, Quantity>
            {
                ["Zeit"] = Quantity.TestTime, ["Spannung"] = Quantity.Voltage, ["Strom"] = Quantity.Current,
            },
            UnitsOf = new Dictionary<string, string> { ["Zeit"] = "s", ["Spannung"] = "V", ["Strom"] = "mA" },
        };
        var table = CyclerFile.Read(bytes, "a.csv", said);
        Assert.Equal([3.1, 3.2, 3.3], table.Find(Quantity.Voltage)!.Canonical()!);
        Assert.Equal(1e-3, table.Find(Quantity.Current)!.Canonical()![0]);
    }

    [Fact]
    public void Peek_OfAFileWithoutNames_IsRefused() =>
        Assert.Throws<MeasurementException>(() => CyclerFile.Peek("1,2\n3,4\n"u8.ToArray(), "a.csv", CyclerOptions.Default));
}
