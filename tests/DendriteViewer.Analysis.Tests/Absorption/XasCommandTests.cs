using System.CommandLine;
using System.Text.Json;
using DendriteViewer.Cli.Commands;
using DendriteViewer.Cli.Output;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Absorption;

/// <summary>What scripts rely on: names in the JSON, options that begin with a minus, exit codes.</summary>
[Collection(nameof(ConsoleOutput))]
public sealed class XasCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public XasCommandTests()
    {
        Write("a.dat", Synthetic.Of("a", -2, 0.8).Absorption);
        Write("b.dat", Synthetic.Of("b", 3, 1.9).Absorption);
        var (first, second) = (Synthetic.Of("a", -2, 0.8).Absorption, Synthetic.Of("b", 3, 1.9).Absorption);
        Write("mix.dat", [.. first.Zip(second, (a, b) => 0.35 * a + 0.65 * b)]);
    }

    [Fact]
    public void Xas_OfASpectrum_PrintsEdgeStepAndSettings()
    {
        var (exit, json, _) = Run("xas", _folder["a.dat"], "--pre", "-36:-15", "--post", "20:50", "--degree", "1", "--json");

        Assert.Equal(ExitCodes.Done, exit);
        Assert.Equal(Synthetic.Edge - 2, json.GetProperty("e0").GetDouble(), 0.5);
        Assert.Equal(1, json.GetProperty("edgeStep").GetDouble(), 0.05);
        Assert.Equal(Synthetic.Energies().Length, json.GetProperty("points").GetInt32());
        var settings = json.GetProperty("settings");
        Assert.Equal([-36, -15], settings.GetProperty("pre").EnumerateArray().Select(v => v.GetDouble()));
        Assert.Equal(("larch", 1), (settings.GetProperty("ends").GetString(), settings.GetProperty("degree").GetInt32()));
    }

    [Fact]
    public void Xas_WithReferences_PrintsWeightsByTheirPaths()
    {
        var edges = FormattableString.Invariant($"{Synthetic.Edge},{Synthetic.Edge - 2},{Synthetic.Edge + 3}");
        var (exit, json, _) = Run("xas", _folder["mix.dat"], "--references", $"{_folder["a.dat"]},{_folder["b.dat"]}", "--e0", edges,
            "--pre", "-30:-12", "--post=25:50", "--degree", "1", "--fit", "-15:40", "--combinations", "--json");

        Assert.Equal(ExitCodes.Done, exit);
        var weights = json.GetProperty("weights").EnumerateArray().ToArray();
        Assert.Equal([_folder["a.dat"], _folder["b.dat"]], weights.Select(w => w.GetProperty("name").GetString()));
        Assert.Equal(0.35, weights[0].GetProperty("weight").GetDouble(), 0.02);
        Assert.True(weights[0].GetProperty("sigma").GetDouble() > 0 && weights[0].GetProperty("spread").GetDouble() >= 0);
        Assert.InRange(json.GetProperty("rFactor").GetDouble(), 0, 1e-3);
        Assert.Equal("nearest", json.GetProperty("settings").GetProperty("ends").GetString());
        Assert.Equal(3, json.GetProperty("combinations").GetArrayLength());
        Assert.Equal(Synthetic.Edge, json.GetProperty("e0").GetDouble());
    }

    [Fact]
    public void Xas_WithSeriesAndBefore_PrintsComponentsTargetsAndDifference()
    {
        var (exit, json, _) = Run("xas", _folder["mix.dat"], "--pca", $"{_folder["a.dat"]},{_folder["b.dat"]}", "--components", "2",
            "--references", _folder["a.dat"], "--before", _folder["b.dat"], "--fit", "-15:35", "--mode", "fluorescence", "--json");

        Assert.Equal(ExitCodes.Done, exit);
        Assert.Equal(3, json.GetProperty("components").GetProperty("scree").GetArrayLength());
        Assert.Single(json.GetProperty("components").GetProperty("targets").EnumerateArray());
        Assert.True(json.GetProperty("difference").GetProperty("rootMeanSquare").GetDouble() > 0.01);
        Assert.Contains("self-absorption", json.GetProperty("cautions")[0].GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--pre", "5", "--pre is FROM:TO")]
    [InlineData("--e0", "2470,x", "--e0 is 'x'")]
    [InlineData("--e0", "2470,2471,2472", "--e0 has 3 values")]
    [InlineData("--mode", "x-ray", "--mode is")]
    [InlineData("--degree", "6", "--degree is 6")]
    [InlineData("--fit", "-1e9:0", "--fit is -1000000000")]
    [InlineData("--ends", "both", "--ends is larch or nearest")]
    public void Xas_WithAnOptionThatIsNone_SaysWhatItIs(string option, string value, string sentence)
    {
        var (exit, _, error) = Run("xas", _folder["a.dat"], option, value);

        Assert.Equal(ExitCodes.WrongUse, exit);
        Assert.StartsWith(sentence, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Xas_OfAFileThatIsNone_FailsWithOneSentence()
    {
        File.WriteAllText(_folder["text.dat"], "no numbers\n");
        var (exit, _, error) = Run("xas", _folder["text.dat"]);

        Assert.Equal(ExitCodes.Failed, exit);
        Assert.StartsWith("text.dat: ", error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, Run("xas", _folder["absent.dat"]).Exit);
    }

    public void Dispose() => _folder.Dispose();

    private static (int Exit, JsonElement Json, string Error) Run(params string[] arguments)
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
            return (exit, text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default, failed.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }

    private void Write(string name, IReadOnlyList<double> mu) => File.WriteAllLines(
        _folder[name], Synthetic.Energies().Zip(mu, (e, m) => FormattableString.Invariant($"{e:R} {m:R}")));
}

/// <summary>Tests that look at what a command prints run by themselves.</summary>
[CollectionDefinition(nameof(ConsoleOutput), DisableParallelization = true)]
public sealed class ConsoleOutput;
