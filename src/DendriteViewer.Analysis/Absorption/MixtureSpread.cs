namespace DendriteViewer.Analysis.Absorption;

/// <summary>
/// How much weights depend on the normalisation: the fit is repeated with every end of the pre-edge and post-edge ranges moved down, left
/// and moved up, 3⁴ = 81 settings, each for the sample and all references alike. For spectra without noise to speak of this is larger
/// than what the covariance says, and it is the one to state.
/// </summary>
/// <param name="Weights">For each reference the standard deviation, the least and the largest weight.</param>
/// <param name="Settings">Settings that gave a fit.</param>
/// <param name="Failed">Settings that did not, such as where a range left the spectrum.</param>
/// <param name="PreStepEv">How far the ends of the pre-edge range were moved, in eV.</param>
/// <param name="PostStepEv">How far the ends of the post-edge range were moved, in eV.</param>
public sealed record MixtureSpread(
    IReadOnlyList<(double Deviation, double Least, double Most)> Weights, int Settings, int Failed, double PreStepEv, double PostStepEv)
{
    // A tenth of a range is what two people would differ by who drag its ends by eye.
    private const double Share = 0.1, LeastStepEv = 0.5;
    private static readonly int[] s_moves = [-1, 0, 1];

    /// <summary>Repeats a fit.</summary>
    /// <param name="sample">The sample, with its E0.</param>
    /// <param name="references">The references, with theirs.</param>
    /// <param name="normalization">The settings to start from; no range is null.</param>
    /// <param name="mixture">The fitted range; a shift is not fitted anew.</param>
    /// <param name="shiftEv">The shift that was fitted.</param>
    public static MixtureSpread Of(
        (Spectrum Spectrum, double E0) sample, IReadOnlyList<(Spectrum Spectrum, double E0)> references,
        NormalizationSettings normalization, MixtureSettings mixture, double shiftEv = 0)
    {
        var (pre, post) = (normalization.Pre!.Value, normalization.Post!.Value);
        var (preStep, postStep) = (Math.Max(LeastStepEv, Share * pre.Length), Math.Max(LeastStepEv, Share * post.Length));
        var shifted = references.Select(r => shiftEv == 0 ? r : (Shifted(r.Spectrum, shiftEv), r.E0 + shiftEv)).ToArray();
        var (weights, failed) = (new List<double[]>(), 0);
        foreach (var (a, b, c, d) in from a in s_moves from b in s_moves from c in s_moves from d in s_moves select (a, b, c, d))
        {
            var settings = normalization with
            {
                Pre = new(pre.From + a * preStep, pre.To + b * preStep),
                Post = new(post.From + c * postStep, post.To + d * postStep),
            };
            try
            {
                var fitter = new MixtureFitter(
                    Normalizer.Normalize(sample.Spectrum, settings, sample.E0),
                    [.. shifted.Select(r => Normalizer.Normalize(r.Item1, settings, r.Item2))], mixture with { MostShiftEv = 0 });
                weights.Add([.. fitter.Best().Weights.Select(w => w.Weight)]);
            }
            catch (MeasurementException)
            {
                failed++;
            }
        }

        return new([.. references.Select((_, i) => Of([.. weights.Select(w => w[i])]))], weights.Count, failed, preStep, postStep);
    }

    private static (double Deviation, double Least, double Most) Of(double[] weights)
    {
        if (weights.Length == 0)
        {
            return (double.NaN, double.NaN, double.NaN);
        }

        var mean = weights.Average();
        return (Math.Sqrt(weights.Sum(w => (w - mean) * (w - mean)) / Math.Max(1, weights.Length - 1)), weights.Min(), weights.Max());
    }

    private static Spectrum Shifted(Spectrum spectrum, double by) =>
        Spectrum.Of(spectrum.Name, [.. spectrum.EnergyEv.Select(e => e + by)], spectrum.Mu, spectrum.Mode);
}
