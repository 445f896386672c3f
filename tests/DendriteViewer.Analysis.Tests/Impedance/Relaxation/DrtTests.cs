using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Analysis.Tests.Impedance.Relaxation;

/// <summary>Distributions of relaxation times of known arcs.</summary>
public sealed class DrtTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.003)]
    public void Peaks_OfTwoArcs_HaveTheirTimesAndResistances(double noise)
    {
        double[] values = [20, 50, 2e-7, 0.9, 200, 5e-5, 0.85];
        var drt = Drt.Of(Spectra.Of(Circuit.OfArcs(2), values, noise: noise));
        var peaks = drt.Peaks.OrderByDescending(p => p.AreaOhm).Take(2).OrderBy(p => p.TauS).ToArray();
        Assert.InRange(peaks[0].TauS / Math.Pow(50 * 2e-7, 1 / 0.9), 0.8, 1.25);
        Assert.InRange(peaks[1].TauS / Math.Pow(200 * 5e-5, 1 / 0.85), 0.8, 1.25);
        Assert.InRange(peaks[0].AreaOhm, 42, 58);
        Assert.InRange(peaks[1].AreaOhm, 185, 215);
        Assert.InRange(drt.SeriesOhm + drt.Peaks.Sum(p => p.AreaOhm), 260, 280);
    }

    [Fact]
    public void Inductance_AndCapacitanceInSeries_AreFound()
    {
        var drt = Drt.Of(Spectra.Of(Circuit.Parse("L0-R0-p(R1,C1)-C2"), [1e-6, 10, 100, 1e-5, 0.05]));
        Assert.InRange(drt.InductanceH, 0.9e-6, 1.1e-6);
        Assert.InRange(drt.CapacitanceF!.Value, 0.045, 0.055);
        Assert.InRange(Assert.Single(drt.Peaks, p => !p.AtEdge).AreaOhm, 95, 105);
    }

    [Fact]
    public void StrongerSmoothing_HasLargerResiduals()
    {
        var drt = new Drt(Spectra.Of(Circuit.OfArcs(2), [20, 50, 2e-7, 0.9, 200, 5e-5, 0.85], noise: 0.002));
        var residuals = new[] { 1e-6, 1e-3, 1, 1e3 }.Select(l => drt.At(l).ResidualPercent).ToArray();
        Assert.Equal(residuals.Order(), residuals);
    }

    [Fact]
    public void NonNegative_OfAnyProblem_MeetsItsConditions()
    {
        var random = new Random(4);
        for (var problem = 0; problem < 300; problem++)
        {
            var n = random.Next(1, 12);
            var a = Enumerable.Range(0, n * (n + 2)).Select(_ => Spectra.Normal(random)).ToArray();
            var h = new double[n * n];
            for (var i = 0; i < n * n; i++)
            {
                h[i] = Enumerable.Range(0, n + 2).Sum(r => a[r * n + i / n] * a[r * n + i % n]);
            }

            var g = Enumerable.Range(0, n).Select(_ => Spectra.Normal(random)).ToArray();
            var x = new NonNegative(n).Solve(h, g, new bool[n])!;
            for (var i = 0; i < n; i++)
            {
                var slope = Enumerable.Range(0, n).Sum(k => h[i * n + k] * x[k]) - g[i];
                Assert.True(x[i] >= 0 && slope > -1e-8 && Math.Abs(x[i] * slope) < 1e-7, $"x {x[i]}, slope {slope}");
            }
        }
    }
}
