using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Processes;

namespace DendriteViewer.Analysis.Tests.Impedance.Processes;

/// <summary>What arcs are, and how they grow.</summary>
public sealed class ProcessTests
{
    [Theory]
    [InlineData(1e-12, ProcessKind.Bulk)]
    [InlineData(1e-10, ProcessKind.GrainBoundary)]
    [InlineData(1e-8, ProcessKind.SurfaceLayer)]
    [InlineData(1e-5, ProcessKind.Interface)]
    [InlineData(1e-3, ProcessKind.Reaction)]
    public void Capacitance_PointsToItsProcess(double farad, ProcessKind kind) => Assert.Equal(kind, ArcProcess.KindOf(farad));

    [Fact]
    public void Arcs_OfAFit_HaveTimeAndCapacitance()
    {
        double[] values = [20, 50, 2e-8, 1, 200, 1e-5, 0.9];
        var circuit = Circuit.OfArcs(2);
        var arcs = ArcProcess.Of(CircuitFit.From(circuit, Spectra.Of(circuit, values), new FitSettings(), values));
        Assert.Equal(["R1", "R2"], arcs.Select(a => a.Name));
        Assert.Equal(50 * 2e-8, arcs[0].TauS, 1e-12);
        Assert.Equal(Math.Pow(200 * 1e-5, 1 / 0.9) / 200, arcs[1].CapacitanceF, 1e-12);
        Assert.Equal([ProcessKind.SurfaceLayer, ProcessKind.Interface], arcs.Select(a => a.Kind));
    }

    [Theory]
    [InlineData(GrowthKind.Diffusion)]
    [InlineData(GrowthKind.Reaction)]
    public void Growth_WithNoise_IsToldByItsLaw(GrowthKind kind)
    {
        var random = new Random(2);
        double[] hours = [.. Enumerable.Range(0, 20).Select(i => i * 0.5)];
        double[] ohm = [.. hours.Select(h => 10 + 3 * (kind == GrowthKind.Diffusion ? Math.Sqrt(h) : h) + 0.05 * Spectra.Normal(random))];
        var laws = GrowthLaw.Of(hours, ohm, [.. hours.Select(_ => (double?)0.05)]);
        Assert.Equal(kind, laws[0].Kind);
        Assert.Equal(3, laws[0].Rate, 4 * laws[0].RateSigma);
        Assert.Empty(GrowthLaw.Of(hours[..4], ohm[..4], [null, null, null, null]));
    }
}
