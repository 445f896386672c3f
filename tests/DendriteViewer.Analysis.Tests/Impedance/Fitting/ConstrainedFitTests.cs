using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Analysis.Impedance.Relaxation;

namespace DendriteViewer.Analysis.Tests.Impedance.Fitting;

public sealed class ConstrainedFitTests
{
    private static readonly Circuit s_circuit = Circuit.OfArcs(2);
    private static readonly double[] s_values = [200, 150, 3e-8, 0.92, 300, 2e-5, 0.86];

    private static readonly FitSettings s_bounded = new()
    {
        Bounds = new Dictionary<string, ParameterRange> { ["R1"] = new(1, 1e4), ["R2"] = new(1, 1e4) },
    };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Bound_ThatDoesNotBind_LeavesNamesWithTheirProcesses(int seed)
    {
        var points = Spectra.Of(s_circuit, s_values, noise: 0.002, seed: seed);
        var peaks = Drt.Of(points).Peaks;
        var free = CircuitFit.Run(s_circuit, points, new(), peaks);
        var bounded = ConstrainedFit.Run(s_circuit, points, s_bounded, peaks);
        Spectra.AssertEqual(free.Values, bounded.Values, 1e-3);
    }

    // With the names exchanged the bound would not bind, and R2 would be the other process.
    [Fact]
    public void Bound_ThatBinds_HoldsTheProcessOfItsNameAndDoesNotExchangeNames()
    {
        var points = Spectra.Of(s_circuit, s_values, noise: 0.001, seed: 1);
        var settings = new FitSettings { Bounds = new Dictionary<string, ParameterRange> { ["R2"] = new(1, 250) } };
        var fit = ConstrainedFit.Run(s_circuit, points, settings, Drt.Of(points).Peaks);
        Assert.Equal(250, fit["R2"].Value, 1e-6);
        Assert.True(fit["R2"].AtLimit);
        Assert.InRange(fit["R1"].Value, 120, 250);
        var started = settings with { Start = new Dictionary<string, double> { ["R1"] = 300, ["R2"] = 150 } };
        var moved = ConstrainedFit.Run(s_circuit, points, started, Drt.Of(points).Peaks);
        Assert.InRange(moved["R1"].Value, 290, 310);
    }

    [Fact]
    public void Fit_NamesTheRangeOfEveryParameter()
    {
        var points = Spectra.Of(s_circuit, s_values, noise: 0.001, seed: 1);
        var fit = ConstrainedFit.Run(s_circuit, points, s_bounded, Drt.Of(points).Peaks);
        Assert.Equal(new ParameterRange(1, 1e4), fit["R1"].Range);
        Assert.Equal(new ParameterRange(0, 1), fit["CPE1_1"].Range);
        Assert.True(fit["R0"].Range.Least < 1 && fit["R0"].Range.Most > 1e6);
    }
}
