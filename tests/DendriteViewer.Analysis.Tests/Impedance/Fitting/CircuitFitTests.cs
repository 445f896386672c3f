using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Analysis.Impedance.Relaxation;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Abstractions;

namespace DendriteViewer.Analysis.Tests.Impedance.Fitting;

/// <summary>Fits of spectra whose parameters are known.</summary>
public sealed class CircuitFitTests
{
    private static readonly double[] s_two = [20, 50, 2e-7, 0.9, 200, 5e-5, 0.85];

    [Fact]
    public void Fit_OfSpectraWithNoise_FindsTheirParametersWithinThreeSigma()
    {
        var (far, all) = (0, 0);
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            double Log(double a, double b) => a * Math.Pow(b / a, random.NextDouble());
            var tau = Log(1e-5, 1e-3);
            var (r1, r2, n1, n2) = (Log(20, 200), Log(20, 200), 0.75 + 0.2 * random.NextDouble(), 0.75 + 0.2 * random.NextDouble());
            double[] truth = [Log(5, 50), r1, Math.Pow(tau, n1) / r1, n1, r2, Math.Pow(tau * Log(100, 1000), n2) / r2, n2];
            var fit = CircuitFit.Run(Circuit.OfArcs(2), Spectra.Of(Circuit.OfArcs(2), truth, noise: 0.003, seed: seed), new FitSettings());
            foreach (var (p, value) in fit.Parameters.Zip(truth))
            {
                all++;
                far += Math.Abs(p.Value - value) > 3 * p.Sigma!.Value ? 1 : 0;
                Assert.True(Math.Abs(p.Value - value) < 5 * p.Sigma!.Value, $"{p.Name} is {p.Value} ± {p.Sigma}, and was {value}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

        // 0.3 % of normal deviates lie beyond 3 σ.
        Assert.True(far <= 0.02 * all, $"{far} of {all} lie beyond 3 σ");
    }

    [Theory]
    [InlineData("R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)", new[] { 10, 40, 1e-6, 0.85, 60, 2e-5, 0.8, 100, 3e-4, 0.85 })]
    [InlineData("R0-p(R1,C1)-p(R2-Wo1,C2)", new[] { 10, 40, 1e-6, 60, 30, 20, 3e-4 })]
    [InlineData("L1-R0-p(R1,CPE1)-p(R2-W1,C2)", new[] { 1e-6, 10, 40, 1e-6, 0.85, 60, 30, 3e-4 })]
    [InlineData("R0-p(CPE1,R1-p(R2,CPE2))", new[] { 10, 1e-6, 0.9, 60, 100, 3e-4, 0.9 })]
    [InlineData("R0-p(R1,CPE1)-Ws1", new[] { 5, 20, 1e-5, 0.9, 50, 10.0 })]
    [InlineData("R0-CPE1", new[] { 5, 1e-3, 0.9 })]
    [InlineData("p(R1,C1)", new[] { 1e6, 1e-11 })]
    public void OwnStarts_OfExactSpectra_FindTheGlobalMinimum(string text, double[] truth)
    {
        var circuit = Circuit.Parse(text);
        var fit = CircuitFit.Run(circuit, Spectra.Of(circuit, truth), new FitSettings());
        Spectra.AssertEqual(truth, fit.Values, 1e-5);
        Assert.True(fit.PseudoChiSquare < 1e-12);
    }

    [Fact]
    public void OverlappingArcs_WithNoise_AreFoundUnaided()
    {
        // Three arcs a decade apart: most single starts end in a local minimum.
        var circuit = Circuit.OfArcs(3);
        double[] truth = [15, 50, 1e-6, 0.92, 80, 1.2e-5, 0.9, 60, 2e-4, 0.93];
        for (var seed = 0; seed < 5; seed++)
        {
            var points = Spectra.Of(circuit, truth, noise: 0.001, seed: seed);
            var atTruth = CircuitFit.From(circuit, points, new FitSettings(), truth);
            var fit = CircuitFit.Run(circuit, points, new FitSettings());
            Assert.True(fit.PseudoChiSquare <= atTruth.PseudoChiSquare * (1 + 1e-6));
            Assert.True(fit["R1"].Value * fit["CPE1_0"].Value < fit["R2"].Value * fit["CPE2_0"].Value);
        }
    }

    [Fact]
    public void Arcs_OfOneKind_AreNumberedByRisingTime()
    {
        var circuit = Circuit.OfArcs(2);
        double[] swapped = [20, 200, 5e-5, 0.85, 50, 2e-7, 0.9];
        Spectra.AssertEqual(s_two, CircuitFit.Run(circuit, Spectra.Of(circuit, swapped), new FitSettings()).Values, 1e-5);
        var named = CircuitFit.Run(circuit, Spectra.Of(circuit, swapped), new FitSettings { Fixed = Given("R1", 200) });
        Spectra.AssertEqual(swapped, named.Values, 1e-5);
    }

    [Fact]
    public void FixedTiedAndBoundParameters_AreHeldAndSaid()
    {
        var circuit = Circuit.OfArcs(2);
        var points = Spectra.Of(circuit, s_two, noise: 0.002);
        var settings = new FitSettings
        {
            Fixed = Given("R0", 20),
            Tied = new Dictionary<string, string> { ["CPE2_1"] = "CPE1_1" },
            Bounds = new Dictionary<string, ParameterRange> { ["R2"] = new(210, 300) },
        };
        var fit = CircuitFit.Run(circuit, points, settings);
        Assert.True(fit["R0"] is { Value: 20, IsFixed: true, Sigma: null });
        Assert.Equal(fit["CPE1_1"].Value, fit["CPE2_1"].Value);
        Assert.Equal("CPE1_1", fit["CPE2_1"].TiedTo);
        Assert.True(fit["R2"] is { AtLimit: true, Sigma: null });
        Assert.Equal(210, fit["R2"].Value, 1e-6);
        Assert.True(fit["R1"].Sigma > 0);
    }

    [Theory]
    [InlineData("R9", 1, "no parameter R9")]
    [InlineData("CPE1_1", 1.5, "fixed value of CPE1_1")]
    [InlineData("R1", -3, "fixed value of R1")]
    [InlineData("R1", double.NaN, "fixed value of R1")]
    public void FixedParameter_ThatCannotBe_IsRefusedByName(string name, double value, string says)
    {
        var points = Spectra.Of(Circuit.OfArcs(1), [1, 2, 1e-5, 0.9]);
        var error = Assert.ThrowsAny<ArgumentException>(
            () => CircuitFit.Run(Circuit.OfArcs(1), points, new FitSettings { Fixed = Given(name, value) }));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deviations_AreThoseOfRepeatedMeasurements()
    {
        var circuit = Circuit.OfArcs(2);
        var fits = Enumerable.Range(0, 100)
            .Select(s => CircuitFit.From(circuit, Spectra.Of(circuit, s_two, noise: 0.004, seed: s), new FitSettings(), s_two)).ToList();
        for (var p = 0; p < s_two.Length; p++)
        {
            var values = fits.Select(f => f.Parameters[p].Value).ToArray();
            var mean = values.Average();
            var spread = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
            Assert.InRange(fits.Average(f => f.Parameters[p].Sigma!.Value) / spread, 0.8, 1.25);
        }
    }

    [Fact]
    public void Profile_OfAParameter_HoldsItsLinearInterval()
    {
        var circuit = Circuit.OfArcs(2);
        var points = Spectra.Of(circuit, s_two, noise: 0.002);
        var fit = CircuitFit.Run(circuit, points, new FitSettings());
        var interval = ProfileLikelihood.Of(fit, points, new FitSettings(), "R1");
        var sigma = fit["R1"].Sigma!.Value;
        Assert.InRange((fit["R1"].Value - interval.Low!.Value) / sigma, 1.7, 2.3);
        Assert.InRange((interval.High!.Value - fit["R1"].Value) / sigma, 1.7, 2.3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ModelChoice_OfSpectraWithNoise_TakesAsManyArcsAsTheyHave(int arcs)
    {
        double[] truth = [15, 50, 1e-7, 0.9, 80, 2e-5, 0.9, 120, 4e-3, 0.9];
        var circuit = Circuit.OfArcs(arcs);
        var right = Enumerable.Range(0, 6).Count(seed =>
            ModelChoice.Best(ModelChoice.All(Spectra.Of(circuit, truth[..(1 + 3 * arcs)], noise: 0.003, seed: seed), new FitSettings()))
                .Circuit.Text == circuit.Text);
        Assert.True(right >= 5, $"{right} of 6");
    }

    // A constraint may leave another minimum as the lowest; the search from few starts must find what the one from many does.
    [Fact]
    public void Refit_FromFewStarts_FindsNoHigherMinimumThanASearchFromMany()
    {
        double[] arcs = [15, 50, 1e-6, 0.92, 80, 1.2e-5, 0.9, 60, 2e-4, 0.93];
        double[] warburg = [15, 50, 1e-6, 0.92, 80, 1.2e-5, 0.9, 40, 20];
        static FitSettings Bound(string name, double least, double most) => new()
        {
            Bounds = new Dictionary<string, ParameterRange> { [name] = new(least, most) },
        };
        static FitSettings Fix(string name, double value) => new() { Fixed = new Dictionary<string, double> { [name] = value } };
        static FitSettings Tie(string name, string to) => new() { Tied = new Dictionary<string, string> { [name] = to } };
        var cases = new (Circuit Circuit, double[] Truth, FitSettings[] Settings)[]
        {
            (Circuit.OfArcs(3), arcs, [
                Bound("R1", 1, 30), Bound("R2", 100, 400), Bound("CPE2_1", 0.5, 0.75), Bound("R3", 1, 20), Fix("R2", 120), Tie("R3", "R2"),
            ]),
            (Circuit.Parse("R0-p(R1,CPE1)-p(R2,CPE2)-Wo1"), warburg, [Bound("R2", 100, 400), Fix("R1", 30), Tie("CPE2_1", "CPE1_1")]),
        };
        foreach (var (circuit, truth, all) in cases)
        {
            for (var seed = 0; seed < 4; seed++)
            {
                var points = Spectra.Of(circuit, truth, noise: 0.002, seed: seed);
                var peaks = Drt.Of(points).Peaks;
                var free = CircuitFit.Run(circuit, points, new(), peaks);
                foreach (var (settings, i) in all.Select((s, i) => (s, i)))
                {
                    var few = ConstrainedFit.Run(circuit, points, settings, peaks, free, isTried: true);
                    var many = ConstrainedFit.Run(circuit, points, settings, peaks, free);
                    var apart = CircuitFit.Run(circuit, points, settings, peaks);

                    // One that is lower with the names exchanged is not taken.
                    var isOrdered = apart.Values.SequenceEqual(ArcOrder.Sort(circuit, apart.Values));
                    var least = isOrdered ? Math.Min(many.PseudoChiSquare, apart.PseudoChiSquare) : many.PseudoChiSquare;
                    Assert.True(few.PseudoChiSquare <= least * 1.001,
                        $"{circuit.Text}, case {i}, seed {seed}: {few.PseudoChiSquare:G4} above {least:G4}");
                }
            }
        }
    }

    [Fact]
    public void Remarks_OnAPoorFit_SayWhatIsWrong()
    {
        var points = Spectra.Of(Circuit.Parse("L0-R0-p(R1,C1)"), [1e-4, 10, 100, 1e-4]);
        var fit = CircuitFit.Run(Circuit.Parse("R0-p(R1,C1)"), points, new FitSettings());
        Assert.Contains(FitRemarks.Of(fit, points), r => r.Contains("Im above 0", StringComparison.Ordinal));
        Assert.Contains(FitRemarks.Of(fit, points), r => r.Contains("misses points", StringComparison.Ordinal));
        var good = CircuitFit.Run(Circuit.Parse("L0-R0-p(R1,C1)"), points, new FitSettings());
        Assert.Empty(FitRemarks.Of(good, points));
    }

    [Fact]
    public void Remarks_OnACircuitThatLacksAnArc_CompareItWithTheNoise()
    {
        // The small arc is some 3 % of |Z|, far above the noise of 0.1 % and below the 10 % of a poor fit.
        var points = Spectra.Of(Circuit.OfArcs(2), [20, 100, 1e-6, 0.9, 8, 2e-3, 0.95], noise: 0.001);
        var verdict = KkVerdict.Of(points);
        var fit = CircuitFit.Run(Circuit.OfArcs(1), points, new FitSettings());
        Assert.True(fit.WorstPercent < 10);
        Assert.Contains(FitRemarks.Of(fit, points, verdict), r => r.Contains("on average", StringComparison.Ordinal));
        var whole = CircuitFit.Run(Circuit.OfArcs(2), points, new FitSettings());
        Assert.DoesNotContain(FitRemarks.Of(whole, points, verdict), r => r.Contains("on average", StringComparison.Ordinal));
    }

    private static Dictionary<string, double> Given(string name, double value) => new() { [name] = value };
}
