using DendriteViewer.Analysis.Impedance.Circuits;
using DendriteViewer.Analysis.Impedance.KramersKronig;

namespace DendriteViewer.Analysis.Impedance.Fitting;

/// <summary>What should be said beside a fit, so that nobody takes its numbers for more than they are.</summary>
public static class FitRemarks
{
    private const double PoorPercent = 10;

    // A circuit that misses so many times the noise, and at least so much, does not describe the cell.
    private const double OverNoise = 3, LeastNoisePercent = 0.1;

    /// <summary>Remarks on a fit, a sentence each.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="points">The points that were fitted.</param>
    /// <param name="verdict">The Kramers–Kronig test of them, whose residuals tell the noise; null where there is none.</param>
    public static IReadOnlyList<string> Of(FitResult fit, SweepPoints points, KkVerdict? verdict = null)
    {
        var remarks = new List<string>();
        var inductive = points.Im.Count(v => v > 0);
        if (inductive > 0 && fit.Circuit.Elements.All(e => e.Kind != ElementKind.Inductor))
        {
            var which = inductive == 1 ? "One point has" : $"{inductive} points have";
            remarks.Add($"{which} Im above 0, which no circuit without L follows: add L, or leave them out (mask im>0).");
        }

        if (fit.WorstPercent > PoorPercent)
        {
            remarks.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The circuit misses points by up to {fit.WorstPercent:0} % of |Z|; another circuit, or a mask, may suit them better."));
        }
        else if (verdict is not null && MeanPercent(fit, points) is var mean
            && mean > OverNoise * Math.Max(verdict.NoisePercent, LeastNoisePercent))
        {
            remarks.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"The circuit misses the points by {mean:0.00} % of |Z| on average, the Kramers–Kronig chain by ")
                + string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{verdict.NoisePercent:0.00} %")
                + ": the cell has more than this circuit; try another, or one more arc.");
        }

        return remarks;
    }

    // The root of the mean square of Re and Im, as the test has it.
    private static double MeanPercent(FitResult fit, SweepPoints points)
    {
        var sum = 0d;
        for (var i = 0; i < points.Count; i++)
        {
            var (a, b) = ((fit.Re[i] - points.Re[i]) / points.Modulus[i], (fit.Im[i] - points.Im[i]) / points.Modulus[i]);
            sum += a * a + b * b;
        }

        return 100 * Math.Sqrt(sum / (2 * points.Count));
    }
}
