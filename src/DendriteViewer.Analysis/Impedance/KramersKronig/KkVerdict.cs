using System.Globalization;

namespace DendriteViewer.Analysis.Impedance.KramersKronig;

/// <summary>Whether a spectrum can be one of a linear, stable, causal system.</summary>
/// <param name="IsConsistent">Whether the residuals stay under 1 % and follow no trend.</param>
/// <param name="WorstPercent">The largest residual of a part, in percent of |Z|.</param>
/// <param name="NoisePercent">The root of the mean square of the residuals, in percent of |Z|.</param>
/// <param name="Sentence">The verdict in words.</param>
/// <param name="Model">The fit that it rests on.</param>
public sealed record KkVerdict(bool IsConsistent, double WorstPercent, double NoisePercent, string Sentence, KkModel Model)
{
    private const double LimitPercent = 1;

    // Residuals under this are beyond what instruments resolve; a trend in them is the model's own.
    private const double TrendPercent = 0.3;
    private const double TrendCorrelation = 0.5;

    /// <summary>
    /// The verdict on a sweep: of the number of elements that AICc takes while µ is not under 0.5, without or with a capacitance in series,
    /// whichever fits better.
    /// </summary>
    /// <param name="points">The points.</param>
    /// <param name="ct">Gives up.</param>
    public static KkVerdict Of(SweepPoints points, CancellationToken ct = default)
    {
        var (without, with) = (LinKk.Best(points, new(), ct), LinKk.Best(points, new() { Capacitance = true }, ct));
        return Of(points, with.Aicc < without.Aicc ? with : without);
    }

    /// <summary>The verdict that a fit leads to.</summary>
    public static KkVerdict Of(SweepPoints points, KkModel model)
    {
        var order = Enumerable.Range(0, points.Count).OrderBy(i => points.Omega[i]).ToArray();
        var re = order.Select(i => 100 * (points.Re[i] - model.Re[i]) / points.Modulus[i]).ToArray();
        var im = order.Select(i => 100 * (points.Im[i] - model.Im[i]) / points.Modulus[i]).ToArray();
        var worst = re.Concat(im).Max(Math.Abs);
        var noise = Math.Sqrt(re.Concat(im).Average(v => v * v));
        var trend = noise > TrendPercent && (Neighbours(re) > TrendCorrelation || Neighbours(im) > TrendCorrelation);
        var where = points.FrequencyHz[order[Enumerable.Range(0, re.Length).MaxBy(i => Math.Max(Math.Abs(re[i]), Math.Abs(im[i])))]];
        var invariant = CultureInfo.InvariantCulture;
        var sentence = (worst < LimitPercent, trend) switch
        {
            (true, false) => string.Create(invariant, $"Consistent: the residuals stay within {worst:0.00} % and follow no trend."),
            (true, true) => string.Create(invariant,
                $"Not consistent: the residuals follow a trend ({noise:0.00} % on average); the cell changed during the sweep."),
            (false, true) => string.Create(invariant,
                $"Not consistent: the residuals reach {worst:0.0} % at {where:G4} Hz and follow a trend; ")
                + "the cell changed during the sweep, or did not answer in proportion.",
            _ => string.Create(invariant,
                $"Not consistent: the residuals reach {worst:0.0} % at {where:G4} Hz; the point is noisy or disturbed there."),
        };
        if (worst < LimitPercent && !trend && LinKk.HasLoop(points))
        {
            sentence += " Im lies above 0 at low frequencies, so negative resistances were allowed, which may follow a drift too.";
        }

        return new KkVerdict(worst < LimitPercent && !trend, worst, noise, sentence, model);
    }

    // The correlation of neighbouring residuals: about 0 for noise, near 1 for a curve that the model does not follow.
    private static double Neighbours(double[] r)
    {
        var square = r.Sum(v => v * v);
        return square > 0 ? r.Zip(r.Skip(1), (a, b) => a * b).Sum() / square : 0;
    }
}
