using System.Text.Json;
using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.KramersKronig;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Impedance.KramersKronig;

/// <summary>The linear Kramers–Kronig test against published values and spectra of known kinds.</summary>
public sealed class LinKkTests
{
    [DataFact]
    public void RealFit_OfTheDummyCell_StopsAtThePublishedElements()
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(TestData.File("eis/reference.json")));
        var reference = document.RootElement.GetProperty("linKK");
        var points = Spectra.Reference(reference.GetProperty("file").GetString()!);
        var model = LinKk.Fit(points, new KkSettings { Limit = reference.GetProperty("c").GetDouble(), Fit = KkFit.Real });
        Assert.Equal(53, points.Count);
        Assert.Equal(reference.GetProperty("M").GetInt32(), model.M);
        Assert.Equal(reference.GetProperty("mu").GetDouble(), model.Mu, 1e-9);
    }

    [DataFact]
    public void ComplexFit_OfTheExample_StopsAtThePublishedElements()
    {
        var model = LinKk.Fit(Spectra.Reference("exampleData.csv", "f>=1000"), new KkSettings { Limit = 0.5, Capacitance = true });
        Assert.Equal(26, model.M);
        Assert.Equal(0.31, model.Mu, 0.005);
    }

    [DataFact]
    public void GivenElements_AreUsedExactly() =>
        Assert.Equal(3, LinKk.Fit(Spectra.Reference("Circuit3_EIS_1.z"), new KkSettings { Elements = 3, Fit = KkFit.Real }).M);

    [Theory]
    [InlineData(KkFit.Complex)]
    [InlineData(KkFit.Real)]
    [InlineData(KkFit.Imaginary)]
    public void Fit_OfItsOwnElements_IsExact(KkFit fit)
    {
        // Time constants of the model itself: R0, L and three elements at both ends and in the middle.
        var circuit = Circuit.Parse("R0-L0-p(R1,C1)-p(R2,C2)-p(R3,C3)");
        var (least, most) = (1 / (2 * Math.PI * 1e4), 1 / (2 * Math.PI * 1));
        var middle = Math.Sqrt(least * most);
        var points = Spectra.Of(circuit, [5, 1e-6, 10, least / 10, 20, middle / 20, 30, most / 30], 1, 1e4);
        var model = LinKk.Of(points, 3, new KkSettings { Fit = fit });
        Assert.True(model.ChiSquare < 1e-18, $"{model.ChiSquare}");
        Assert.Equal(1, model.Mu, 1e-12);
    }

    [Theory]
    [InlineData("R0-p(R1,CPE1)-p(R2,CPE2)", new[] { 20, 50, 2e-7, 0.9, 200, 5e-5, 0.85 })]
    [InlineData("R0-p(R1,C1)-p(R2-Wo1,C2)", new[] { 10, 40, 1e-6, 60, 30, 20, 3e-4 })]
    [InlineData("R0-CPE1", new[] { 5, 1e-3, 0.9 })]
    public void Verdict_OnACircuitWithLittleNoise_IsConsistent(string text, double[] values)
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var verdict = KkVerdict.Of(Spectra.Of(Circuit.Parse(text), values, noise: 0.002, seed: seed));
            Assert.True(verdict.IsConsistent, verdict.Sentence);
        }
    }

    [Fact]
    public void Verdict_OnADriftingSweep_IsNotConsistent()
    {
        // The resistance of the slow arc grows by 30 % while the sweep goes down to low frequencies.
        var circuit = Circuit.OfArcs(2);
        double[] values = [20, 50, 2e-7, 0.9, 200, 5e-5, 0.85];
        var points = Spectra.Of(circuit, values, noise: 0.001);
        for (var i = 0; i < points.Count; i++)
        {
            var drifted = values.ToArray();
            var period = 1 / points.FrequencyHz[i] * points.FrequencyHz[^1];
            drifted[4] *= 1 + 0.3 * period;
            var (now, then) = (circuit.Impedance(points.FrequencyHz[i], drifted), circuit.Impedance(points.FrequencyHz[i], values));
            points.Re[i] += (now - then).Real;
            points.Im[i] += (now - then).Imaginary;
        }

        var verdict = KkVerdict.Of(points);
        Assert.False(verdict.IsConsistent, verdict.Sentence);
    }

    [Theory]
    [InlineData(0.001, 0.1)]
    [InlineData(0.001, 0.15)]
    [InlineData(0.002, 0.1)]
    [InlineData(0.002, 0.12)]
    [InlineData(0.003, 0.15)]
    public void Verdict_OnAResistanceThatGrewByATenth_IsNotConsistent(double noise, double drift)
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var verdict = KkVerdict.Of(Drifting(drift, noise, seed));
            Assert.False(verdict.IsConsistent, $"seed {seed}: {verdict.Sentence}");
            Assert.True(verdict.Model.Mu >= 0.5, $"seed {seed}: µ {verdict.Model.Mu}");
        }
    }

    [Theory]
    [InlineData(0.001, 6)]
    [InlineData(0.002, 6)]
    [InlineData(0.003, 5)]
    public void Verdict_OnASteadyCellWithNoise_IsConsistent(double noise, int least)
    {
        // At 0.3 % the largest of 142 residuals reaches 1 % in one of some ten sweeps; it is then a noisy point, never a trend.
        var verdicts = Enumerable.Range(1, 6).Select(seed => KkVerdict.Of(Drifting(0, noise, seed))).ToList();
        Assert.True(verdicts.Count(v => v.IsConsistent) >= least, string.Join('\n', verdicts.Select(v => v.Sentence)));
        Assert.DoesNotContain(verdicts, v => v.Sentence.Contains("trend;", StringComparison.Ordinal));
    }

    [Fact]
    public void Verdict_OnAnInductiveLoop_AllowsNegativeResistancesAndSaysSo()
    {
        var points = Spectra.Of(Circuit.Parse("R0-p(R1-p(R2,L2),C1)"), [10, 20, 100, 50, 1e-5], noise: 0.001);
        var verdict = KkVerdict.Of(points);
        Assert.True(verdict.IsConsistent, verdict.Sentence);
        Assert.Contains("negative resistances were allowed", verdict.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void CapacitanceInSeries_OfACellThatWouldNeedANegativeOne_IsLeftOut()
    {
        // A negative capacitance in series, exactly: the fit must not follow it.
        var points = Spectra.Of(Circuit.Parse("R0-p(R1,C1)"), [10, 100, 1e-5]);
        for (var i = 0; i < points.Count; i++)
        {
            points.Im[i] += 5 / points.Omega[i];
        }

        var (with, without) = (LinKk.Of(points, 8, new() { Capacitance = true }), LinKk.Of(points, 8, new()));
        Assert.Equal(without.ChiSquare, with.ChiSquare, without.ChiSquare * 1e-9);
    }

    // 71 points from 1e5 to 1e-2 Hz; the resistance of the slow arc grows in proportion to the time that the sweep takes.
    private static SweepPoints Drifting(double drift, double noise, int seed)
    {
        var circuit = Circuit.OfArcs(2);
        var random = new Random(seed);
        var f = Enumerable.Range(0, 71).Select(i => Math.Pow(10, 5 - i / 10d)).ToArray();
        var (re, im) = (new double[f.Length], new double[f.Length]);
        var (time, whole) = (0d, f.Sum(v => 1 / v));
        for (var i = 0; i < f.Length; i++)
        {
            time += 1 / f[i];
            var z = circuit.Impedance(f[i], [10, 50, 2e-7, 0.9, 100 * (1 + drift * time / whole), 1e-3, 0.85]);
            re[i] = z.Real + noise * z.Magnitude * Spectra.Normal(random);
            im[i] = z.Imaginary + noise * z.Magnitude * Spectra.Normal(random);
        }

        return SweepPoints.Of(f, re, im);
    }
}
