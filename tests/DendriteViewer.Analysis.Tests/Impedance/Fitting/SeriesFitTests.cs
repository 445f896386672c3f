using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;

namespace DendriteViewer.Analysis.Tests.Impedance.Fitting;

/// <summary>Series of sweeps.</summary>
public sealed class SeriesFitTests
{
    private static double[] At(double hours, double jump = 1) =>
        [20, (40 + 10 * Math.Sqrt(hours)) * jump, 2e-8, 0.92, 200 / (1 + 0.1 * hours), 1e-5, 0.88];

    [Fact]
    public void Series_WithoutACircuit_TakesOneForAllSweepsAndFollowsItsParameters()
    {
        var circuit = Circuit.OfArcs(2);
        var sweeps = Enumerable.Range(0, 12).Select(i => Spectra.Sweep(circuit, At(i * 0.5), i, i * 0.5, 0.003, i)).ToList();
        var fitted = SeriesFit.Run(sweeps, null, new FitSettings());
        Assert.All(fitted, f =>
        {
            Assert.Equal(circuit.Text, f.Fit.Circuit.Text);
            var truth = At(f.Sweep.Hours!.Value);
            Assert.InRange(f.Fit["R1"].Value / truth[1], 0.95, 1.05);
            Assert.InRange(f.Fit["R2"].Value / truth[4], 0.95, 1.05);
            Assert.True(f.Verdict.IsConsistent, f.Verdict.Sentence);
            Assert.Empty(f.Jumps);
        });
    }

    [Fact]
    public void Series_WhoseResistanceJumps_SaysWhereAndWhich()
    {
        var circuit = Circuit.OfArcs(2);
        var sweeps = Enumerable.Range(0, 12)
            .Select(i => Spectra.Sweep(circuit, At(i * 0.5, i >= 7 ? 0.5 : 1), i, i * 0.5, 0.002, i)).ToList();
        var fitted = SeriesFit.Run(sweeps, circuit, new FitSettings());
        Assert.Contains("R1", fitted[7].Jumps);
        Assert.All(fitted.Where((_, i) => i != 7), f => Assert.DoesNotContain("R1", f.Jumps));
    }
}
