using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Web.Impedance;

namespace DendriteViewer.Web.Tests.Impedance;

public sealed class ImpedanceSettingsTests
{
    private static readonly ImpedanceSettings s_all = new()
    {
        Circuit = "R0-p(R1,CPE1)", Weight = FitWeight.Unit, Mask = "im>0", Turned = [new(2, 7)], AreaCm2 = 0.5, PerArea = true,
        Lambda = 0.1,
        Start = new Dictionary<string, double> { ["R1"] = 5 }, Fixed = new Dictionary<string, double> { ["R0"] = 1 },
        Bounds = new Dictionary<string, ParameterRange> { ["CPE1_1"] = new(0.5, 1) },
        Tied = new Dictionary<string, string> { ["R1"] = "R0" },
    };

    private static readonly ImpedanceSweep s_sweep = new()
    {
        Index = 1, FrequencyHz = [1e3, 1e2, 10], Re = [1, 2, 3], Im = [-1, -1, -1],
    };

    [Fact]
    public void Settings_WrittenAndRead_AreTheSame() => Assert.Equal(s_all.ToJson(), ImpedanceSettings.Parse(s_all.ToJson()).ToJson());

    [Fact]
    public void Settings_ForAnotherCircuit_LoseWhatWasSaidOfNamesThatItDoesNotHave()
    {
        var other = s_all.With(Circuit.Parse("R0-C1"));
        Assert.Equal("R0-C1", other.Circuit);
        Assert.Equal(["R0"], other.Fixed.Keys);
        Assert.Empty(other.Start);
        Assert.Empty(other.Bounds);
        Assert.Empty(other.Tied);
    }

    [Fact]
    public void Point_TurnedTwice_IsAsItWas() => Assert.Empty(new ImpedanceSettings().Turn(s_sweep, 2).Turn(s_sweep, 2).Turned);

    [Fact]
    public void Point_TurnedUnderAConditionThatChanged_IsTheOppositeOfWhatItWas()
    {
        var isOut = new ImpedanceSettings().Turn(s_sweep, 2) with { Mask = "f<20" };
        Assert.True(isOut.ParsedMask()!.LeavesOut(s_sweep, 2));
        var isIn = isOut.Turn(s_sweep, 2);
        Assert.False(isIn.ParsedMask()!.LeavesOut(s_sweep, 2));
        Assert.Equal(isIn.ToJson(), ImpedanceSettings.Parse(isIn.ToJson()).ToJson());
        Assert.Empty(isIn.Turn(s_sweep, 2).Turned);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"weight":7}""")]
    [InlineData("""{"circuit":"R0-X"}""")]
    [InlineData("""{"mask":"phase>3"}""")]
    [InlineData("""{"areaCm2":-1}""")]
    [InlineData("""{"lambda":0}""")]
    public void Settings_ThatCannotBe_AreRefusedInOneSentence(string json) =>
        Assert.DoesNotContain('\n', Assert.ThrowsAny<ArgumentException>(() => ImpedanceSettings.Parse(json)).Message);
}
