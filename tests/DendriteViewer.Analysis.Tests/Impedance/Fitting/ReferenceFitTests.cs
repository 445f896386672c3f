using DendriteViewer.Analysis.Impedance;
using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.Fitting;
using DendriteViewer.Imaging.Tests;

namespace DendriteViewer.Analysis.Tests.Impedance.Fitting;

/// <summary>Fits that others published or that scipy made, on the same files.</summary>
public sealed class ReferenceFitTests
{
    private const string Example = "exampleData.csv", Diffusion = "R0-p(R1,C1)-p(R2-Wo1,C2)", NoInduction = "im>0";

    private static readonly Circuit s_circuit = Circuit.Parse(Diffusion);

    private static FitResult FromStart(Circuit circuit, double[] start, FitWeight weight, bool tight = false) =>
        CircuitFit.Run(circuit, Spectra.Reference(Example, NoInduction), new FitSettings
        {
            Weight = weight,
            Start = circuit.Parameters.Select((p, i) => (p.Name, start[i])).ToDictionary(v => v.Name, v => v.Item2),
            Tight = tight,
        });

    [DataTheory]
    [InlineData("unweighted_scipy_here", FitWeight.Unit)]
    [InlineData("modulus_weighted_scipy_here", FitWeight.Modulus)]
    [InlineData("global_opt_published(rtol 1e-1)", FitWeight.Unit)]
    public void OwnStarts_OnTheExample_EndNoHigherThanAnyPublishedFit(string published, FitWeight weight)
    {
        var points = Spectra.Reference(Example, NoInduction);
        var fit = CircuitFit.Run(s_circuit, points, new FitSettings { Weight = weight });
        Assert.True(fit.PseudoChiSquare <= ChiSquare(points, Spectra.Values(Example, published), weight));
    }

    [DataFact]
    public void OwnStarts_WithUnitWeight_FindThePublishedGlobalMinimum()
    {
        var fit = CircuitFit.Run(s_circuit, Spectra.Reference(Example, NoInduction), new FitSettings { Weight = FitWeight.Unit });

        // Z₀ and τ of the finite Warburg element hold together here (correlation 1.000): a tenth is what was published, and a fifth holds
        // for τ.
        Spectra.AssertEqual(Spectra.Values(Example, "global_opt_published(rtol 1e-1)"), fit.Values, 0.2);
    }

    [DataTheory]
    [InlineData("unweighted", FitWeight.Unit)]
    [InlineData("modulus_weighted", FitWeight.Modulus)]
    public void PrintedStart_EndsWhereScipyAndThePublishedFitEnd(string name, FitWeight weight)
    {
        var fit = FromStart(s_circuit, Spectra.Values(Example, "initial"), weight);
        Spectra.AssertEqual(Spectra.Values(Example, name + "_scipy_here"), fit.Values, 1e-5);
        Spectra.AssertEqual(Spectra.Values(Example, name + "_published(rtol 1e-2)"), fit.Values, 1e-2);
    }

    [DataFact]
    public void PrintedStart_ThatEndsBeforeItsMinimum_SaysSoAndGoesOnWhenAsked()
    {
        // The minimum as scipy finds it with tolerances of 1e-15, from the same start.
        double[] minimum = [0.0165186010, 0.00867858014, 3.32176079, 0.00539037907, 0.0637028588, 237.847260, 0.219530067];
        var ended = FromStart(s_circuit, Spectra.Values(Example, "initial"), FitWeight.Unit);
        Assert.Equal(1.942750e-5, ended.Minimum!.ChiSquare, 1e-10);
        Spectra.AssertEqual(minimum, ended.Minimum.Values, 2e-5);
        Spectra.AssertEqual(minimum, FromStart(s_circuit, Spectra.Values(Example, "initial"), FitWeight.Unit, tight: true).Values, 2e-5);
        Assert.Null(FromStart(s_circuit, Spectra.Values(Example, "initial"), FitWeight.Modulus).Minimum);
    }

    [DataTheory]
    [InlineData("Circuit1_EIS_2.z")]
    [InlineData("Circuit2_EIS_1.z")]
    [InlineData("Circuit3_EIS_1.z")]
    public void DummyCells_WithUnitWeight_EndNoHigherThanScipyAndNearIt(string file)
    {
        var (circuit, points) = (Circuit.Parse("R0-p(R1,C1)"), Spectra.Reference(file));
        var scipy = Spectra.Values("RC_dummy_cells R0-p(R1,C1)", file, "scipy");
        var fit = CircuitFit.Run(circuit, points, new FitSettings { Weight = FitWeight.Unit });
        Assert.True(fit.PseudoChiSquare <= ChiSquare(points, scipy, FitWeight.Unit, circuit));

        // With differences for derivatives, scipy ended before the minimum of two of these files: within half a deviation of it.
        Assert.All(fit.Parameters.Zip(scipy), p => Assert.True(Math.Abs(p.First.Value - p.Second) < 0.5 * p.First.Sigma));
        Spectra.AssertEqual(Spectra.Values("RC_dummy_cells R0-p(R1,C1)", file, "published"), fit.Values, 5e-3);
    }

    [DataFact]
    public void RandlesCircuit_FromItsStart_EndsAtThePublishedFit()
    {
        var circuit = Circuit.Parse("R0-p(R1-Wo1,C1)");
        var fit = FromStart(circuit, [0.01, 0.005, 0.001, 200, 0.1], FitWeight.Unit);
        Spectra.AssertEqual(Spectra.Values(Example, "Randles_published(2 decimals)"), fit.Values, 1e-5);
        var z = circuit.Impedance(10, fit.Values);
        Spectra.AssertEqual(Spectra.Values(Example, "Randles_predict_at_10Hz"), [z.Real, z.Imaginary], 1e-5);
    }

    private static double ChiSquare(SweepPoints points, double[] values, FitWeight weight, Circuit? circuit = null) =>
        Enumerable.Range(0, points.Count).Sum(i =>
        {
            var z = (circuit ?? s_circuit).Impedance(points.FrequencyHz[i], values);
            var distance = double.Hypot(z.Real - points.Re[i], z.Imaginary - points.Im[i]);
            return Math.Pow(weight == FitWeight.Unit ? distance : distance / points.Modulus[i], 2);
        });
}
