using System.Text;
using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Analysis.Phantoms;
using DendriteViewer.Imaging.Bounds;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Absorption;

/// <summary>Spectra as a page treats them: one setting for data and references, and the phantom's known mixtures.</summary>
public sealed class AbsorptionStudyTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Study_OfThePhantom_FindsTheWeightsOfTenSeedsAtBothEdges()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var phantom = new PhantomSpectra(seed);
            phantom.Write(_folder.Path);
            foreach (var spectrum in phantom.Truth()["spectra"]!.AsArray())
            {
                var truth = spectrum!["weights"]!.AsArray();
                var study = AbsorptionStudy.Of(new()
                {
                    Sample = new(Read((string)spectrum["path"]!)),
                    References = [.. truth.Select(w => new SpectrumAtEdge(Read((string)w!["path"]!)))],
                    Settings = new AbsorptionRecipe().ToNormalization(hasReferences: true),
                });
                var fitter = study.Fitter();
                var fit = fitter.Best();
                Assert.All(fit.Weights.Zip(truth), w => Assert.Equal((double)w.Second!["weight"]!, w.First.Weight, 0.02));
                Assert.Equal(81, study.Spread(fitter, fit).Settings);
                Assert.Equal((string)spectrum["element"]!, AbsorptionEdges.ElementAt(study.Sample.E0));
            }
        }
    }

    [Fact]
    public void Study_ChoosesRangesThatEverySpectrumCovers()
    {
        var (energies, mu) = (Synthetic.Energies(), Synthetic.Of("a", 0, 1).Absorption);
        var whole = Spectrum.Of("whole", energies, mu);
        var half = Spectrum.Of("half", energies[..^20], [.. mu.Take(mu.Count - 20)]);
        var study = AbsorptionStudy.Of(new() { Sample = new(whole), Before = new(half, Synthetic.Edge) });

        Assert.Equal(study.Settings.Post, study.Sample.Post);
        Assert.True(study.Sample.Post.To <= half.Energies[^1] - Synthetic.Edge + 1);
        Assert.Equal([study.Sample, study.Before!], study.All);
        Assert.NotNull(study.Difference());
    }

    [Fact]
    public void Combinations_WhenGivenUp_End()
    {
        var study = AbsorptionStudy.Of(new()
        {
            Sample = new(Synthetic.Of("s", 0, 1)), References = [new(Synthetic.Of("a", -2, 0.8)), new(Synthetic.Of("b", 3, 1.9))],
        });
        using var ended = new CancellationTokenSource();
        ended.Cancel();
        Assert.Throws<OperationCanceledException>(() => study.Fitter().Combinations(ended.Token));
    }

    [Fact]
    public void Recipe_WrittenAndRead_IsTheSame()
    {
        var recipe = new AbsorptionRecipe
        {
            Pre = new(-40, -15), Post = new(20, 55.5), Degree = 1, Ends = RangeEnds.Nearest,
            E0 = new Dictionary<string, double> { ["a:0"] = 2472.1 },
            Fit = new(-10, 30), ShiftEv = 0.5, References = ["b:0", "c:1"], Before = "d:0", Components = 2,
        };
        var read = AbsorptionRecipe.Parse(recipe.ToJson());

        Assert.Equal(recipe.ToJson(), read.ToJson());
        Assert.Equal((2472.1, null), (read.E0Of("a:0"), read.E0Of("b:0")));
        Assert.Equal(2470, (read with { CommonE0 = 2470 }).E0Of("a:0"));
        Assert.Equal((RangeEnds.Larch, RangeEnds.Nearest),
            (new AbsorptionRecipe().ToNormalization(false).Ends, new AbsorptionRecipe().ToNormalization(true).Ends));
    }

    [Theory]
    [InlineData("""{"pre":{"from":-1e9,"to":0}}""")]
    [InlineData("""{"fit":{"from":0,"to":1e300}}""")]
    [InlineData("""{"e0":{"a:0":-5}}""")]
    [InlineData("""{"commonE0":1e9}""")]
    [InlineData("""{"e0":null}""")]
    [InlineData("""{"degree":9}""")]
    [InlineData("""{"shiftEv":-1}""")]
    [InlineData("""{"ends":7}""")]
    [InlineData("""{"unknown":1}""")]
    [InlineData("""{"references":["a","b","c","d","e","f","g","h","i","j","k","l","m"]}""")]
    [InlineData("[]")]
    public void Recipe_ThatCannotBe_IsRefused(string json) => Assert.Throws<OutOfRangeException>(() => AbsorptionRecipe.Parse(json));

    [Theory]
    [InlineData(2470.4, "S")]
    [InlineData(2482.5, "S")]
    [InlineData(2154, "P")]
    [InlineData(7112, "Fe")]
    [InlineData(2300, null)]
    [InlineData(150_000, null)]
    public void Edge_ByItsEnergy_IsNamed(double e0, string? element) => Assert.Equal(element, AbsorptionEdges.ElementAt(e0));

    [Fact]
    public void Columns_OfATable_AreNamedAndOfTwoAreNone()
    {
        var rows = string.Concat(Enumerable.Range(0, 30).Select(i => FormattableString.Invariant($"{2470 + i} 7 {i}\n")));
        Assert.Equal(["energy", "i0", "it"], SpectrumReader.Columns("a.dat", Encoding.UTF8.GetBytes("# energy i0 it\n" + rows)));
        var two = "# energy mu\n" + rows.Replace(" 7", "", StringComparison.Ordinal);
        Assert.Empty(SpectrumReader.Columns("a.dat", Encoding.UTF8.GetBytes(two)));
    }

    public void Dispose() => _folder.Dispose();

    private Spectrum Read(string path) => SpectrumReader.Read(_folder[path]);
}
