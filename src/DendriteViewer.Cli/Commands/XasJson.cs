using DendriteViewer.Analysis.Absorption;

namespace DendriteViewer.Cli.Commands;

/// <summary>What <c>dendrite xas --json</c> prints: the results, and every setting that led to them.</summary>
internal static class XasJson
{
    public static object Of(XasRequest request, XasResult result)
    {
        var sample = result.Sample;
        return new
        {
            path = request.Path, e0 = sample.E0, e0From = result.IsE0Given ? "given" : "derivative", edgeStep = sample.EdgeStep,
            points = result.Fit?.Points ?? sample.Spectrum.Count, mode = sample.Spectrum.Mode.ToString().ToLowerInvariant(),
            settings = new
            {
                column = request.Column, pre = Pair(sample.Pre), preDegree = sample.PreDegree, post = Pair(sample.Post),
                degree = sample.Degree, ends = request.Settings.Ends.ToString().ToLowerInvariant(), e0 = request.E0,
                normalization = "Larch 2026.3 pre_edge", flattened = true,
            },
            curves = request.Curves ? Curves(sample) : null,
            weights = result.Fit?.Weights.Select((w, i) => Weight(w, result.Spread!.Weights[i])),
            rFactor = result.Fit?.RFactor, reducedChiSquare = result.Fit?.ReducedChiSquare,
            fit = result.Fit is { } fit ? Fitted(request, fit) : null,
            spread = result.Spread is { } s
                ? new { settings = s.Settings, failed = s.Failed, preStepEv = s.PreStepEv, postStepEv = s.PostStepEv } : null,
            references = result.Fit is null ? null : result.References.Select(r => new
            {
                name = r.Spectrum.Name, e0 = r.E0, e0From = request.E0.Length > 0 ? "given" : "derivative", edgeStep = r.EdgeStep,
                pre = Pair(r.Pre), post = Pair(r.Post), degree = r.Degree, points = r.Spectrum.Count,
            }),
            combinations = request.Combinations ? result.Combinations.Select(c => new
            {
                weights = c.Weights.Where(w => w.Weight > 0).Select(w => new { name = w.Name, weight = w.Weight, sigma = w.Sigma }),
                rFactor = c.RFactor, reducedChiSquare = c.ReducedChiSquare, shiftEv = c.ShiftEv,
            }) : null,
            components = result.Components is { } pca ? Components(result, pca) : null,
            difference = result.Difference is { } d ? Difference(d) : null,
            cautions = AbsorptionCautions.Of(sample.Spectrum.Mode, request.IsDilute), remarks = result.Remarks,
        };
    }

    private static double[] Pair(EnergyRange range) => [range.From, range.To];

    private static object Weight(MixtureWeight weight, (double Deviation, double Least, double Most) spread) => new
    {
        name = weight.Name, weight = weight.Weight, sigma = weight.Sigma, atLimit = weight.IsAtLimit,
        spread = Finite(spread.Deviation), least = Finite(spread.Least), most = Finite(spread.Most),
    };

    private static object Fitted(XasRequest request, MixtureFit fit) => new
    {
        range = Pair(fit.Fit), asked = request.Mixture.Fit is { } asked ? Pair(asked) : null,
        mostShiftEv = request.Mixture.MostShiftEv, shiftEv = fit.ShiftEv,
        shiftSigma = fit.ShiftSigma, weights = "not negative, sum one", interpolation = "linear",
        energiesEv = request.Curves ? fit.EnergiesEv : null, data = request.Curves ? fit.Data : null,
        model = request.Curves ? fit.Model : null,
    };

    private static object Curves(NormalizedSpectrum s) => new
    {
        energiesEv = s.Spectrum.Energies, mu = s.Spectrum.Absorption, pre = s.PreEdge, post = s.PostEdge, normalized = s.Normalized,
        flattened = s.Flattened,
    };

    private static object Components(XasResult result, PrincipalComponents pca) => new
    {
        suggested = pca.Suggested, used = result.ComponentCount,
        scree = pca.Shares.Select(s => new
        {
            eigenvalue = s.Eigenvalue, fraction = s.Fraction, cumulative = s.Cumulative, indicator = s.Indicator,
        }),
        targets = result.Targets.Select(t => new { name = t.Name, rFactor = t.RFactor, spoil = Finite(t.Spoil) }),
    };

    private static object Difference(SpectrumDifference d) => new
    {
        rootMeanSquare = d.RootMeanSquare, gain = new { energyEv = d.LargestGain.EnergyEv, value = d.LargestGain.Value },
        loss = new { energyEv = d.LargestLoss.EnergyEv, value = d.LargestLoss.Value }, energiesEv = d.EnergiesEv, values = d.Values,
    };

    // JSON has no NaN; null says that there is none.
    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
