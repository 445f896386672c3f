using DendriteViewer.Analysis.Absorption;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Absorption;

public sealed class MixtureFitterTests
{
    private static readonly Spectrum[] s_references =
    [
        Synthetic.Of("sulfide", -3, 0.6), Synthetic.Of("sulfur", -1, 1.6), Synthetic.Of("sulfite", 2, 1.2), Synthetic.Of("sulfate", 6, 2.4),
    ];

    [Fact]
    public void Weights_OfNoisyMixtures_LieWithinTwoHundredths()
    {
        var random = new Random(3);
        for (var n = 0; n < 40; n++)
        {
            double[] parts = [.. s_references.Select(_ => 0.1 + random.NextDouble())];
            var sample = Synthetic.Mixed("sample", random, 0.004, [.. s_references.Zip(parts, (r, p) => (r, p / parts.Sum()))]);
            var fit = Fitter(sample, s_references).Best();
            var truth = OfEdgeSteps(parts);

            Assert.Equal(1, fit.Weights.Sum(w => w.Weight), 1e-9);
            for (var i = 0; i < parts.Length; i++)
            {
                Assert.Equal(truth[i], fit.Weights[i].Weight, 0.02);
            }
        }
    }

    // Noise that comes after the normalisation is what the covariance knows of.
    [Fact]
    public void Sigma_OfNoisyMixtures_IsHowFarWeightsLieFromTheTruth()
    {
        var random = new Random(30);
        var references = s_references.Select(Normalize).ToArray();
        double[] truth = [0.2, 0.35, 0.15, 0.3];
        var scores = new List<double>();
        for (var n = 0; n < 150; n++)
        {
            double[] flat = [.. Enumerable.Range(0, references[0].Spectrum.Count).Select(i =>
                references.Zip(truth, (r, t) => t * r.Flattened[i]).Sum() + 0.01 * Synthetic.Normal(random))];
            var like = references[0];
            var sample = new NormalizedSpectrum(like.Spectrum.Named("sample"), flat)
            {
                E0 = like.E0, IsE0Given = true, EdgeStep = 1, Pre = like.Pre, Post = like.Post, PreDegree = 1, Degree = 1,
                PreEdge = [], PostEdge = [], Normalized = flat, Remarks = [],
            };
            var fit = new MixtureFitter(sample, references, new() { Fit = new(-12, 35) }).Best();
            scores.AddRange(fit.Weights.Zip(truth, (w, t) => (w.Weight - t) / w.Sigma!.Value));
        }

        Assert.Equal(1, Math.Sqrt(scores.Average(s => s * s)), 0.12);
        Assert.InRange(scores.Count(s => Math.Abs(s) > 3), 0, scores.Count / 50);
    }

    [Fact]
    public void Reference_ThatIsNotInTheSample_HasNoWeightAndNoSigma()
    {
        var sample = Synthetic.Mixed("sample", new Random(1), 0, (s_references[0], 0.3), (s_references[3], 0.7));
        var fit = Fitter(sample, s_references).Best();

        Assert.All(fit.Weights.Zip(OfEdgeSteps([0.3, 0, 0, 0.7])), p => Assert.Equal(p.Second, p.First.Weight, 1e-6));
        Assert.Equal([false, true, true, false], fit.Weights.Select(w => w.IsAtLimit));
        Assert.InRange(fit.RFactor, 0, 1e-6);
    }

    [Fact]
    public void Combinations_AreRankedByReducedChiSquare_TheTrueOneFirst()
    {
        var sample = Synthetic.Mixed("sample", new Random(5), 0.002, (s_references[1], 0.45), (s_references[2], 0.55));
        var ranked = Fitter(sample, s_references).Combinations();

        Assert.Equal(ranked.OrderBy(f => f.ReducedChiSquare), ranked);
        Assert.True(ranked[0].Weights[1].Weight > 0.4 && ranked[0].Weights[2].Weight > 0.5);
        Assert.Equal(ranked.Count, ranked.Select(f => string.Join(',', f.Weights.Select(w => w.Weight > 0))).Distinct().Count());
        Assert.Contains(ranked, f => f.Weights.Count(w => w.Weight > 0) == 1);
    }

    [Fact]
    public void Shift_OfAllReferences_IsFoundWithItsSigma()
    {
        var shifted = s_references.Select(r => Spectrum.Of(r.Name, [.. r.Energies.Select(e => e - 0.37)], r.Absorption)).ToArray();
        var sample = Synthetic.Mixed(
            "sample", new Random(9), 0.003, (s_references[0], 0.5), (s_references[2], 0.2), (s_references[3], 0.3));
        var fit = Fitter(sample, shifted, shift: 1.5).Best();

        Assert.Equal(0.37, fit.ShiftEv, 0.02);
        Assert.InRange(fit.ShiftSigma!.Value, 1e-4, 0.02);
        Assert.Equal(0.5, fit.Weights[0].Weight, 0.02);

        var tooFar = Fitter(sample, shifted, shift: 0.2).Best();
        Assert.Null(tooFar.ShiftSigma);
        Assert.Contains(tooFar.Remarks, r => r.Contains("at its end", StringComparison.Ordinal));
    }

    [Fact]
    public void Spread_OverNormalisations_CountsEightyOneSettings()
    {
        var sample = Synthetic.Mixed("sample", new Random(2), 0.004, (s_references[0], 0.25), (s_references[3], 0.75));
        NormalizationSettings settings = new() { Pre = new(-36, -15), Post = new(22, 55), Degree = 1 };
        var spread = MixtureSpread.Of(
            (sample, Normalizer.FindE0(sample)), [.. s_references.Select(r => (r, Normalizer.FindE0(r)))], settings,
            new() { Fit = new(-14, 40) });

        Assert.Equal((81, 0), (spread.Settings, spread.Failed));
        Assert.All(spread.Weights, w => Assert.InRange(w.Deviation, 0, 0.05));
        Assert.Contains(spread.Weights, w => w.Deviation > 1e-5 && w.Least < w.Most);
    }

    [Fact]
    public void References_ThatCannotBeUsed_AreRefusedByName()
    {
        var sample = Synthetic.Of("sample");
        var same = s_references[0].Named("copy");
        var low = Spectrum.Of("low", [.. sample.Energies.Take(360)], [.. sample.Absorption.Take(360)]);
        string Of(params Spectrum[] references) =>
            Assert.Throws<MeasurementException>(() => Fitter(sample, references)).Message;

        Assert.Contains("sulfide and copy are the same", Of(s_references[0], same).Replace("copy and sulfide", "sulfide and copy"),
            StringComparison.Ordinal);
        Assert.Contains("low goes from", Of(low), StringComparison.Ordinal);
        Assert.Contains("1 to 12 references", Of(), StringComparison.Ordinal);
    }

    [Fact]
    public void FitRange_LeftOut_IsTheUsualOneAsFarAsAllSpectraCoverIt()
    {
        var sample = Normalize(Synthetic.Of("sample"));
        var shorter = Spectrum.Of("short", [.. s_references[0].Energies.SkipLast(85)], [.. s_references[0].Absorption.SkipLast(85)]);
        var fit = new MixtureFitter(sample, [Normalize(shorter), Normalize(s_references[3])], new()).Best();

        Assert.Equal(-20, fit.Fit.From, 0.5);
        Assert.InRange(fit.Fit.To, 20, shorter.Energies[^1] - sample.E0);
        Assert.Contains(fit.Remarks, r => r.Contains("narrowed", StringComparison.Ordinal));
        Assert.Empty(new MixtureFitter(sample, [Normalize(s_references[0])], new()).Best().Remarks);
    }

    // Three sulfur species of the reference data, mixed as measured; the sample is normalised anew.
    [DataFact]
    public void Weights_OfMixedMeasuredSpectra_AreWhatWasMixed()
    {
        string[] files = ["Sulfur_flower_+0_.dat", "Methionine_sulfoxide_ox_2+_.dat", "CaSO4_Gypsum_pure_6+_.dat"];
        NormalizationSettings settings = new() { Pre = new(-29, -10), Post = new(25, 39), Degree = 0 };
        NormalizedSpectrum Of(Spectrum s) => Normalizer.Normalize(s, settings, 2472);
        var references = files.Select(f => Of(SpectrumReader.Read(TestData.File("xas/S_CAMD/" + f)))).ToArray();
        double[] truth = [0.55, 0.3, 0.15];
        var grid = references[0].Spectrum.Energies;
        double[] mixed = [.. grid.Select(e => references.Zip(truth, (r, t) => t * At(r, e)).Sum())];

        var fit = new MixtureFitter(Of(Spectrum.Of("mixed", grid, mixed)), references, new() { Fit = new(-15, 25) }).Best();

        Assert.All(fit.Weights.Zip(truth), p => Assert.Equal(p.Second, p.First.Weight, 0.005));
    }

    // Weights are shares of the edge step: of what was mixed, times the step of each.
    private static double[] OfEdgeSteps(double[] parts)
    {
        double[] steps = [.. s_references.Zip(parts, (r, p) => p * Normalize(r).EdgeStep)];
        return [.. steps.Select(s => s / steps.Sum())];
    }

    private static double At(NormalizedSpectrum spectrum, double energy)
    {
        var near = 0;
        return Lines.At([.. spectrum.Spectrum.Energies], [.. spectrum.Flattened], energy, ref near);
    }

    // With one E0 the ranges are the same energies for all, and a mixture of spectra normalises to the mixture of them normalised.
    private static NormalizedSpectrum Normalize(Spectrum spectrum) =>
        Normalizer.Normalize(spectrum, new() { Pre = new(-34, -14), Post = new(24, 50), Degree = 1 }, Synthetic.Edge);

    private static MixtureFitter Fitter(Spectrum sample, Spectrum[] references, double shift = 0) =>
        new(Normalize(sample), [.. references.Select(Normalize)], new() { Fit = new(-12, 35), MostShiftEv = shift });
}
