using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Tests.Absorption;
using DendriteViewer.Cli.Commands;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Impedance;

/// <summary>What scripts rely on: names in the JSON, options, exit codes and single sentences.</summary>
[Collection(nameof(ConsoleOutput))]
public sealed class EisCommandTests : IDisposable
{
    private static readonly double[] s_values = [20, 50, 2e-8, 0.92, 200, 1e-5, 0.88];

    private readonly TempFolder _folder = new();

    public EisCommandTests()
    {
        Write("one.csv", 1, 0.002);
        Write("six.csv", 6, 0.002);
    }

    [Fact]
    public void Fit_WithoutACircuit_PrintsArcsAndWhatTheyAre()
    {
        var sweep = Sweeps("eis", _folder["one.csv"], "--area-cm2", "0.785", "--json").Single();
        Assert.Equal("R0-p(R1,CPE1)-p(R2,CPE2)", sweep.GetProperty("circuit").GetString());
        Assert.Equal("modulus", sweep.GetProperty("weight").GetString());
        Assert.True(sweep.GetProperty("consistent").GetBoolean());
        Assert.Equal(65, sweep.GetProperty("points").GetInt32());
        Assert.True(sweep.GetProperty("pseudoChiSquare").GetDouble() > 0);
        Assert.InRange(sweep.GetProperty("worstPercent").GetDouble(), 0.1, 2);
        Assert.True(sweep.GetProperty("aicc").GetDouble() < 0);
        foreach (var (p, value) in sweep.GetProperty("parameters").EnumerateArray().Zip(s_values))
        {
            Assert.InRange(Math.Abs(p.GetProperty("value").GetDouble() - value) / p.GetProperty("sigma").GetDouble(), 0, 4);
            Assert.False(p.GetProperty("atLimit").GetBoolean());
        }

        var arcs = sweep.GetProperty("arcs").EnumerateArray().ToList();
        Assert.Equal(["surface layer (R_int)", "interface (R_ct)"], arcs.Select(a => a.GetProperty("process").GetString()));
        Assert.Equal(arcs[0].GetProperty("ohm").GetDouble() * 0.785 / 2, arcs[0].GetProperty("halfOhmCm2").GetDouble(), 1e-9);
    }

    [Fact]
    public void Fit_OfOneSweepWithFixedValues_KeepsThem()
    {
        var sweep = Sweeps("eis", _folder["six.csv"], "--sweep", "4", "--circuit", "R(RQ)(RQ)", "--fix",
            "CPE1_1=0.92,R0=20", "--profile", "R1", "--json").Single();
        Assert.Equal(4, sweep.GetProperty("index").GetInt32());
        Assert.Equal(2, sweep.GetProperty("hours").GetDouble());
        var parameters = sweep.GetProperty("parameters").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!);
        Assert.Equal(20, parameters["R0"].GetProperty("value").GetDouble());
        Assert.Equal(JsonValueKind.Null, parameters["CPE1_1"].GetProperty("sigma").ValueKind);
        var profile = sweep.GetProperty("profile")[0];
        Assert.True(profile.GetProperty("low").GetDouble() < parameters["R1"].GetProperty("value").GetDouble());
    }

    [Fact]
    public void Fit_OfASeries_PrintsGrowth()
    {
        var (_, json, _) = Run("eis", _folder["six.csv"], "--circuit", "R0-p(R1,CPE1)-p(R2,CPE2)", "--json");
        Assert.Equal(6, json.GetProperty("sweeps").GetArrayLength());
        var growth = json.GetProperty("growth").EnumerateArray().First(g => g.GetProperty("name").GetString() == "R1");
        Assert.Equal("sqrt", growth.GetProperty("law").GetString());
    }

    [Fact]
    public void KramersKronig_PrintsItsFit()
    {
        var sweep = Sweeps("eis", _folder["one.csv"], "--kk", "--c", "0.85", "--kk-fit", "real", "--json").Single();
        Assert.True(sweep.GetProperty("m").GetInt32() >= 8);
        Assert.True(sweep.GetProperty("mu").GetDouble() <= 1);
        Assert.Equal(65, sweep.GetProperty("real").GetArrayLength());
        Assert.Equal(65, sweep.GetProperty("imaginary").GetArrayLength());
        Assert.Equal(65, sweep.GetProperty("frequencyHz").GetArrayLength());
        Assert.True(sweep.GetProperty("consistent").GetBoolean());
        Assert.Equal(7, Sweeps("eis", _folder["one.csv"], "--kk", "--kk-elements", "7", "--json").Single().GetProperty("m").GetInt32());
    }

    [Fact]
    public void Relaxation_PrintsItsPeaks()
    {
        var sweep = Sweeps("eis", _folder["one.csv"], "--drt", "--json").Single();
        Assert.True(sweep.GetProperty("lambda").GetDouble() > 0);
        var areas = sweep.GetProperty("peaks").EnumerateArray().Select(p => p.GetProperty("areaOhm").GetDouble()).ToList();
        Assert.InRange(areas.Max(), 180, 220);
        Assert.True(sweep.GetProperty("peaks").EnumerateArray().All(p => p.GetProperty("tauS").GetDouble() > 0));
        var given = Sweeps("eis", _folder["one.csv"], "--drt", "--lambda", "0.5", "--json").Single();
        Assert.Equal(0.5, given.GetProperty("lambda").GetDouble());
    }

    [Theory]
    [InlineData("--circuit|R0-X1", "position 4", ExitCodes.WrongUse)]
    [InlineData("--weight|none", "--weight is modulus, proportional, unit", ExitCodes.WrongUse)]
    [InlineData("--circuit|R0-p(R1,C1)|--fix|R7=3", "no parameter R7", ExitCodes.WrongUse)]
    [InlineData("--circuit|R0-p(R1,C1)|--fix|R0", "--fix is written", ExitCodes.WrongUse)]
    [InlineData("--circuit|R0-p(R1,C1)|--fix|R0=1,R0=2", "R0 twice", ExitCodes.WrongUse)]
    [InlineData("--circuit|R0-p(R1,C1)|--fix|R0=-1", "fixed value of R0", ExitCodes.WrongUse)]
    [InlineData("--circuit|R0-p(R1,C1)|--start|1,2", "--start has 2 values", ExitCodes.WrongUse)]
    [InlineData("--start|1,2", "give --circuit with it", ExitCodes.WrongUse)]
    [InlineData("--circuit|R0-p(R1,C1)|--bound|R1=5:2", "lower bound of R1 is not below", ExitCodes.WrongUse)]
    [InlineData("--circuit|R0-p(R1,C1)|--tie|R1=C1", "cannot be tied", ExitCodes.WrongUse)]
    [InlineData("--circuit|R0-p(R1,C1)|--profile|R5", "R5 has no profile", ExitCodes.WrongUse)]
    [InlineData("--fix|R9=1", "has the parameters R9", ExitCodes.WrongUse)]
    [InlineData("--mask|phase>3", "no condition of a mask", ExitCodes.WrongUse)]
    [InlineData("--mask|f>0", "leaves 0 points", ExitCodes.WrongUse)]
    [InlineData("--area-cm2|-1", "--area-cm2", ExitCodes.WrongUse)]
    [InlineData("--kk|--drt", "give one of them", ExitCodes.WrongUse)]
    [InlineData("--kk|--c|1.5", "--c", ExitCodes.WrongUse)]
    [InlineData("--kk|--kk-fit|half", "--kk-fit is complex, real, imaginary", ExitCodes.WrongUse)]
    [InlineData("--kk|--kk-elements|900", "900 elements cannot be fitted", ExitCodes.WrongUse)]
    [InlineData("--c|0.8", "give --kk with it", ExitCodes.WrongUse)]
    [InlineData("--kk|--weight|unit", "is of fits", ExitCodes.WrongUse)]
    [InlineData("--lambda|3", "give --drt with it", ExitCodes.WrongUse)]
    [InlineData("--sweep|1", "has no sweep 1", ExitCodes.Failed)]
    [InlineData("--im-sign|up", "--im-sign is auto", ExitCodes.WrongUse)]
    public void WrongOptions_AreRefusedInOneSentence(string options, string says, int exit)
    {
        var result = Run(["eis", _folder["one.csv"], .. options.Split('|')]);
        Assert.Equal(exit, result.Exit);
        Assert.Contains(says, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Fact]
    public void File_ThatIsAbsent_FailsInOneSentence() => Assert.Equal(ExitCodes.Failed, Run("eis", _folder["absent.csv"]).Exit);

    [Fact]
    public void Text_HasUnitsAndDeviations()
    {
        var (_, _, _, text) = RunText("eis", _folder["one.csv"]);
        Assert.Contains("sweep 0: 65 points from 0.01 to 1E+06 Hz", text, StringComparison.Ordinal);
        Assert.Contains("±", text, StringComparison.Ordinal);
        Assert.Contains(" Ω", text, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, int sweeps, double noise)
    {
        var lines = new List<string> { "time_s,frequency_Hz,Re_Z_ohm,Im_Z_ohm" };
        for (var s = 0; s < sweeps; s++)
        {
            var values = s_values.ToArray();
            values[1] += 10 * Math.Sqrt(s / 2.0);
            var points = Spectra.Of(Circuit.OfArcs(2), values, noise: noise, seed: s);
            lines.AddRange(Enumerable.Range(0, points.Count).Select(i => string.Create(CultureInfo.InvariantCulture,
                $"{1800 * s},{points.FrequencyHz[i]:R},{points.Re[i]:R},{points.Im[i]:R}")));
        }

        File.WriteAllLines(_folder[name], lines);
    }

    private static List<JsonElement> Sweeps(params string[] arguments)
    {
        var (exit, json, error) = Run(arguments);
        Assert.True(exit == ExitCodes.Done, error);
        return [.. json.GetProperty("sweeps").EnumerateArray()];
    }

    private static (int Exit, JsonElement Json, string Error) Run(params string[] arguments)
    {
        var (exit, json, error, _) = RunText(arguments);
        return (exit, json, error);
    }

    private static (int Exit, JsonElement Json, string Error, string Text) RunText(params string[] arguments)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var written = new StringWriter();
        using var failed = new StringWriter();
        try
        {
            Console.SetOut(written);
            Console.SetError(failed);
            var exit = Root.Create().Parse(arguments).Invoke();
            var text = written.ToString();
            return (exit, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default, failed.ToString(), text);
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
