using System.Globalization;
using DendriteViewer.Analysis.Absorption;

namespace DendriteViewer.Cli.Commands;

/// <summary>What <c>dendrite xas</c> prints for people.</summary>
internal static class XasText
{
    private const int MostCombinations = 16;

    public static void Print(XasRequest request, XasResult result)
    {
        var sample = result.Sample;
        var energies = sample.Spectrum.Energies;
        Line($"{request.Path}: {energies.Count} points, {energies[0]:0.##} to {energies[^1]:0.##} eV");
        Line($"  E0         {sample.E0:0.###} eV, {(result.IsE0Given ? "as given" : "the largest derivative")}");
        Line($"  edge step  {sample.EdgeStep:0.######E+0}");
        Line($"  pre-edge   {sample.Pre.From:0.##} to {sample.Pre.To:0.##} eV, degree {sample.PreDegree}");
        Line($"  post-edge  {sample.Post.From:0.##} to {sample.Post.To:0.##} eV, degree {sample.Degree}");
        if (result.Fit is { } fit)
        {
            PrintFit(fit, result.Spread!);
        }

        foreach (var c in result.Combinations.Take(MostCombinations))
        {
            Line($"  {c.ReducedChiSquare:0.000E+0}  {string.Join(" + ", c.Weights.Where(w => w.Weight > 0).Select(w => string.Create(
                CultureInfo.InvariantCulture, $"{w.Weight:0.000} {w.Name}")))}");
        }

        if (result.Combinations.Count > MostCombinations)
        {
            Line($"  and {result.Combinations.Count - MostCombinations} more combinations; --json prints all");
        }

        if (result.Components is { } pca)
        {
            PrintComponents(result, pca);
        }

        if (result.Difference is { } d)
        {
            Line($"  difference {d.LargestGain.Value:+0.000;-0.000} at {d.LargestGain.EnergyEv:0.##} eV");
            Line($"             {d.LargestLoss.Value:+0.000;-0.000} at {d.LargestLoss.EnergyEv:0.##} eV");
            Line($"             root mean square {d.RootMeanSquare:0.0000}");
        }

        foreach (var sentence in AbsorptionCautions.Of(sample.Spectrum.Mode, request.IsDilute).Concat(result.Remarks))
        {
            Line($"  {sentence}");
        }
    }

    private static void PrintFit(MixtureFit fit, MixtureSpread spread)
    {
        Line($"  fit        {fit.Fit.From:0.##} to {fit.Fit.To:0.##} eV, {fit.Points} points, R factor {fit.RFactor:0.000000}");
        if (fit.ShiftSigma is { } sigma)
        {
            Line($"  shift      {fit.ShiftEv:0.000} ± {sigma:0.000} eV of the references");
        }

        for (var i = 0; i < fit.Weights.Count; i++)
        {
            var (weight, s) = (fit.Weights[i], spread.Weights[i]);
            var error = weight.Sigma is { } w ? string.Create(CultureInfo.InvariantCulture, $"± {w:0.0000}") : "at its limit";
            Line($"  {weight.Weight:0.0000} {error}, ± {s.Deviation:0.0000} by normalisation  {weight.Name}");
        }
    }

    private static void PrintComponents(XasResult result, PrincipalComponents pca)
    {
        Line($"  components {pca.Suggested} suggested by the least indicator");
        for (var i = 0; i < pca.Shares.Count; i++)
        {
            var share = pca.Shares[i];
            Line($"  {i + 1,9}  {share.Fraction:0.000000} of squares, {share.Cumulative:0.000000} so far, IND {share.Indicator:0.00E+0}");
        }

        if (result.Targets.Count > 0)
        {
            Line($"  of {result.ComponentCount} components:");
        }

        foreach (var target in result.Targets)
        {
            Line($"  target     R factor {target.RFactor:0.000000}, SPOIL {target.Spoil:0.00}  {target.Name}");
        }
    }

    private static void Line(FormattableString text) => Console.Out.WriteLine(FormattableString.Invariant(text));
}
